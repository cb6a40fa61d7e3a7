"""Who changed a record: a panel for any that is tracked (core.history), newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from hengwei.core import history
from hengwei.core.permissions import VIEW_HISTORY
from hengwei.core.rest import keyset

from .panels import Panel

#: Revisions that the panel shows; the rest is a page of its own.
SHOWN = 8


@dataclass(frozen=True)
class History(Panel):
    """The newest revisions of the record, with a way to all of them."""

    def render(self, row: Any, request: HttpRequest) -> SafeString:
        if not history.is_tracked(type(row)):
            return SafeString("")
        found = list(history.of(row)[: SHOWN + 1])
        return render_to_string("ui/kit/history_panel.html", {
            "revisions": history.shown(found[:SHOWN]), "more": address_of(row) if len(found) > SHOWN else "",
        }, request) if found else SafeString("")


def address_of(row: models.Model) -> str:
    """The page with the whole history of a record."""
    return reverse("site:history", args=[row._meta.label_lower, row.pk])


#: On every page of a tracked record made by the kit.
PANEL = History(permission=VIEW_HISTORY, order=900)


def page_of(row: models.Model, cursor: str) -> tuple[list[history.Shown], str | None]:
    """One page of the history, and the cursor of the next."""
    page = keyset(history.of(row), cursor=cursor, limit=50)
    return history.shown(page["items"]), page["next"]
