"""The history of any record: a page, and the same over REST."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Router, Schema

from hengwei.core import history
from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound, Refused
from hengwei.core.history.tracking import model_of
from hengwei.core.permissions import VIEW_HISTORY
from hengwei.core.rest import Page, keyset
from hengwei.ui.kit.history import page_of

router = Router()


def _record(user: Any, model: str, pk: str) -> models.Model | None:
    """The record, if the person may see it and its history."""
    try:
        found = model_of(model)
    except (LookupError, ValueError):
        return None
    if not user.may(VIEW_HISTORY) or not history.is_tracked(found):
        return None
    visible = getattr(found._default_manager, "visible_to", None)
    try:
        return (visible(user) if visible else found._default_manager.all()).filter(pk=pk).first()
    except (ValueError, TypeError):
        return None


@login_required
def page(request: HttpRequest, model: str, pk: str) -> HttpResponse:
    """All revisions of a record, fifty at a time."""
    row = _record(signed_in(request), model, pk)
    if row is None:
        raise Http404
    revisions, following = page_of(row, request.GET.get("cursor", ""))
    address = getattr(row, "get_absolute_url", None)
    return render(request, "site/history.html", {"row": row, "revisions": revisions, "next": following, "address": address() if address else ""})


class ChangeOut(Schema):
    """A field before and after, as people read it."""

    label: str
    before: str
    after: str


class RevisionOut(Schema):
    """One change of a record. `changes` is {column: [before, after]}; hidden values are '•'. `told` is the same in words, in the language of the call."""

    id: int
    at: Any
    operation: str
    model: str
    object_id: str
    actor: int | None
    via: str
    address: str
    rules: list[str]
    changes: dict[str, Any]
    told: list[ChangeOut]


def _asked(request: HttpRequest, model: str, pk: str) -> models.Model:
    row = _record(signed_in(request), model, pk)
    if row is None:
        raise NotFound(_("There is nothing here that you may see."))
    return row


@router.get("/history/{model}/{pk}", response=Page[RevisionOut], tags=["history"], summary="Who changed a record")
def revisions(request: HttpRequest, model: str, pk: str, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """The newest first. `model` is such as `org.team`."""
    page = keyset(history.of(_asked(request, model, pk)), cursor=cursor, limit=limit)
    words = {one.revision.pk: one.fields for one in history.shown(page["items"])}

    def show(row: Any) -> dict[str, Any]:
        told = [{"label": label, "before": before, "after": after} for label, before, after in words[row.pk]]
        return {"told": told, "id": row.pk, "at": row.at, "operation": row.operation, "model": row.model, "object_id": row.object_id, "actor": row.actor_id,
                "via": row.via, "address": row.address, "rules": row.rules, "changes": row.changes}

    return {**page, "items": [show(row) for row in page["items"]]}


@router.get("/history/{model}/{pk}/as-of", response=dict[str, Any], tags=["history"], summary="A record as it was at a moment")
def as_of(request: HttpRequest, model: str, pk: str, at: str) -> dict[str, Any]:
    """`values` is null when it did not exist yet. `at` is an ISO moment with its zone."""
    moment = parse_datetime(at.replace(" ", "+")) if at else None
    if moment is None or moment.tzinfo is None:
        raise Refused(_("This is no moment with a time zone."), code="invalid", field="at")
    row = _asked(request, model, pk)
    return {"at": moment, "values": history.as_of([row], moment)[row.pk]}
