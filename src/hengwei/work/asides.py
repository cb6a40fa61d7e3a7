"""Where rooms above add to the item's page: under words, beside the facts, in its menu, and what its forms may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from hengwei.core.acting import Actor
from hengwei.org.models import User
from hengwei.work.models import Entry, WorkItem

Footer = Callable[[WorkItem, Sequence[Entry], User], dict[int, SafeString]]
Panel = Callable[[WorkItem, HttpRequest], str]
#: Does one thing with the item by what its form sent, and says what was done.
Verb = Callable[[WorkItem, Actor, Any], str]

_footers: list[Footer] = []
_panels: list[tuple[int, frozenset[str], Panel]] = []
_menu: list[Panel] = []
verbs: dict[str, Verb] = {}


def footer(function: Footer) -> Footer:
    """Register what stands under words of the timeline: by entry id, for all shown entries in one go."""
    _footers.append(function)
    return function


def add_footers(item: WorkItem, entries: Sequence[Entry], user: User) -> None:
    """Hang what the rooms above have to say on the entries, as `footers`."""
    found = [function(item, entries, user) for function in _footers]
    for entry in entries:
        entry.footers = [one[entry.pk] for one in found if entry.pk in one]  # type: ignore[attr-defined]


def panel(*kinds: str, order: int = 100) -> Callable[[Panel], Panel]:
    """Register a card beside the facts, for items of these kinds (of all where none is named); '' shows none."""

    def register(function: Panel) -> Panel:
        _panels.append((order, frozenset(kinds), function))
        _panels.sort(key=lambda one: one[0])
        return function

    return register


def panels_for(item: WorkItem, request: HttpRequest) -> list[str]:
    """The cards of the rooms above, in their order."""
    found = (function(item, request) for _order, kinds, function in _panels if not kinds or item.kind in kinds)
    return [card for card in found if card]


def menu(function: Panel) -> Panel:
    """Register lines of the item's menu."""
    _menu.append(function)
    return function


def menu_for(item: WorkItem, request: HttpRequest) -> list[str]:
    """The lines of the rooms above for the item's menu."""
    return [lines for lines in (function(item, request) for function in _menu) if lines]


def verb(name: str) -> Callable[[Verb], Verb]:
    """Register what a form of the item's page may do: it posts to `work:act` with this name."""

    def register(function: Verb) -> Verb:
        if name in verbs:
            raise ValueError(f"two forms of the item's page post to '{name}'")
        verbs[name] = function
        return function

    return register
