"""Two texts compared: which lines went, came, stayed, and within a changed line which words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: A Latin word, a number, or a single other character: the steps in which Chinese changes.
_PIECE = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line; `changed` is marked."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison."""

    kind: Literal["same", "gone", "new"]
    parts: tuple[Part, ...]


def words(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The two lines with what differs marked."""
    a, b = _PIECE.findall(before), _PIECE.findall(after)
    left: list[Part] = []
    right: list[Part] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if a1 < a2:
            left.append(Part("".join(a[a1:a2]), tag != "equal"))
        if b1 < b2:
            right.append(Part("".join(b[b1:b2]), tag != "equal"))
    return tuple(left), tuple(right)


def lines(before: str, after: str) -> list[Line]:
    """The comparison line by line."""
    return list(_lines(before.splitlines(), after.splitlines()))


def _lines(a: list[str], b: list[str]) -> Iterator[Line]:
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line("same", (Part(text),)) for text in a[a1:a2])
        elif tag == "replace" and a2 - a1 == b2 - b1:
            for old, new in zip(a[a1:a2], b[b1:b2], strict=True):
                left, right = words(old, new)
                yield Line("gone", left)
                yield Line("new", right)
        else:
            yield from (Line("gone", (Part(text, True),)) for text in a[a1:a2])
            yield from (Line("new", (Part(text, True),)) for text in b[b1:b2])
