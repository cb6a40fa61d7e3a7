"""Business time, exactly: which moments are open, how much open time lies between two, and when an amount is used up.

Pure: no Django, no clock of its own. Moments come in as aware datetimes and go out as aware UTC; open time is whole
seconds in half-open intervals `[from, to)`, a moment being cut to its whole second. Because every answer is a
difference of one running sum, the parts of a period always add up to the whole.

Hours are written on the wall clock of the calendar's zone, in minutes after the local midnight of the day on which
they begin. `(1320, 1800)` opens at 22:00 and closes at 06:00 the next morning; the whole of it belongs to the first
day, so a holiday on the second does not cut it. Where the wall clock jumps, an hour that does not exist is the first
moment that does (02:30 becomes 03:00: the clock on the wall has passed 02:30 just then), and one that happens twice
is the first. So hours never change their order, never overlap by a jump, and never turn negative.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import floor
from threading import Lock
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Interval = tuple[int, int]
#: What a working-day promise ends on: the close of its last day, or the clock time at which it began.
DayEnd = Literal["end_of_day", "same_time"]

DAY = 24 * 60
#: A table reaches no further than this: a sum that needs more is a fault of the caller, not a promise.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2400, 1, 1)
_STEP = timedelta(days=366)


class NeverOpens(ValueError):
    """The calendar has no (or not enough) open time in the direction that was asked for."""


class Span(NamedTuple):
    """A stretch of open time, `[start, end)`."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


def intervals(pairs: Iterable[tuple[int, int]]) -> tuple[Interval, ...]:
    """The hours of one day, sorted, joined where they touch. An end at or before its start is on the next day."""
    rows: list[Interval] = []
    for start, end in sorted((s, e if e > s else e + DAY) for s, e in pairs):
        if not (0 <= start < DAY and end <= 2 * DAY):
            raise ValueError(f"hours begin on their day and end by the close of the next: {start}-{end}")
        if rows and start <= rows[-1][1]:
            rows[-1] = (rows[-1][0], max(rows[-1][1], end))
        else:
            rows.append((start, end))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Week:
    """Weekly hours, Monday first, that hold from a day on (from ever, when None).

    `always_open` is 24x7: every moment is open, and no day of the calendar closes it.
    """

    days: tuple[tuple[Interval, ...], ...] = ((),) * 7
    always_open: bool = False
    since: date | None = None

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("a week has seven days")
        if self.always_open and any(self.days):
            raise ValueError("a 24x7 week lists no hours")
        object.__setattr__(self, "days", tuple(intervals(day) for day in self.days))

    @classmethod
    def of(
        cls, hours: Mapping[int, Iterable[Interval]] | None = None, *, always_open: bool = False, since: date | None = None,
    ) -> Week:
        """A week from hours by weekday (0 is Monday); a day that is not named is closed."""
        named = hours or {}
        return cls(tuple(intervals(named.get(weekday, ())) for weekday in range(7)), always_open, since)


class _Table(NamedTuple):
    """Open intervals as UTC epoch seconds from `low` to `high`; `sums[i]` is the open time up to the end of interval i,
    counted from `base` at `low`. Only ever replaced as a whole, so that threads read it without a lock."""

    first: date
    last: date
    low: int
    high: int
    base: int
    starts: list[int]
    ends: list[int]
    sums: list[int]


