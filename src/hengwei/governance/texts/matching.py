"""Which clause of a new version is which of the old one: by its number and by how alike the words are. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Clause:
    """What is known of a clause for matching. `key` is its id in the version it comes from."""

    key: str
    kind: str
    number: str
    words: str


def _pairs(text: str) -> Counter[str]:
    folded = "".join(text.split()).casefold()
    return Counter(folded[n: n + 2] for n in range(max(1, len(folded) - 1)))


def likeness(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1, by the pairs of signs that they share."""
    if a == b:
        return 1.0
    one, other = _pairs(a), _pairs(b)
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def match(old: Sequence[Clause], new: Sequence[Clause]) -> dict[str, str]:
    """For each clause of `new` that was one of `old`: its key to the old key. The likeliest pairs are joined first."""
    pairs: list[tuple[float, int, int]] = []
    words = [_pairs(c.words) for c in old]
    for n, clause in enumerate(new):
        own = _pairs(clause.words)
        for o, before in enumerate(old):
            if (before.kind in ("chapter", "section")) != (clause.kind in ("chapter", "section")):
                continue
            total = own.total() + words[o].total()
            alike = 1.0 if clause.words == before.words else 2 * (own & words[o]).total() / total if total else 0.0
            same_number = bool(clause.number) and clause.number == before.number and clause.kind == before.kind
            score = alike + (0.3 if same_number else 0) - 0.0001 * abs(n - o)
            if alike >= 0.6 or (same_number and alike >= 0.3):
                pairs.append((score, n, o))
    found: dict[str, str] = {}
    taken: set[int] = set()
    for _score, n, o in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if new[n].key not in found and o not in taken:
            found[new[n].key] = old[o].key
            taken.add(o)
    return found


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """What became of a text: ('same' | 'gone' | 'new', words) in reading order."""
    parts: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("same", before[a:b]))
            continue
        if b > a:
            parts.append(("gone", before[a:b]))
        if d > c:
            parts.append(("new", after[c:d]))
    return parts
