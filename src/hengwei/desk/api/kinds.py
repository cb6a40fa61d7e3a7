"""The facts of each kind of item and what is done with them, over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import actor_of
from hengwei.desk.actions import (
    changes,
    complaints,
    macros,
    majors,
    problems,
    suggestions,
)
from hengwei.desk.models import (
    Change,
    Complaint,
    Incident,
    Macro,
    Problem,
    Suggestion,
)
from hengwei.org.models import Team, User
from hengwei.work import permissions as work
from hengwei.work.api.items import find, pick
from hengwei.work.api.schemas import ItemDetailOut, item_detail

router = Router(tags=["desk"])


class OwnIn(Schema):
    """The facts of the item's own kind; give those that change. `version` of the item guards against a stale write."""

    version: int | None = None
    root_cause: str | None = None
    workaround: str | None = None
    risk: str | None = None
    plan: str | None = None
    back_out: str | None = None
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    systems: list[str] | None = None
    about_team: str | None = Field(None, description="Key of the team a complaint is about.")
    about_person: int | None = None
    cause_kind: str | None = None
    justified: bool | None = None
    measures: str | None = None


class OwnOut(Schema):
    number: str
    kind: str
    facts: dict[str, Any]
    collisions: list[dict[str, Any]] = []


FACTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "incident": (Incident, ("major", "major_at", "public_words")), "problem": (Problem, ("root_cause", "workaround", "known_error_at")),
    "change": (Change, (*changes.FACTS,)), "complaint": (Complaint, ("cause_kind", "justified", "measures", "consent", "consent_at")),
    "suggestion": (Suggestion, ("outcome", "decision", "decided_at")),
}


def _staff_item(request: HttpRequest, number: str) -> Any:
    item = find(request, number)
    if not signed_in(request).may(work.WORK) and not signed_in(request).may(work.VIEW_ALL):
        raise NotFound(number)
    return item


def _own(request: HttpRequest, number: str) -> dict[str, Any]:
    item = _staff_item(request, number)
    if item.kind not in FACTS:
        return {"number": item.number, "kind": item.kind, "facts": {}}
    model, names = FACTS[item.kind]
    own = model.objects.get(pk=item.pk)
    facts = {name: getattr(own, name) for name in names}
    if item.kind == "incident":
        facts["root_problem"] = own.root_problem.number if own.root_problem else None
    if item.kind == "problem":
        facts["incidents"] = list(own.incidents.order_by("id").values_list("number", flat=True)[:200])
    if item.kind == "complaint":
        facts |= {"about_team": own.about_team.key if own.about_team else None, "about_person": own.about_person_id}
    hits = [{"with": hit.other, "freeze": hit.freeze, "systems": list(hit.systems), "start": hit.start, "end": hit.end} for hit in changes.collisions_of(own)] if item.kind == "change" else []
    return {"number": item.number, "kind": item.kind, "facts": facts, "collisions": hits}


@router.get("/items/{number}/own", response=OwnOut, summary="Read the facts of the item's own kind")
def read_own(request: HttpRequest, number: str) -> dict[str, Any]:
    return _own(request, number)


@router.patch("/items/{number}/own", response=OwnOut, summary="Change the facts of the item's own kind")
def change_own(request: HttpRequest, number: str, payload: OwnIn) -> dict[str, Any]:
    """Of a problem, a change or a complaint; a fact that the kind does not have is refused."""
    item, by = _staff_item(request, number), actor_of(request)
    given = payload.dict(exclude_unset=True, exclude={"version"})
    deeds: dict[str, Any] = {"problem": problems.describe, "change": changes.plan, "complaint": complaints.examine}
    do = deeds.get(item.kind)
    allowed = {"problem": {"root_cause", "workaround"}, "change": set(changes.FACTS), "complaint": set(complaints.FACTS)}.get(item.kind, set())
    wrong = sorted(set(given) - allowed)
    if do is None or wrong:
        raise NotFound(f"{item.kind}: {', '.join(wrong) or '—'}", field=wrong[0] if wrong else None)
    if "about_team" in given:
        given["about_team"] = pick(Team, given["about_team"], field="about_team", by="key")
    if "about_person" in given:
        given["about_person"] = pick(User, given["about_person"], field="about_person")
    do(item, by=by, version=payload.version, **given)
    return _own(request, number)


class NumbersIn(Schema):
    numbers: list[str]


class WordsIn(Schema):
    text: str


class ToldOut(Schema):
    told: int
    refused: list[str]


@router.post("/items/{number}/incidents", response=OwnOut, summary="Link incidents to a problem")
def link_incidents(request: HttpRequest, number: str, payload: NumbersIn) -> dict[str, Any]:
    problems.link_incidents(_staff_item(request, number), [find(request, one) for one in payload.numbers], by=actor_of(request))
    return _own(request, number)


@router.post("/items/{number}/tell-incidents", response=ToldOut, summary="Say the same to the requesters of a problem's open incidents")
def tell_incidents(request: HttpRequest, number: str, payload: WordsIn) -> dict[str, Any]:
    told, refused = problems.tell_incidents(_staff_item(request, number), by=actor_of(request), text=payload.text)
    return {"told": told, "refused": refused}


@router.post("/items/{number}/consent", response=OwnOut, summary="Record the customer's consent to closing a complaint")
def consent(request: HttpRequest, number: str, payload: WordsIn) -> dict[str, Any]:
    complaints.record_consent(_staff_item(request, number), by=actor_of(request), words=payload.text)
    return _own(request, number)


class DecisionIn(Schema):
    outcome: str
    decision: str
    version: int | None = None


@router.post("/items/{number}/decision", response=OwnOut, summary="Decide on a suggestion, and answer")
def decide(request: HttpRequest, number: str, payload: DecisionIn) -> dict[str, Any]:
    suggestions.decide(_staff_item(request, number), by=actor_of(request), outcome=payload.outcome, decision=payload.decision, version=payload.version)
    return _own(request, number)


class MajorIn(Schema):
    public_words: str = Field("", description="What everybody may read in the portal; its first line is the heading.")


class UpdateIn(Schema):
    text: str
    public_words: str | None = None


@router.post("/items/{number}/major", response=OwnOut, summary="Declare an incident as major")
def declare_major(request: HttpRequest, number: str, payload: MajorIn) -> dict[str, Any]:
    majors.declare(_staff_item(request, number), by=actor_of(request), words=payload.public_words)
    return _own(request, number)


@router.post("/items/{number}/major/revoke", response=OwnOut, summary="Take the flag back")
def revoke_major(request: HttpRequest, number: str, payload: WordsIn) -> dict[str, Any]:
    majors.revoke(_staff_item(request, number), by=actor_of(request), why=payload.text)
    return _own(request, number)


@router.post("/items/{number}/major/update", response=ToldOut, summary="One update to all reports of a major incident")
def update_major(request: HttpRequest, number: str, payload: UpdateIn) -> dict[str, Any]:
    return majors.update(_staff_item(request, number), by=actor_of(request), text=payload.text, public_words=payload.public_words)


@router.post("/items/{number}/macros/{int:macro}", response=ItemDetailOut, summary="Run a macro on an item")
def run_macro(request: HttpRequest, number: str, macro: int, version: int | None = None) -> dict[str, Any]:
    by = actor_of(request)
    macros.run(pick(Macro, macro, field="macro"), _staff_item(request, number), by=by, version=version)
    return item_detail(find(request, number), by=by)
