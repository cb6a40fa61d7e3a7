"""Days, weeks, months and quarters of the department's calendar. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def span_of(kind: str, moment: datetime, zone: ZoneInfo, back: int = 0) -> Span:
    """The day, week, month or quarter that a moment lies in, or the one `back` before it: `[start, end)`."""
    day = moment.astimezone(zone).date()
    if kind == "day":
        first, after = day - timedelta(days=back), day - timedelta(days=back - 1)
    elif kind == "week":
        first = day - timedelta(days=day.weekday(), weeks=back)
        after = first + timedelta(days=7)
    else:
        months = 3 if kind == "quarter" else 1
        month = day.month - (day.month - 1) % months - back * months
        first, after = _month(day.year, month), _month(day.year, month + months)
    return _midnight(first, zone), _midnight(after, zone)


def label(kind: str, start: datetime, zone: ZoneInfo) -> str:
    """What a span is called: 2026-11-24, 2026-W48, 2026-11, 2026-Q4."""
    day = start.astimezone(zone).date()
    if kind == "day":
        return day.isoformat()
    if kind == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day.year}-Q{(day.month + 2) // 3}" if kind == "quarter" else f"{day.year}-{day.month:02d}"
