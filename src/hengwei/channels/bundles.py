"""Several notices of one item and moment are one line under the bell: each step of each promise stays a record of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

#: Events of which one cause makes several.
TOGETHER = frozenset({"escalated"})
#: So far apart they are of one moment still: a round of the worker, and the one after it.
MOMENT = timedelta(minutes=10)


class Told(Protocol):
    """What is asked of a notice."""

    item_id: int | None
    event: str
    at: datetime


T = TypeVar("T", bound=Told)


def bundled(newest_first: Iterable[T]) -> list[list[T]]:
    """The notices as lines, the newest first in each; a line stands where its newest one does."""
    lines: list[list[T]] = []
    open_: dict[tuple[int | None, str], list[T]] = {}
    for one in newest_first:
        key = (one.item_id, one.event)
        line = open_.get(key) if one.item_id is not None and one.event in TOGETHER else None
        if line is not None and line[0].at - one.at <= MOMENT:
            line.append(one)
        else:
            open_[key] = [one]
            lines.append(open_[key])
    return lines