@dataclass(frozen=True, eq=False)
class BusinessCalendar:
    """One published version of a working calendar.

    `weeks` hold one after another by their `since`; `exceptions` give a date its own hours instead of its weekday's:
    none for a holiday, some for a half day or a make-up working day.
    """

    weeks: tuple[Week, ...]
    zone: ZoneInfo
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    _cell: list[_Table] = field(default_factory=list, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _always: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.weeks or self.weeks[0].since is not None:
            raise ValueError("the first week of a calendar holds from ever")
        if any(later.since is None or (earlier.since or date.min) >= later.since for earlier, later in pairwise(self.weeks)):
            raise ValueError("weeks follow each other in time")
        own = MappingProxyType({day: intervals(hours) for day, hours in self.exceptions.items()})
        object.__setattr__(self, "exceptions", own)
        object.__setattr__(self, "_always", all(week.always_open for week in self.weeks))

    @classmethod
    def weekly(
        cls, hours: Mapping[int, Iterable[Interval]], zone: str = "Asia/Shanghai",
        exceptions: Mapping[date, tuple[Interval, ...]] | None = None,
    ) -> BusinessCalendar:
        """A calendar with one week for all time."""
        return cls((Week.of(hours),), ZoneInfo(zone), exceptions or {})

    @classmethod
    def round_the_clock(cls, zone: str = "UTC") -> BusinessCalendar:
        """24x7; the zone only says where a day ends."""
        return cls((Week.of(always_open=True),), ZoneInfo(zone))

    # ------------------------------------------------------------------ days

    @property
    def always_open(self) -> bool:
        """Whether every moment is open, so that business time is absolute time."""
        return self._always

    def week_on(self, day: date) -> Week:
        """The weekly hours that hold on a date."""
        found = self.weeks[0]
        for week in self.weeks[1:]:
            if week.since is not None and week.since <= day:
                found = week
        return found

    def hours_on(self, day: date) -> tuple[Interval, ...]:
        """The hours that begin on a date, in local minutes after its midnight."""
        week = self.week_on(day)
        if week.always_open:
            return ((0, DAY),)
        own = self.exceptions.get(day)
        return week.days[day.weekday()] if own is None else own

    def is_working_day(self, day: date) -> bool:
        """Whether any hours begin on a date."""
        return bool(self.hours_on(day))

    # --------------------------------------------------------------- moments

    def is_open(self, t: datetime) -> bool:
        """Whether the moment is open."""
        if self._always:
            return True
        at = _epoch(t)
        table = self._covering(at, at)
        i = bisect_right(table.starts, at) - 1
        return i >= 0 and at < table.ends[i]

    def next_open(self, t: datetime) -> datetime:
        """The moment itself when it is open, otherwise the next one that is; raises NeverOpens when there is none."""
        at = _epoch(t)
        return _moment(at if self._always else self._next_open(at))

    def _next_open(self, at: int) -> int:
        table = self._covering(at, at)
        while True:
            i = bisect_right(table.ends, at)
            if i < len(table.ends):
                return max(at, table.starts[i])
            table = self._later(table)

    def add(self, start: datetime, business_seconds: int) -> datetime:
        """The first moment at which that much open time has passed since `start`; `start` itself for none.

        At the close of a day it stays there and does not slip to the next opening: `elapsed(start, add(start, n)) == n`.
        """
        if business_seconds < 0:
            raise ValueError("business_seconds must not be negative; use subtract()")
        at = _epoch(start)
        if self._always:
            return _moment(at + business_seconds)
        if business_seconds == 0:
            return _moment(at)
        table = self._covering(at, at)
        target = _opened(table, at) + business_seconds
        while not table.sums or table.sums[-1] < target:
            table = self._later(table)
        i = bisect_left(table.sums, target)
        return _moment(table.ends[i] - (table.sums[i] - target))

    def subtract(self, end: datetime, business_seconds: int) -> datetime:
        """The last moment from which that much open time passes until `end`; the mirror of `add`."""
        if business_seconds < 0:
            raise ValueError("business_seconds must not be negative; use add()")
        at = _epoch(end)
        if self._always:
            return _moment(at - business_seconds)
        if business_seconds == 0:
            return _moment(at)
        table = self._covering(at, at)
        target = _opened(table, at) - business_seconds
        while table.base > target:
            table = self._earlier(table)
        i = bisect_right(table.sums, target)
        return _moment(table.ends[i] - (table.sums[i] - target))

    def elapsed(self, a: datetime, b: datetime) -> int:
        """Whole seconds of open time in `[a, b)`; negative when `b` is before `a`."""
        from_, to = _epoch(a), _epoch(b)
        if self._always:
            return to - from_
        table = self._covering(from_, to) if from_ <= to else self._covering(to, from_)
        return _opened(table, to) - _opened(table, from_)

    def segments(self, a: datetime, b: datetime) -> list[Span]:
        """The open stretches of `[a, b)`, cut at both ends, none touching the next."""
        from_, to = _epoch(a), _epoch(b)
        if to <= from_:
            return []
        if self._always:
            return [Span(_moment(from_), _moment(to))]
        table = self._covering(from_, to)
        rows: list[list[int]] = []
        for i in range(bisect_right(table.ends, from_), len(table.starts)):
            if table.starts[i] >= to:
                break
            start, end = max(table.starts[i], from_), min(table.ends[i], to)
            if rows and rows[-1][1] == start:
                rows[-1][1] = end
            else:
                rows.append([start, end])
        return [Span(_moment(start), _moment(end)) for start, end in rows]

    def has_open_within(self, t: datetime, days: int = 366) -> bool:
        """Whether there is any open time in that many days after the moment."""
        if self._always:
            return days > 0
        return self.elapsed(t, t + timedelta(days=days)) > 0

    # ----------------------------------------------------------- whole days

    def working_days_add(self, start: datetime, n: int, mode: DayEnd = "end_of_day") -> datetime:
        """`n` working days after the day of `start`: the close of the last of them, or the same clock time on it.

        The day of receipt never counts, whatever its hour. A working day is one on which hours begin; its close is
        theirs, past midnight too.
        """
        if n < 1:
            raise ValueError("working days are counted from 1")
        local = _whole(start).astimezone(self.zone)
        day, left = local.date(), n
        while left:
            day += timedelta(days=1)
            if self._closed_from(day) or day >= LAST_DAY:
                raise NeverOpens("the calendar has not so many working days")
            if self.hours_on(day):
                left -= 1
        return _moment(self._end_of(day) if mode == "end_of_day" else self._local(day, local.hour * 60 + local.minute, local.second))

    def calendar_days_add(self, start: datetime, n: int, mode: DayEnd = "end_of_day") -> datetime:
        """`n` calendar days after the day of `start`: local midnight at the end of the last, or the same clock time."""
        if n < 0:
            raise ValueError("days are counted forward")
        local = _whole(start).astimezone(self.zone)
        day = local.date() + timedelta(days=n)
        if mode == "end_of_day":
            return _moment(self._local(day, DAY))
        return _moment(self._local(day, local.hour * 60 + local.minute, local.second))

    def _end_of(self, day: date) -> int:
        return self._local(day, max(end for _, end in self.hours_on(day)))

    def _closed_from(self, day: date) -> bool:
        """Whether no hours begin on that date or ever after."""
        last = self.weeks[-1]
        if last.always_open or any(last.days) or (last.since is not None and day < last.since):
            return False
        return not any(hours for own, hours in self.exceptions.items() if own >= day)

    def _closed_until(self, day: date) -> bool:
        """Whether no hours begin before that date."""
        first = self.weeks[0]
        if first.always_open or any(first.days):
            return False
        if any(week.since is not None and week.since < day for week in self.weeks[1:]):
            return False
        return not any(hours for own, hours in self.exceptions.items() if own < day)

    # ------------------------------------------------------------- the table

    def _local(self, day: date, minute: int, second: int = 0) -> int:
        """Epoch of a wall-clock time, `minute` after the midnight of `day`, by the rules of the module's first lines."""
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute, seconds=second)  # noqa: DTZ001
        naive = int((wall - _NAIVE_EPOCH).total_seconds())
        before = _seconds(wall.replace(tzinfo=self.zone).utcoffset())
        after = _seconds(wall.replace(tzinfo=self.zone, fold=1).utcoffset())
        if before >= after:  # an ordinary time, or one that happens twice: the first
            return naive - before
        # It does not exist. The jump lies between its two readings; find the first second after it.
        low, high = naive - after, naive - before
        while high - low > 1:
            middle = (low + high) // 2
            if _seconds(_moment(middle).astimezone(self.zone).utcoffset()) == before:
                low = middle
            else:
                high = middle
        return high

    def _intervals(self, first: date, last: date, low: int, high: int) -> tuple[list[int], list[int]]:
        """Open epochs of the days `[first, last)`, joined where they overlap, cut to `[low, high)`."""
        found: list[Interval] = []
        day = first - timedelta(days=1)  # its night shift may reach into the first
        while day < last:
            for start, end in self.hours_on(day):
                from_, to = max(self._local(day, start), low), min(self._local(day, end), high)
                if from_ < to:
                    found.append((from_, to))
            day += timedelta(days=1)
        found.sort()
        starts: list[int] = []
        ends: list[int] = []
        for from_, to in found:
            if ends and from_ <= ends[-1]:
                ends[-1] = max(ends[-1], to)
            else:
                starts.append(from_)
                ends.append(to)
        return starts, ends

    def _covering(self, low: int, high: int) -> _Table:
        """A table that reaches over both moments."""
        table = self._cell[0] if self._cell else None
        if table is not None and table.low <= low and high < table.high:
            return table
        with self._lock:
            table = self._cell[0] if self._cell else self._begin(low)
            while low < table.low:
                table = self._extended(table, back=True)
            while high >= table.high:
                table = self._extended(table, back=False)
            self._cell[:] = [table]
        return table

    def _begin(self, at: int) -> _Table:
        middle = _moment(at).date()
        first, last = max(middle - timedelta(days=60), FIRST_DAY), min(middle + _STEP, LAST_DAY)
        if first >= last:
            raise ValueError(f"{middle} lies outside of {FIRST_DAY} to {LAST_DAY}")
        low, high = self._local(first, 0), self._local(last, 0)
        starts, ends = self._intervals(first, last, low, high)
        return _Table(first, last, low, high, 0, starts, ends, _running(0, starts, ends))

    def _extended(self, table: _Table, *, back: bool) -> _Table:
        # Doubling keeps a long reach cheap; what is already summed keeps its place, so earlier days count below `base`.
        reach = max(_STEP, table.last - table.first)
        if back:
            first = max(table.first - reach, FIRST_DAY)
            if first == table.first:
                raise NeverOpens(f"no calendar reaches before {FIRST_DAY}")
            low = self._local(first, 0)
            starts, ends = self._intervals(first, table.first, low, table.low)
            base = table.base - sum(ends) + sum(starts)
            sums = _running(base, starts, ends)
            return _Table(first, table.last, low, table.high, base, starts + table.starts, ends + table.ends, sums + table.sums)
        last = min(table.last + reach, LAST_DAY)
        if last == table.last:
            raise NeverOpens(f"no calendar reaches beyond {LAST_DAY}")
        high = self._local(last, 0)
        starts, ends = self._intervals(table.last, last, table.high, high)
        sums = _running(table.sums[-1] if table.sums else table.base, starts, ends)
        return _Table(table.first, last, table.low, high, table.base, table.starts + starts, table.ends + ends, table.sums + sums)

    def _later(self, table: _Table) -> _Table:
        if self._closed_from(table.last - timedelta(days=1)):
            raise NeverOpens("the calendar has no open time after this moment")
        return self._covering(table.low, table.high)

    def _earlier(self, table: _Table) -> _Table:
        if self._closed_until(table.first):
            raise NeverOpens("the calendar has no open time before this moment")
        return self._covering(table.low - 1, table.high - 1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001


def _whole(t: datetime) -> datetime:
    return t.replace(microsecond=0)


def _epoch(t: datetime) -> int:
    if t.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return floor(t.timestamp())


def _moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else offset.days * 86400 + offset.seconds


def _running(base: int, starts: list[int], ends: list[int]) -> list[int]:
    sums = []
    for start, end in zip(starts, ends, strict=True):
        base += end - start
        sums.append(base)
    return sums


def _opened(table: _Table, at: int) -> int:
    """Open time from the table's zero to the moment."""
    i = bisect_right(table.starts, at) - 1
    if i < 0:
        return table.base
    end = table.ends[i]
    return table.sums[i] if at >= end else table.sums[i] - (end - at)
