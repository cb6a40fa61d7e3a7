"""Impact × urgency → priority, by the matrix that the department sets (A3)."""

from __future__ import annotations

import time

from hengwei.work.models.routing import PriorityRule

#: Used for a cell that the department left empty: the usual ITIL matrix on four levels.
DEFAULT = {
    (1, 1): 1, (1, 2): 1, (1, 3): 2, (1, 4): 2,
    (2, 1): 1, (2, 2): 2, (2, 3): 2, (2, 4): 3,
    (3, 1): 2, (3, 2): 2, (3, 3): 3, (3, 4): 4,
    (4, 1): 2, (4, 2): 3, (4, 3): 4, (4, 4): 4,
}

#: Seconds after which another process's change of the matrix is seen.
FRESH = 10.0
_cells: dict[tuple[int, int], int] = {}
_loaded = float("-inf")


def matrix() -> dict[tuple[int, int], int]:
    """The matrix in force."""
    global _cells, _loaded
    if time.monotonic() - _loaded > FRESH:
        rules = PriorityRule.objects.values_list("impact", "urgency", "priority")
        _cells = {**DEFAULT, **{(impact, urgency): priority for impact, urgency, priority in rules}}
        _loaded = time.monotonic()
    return _cells


def forget() -> None:
    """Read the matrix anew at the next question."""
    global _loaded
    _loaded = float("-inf")


def priority_of(impact: int | None, urgency: int | None) -> int | None:
    """The priority, or None while one of the two is not known."""
    if impact is None or urgency is None:
        return None
    return matrix()[impact, urgency]
