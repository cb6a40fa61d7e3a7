"""The desk over REST: what its pages do, by the same actions. Lists, records and deeds of kept records come from their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden, NotFound
from hengwei.core.files import files_of
from hengwei.core.idempotency import idempotent
from hengwei.core.rest import actor_of
from hengwei.desk import design
from hengwei.desk import permissions as perms
from hengwei.desk.actions import (
    catalogue,
    changes,
    complaints,
    department,
    macros,
    majors,
    problems,
    satisfaction,
    suggestions,
    surveys,
)
from hengwei.desk.contacts import without_contact
from hengwei.desk.models import (
    Campaign,
    CatalogueEntry,
    Change,
    Complaint,
    DeskSettings,
    Incident,
    Macro,
    Problem,
    Standard,
    Suggestion,
)
from hengwei.desk.notices import notices_for
from hengwei.desk.pages.campaigns import CampaignPages
from hengwei.desk.pages.catalogue import EntryPages
from hengwei.desk.pages.changes import FreezePages
from hengwei.desk.pages.follow_ups import FollowUpPages, PlanPages
from hengwei.desk.pages.words import MacroPages, ReplyPages
from hengwei.desk.promises import promised
from hengwei.desk.suggestions import suggestions_for
from hengwei.desk.survey_results import results_of
from hengwei.org.models import Team, User
from hengwei.work import permissions as work
from hengwei.work.api.items import find, pick
from hengwei.work.api.schemas import ItemDetailOut, item_detail
from hengwei.work.models import Source

router = Router()
for pages in (EntryPages, MacroPages, ReplyPages, CampaignPages, FollowUpPages, PlanPages, FreezePages):
    router.add_router("", pages.router())


# --- what is offered, and asking for it --------------------------------------------------------------------------


class OfferOut(Schema):
    """Something that may be asked for, with its form. `promise` is what it would be promised if it were sent now."""

    key: str
    name: str
    description: str
    icon: str
    version: int
    kind: str
    fields: list[dict[str, Any]]
    first_response: datetime | None = None
    resolution: datetime | None = None
    hours: str = ""


class AskIn(Schema):
    title: str = ""
    description: str = ""
    answers: dict[str, Any] = Field(default_factory=dict, description="By key of the field.")
    requester: int | None = Field(None, description="Whom it is for; oneself unless named.")
    files: list[str] = Field(default_factory=list)


def _offer(entry: CatalogueEntry, user: User, *, with_promise: bool) -> dict[str, Any]:
    version = entry.published
    assert version is not None
    found = {"key": entry.key, "name": entry.label, "description": entry.explanation, "icon": entry.icon, "version": version.number, "kind": version.kind, "fields": version.fields}
    if with_promise:
        promise = promised(entry, user, timezone.now())
        found |= {"first_response": promise.first_response, "resolution": promise.resolution, "hours": promise.hours}
    return found


@router.get("/portal/catalogue", response=list[OfferOut], tags=["desk"], summary="What you may ask for")
def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """In the catalogue's order; not paged, since a catalogue is read whole."""
    user = signed_in(request)
    return [_offer(entry, user, with_promise=False) for entry in CatalogueEntry.objects.offered_to(user).select_related("published")]


@router.get("/portal/catalogue/{key}", response=OfferOut, tags=["desk"], summary="One entry with its form and what would be promised")
def offer(request: HttpRequest, key: str) -> dict[str, Any]:
    user = signed_in(request)
    return _offer(catalogue.offered(key, user), user, with_promise=True)


@router.post("/portal/catalogue/{key}/ask", response={201: ItemDetailOut}, tags=["desk"], summary="Ask for it")
@idempotent
def ask(request: HttpRequest, key: str, payload: AskIn) -> tuple[int, dict[str, Any]]:
    """Wrong answers come back by field in `detail.errors`."""
    by = actor_of(request)
    requester = pick(User, payload.requester, field="requester", queryset=User.objects.filter(is_active=True))
    item = catalogue.submit(
        catalogue.offered(key, signed_in(request)), by=by, title=payload.title, description=payload.description, answers=payload.answers, requester=requester,
        files=files_of(payload.files, user=by.user), source=Source.API,
    )
    return 201, item_detail(item, by=by)


