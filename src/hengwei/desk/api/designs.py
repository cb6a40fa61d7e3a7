"""Designing what is offered, over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden, NotFound
from hengwei.core.rest import actor_of
from hengwei.desk import design
from hengwei.desk import permissions as perms
from hengwei.desk.actions import (
    catalogue,
)
from hengwei.desk.models import (
    CatalogueEntry,
)

router = Router(tags=["desk"])


class DesignIn(Schema):
    """A version as it is designed; what is left out is as in an empty one."""

    kind: str = "request"
    fields: list[dict[str, Any]] = []
    category: str = ""
    team: str = ""
    impact: int = 4
    urgency: int = 3
    labels: list[str] = []
    plan: int | str = Field("", description="Id of an approval plan; '' for none, or for steps of its own in `approvals`.")
    approvals: list[dict[str, Any]] = []
    checklist: list[dict[str, Any]] = []
    tasks: list[dict[str, Any]] = []


class DesignOut(Schema):
    """The draft, or the version that is offered; `faults` says why a draft cannot be published."""

    draft: bool
    version: int | None
    faults: str
    design: dict[str, Any]


class VersionOut(Schema):
    number: int
    published_at: datetime
    note: str
    design: dict[str, Any]


def _entry(request: HttpRequest, key: str) -> CatalogueEntry:
    if not signed_in(request).may(perms.CATALOGUE):
        raise Forbidden(_("You do not have the right to do this."))
    row = CatalogueEntry.objects.select_related("published__team", "published__category").filter(key=key).first()
    if row is None:
        raise NotFound(key, field="key")
    return row


def _designed(row: CatalogueEntry) -> dict[str, Any]:
    whole = design.complete(row.draft) if row.draft is not None else catalogue.design_of(row.published)
    return {"draft": row.draft is not None, "version": row.published.number if row.published else None, "faults": catalogue.faults(whole) if row.draft is not None else "", "design": whole}


@router.get("/desk/designs/{key}", response=DesignOut, summary="Read the design of a catalogue entry")
def read_design(request: HttpRequest, key: str) -> dict[str, Any]:
    return _designed(_entry(request, key))


@router.put("/desk/designs/{key}", response=DesignOut, summary="Keep a draft of the design")
def write_design(request: HttpRequest, key: str, payload: DesignIn) -> dict[str, Any]:
    """A draft may be wrong; `faults` says what hinders publishing it."""
    catalogue.save_draft(_entry(request, key), by=actor_of(request), draft=payload.dict())
    return _designed(_entry(request, key))


class NoteIn(Schema):
    note: str = ""


@router.post("/desk/designs/{key}/publish", response=DesignOut, summary="Offer the draft from now on")
def publish_design(request: HttpRequest, key: str, payload: NoteIn) -> dict[str, Any]:
    catalogue.publish_draft(_entry(request, key), by=actor_of(request), note=payload.note)
    return _designed(_entry(request, key))


@router.get("/desk/designs/{key}/versions", response=list[VersionOut], summary="All versions, the newest first")
def versions(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    rows = _entry(request, key).versions.select_related("team", "category").order_by("-number")
    return [{"number": row.number, "published_at": row.published_at, "note": row.note, "design": catalogue.design_of(row)} for row in rows]
