"""Which column means what: suggested from the headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from .targets import Field

#: Headings less alike than this are left for a person to say.
ALIKE = 0.82
_NOISE = re.compile(r"[\s_\-*:：()（）/.]+")


def fold(text: str) -> str:
    """A heading without case, spaces and signs."""
    return _NOISE.sub("", text).casefold()


def suggest(heads: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """Field → column: the same name first, then what is nearly the same; no column is used twice."""
    found: dict[str, str] = {}
    free = {fold(head): head for head in reversed(heads)}
    names = {field.key: [fold(name) for name in (field.key, str(field.label), *field.aliases)] for field in fields}
    for field in fields:
        exact = next((name for name in names[field.key] if name in free), None)
        if exact is not None:
            found[field.key] = free.pop(exact)
    for field in fields:
        if field.key in found or not free:
            continue
        score, best = max((SequenceMatcher(None, name, head).ratio(), head) for name in names[field.key] for head in free)
        if score >= ALIKE:
            found[field.key] = free.pop(best)
    return found