class RateIn(Schema):
    score: int = Field(ge=1, le=5)
    comment: str = ""


@router.post("/items/{number}/rating", response=ItemDetailOut, tags=["desk"], summary="Rate your own request, 1 to 5")
def rate(request: HttpRequest, number: str, payload: RateIn) -> dict[str, Any]:
    by = actor_of(request)
    satisfaction.rate(find(request, number), score=payload.score, comment=payload.comment, by=by)
    return item_detail(find(request, number), by=by)


class SuggestionOut(Schema):
    title: str
    url: str
    excerpt: str
    kind: str


@router.get("/portal/suggestions", response=list[SuggestionOut], tags=["desk"], summary="What may answer the words before they become a request")
def suggest(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    return [{"title": one.title, "url": one.url, "excerpt": one.excerpt, "kind": one.kind} for one in suggestions_for(q, signed_in(request))]


class NoticeOut(Schema):
    title: str
    text: str
    level: str
    starts_at: datetime | None
    ends_at: datetime | None


@router.get("/portal/notices", response=list[NoticeOut], tags=["desk"], summary="What stands on top of the portal")
def portal_notices(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": one.title, "text": one.text, "level": one.level, "starts_at": one.starts_at, "ends_at": one.ends_at}
        for one in notices_for(signed_in(request), timezone.now())
    ]


# --- designing ---------------------------------------------------------------------------------------------------


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


@router.get("/desk/designs/{key}", response=DesignOut, tags=["desk"], summary="Read the design of a catalogue entry")
def read_design(request: HttpRequest, key: str) -> dict[str, Any]:
    return _designed(_entry(request, key))


@router.put("/desk/designs/{key}", response=DesignOut, tags=["desk"], summary="Keep a draft of the design")
def write_design(request: HttpRequest, key: str, payload: DesignIn) -> dict[str, Any]:
    """A draft may be wrong; `faults` says what hinders publishing it."""
    catalogue.save_draft(_entry(request, key), by=actor_of(request), draft=payload.dict())
    return _designed(_entry(request, key))


class NoteIn(Schema):
    note: str = ""


@router.post("/desk/designs/{key}/publish", response=DesignOut, tags=["desk"], summary="Offer the draft from now on")
def publish_design(request: HttpRequest, key: str, payload: NoteIn) -> dict[str, Any]:
    catalogue.publish_draft(_entry(request, key), by=actor_of(request), note=payload.note)
    return _designed(_entry(request, key))


@router.get("/desk/designs/{key}/versions", response=list[VersionOut], tags=["desk"], summary="All versions, the newest first")
def versions(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    rows = _entry(request, key).versions.select_related("team", "category").order_by("-number")
    return [{"number": row.number, "published_at": row.published_at, "note": row.note, "design": catalogue.design_of(row)} for row in rows]


# --- the facts of each kind --------------------------------------------------------------------------------------


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


@router.get("/items/{number}/own", response=OwnOut, tags=["desk"], summary="Read the facts of the item's own kind")
def read_own(request: HttpRequest, number: str) -> dict[str, Any]:
    return _own(request, number)


@router.patch("/items/{number}/own", response=OwnOut, tags=["desk"], summary="Change the facts of the item's own kind")
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


@router.post("/items/{number}/incidents", response=OwnOut, tags=["desk"], summary="Link incidents to a problem")
def link_incidents(request: HttpRequest, number: str, payload: NumbersIn) -> dict[str, Any]:
    problems.link_incidents(_staff_item(request, number), [find(request, one) for one in payload.numbers], by=actor_of(request))
    return _own(request, number)


@router.post("/items/{number}/tell-incidents", response=ToldOut, tags=["desk"], summary="Say the same to the requesters of a problem's open incidents")
def tell_incidents(request: HttpRequest, number: str, payload: WordsIn) -> dict[str, Any]:
    told, refused = problems.tell_incidents(_staff_item(request, number), by=actor_of(request), text=payload.text)
    return {"told": told, "refused": refused}


@router.post("/items/{number}/consent", response=OwnOut, tags=["desk"], summary="Record the customer's consent to closing a complaint")
def consent(request: HttpRequest, number: str, payload: WordsIn) -> dict[str, Any]:
    complaints.record_consent(_staff_item(request, number), by=actor_of(request), words=payload.text)
    return _own(request, number)


class DecisionIn(Schema):
    outcome: str
    decision: str
    version: int | None = None


@router.post("/items/{number}/decision", response=OwnOut, tags=["desk"], summary="Decide on a suggestion, and answer")
def decide(request: HttpRequest, number: str, payload: DecisionIn) -> dict[str, Any]:
    suggestions.decide(_staff_item(request, number), by=actor_of(request), outcome=payload.outcome, decision=payload.decision, version=payload.version)
    return _own(request, number)


class MajorIn(Schema):
    public_words: str = Field("", description="What everybody may read in the portal; its first line is the heading.")


class UpdateIn(Schema):
    text: str
    public_words: str | None = None


@router.post("/items/{number}/major", response=OwnOut, tags=["desk"], summary="Declare an incident as major")
def declare_major(request: HttpRequest, number: str, payload: MajorIn) -> dict[str, Any]:
    majors.declare(_staff_item(request, number), by=actor_of(request), words=payload.public_words)
    return _own(request, number)


@router.post("/items/{number}/major/revoke", response=OwnOut, tags=["desk"], summary="Take the flag back")
def revoke_major(request: HttpRequest, number: str, payload: WordsIn) -> dict[str, Any]:
    majors.revoke(_staff_item(request, number), by=actor_of(request), why=payload.text)
    return _own(request, number)


@router.post("/items/{number}/major/update", response=ToldOut, tags=["desk"], summary="One update to all reports of a major incident")
def update_major(request: HttpRequest, number: str, payload: UpdateIn) -> dict[str, Any]:
    return majors.update(_staff_item(request, number), by=actor_of(request), text=payload.text, public_words=payload.public_words)


@router.post("/items/{number}/macros/{int:macro}", response=ItemDetailOut, tags=["desk"], summary="Run a macro on an item")
def run_macro(request: HttpRequest, number: str, macro: int, version: int | None = None) -> dict[str, Any]:
    by = actor_of(request)
    macros.run(pick(Macro, macro, field="macro"), _staff_item(request, number), by=by, version=version)
    return item_detail(find(request, number), by=by)


# --- surveys, contact, standards, settings -----------------------------------------------------------------------


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


@router.get("/desk/surveys/{int:pk}/results", response=ResultsOut, tags=["desk"], summary="The results of a survey")
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


@router.post("/portal/surveys/{token}", response={204: None}, tags=["desk"], summary="Answer a survey by the token of its link")
def answer_survey(request: HttpRequest, token: str, payload: AnswerIn) -> tuple[int, None]:
    campaign, invitation, ticket = surveys.of_link(token)
    surveys.answer(campaign, payload.answers, invitation=invitation, ticket=ticket)
    return 204, None


class SilentOut(Schema):
    id: int
    name: str
    key_account: bool
    last_contact: datetime | None


@router.get("/desk/customers-without-contact", response=list[SilentOut], tags=["desk"], summary="Customers that nobody heard of for some days")
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


@router.get("/portal/standards", response=list[StandardOut], tags=["desk"], summary="The service standards, the newest version first")
def standards(request: HttpRequest) -> list[Standard]:
    signed_in(request)
    return list(Standard.objects.all()[:50])


@router.post("/desk/standards", response={201: StandardOut}, tags=["desk"], summary="Publish a new version of the service standards")
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


@router.get("/desk/settings", response=SettingsOut, tags=["desk"], summary="The desk's settings")
def read_settings(request: HttpRequest) -> DeskSettings:
    if not signed_in(request).may(perms.CONFIGURE):
        raise Forbidden(_("You do not have the right to do this."))
    return DeskSettings.current()


@router.patch("/desk/settings", response=SettingsOut, tags=["desk"], summary="Set up the desk")
def write_settings(request: HttpRequest, payload: SettingsIn) -> DeskSettings:
    return department.set_up(by=actor_of(request), **payload.dict(exclude_unset=True))
