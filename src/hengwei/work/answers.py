"""What was answered to the form that an item was made with, in the reader's language: whoever keeps the form tells it.

Where nobody does (an import, a program that sent labels itself) the labels and answers stand as they came.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .models import WorkItem

#: The answers of an item as (label, answer); None where another keeps its form.
Teller = Callable[[WorkItem], "list[tuple[str, Any]] | None"]
_tellers: list[Teller] = []


def tells_answers(teller: Teller) -> Teller:
    """Register who keeps forms."""
    _tellers.append(teller)
    return teller


def answers_of(item: WorkItem) -> list[tuple[str, Any]]:
    """Each question with its answer, as this reader reads it."""
    if not item.form:
        return []
    for teller in _tellers:
        found = teller(item)
        if found is not None:
            return found
    return list(item.form.items())
