"""What a change of a calendar would mean elsewhere, before it is saved. Rooms above register what they can count.

    @previews.counts
    def clocks(version, now): return Count(_("open clocks that move"), 12)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from hengwei.core.errors import Message

from .models import CalendarVersion


@dataclass(frozen=True, slots=True)
class Count:
    """So many of something; `grave` ones are marked."""

    label: Message
    number: int
    grave: bool = False


Counter = Callable[[CalendarVersion, datetime], Iterable[Count]]
_counters: list[Counter] = []


def counts(function: Counter) -> Counter:
    """Register a counter. It is given the version as it would be published, not saved, and changes nothing."""
    _counters.append(function)
    return function


def of(version: CalendarVersion, now: datetime) -> list[Count]:
    """All that would follow."""
    return [count for counter in _counters for count in counter(version, now)]
