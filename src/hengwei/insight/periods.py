"""The stretch of time that a report is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hengwei.desk.periods import next_period, period_of

#: Length of a support report's period in months.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
#: Longer analyses are asked for in parts.
LONGEST_DAYS = 1100


@dataclass(frozen=True, slots=True)
class Span:
    """Days `[first, end)`, as the reader's calendar has them."""

    first: date
    end: date

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The same in moments of a time zone."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=zone), datetime(self.end.year, self.end.month, self.end.day, tzinfo=zone)

    @property
    def before(self) -> Span:
        """The span of the same length just before; of whole months, the months before."""
        if self.first.day == 1 and self.end.day == 1:
            months = (self.end.year - self.first.year) * 12 + self.end.month - self.first.month
            return Span(next_period(self.first, -months), self.first)
        return Span(self.first - timedelta(days=self.days), self.first)

    def step(self) -> str:
        """How finely a line is drawn over it: day, week or month."""
        return "day" if self.days <= 45 else "week" if self.days <= 200 else "month"


def named(kind: str, day: date) -> Span:
    """The month, quarter, half or whole year in which a day lies."""
    start = period_of(day, MONTHS[kind])
    return Span(start, next_period(start, MONTHS[kind]))


def label(kind: str, start: date, *, chinese: bool) -> str:
    """What people call the period: 2026年11月, 2026年第4季度, Q4 2026."""
    number = (start.month - 1) // MONTHS[kind] + 1
    if kind == "month":
        return f"{start.year}年{start.month}月" if chinese else start.strftime("%B %Y")
    if kind == "quarter":
        return f"{start.year}年第{number}季度" if chinese else f"Q{number} {start.year}"
    if kind == "half":
        return f"{start.year}年{'上' if number == 1 else '下'}半年" if chinese else f"H{number} {start.year}"
    return f"{start.year}年" if chinese else str(start.year)


def asked(first: str, last: str, *, today: date) -> Span:
    """The span of an address bar (both days included); this month where it says nothing sensible."""
    try:
        span = Span(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))
    except ValueError:
        return named("month", today)
    return span if 0 < span.days <= LONGEST_DAYS else named("month", today)
