"""Agreements over REST: the record and its draft by the page's declaration; versions, signing, what-if, figures, clocks explained."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden, NotFound
from hengwei.core.files import files_of
from hengwei.core.rest import actor_of
from hengwei.work import permissions as perms
from hengwei.work.actions import agreements as actions
from hengwei.work.actions import signing
from hengwei.work.clocks import engine, figures, rules
from hengwei.work.models import Agreement, AgreementVersion, Trial
from hengwei.work.pages.agreements import AgreementPages
from hengwei.work.pages.escalation import LevelPages
from hengwei.work.pages.promises import lines_of, named

from .items import find
from .schemas import NamedOut

router = Router()
versions = Router()
router.add_router("", AgreementPages.router())
router.add_router("", LevelPages.router())
router.add_router("", versions)


class TargetOut(Schema):
    """A promise: `amount` is in seconds of working time, or in days, by `unit`."""

    id: int
    measure: str
    amount: int
    unit: str
    same_time: bool
    calendar: NamedOut
    pausing: list[str]
    conditions: dict[str, Any]
    escalation: list[dict[str, Any]]


class SignatureOut(Schema):
    side: str
    way: str
    name: str
    post: str
    signed_at: datetime
    address: str
    fingerprint: str
    withdrawn_at: datetime | None
    url: str


class VersionOut(Schema):
    """One state of an agreement; only one signed by both sides takes effect."""

    number: int
    state: str
    in_force: bool
    content: str
    responsibilities: str
    request_process: str
    fee_minor_units: int | None
    currency: str
    fee_period: str
    effective_from: datetime | None
    effective_to: datetime | None
    apply_to_open: bool
    applied_at: datetime | None
    fingerprint: str = Field(description="Over all that it says; each signature holds that of the text it signed.")
    targets: list[TargetOut]
    signatures: list[SignatureOut]


class SignIn(Schema):
    """One side's signature: `picture` is a PNG as a data URL, or `paper` the id of an uploaded file."""

    side: str = Field(description="us or them")
    name: str = Field(max_length=120)
    post: str = Field("", max_length=120)
    picture: str = ""
    paper: str | None = None


class TrialIn(Schema):
    starts_at: datetime
    ends_at: datetime


class TrialOut(Schema):
    """What a version would have meant; counted in the background, so ask again until `finished_at` is set."""

    id: int
    version: int
    starts_at: datetime
    ends_at: datetime
    done: int
    total: int
    finished_at: datetime | None
    figures: list[dict[str, Any]]
    differing: list[dict[str, Any]]


class StepIn(Schema):
    """A step: at a share of the time (`percent`, 100 is the breach) or `after` so many seconds past it."""

    percent: int | None = None
    after: int | None = None
    notify: list[str] = []
    level: int = 0
    reassign: str = ""
    raise_priority: bool = False
    urgent: bool = False


class StepsIn(Schema):
    steps: list[StepIn]
    everywhere: bool = Field(False, description="For every promise of the version.")


class LineOut(Schema):
    """Promises decided in the period. Durations are seconds of working time."""

    key: str | None
    label: str
    met: int
    breached: int
    breached_by_change: int
    cancelled: int
    share_met: float | None
    items: int
    median_business_seconds: int | None
    p90_business_seconds: int | None
    p95_business_seconds: int | None


class SegmentOut(Schema):
    running: bool
    starts_at: datetime
    ends_at: datetime | None
    business_seconds: int
    reason: str
    by: str | None
    calendar_version: str


class CorrectionOut(Schema):
    """A correction of the calendar while the clock was open."""

    at: datetime
    reason: str
    business_seconds: int = Field(description="By how much what had been used up changed.")
    due_before: datetime | None
    due_after: datetime | None


class ExplainedOut(Schema):
    """A clock with all that its figure is made of: used = ended running segments + corrections + the open segment until now."""

    id: int
    measure: str
    state: str
    agreement: str
    calendar: str
    allowed_business_seconds: int
    used_business_seconds: int
    due_at: datetime | None
    breached_at: datetime | None
    breach_cause: str
    segments: list[SegmentOut]
    corrections: list[CorrectionOut]


def _agreement(request: HttpRequest, pk: int) -> Agreement:
    user = signed_in(request)
    if not user.may(perms.VIEW_AGREEMENTS):
        raise Forbidden(_("You do not have the right to do this."))
    found = Agreement.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is nothing here that you may see."))
    return found


def _version(request: HttpRequest, pk: int, number: int) -> AgreementVersion:
    found = _agreement(request, pk).versions.filter(number=number).select_related("agreement").first()
    if found is None:
        raise NotFound(_("There is nothing here that you may see."))
    return found


def version_out(version: AgreementVersion) -> dict[str, Any]:
    """A version with its promises and signatures."""
    now = timezone.now()
    same = ("number", "state", "content", "responsibilities", "request_process", "currency", "fee_period", "effective_from", "effective_to", "apply_to_open", "applied_at")
    return {
        **{name: getattr(version, name) for name in same}, "fee_minor_units": version.fee, "fingerprint": signing.fingerprint(version),
        "in_force": AgreementVersion.objects.effective(now).filter(pk=version.pk).exists(),
        "targets": [
            {
                **{name: getattr(t, name) for name in ("id", "measure", "amount", "unit", "same_time", "pausing", "conditions", "escalation")},
                "calendar": {"id": t.calendar_id, "name": t.calendar.label, "key": t.calendar.key},
            } for t in version.targets.select_related("calendar")
        ],
        "signatures": [
            {
                **{name: getattr(s, name) for name in ("side", "way", "name", "post", "signed_at", "address", "fingerprint", "withdrawn_at")},
                "url": s.file.get_absolute_url(),
            } for s in version.signatures.select_related("file")
        ],
    }


