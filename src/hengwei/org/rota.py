"""Who is on duty when: turns that recur by RFC 5545 rules on a wall clock. Pure: moments are passed in.

A turn begins at a time on the rota's wall clock and lasts so many minutes of it. Where the clock jumps, a time that
does not exist moves forward and one that happens twice is the first, as everywhere (clocks.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

#: The longest turn, and so how far back one that covers a moment may have begun.
LONGEST = timedelta(days=14)
#: Parts of a rule that would say another time of day than the shift's own.
_TOO_FINE = {"BYHOUR", "BYMINUTE", "BYSECOND"}
#: Occurrences looked at in one question: more is a fault of the rule.
MOST = 5000


class BadRule(ValueError):
    """The rule is none, or runs more often than a duty can."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's turn, once or again and again. `until` is its last day of beginning, included."""

    person: int
    first_day: date
    starts: time
    minutes: int
    rule: str = ""
    until: date | None = None
    replaces: bool = False
    id: int = 0


class Span(NamedTuple):
    """One time of duty, `[start, end)` in UTC."""

    start: datetime
    end: datetime
    person: int
    replaces: bool
    turn: int


def rule_of(text: str, start: datetime) -> rrule:
    """The rule, beginning at a wall-clock moment; raises BadRule with the reason."""
    if set(text.upper().replace("=", ";").split(";")) & _TOO_FINE or "\n" in text:
        raise BadRule("the hour is that of the shift")
    try:
        found = rrulestr(text, dtstart=start)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadRule(str(error)) from None
    if not isinstance(found, rrule) or found._freq > 3:  # type: ignore[attr-defined]
        raise BadRule("a duty recurs by the day, week, month or year")
    return found


def moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """A wall-clock time as UTC: forward over a gap, the first of two."""
    early = wall.replace(tzinfo=zone, fold=0)
    # In a gap fold=0 uses the offset before it, and so lands after it on the wall: forward.
    return early.astimezone(UTC)


def occurrences(turn: Turn, zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """The times of duty of a turn that touch `[since, until)`, in order."""
    start = datetime.combine(turn.first_day, turn.starts)
    length = timedelta(minutes=turn.minutes)
    low = since.astimezone(zone).replace(tzinfo=None) - length - timedelta(days=1)
    high = until.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
    if turn.until is not None:
        high = min(high, datetime.combine(turn.until, time.max))
    found = []
    for wall in _begins(turn.rule, start, low, high):
        span = Span(moment(wall, zone), moment(wall + length, zone), turn.person, turn.replaces, turn.id)
        if span.start < until and span.end > since and span.start < span.end:
            found.append(span)
    return found


def _begins(rule: str, start: datetime, low: datetime, high: datetime) -> list[datetime]:
    if not rule:
        return [start] if start <= high else []
    if start > high:
        return []
    found = rule_of(rule, start)
    own, count = found._until, found._count  # type: ignore[attr-defined]
    # An end for the rule itself: one that never comes true (30 February) would be sought for to the end of time.
    ended = found.replace(until=min(own, high) if own else high, count=None)
    if count is not None:
        return [wall for wall in islice(ended, count) if wall >= low]
    return ended.between(low, high, inc=True)[:MOST]


def on_duty(turns: Iterable[Turn], zone: ZoneInfo, at: datetime) -> list[int]:
    """Who is on duty at a moment: those who replace others, else everybody whose turn it is; each once, in the turns' order."""
    now = [span for turn in turns for span in occurrences(turn, zone, at, at + timedelta(seconds=1)) if span.start <= at < span.end]
    chosen = [span for span in now if span.replaces] or now
    return list(dict.fromkeys(span.person for span in chosen))


def plan(turns: Iterable[Turn], zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """Who is on duty through a period: the turns cut where others replace them, in order of time."""
    spans = [span for turn in turns for span in occurrences(turn, zone, since, until)]
    over = [span for span in spans if span.replaces]
    found: list[Span] = list(over)
    for span in spans:
        if not span.replaces:
            found += _without(span, over)
    return sorted(found, key=lambda span: (span.start, span.person))


def _without(span: Span, over: list[Span]) -> list[Span]:
    """What is left of a span beside those that replace it."""
    left = [span]
    for other in over:
        parts = []
        for piece in left:
            if other.end <= piece.start or other.start >= piece.end:
                parts.append(piece)
                continue
            if piece.start < other.start:
                parts.append(piece._replace(end=other.start))
            if other.end < piece.end:
                parts.append(piece._replace(start=other.end))
        left = parts
    return left
