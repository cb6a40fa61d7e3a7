"""The arithmetic of a clock. Pure: the moment comes in, a new state goes out.

Working time used up is what counts. A promise of days is turned, when it starts, into the working time until its end.
The moment at which exactly the allowance is used up is met; one second of working time later is breached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol


class WorkingTime(Protocol):
    """What a clock asks of a calendar (calendars/business_time.py)."""

    def add(self, start: datetime, business_seconds: int) -> datetime: ...
    def elapsed(self, a: datetime, b: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class State:
    """A clock at a moment: seconds allowed and used up in ended running segments; `since` when it runs."""

    allowed: int
    elapsed: int = 0
    since: datetime | None = None

    @property
    def running(self) -> bool:
        return self.since is not None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of escalation, due when `seconds` of working time are used up."""

    key: str
    seconds: int
    notify: tuple[str, ...] = ()
    level: int = 0
    breach: bool = False
    #: To whom the item goes: `lead`, `user:7`, `team:3`; nobody when empty.
    reassign: str = ""
    raise_priority: bool = False
    #: Told outside of the reader's working hours too.
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clock, and on which calendar (by id) it was counted."""

    running: bool
    starts_at: datetime
    ends_at: datetime | None
    calendar: int


def used(state: State, calendar: WorkingTime, now: datetime) -> int:
    """Working seconds used up by now."""
    return state.elapsed if state.since is None else state.elapsed + max(0, calendar.elapsed(state.since, max(now, state.since)))


def due(state: State, calendar: WorkingTime) -> datetime | None:
    """When the allowance is used up if nothing happens; the beginning of the stretch when it already is; None at rest."""
    if state.since is None:
        return None
    left = state.allowed - state.elapsed
    return calendar.add(state.since, left) if left > 0 else state.since


def start(allowed: int, at: datetime) -> State:
    return State(allowed, 0, at)


def halt(state: State, calendar: WorkingTime, at: datetime) -> State:
    """Pause or stop: what was used up is kept."""
    return replace(state, elapsed=used(state, calendar, at), since=None)


def resume(state: State, at: datetime) -> State:
    return replace(state, since=at)


def breached(state: State) -> bool:
    """Whether a stopped clock used up more than it was allowed."""
    return state.elapsed > state.allowed


def retarget(state: State, old: WorkingTime, *, allowed: int, at: datetime) -> State:
    """Another promise takes over; what has elapsed under the old calendar is kept as seconds, not recomputed."""
    return State(allowed, used(state, old, at), at if state.running else None)


def rebase(state: State, stretches: Iterable[tuple[datetime, datetime]], old: WorkingTime, new: WorkingTime, *, allowed: int) -> State:
    """The calendar was corrected: the ended running stretches on it count anew, what was carried over from earlier promises stays.

    `stretches` are those of the present stay on the calendar; `allowed` is the allowance on the new version.
    """
    difference = sum(new.elapsed(begin, end) - old.elapsed(begin, end) for begin, end in stretches)
    return State(allowed, max(0, state.elapsed + difference), state.since)


def present_stay(segments: Sequence[Segment], calendar: int) -> list[tuple[datetime, datetime]]:
    """The ended running stretches since the clock last came onto the calendar; segments are given oldest first."""
    found: list[tuple[datetime, datetime]] = []
    for segment in reversed(segments):
        if segment.calendar != calendar:
            break
        if segment.running and segment.ends_at is not None:
            found.append((segment.starts_at, segment.ends_at))
    return found[::-1]


def steps(allowed: int, escalation: Sequence[dict[str, Any]]) -> list[Step]:
    """The steps of a target in the order in which they fall due.

    A breach is one second past the allowance. There is always a step at breach, so that a breach is on record.
    """
    found = []
    for part in escalation:
        effects: dict[str, Any] = {
            "notify": tuple(part.get("notify", ())), "level": int(part.get("level", 0)), "reassign": part.get("reassign", ""),
            "raise_priority": bool(part.get("raise_priority")), "urgent": bool(part.get("urgent")),
        }
        if "after" in part:
            found.append(Step(f"after_{part['after']}", allowed + 1 + int(part["after"]), **effects))
        elif part["percent"] >= 100:
            found.append(Step("breach", allowed + 1, breach=True, **effects))
        else:
            found.append(Step(f"percent_{part['percent']}", -(-allowed * int(part["percent"]) // 100), **effects))
    if not any(step.breach for step in found):
        found.append(Step("breach", allowed + 1, breach=True))
    return sorted(found, key=lambda step: step.seconds)


def next_step(state: State, calendar: WorkingTime, ahead: Sequence[Step]) -> tuple[Step, datetime] | None:
    """The first of the steps that have not been taken, and when it falls due; None at rest or when none is left."""
    if state.since is None or not ahead:
        return None
    step = min(ahead, key=lambda one: one.seconds)
    left = step.seconds - state.elapsed
    return step, calendar.add(state.since, left) if left > 0 else state.since


#: A step taken more than this after it fell due is marked late: the worker was down.
LATE = timedelta(minutes=2)
