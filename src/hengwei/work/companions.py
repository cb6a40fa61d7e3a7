"""Rows that other rooms keep beside every item: made with it, in the statement that writes it."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model

from hengwei.work.models import WorkItem

Companion = Callable[[WorkItem], Model]
_companions: list[Companion] = []


def beside(make: Companion) -> Companion:
    """Register what a new item, numbered and about to be written, takes with it: one row of a table that names it.

    For a row that every item has. What depends on anything else hears `ItemOpened`.
    """
    if make not in _companions:
        _companions.append(make)
    return make


def companions_of(item: WorkItem) -> list[Model]:
    """The rows that a new item takes with it."""
    return [make(item) for make in _companions]
