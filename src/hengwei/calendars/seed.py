"""The calendars of a new installation."""

from __future__ import annotations

from django.utils import timezone

from hengwei.core.acting import Actor

from .actions import create_calendar
from .models import Calendar
from .official import china

#: 9:00–12:00 and 13:30–18:00, in minutes after midnight.
OFFICE_HOURS = [[540, 720], [810, 1080]]


def install() -> None:
    """Working hours on China's official days, and round the clock; nothing where a company has its own calendars."""
    if Calendar.objects.exists():
        return
    year, system = timezone.now().year, Actor()
    create_calendar(
        by=system, key="office", name="工作时间", name_en="Office hours", is_default=True, week=[OFFICE_HOURS] * 5 + [[], []],
        days=china(range(year - 1, year + 2), OFFICE_HOURS),
    )
    create_calendar(by=system, key="always", name="7×24小时", name_en="24×7", always_open=True)
