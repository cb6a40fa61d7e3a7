"""Texts with places to fill in, such as `{{number}}`. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_PLACE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def unknown(text: str, names: Collection[str]) -> list[str]:
    """Places in the text that none of the names fills."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in names]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; one that no value is meant for stays visible."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)
