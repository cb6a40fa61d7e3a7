"""Which catalogue entries a condition may name. The catalogue itself is a room above, which says so here."""

from __future__ import annotations

from collections.abc import Callable

_provider: Callable[[], list[tuple[str, str]]] = list


def provide(entries: Callable[[], list[tuple[str, str]]]) -> Callable[[], list[tuple[str, str]]]:
    """Register where the entries come from, as (key, name in the reader's language)."""
    global _provider
    _provider = entries
    return entries


def choices() -> list[tuple[str, str]]:
    """The entries of the catalogue."""
    return _provider()
