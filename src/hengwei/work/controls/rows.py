"""Exceptions as work shows them, and the calendar that its controls count on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hengwei.calendars.business_time import BusinessCalendar
from hengwei.calendars.models import Calendar
from hengwei.core.controls import ExceptionRow
from hengwei.core.errors import Message
from hengwei.work.models import Clock, WorkItem

#: What a row of an item needs beside the item.
RELATED = ("owner",)


def item_row(why: Message | Callable[[WorkItem], Message]) -> Callable[[WorkItem], ExceptionRow]:
    """A row of an item that does not comply, for one reason or for its own."""

    def row(item: WorkItem) -> ExceptionRow:
        said = why(item) if callable(why) else why
        return ExceptionRow(
            f"item:{item.pk}", str(item), item.get_absolute_url(), str(said), item.owner_id, str(item.owner or ""), item.received_at)

    return row


def clock_row(why: Callable[[Clock], Message]) -> Callable[[Clock], ExceptionRow]:
    """A row of a clock: its item, and the page that explains the clock."""

    def row(clock: Clock) -> ExceptionRow:
        item = clock.item
        return ExceptionRow(
            f"item:{item.pk}", str(item), item.get_absolute_url(), str(why(clock)), item.owner_id, str(item.owner or ""), clock.breached_at or clock.started_at)

    return row


def default_calendar() -> BusinessCalendar:
    """The department's working hours."""
    return Calendar.objects.get(is_default=True).current().compiled()


def minutes(seconds: Any) -> int:
    return int(seconds or 0) // 60
