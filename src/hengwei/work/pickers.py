"""Items, found while one types: by a part of their number, or by their words."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from hengwei.ui.kit.picking import Picker, register

from .finding import words_of
from .models import WorkItem


def _items(user: Any) -> QuerySet[Any]:
    return WorkItem.objects.all() if user is None else WorkItem.objects.visible_to(user)


def _search(rows: QuerySet[Any], text: str, user: Any) -> QuerySet[Any]:
    part = text.upper()
    if any(sign.isdigit() for sign in part) and " " not in part:
        return rows.filter(number__contains=part)
    return rows.filter(title__icontains=text) if user is None else rows.filter(words_of(text, user))


register(Picker(
    "work.item", WorkItem, _items, _items, inside=("number",), search=_search, order=("-received_at", "-id"), first="number",
    label=lambda row: row.number, hint=lambda row: row.title, text=lambda row: row.number,
))