@versions.get("/agreements/{int:pk}/versions", response=list[VersionOut], summary="Read all versions of an agreement", tags=["work"])
def read_versions(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Newest first."""
    return [version_out(version) for version in _agreement(request, pk).versions.select_related("agreement")]


@versions.post("/agreements/{int:pk}/versions/{int:number}/signatures", response=VersionOut, summary="Sign a version for one side", tags=["work"])
def sign(request: HttpRequest, pk: int, number: int, payload: SignIn) -> dict[str, Any]:
    """With the second signature it is signed and takes effect on its day."""
    by, version = actor_of(request), _version(request, pk, number)
    paper = files_of([payload.paper], user=by.user)[0] if payload.paper else None
    signing.sign(version, by=by, side=payload.side, name=payload.name, post=payload.post, picture=payload.picture, paper=paper)
    return version_out(_version(request, pk, number))


@versions.put("/agreements/{int:pk}/versions/{int:number}/targets/{int:target}/steps", response=VersionOut, summary="Set the steps of escalation of a promise", tags=["work"])
def set_steps(request: HttpRequest, pk: int, number: int, target: int, payload: StepsIn) -> dict[str, Any]:
    version = _version(request, pk, number)
    row = version.targets.select_related("version__agreement").filter(pk=target).first()
    if row is None:
        raise NotFound(_("There is nothing here that you may see."))
    steps = [{key: value for key, value in step.dict().items() if value} for step in payload.steps]
    actions.set_steps(row, by=actor_of(request), steps=steps, everywhere=payload.everywhere)
    return version_out(version)


@versions.post("/agreements/{int:pk}/versions/{int:number}/trials", response={202: TrialOut}, summary="What if: count what a version would have meant", tags=["work"])
def start_trial(request: HttpRequest, pk: int, number: int, payload: TrialIn) -> Status[dict[str, Any]]:
    """Counted in the background from what really happened; read it by its id."""
    trial = actions.start_trial(_version(request, pk, number), by=actor_of(request), starts_at=payload.starts_at, ends_at=payload.ends_at)
    return Status(202, trial_out(trial))


@versions.get("/agreements/{int:pk}/trials/{int:trial}", response=TrialOut, summary="Read what a version would have meant", tags=["work"])
def read_trial(request: HttpRequest, pk: int, trial: int) -> dict[str, Any]:
    found = Trial.objects.filter(pk=trial, version__agreement=_agreement(request, pk)).select_related("version").first()
    if found is None:
        raise NotFound(_("There is nothing here that you may see."))
    return trial_out(found)


def trial_out(trial: Trial) -> dict[str, Any]:
    """A trial as far as it has come."""
    same = ("id", "starts_at", "ends_at", "done", "total", "finished_at", "figures", "differing")
    return {**{name: getattr(trial, name) for name in same}, "version": trial.version.number}


@versions.get("/promises", response=list[LineOut], summary="Promises kept and broken", tags=["work"])
def read_promises(
    request: HttpRequest, by: str = "agreement", since: date | None = None, until: date | None = None, measure: str = "", agreement: int | None = None,
    team: int | None = None, person: int | None = None, customer: int | None = None, kind: str = "",
) -> list[dict[str, Any]]:
    """By agreement, team, person, customer, measure, priority, month or week; the last thirty days unless said."""
    if not signed_in(request).may(perms.VIEW_FIGURES):
        raise Forbidden(_("You do not have the right to do this."))
    given = {
        "by": by if by in figures.BY else "agreement", "since": since, "until": until, "measure": measure, "agreement": agreement, "team": team, "person": person,
        "customer": customer, "kind": kind}
    told_by, _since, _until, lines = lines_of(given)
    return [
        {
            "key": line.key, "label": named(told_by, line), "met": line.met, "breached": line.breached, "breached_by_change": line.by_change,
            "cancelled": line.cancelled, "share_met": line.share, "items": line.items, "median_business_seconds": line.median,
            "p90_business_seconds": line.p90, "p95_business_seconds": line.p95,
        } for line in lines
    ]


@versions.get("/items/{number}/clocks/{int:pk}", response=ExplainedOut, summary="Read how a promise came to its figure", tags=["items"])
def explain(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    """Every figure is the sum of its segments and of the corrections of its calendar."""
    item = find(request, number)
    clock = item.clocks.filter(pk=pk).select_related("target__version__agreement", "calendar_version__calendar").first()
    if clock is None or not signed_in(request).is_agent:
        raise NotFound(_("There is nothing here that you may see."))
    used = rules.used(engine.state_of(clock), engine.working_time_of(clock), timezone.now())
    return {
        "id": clock.pk, "measure": clock.measure, "state": clock.state, "agreement": str(clock.target.version), "calendar": str(clock.calendar_version),
        "allowed_business_seconds": clock.allowed, "used_business_seconds": used, "due_at": clock.due_at, "breached_at": clock.breached_at,
        "breach_cause": clock.breach_cause,
        "segments": [
            {
                "running": s.running, "starts_at": s.starts_at, "ends_at": s.ends_at, "business_seconds": s.business_seconds, "reason": s.reason,
                "by": s.by.name if s.by else None, "calendar_version": str(s.calendar_version),
            } for s in clock.segments.select_related("by", "calendar_version__calendar")
        ],
        "corrections": [
            {"at": r.at, "reason": r.after.reason, "business_seconds": r.difference, "due_before": r.due_before, "due_after": r.due_after}
            for r in clock.rebases.select_related("after")
        ],
    }
