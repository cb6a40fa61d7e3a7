"""For each control the cases that prove it: nobody, one who complies, one who does not, and those exactly at the edge.

A case is a generator: it brings a record about and says how the control is to see it (`Seen`) and by which key. Each record
comes on top of those before it; a step with its own period is judged alone. A control without a case fails the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hengwei.core.controls import Period

from ..conftest import NOVEMBER
from .world import World

NOBODY, COMPLIES, FAILS = "nobody", "complies", "fails"
#: At the edge and still good; just past it, and no more; not judged (yet), or not one of those whom it judges.
EDGE, PAST, OUTSIDE = "edge", "past", "outside"


@dataclass(frozen=True)
class Seen:
    """A record, how a control is to see it, and in which period."""

    how: str
    key: str = ""
    period: Period = NOVEMBER
    alone: bool = False


Steps = Iterator[Seen]


@dataclass(frozen=True)
class Case:
    """The cases of one control, judged with these parameters."""

    control: str
    steps: Callable[[World], Steps]
    params: dict[str, Any] = field(default_factory=dict)


CASES: dict[str, Case] = {}


def case(*control: str, **params: Any) -> Callable[[Callable[..., Steps]], Callable[..., Steps]]:
    """Say that a generator holds the cases of a control; of several, it is given the one it is asked for."""

    def add(steps: Callable[..., Steps]) -> Callable[..., Steps]:
        for key in control:
            if key in CASES:
                raise ValueError(f"{key} has its cases already")
            CASES[key] = Case(key, steps if len(control) == 1 else lambda world, key=key: steps(world, key), params)
        return steps

    return add


def nobody() -> Seen:
    return Seen(NOBODY)


def complies(key: str) -> Seen:
    return Seen(COMPLIES, key)


def fails(key: str) -> Seen:
    return Seen(FAILS, key)


def edge(key: str) -> Seen:
    return Seen(EDGE, key)


def past(key: str) -> Seen:
    return Seen(PAST, key)


def outside(key: str) -> Seen:
    return Seen(OUTSIDE, key)


from . import desk, governance, insight, knowledge, work  # noqa: E402, F401
