"""The category tree in memory: a few hundred rows that every new item asks about."""

from __future__ import annotations

import time

from hengwei.work.models.items import Category

#: Seconds after which another process's change of the tree is seen.
FRESH = 10.0
_parents: dict[int, tuple[str, int | None]] = {}
_loaded = float("-inf")


def _tree() -> dict[int, tuple[str, int | None]]:
    global _parents, _loaded
    if time.monotonic() - _loaded > FRESH:
        _parents = {pk: (key, parent) for pk, key, parent in Category.objects.values_list("pk", "key", "parent_id")}
        _loaded = time.monotonic()
    return _parents


def forget() -> None:
    """Read the tree anew at the next question (after a change, between tests)."""
    global _loaded
    _loaded = float("-inf")


def chain(category_id: int | None) -> list[str]:
    """The key of a category and those of all above it, the nearest first."""
    keys: list[str] = []
    tree = _tree()
    if category_id is not None and category_id not in tree:
        forget()
        tree = _tree()
    while category_id is not None and category_id in tree:
        key, category_id = tree[category_id]
        if key in keys:
            break
        keys.append(key)
    return keys
