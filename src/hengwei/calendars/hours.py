"""Hours as people write them (`09:00-12:00, 13:30-18:00`), and a year as a calendar on the wall shows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .business_time import DAY, BusinessCalendar, Interval, intervals

_PART = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})\s*$")
_BETWEEN = re.compile(r"[,，;；、\n]+")


class BadHours(ValueError):
    """What was written is no hours; `args[0]` is the part at fault."""


def parse(text: str) -> list[list[int]]:
    """Pairs of minutes after midnight; an end at or before its start is on the next day. Empty for closed."""
    pairs: list[Interval] = []
    for part in _BETWEEN.split(text):
        if not part.strip():
            continue
        found = _PART.match(part)
        if found is None:
            raise BadHours(part.strip())
        h1, m1, h2, m2 = (int(one) for one in found.groups())
        start, end = h1 * 60 + m1, h2 * 60 + m2
        if m1 > 59 or m2 > 59 or start >= DAY or end > DAY:
            raise BadHours(part.strip())
        pairs.append((start, end if end > start else end + DAY))
    return [list(pair) for pair in intervals(pairs)]


def show(pairs: Iterable[Iterable[int]]) -> str:
    """Hours as people write them; the end of a night shift is that of the next morning."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in pairs)


def _clock(minute: int) -> str:
    minute = minute - DAY if minute > DAY else minute
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Day:
    """A date as a year's view shows it. `kind` is that of its exception: holiday, make_up, half, other; '' for none."""

    date: date
    working: bool
    kind: str = ""
    name: str = ""
    name_en: str = ""
    provisional: bool = False
    hours: str = ""


def year_of(calendar: BusinessCalendar, days: Mapping[str, Mapping[str, Any]], year: int) -> list[list[Day | None]]:
    """The twelve months of a year, each with None for the days of its first week that are not its own (Monday first)."""
    months = []
    for month in range(1, 13):
        day = date(year, month, 1)
        cells: list[Day | None] = [None] * day.weekday()
        while day.month == month:
            facts = days.get(day.isoformat(), {}) if not calendar.always_open else {}
            hours = calendar.hours_on(day)
            cells.append(Day(
                day, bool(hours), str(facts.get("kind", "")), str(facts.get("name", "")), str(facts.get("name_en", "")), bool(facts.get("provisional")), show(hours),
            ))
            day += timedelta(days=1)
        months.append(cells)
    return months


def differing(before: BusinessCalendar, after: BusinessCalendar, since: date, days: int = 366) -> list[tuple[date, str, str]]:
    """The dates whose hours two calendars see differently, with both."""
    found = []
    for number in range(days):
        day = since + timedelta(days=number)
        old, new = before.hours_on(day), after.hours_on(day)
        if old != new:
            found.append((day, show(old), show(new)))
    return found
