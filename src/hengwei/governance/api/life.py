"""The life of a regulation over REST: approval, coming into force, readers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from hengwei.core.asked import signed_in
from hengwei.core.rest import actor_of
from hengwei.governance import permissions as perms
from hengwei.governance.actions import life
from hengwei.governance.models import Acknowledgement, RegulationVersion
from hengwei.org.models import User

from .asked import draft_of, in_force, person_out, regulation_of, version_out

router = Router()


class SubmitIn(Schema):
    """Who is to approve."""

    approvers: list[int]
    note: str = ""


class PublishIn(Schema):
    """From when it holds; at once when it is not said."""

    effective_from: datetime | None = None


@router.post("/regulations/{int:pk}/submit", summary="Put the draft to its approvers")
def submit(request: HttpRequest, pk: int, body: SubmitIn) -> Any:
    item = life.submit(draft_of(request, pk), approvers=list(User.objects.staff().filter(pk__in=body.approvers)), note=body.note, by=actor_of(request))
    return {"item": item.number}


@router.post("/regulations/{int:pk}/take-back", summary="Make what was submitted a draft again")
def take_back(request: HttpRequest, pk: int) -> Any:
    return version_out(life.take_back(draft_of(request, pk), by=actor_of(request)))


@router.post("/regulations/{int:pk}/publish", summary="Put the approved version in force, at once or from a date")
def publish(request: HttpRequest, pk: int, body: PublishIn) -> Any:
    return version_out(life.publish(draft_of(request, pk), by=actor_of(request), effective_from=body.effective_from))


@router.get("/regulations/readings", summary="What I am to acknowledge, and what I did")
def readings(request: HttpRequest) -> Any:
    rows = Acknowledgement.objects.filter(user=signed_in(request), version__state=RegulationVersion.State.PUBLISHED)
    return [
        {"regulation": row.version.regulation_id, "name": row.version.regulation.label, "version": row.version.number, "due_at": row.due_at, "at": row.at}
        for row in rows.select_related("version__regulation").order_by("at", "due_at")
    ]


@router.post("/regulations/{int:pk}/acknowledge", summary="I have read it")
def acknowledge(request: HttpRequest, pk: int) -> Any:
    return {"at": life.acknowledge(in_force(regulation_of(request, pk)), by=actor_of(request)).at}


@router.get("/regulations/{int:pk}/acknowledgements", summary="Who has read the version in force, and who has not")
def acknowledgements(request: HttpRequest, pk: int) -> Any:
    by = actor_of(request)
    by.require(perms.VIEW)
    rows = in_force(regulation_of(request, pk)).acknowledgements.select_related("user").order_by("at", "due_at", "pk")
    if not (by.may(perms.EVIDENCE) or by.may(perms.MANAGE)):
        rows = rows.filter(user=signed_in(request))
    return [{"person": person_out(row.user), "due_at": row.due_at, "at": row.at, "reminded_at": row.reminded_at} for row in rows]
