"""When a rule on time is due: which moments of the past or future lie on the line now. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class WorkingTime(Protocol):
    """The part of a calendar that is asked (calendars.business_time)."""

    def add(self, start: datetime, business_seconds: int) -> datetime: ...

    def subtract(self, end: datetime, business_seconds: int) -> datetime: ...


def ago(now: datetime, seconds: int, calendar: WorkingTime | None) -> datetime:
    """The moment since which exactly so much time has passed, on the calendar when one is given."""
    return calendar.subtract(now, seconds) if calendar is not None and seconds else now - timedelta(seconds=seconds)


def ahead(now: datetime, seconds: int, calendar: WorkingTime | None) -> datetime:
    """The moment until which exactly so much time is left."""
    return calendar.add(now, seconds) if calendar is not None and seconds else now + timedelta(seconds=seconds)


def last_slot(now: datetime, at: time, weekdays: Collection[int], zone: ZoneInfo) -> datetime | None:
    """The newest planned moment that is not after `now`; weekdays count from Monday = 0, none means every day. None only for no day at all."""
    local = now.astimezone(zone)
    for back in range(8):
        day = (local - timedelta(days=back)).date()
        slot = datetime.combine(day, at, tzinfo=zone)
        if slot <= local and (not weekdays or day.weekday() in weekdays):
            return slot.astimezone(now.tzinfo)
    return None
