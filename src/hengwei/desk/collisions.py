"""Which planned changes get in each other's way, and which lie in a freeze. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hengwei.work.conditions import fold


@dataclass(frozen=True, slots=True)
class Planned:
    """A change, a freeze, or anything else that takes systems for a time. A freeze that names none takes all."""

    key: str
    start: datetime
    end: datetime
    systems: tuple[str, ...] = ()
    freeze: bool = False


@dataclass(frozen=True, slots=True)
class Collision:
    """Two that overlap. `systems` are those they share; none shared means the time alone."""

    one: str
    other: str
    start: datetime
    end: datetime
    systems: tuple[str, ...]
    freeze: bool = False


def between(one: Planned, other: Planned) -> Collision | None:
    """Their collision, or None: they do not overlap, or it is a freeze of other systems."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    if start >= end or (one.freeze and other.freeze):
        return None
    if one.freeze:
        one, other = other, one
    theirs = {fold(name) for name in other.systems}
    shared = tuple(name for name in one.systems if fold(name) in theirs)
    if other.freeze and not other.systems:
        shared = one.systems
    if other.freeze and other.systems and not shared:
        return None
    return Collision(one.key, other.key, start, end, shared, other.freeze)


def of(change: Planned, others: Iterable[Planned]) -> list[Collision]:
    """What the change collides with, freezes first, then shared systems, then time alone."""
    found = [hit for other in others if other.key != change.key or other.freeze if (hit := between(change, other)) is not None]
    return sorted(found, key=lambda hit: (not hit.freeze, not hit.systems, hit.start))


def every(planned: Sequence[Planned]) -> list[Collision]:
    """All collisions of many, each pair once; sorted by start so that only neighbours in time are compared."""
    found: list[Collision] = []
    open_: list[Planned] = []
    for one in sorted(planned, key=lambda each: (each.start, each.end)):
        open_ = [other for other in open_ if other.end > one.start]
        found += [hit for other in open_ if (hit := between(other, one)) is not None]
        open_.append(one)
    return found
