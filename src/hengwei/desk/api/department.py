"""Surveys, contact, service standards and settings over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden
from hengwei.core.rest import actor_of
from hengwei.desk import permissions as perms
from hengwei.desk.actions import (
    department,
    surveys,
)
from hengwei.desk.contacts import without_contact
from hengwei.desk.models import (
    Campaign,
    DeskSettings,
    Standard,
)
from hengwei.desk.survey_results import results_of
from hengwei.work.api.items import pick

router = Router(tags=["desk"])


class FigureOut(Schema):
    key: str
    type: str
    label: str
    count: int
    counts: dict[str, int]
    average: float | None
    nps: float | None
    texts: list[str]


class ResultsOut(Schema):
    """`withheld`: an anonymous survey with too few answers to be shown."""

    asked: int
    answered: int
    withheld: bool
    figures: list[FigureOut]
    groups: dict[str, list[dict[str, Any]]]


@router.get("/desk/surveys/{int:pk}/results", response=ResultsOut, summary="The results of a survey")
def survey_results(request: HttpRequest, pk: int) -> dict[str, Any]:
    if not signed_in(request).may(perms.SURVEYS):
        raise Forbidden(_("You do not have the right to do this."))
    results = results_of(pick(Campaign, pk, field="pk"))
    return {
        "asked": results.asked, "answered": results.answered, "withheld": results.withheld,
        "figures": [{"key": f.key, "type": f.type, "label": f.label, "count": f.count, "counts": f.counts, "average": f.average, "nps": f.nps, "texts": list(f.texts)} for f in results.figures],
        "groups": {key: [{"label": g.label, "asked": g.asked, "answered": g.answered, "score": g.score, "nps": g.nps} for g in groups] for key, groups in results.groups.items()},
    }


class AnswerIn(Schema):
    answers: dict[str, Any]


@router.post("/portal/surveys/{token}", response={204: None}, summary="Answer a survey by the token of its link")
def answer_survey(request: HttpRequest, token: str, payload: AnswerIn) -> tuple[int, None]:
    campaign, invitation, ticket = surveys.of_link(token)
    surveys.answer(campaign, payload.answers, invitation=invitation, ticket=ticket)
    return 204, None


class SilentOut(Schema):
    id: int
    name: str
    key_account: bool
    last_contact: datetime | None


@router.get("/desk/customers-without-contact", response=list[SilentOut], summary="Customers that nobody heard of for some days")
def silent(request: HttpRequest, days: int | None = None) -> list[dict[str, Any]]:
    """Key customers and the longest silent first, 500 at most."""
    if not signed_in(request).may(perms.FOLLOW_UP):
        raise Forbidden(_("You do not have the right to do this."))
    rows = without_contact(days or DeskSettings.current().contact_within_days, timezone.now())
    return [{"id": row.pk, "name": row.label, "key_account": row.key_account, "last_contact": row.last_contact} for row in rows[:500]]  # type: ignore[attr-defined]


class StandardOut(Schema):
    number: int
    text: str
    text_en: str
    note: str
    published_at: datetime


class StandardIn(Schema):
    text: str
    text_en: str = ""
    note: str = ""


@router.get("/portal/standards", response=list[StandardOut], summary="The service standards, the newest version first")
def standards(request: HttpRequest) -> list[Standard]:
    signed_in(request)
    return list(Standard.objects.all()[:50])


@router.post("/desk/standards", response={201: StandardOut}, summary="Publish a new version of the service standards")
def publish_standard(request: HttpRequest, payload: StandardIn) -> tuple[int, Standard]:
    return 201, department.publish_standard(by=actor_of(request), **payload.dict())


class SettingsOut(Schema):
    guests: bool
    guests_per_address: int
    guests_per_network: int
    ask_again_after_days: int
    contact_within_days: int


class SettingsIn(Schema):
    guests: bool | None = None
    guests_per_address: int | None = None
    guests_per_network: int | None = None
    ask_again_after_days: int | None = None
    contact_within_days: int | None = None


@router.get("/desk/settings", response=SettingsOut, summary="The desk's settings")
def read_settings(request: HttpRequest) -> DeskSettings:
    if not signed_in(request).may(perms.CONFIGURE):
        raise Forbidden(_("You do not have the right to do this."))
    return DeskSettings.current()


@router.patch("/desk/settings", response=SettingsOut, summary="Set up the desk")
def write_settings(request: HttpRequest, payload: SettingsIn) -> DeskSettings:
    return department.set_up(by=actor_of(request), **payload.dict(exclude_unset=True))
