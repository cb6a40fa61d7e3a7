"""Texts with places to fill in, such as `{{number}}`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; one that no value is meant for stays visible."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)
