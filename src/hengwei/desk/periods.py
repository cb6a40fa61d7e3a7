"""The periods of regular plans. Pure."""

from __future__ import annotations

from datetime import date


def period_of(day: date, months: int) -> date:
    """The first day of the period of so many months in which the day lies; periods begin with January of year 1."""
    if months < 1:
        raise ValueError("a period has at least one month")
    index = (day.year * 12 + day.month - 1) // months * months
    return date(index // 12, index % 12 + 1, 1)


def next_period(start: date, months: int) -> date:
    """The first day of the period after the one that starts here."""
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
