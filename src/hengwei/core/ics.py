"""Calendars for other programs (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: moments, or whole days (`end` is the day after the last)."""

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    text: str = ""


def ics(title: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """Entries as an iCalendar file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Hengwei//hengwei//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@hengwei")
        event.add("dtstamp", now)
        event.add("summary", entry.title)
        event.add("dtstart", entry.start)
        event.add("dtend", entry.end)
        if entry.text:
            event.add("description", entry.text)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
