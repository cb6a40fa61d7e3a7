"""Where rooms above add to the item's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString

from hengwei.org.models import User
from hengwei.work.models import Entry, WorkItem

Footer = Callable[[WorkItem, Sequence[Entry], User], dict[int, SafeString]]
_footers: list[Footer] = []


def footer(function: Footer) -> Footer:
    """Register what stands under words of the timeline: by entry id, for all shown entries in one go."""
    _footers.append(function)
    return function


def add_footers(item: WorkItem, entries: Sequence[Entry], user: User) -> None:
    """Hang what the rooms above have to say on the entries, as `footers`."""
    found = [function(item, entries, user) for function in _footers]
    for entry in entries:
        entry.footers = [one[entry.pk] for one in found if entry.pk in one]  # type: ignore[attr-defined]
