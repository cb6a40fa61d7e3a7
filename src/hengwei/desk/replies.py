"""Filling in a canned reply. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: What a canned reply may name between double braces.
VARIABLES = ("requester", "number", "title", "agent", "due", "team")
_PLACE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def unknown(text: str) -> list[str]:
    """Names in the text that stand for nothing."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in VARIABLES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; one without a value leaves nothing, one that does not exist stays visible."""
    return _PLACE.sub(lambda m: values.get(m[1], "") if m[1] in VARIABLES else m[0], text)
