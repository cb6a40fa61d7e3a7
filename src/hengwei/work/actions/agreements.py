"""The life of an agreement: drafted, negotiated, signed by both sides, in force, renewed, ended (B1, B2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar
from hengwei.core import tasks
from hengwei.core.acting import Actor
from hengwei.core.errors import Conflict, Refused
from hengwei.core.events import emit
from hengwei.core.numbering import next_number
from hengwei.org.models import User
from hengwei.work import jobs
from hengwei.work import permissions as perms
from hengwei.work.clocks import escalation, matching
from hengwei.work.conditions import BadCondition, validate
from hengwei.work.events import AgreementExpiring
from hengwei.work.models import (
    Agreement,
    AgreementVersion,
    EscalationLevel,
    Measure,
    Target,
    Trial,
    Unit,
    WaitingFor,
)

from .writing import moment

#: Which promises each kind of agreement may make.
MEASURES = {
    Agreement.Kind.SLA: (Measure.FIRST_RESPONSE, Measure.NEXT_UPDATE, Measure.RESOLUTION),
    Agreement.Kind.OLA: (Measure.TEAM_RESOLUTION,),
    Agreement.Kind.UNDERPINNING: (Measure.SUPPLIER,),
}
#: What a condition of a promise may ask about.
CONDITIONS = {"kind", "priority", "impact", "urgency", "category", "catalogue", "customer", "site", "team", "source", "labels", "subject", "text"}
#: What an agreement says besides its promises.
TEXTS = ("content", "responsibilities", "request_process", "fee", "currency", "fee_period", "effective_from", "effective_to", "apply_to_open")


@dataclass(frozen=True, slots=True)
class Promised:
    """A target as it is given: `amount` in seconds, or in days where the unit is days."""

    measure: str
    amount: int
    calendar: Calendar
    unit: str = Unit.SECONDS
    same_time: bool = False
    conditions: dict[str, Any] = field(default_factory=dict)
    pausing: tuple[str, ...] = (WaitingFor.CUSTOMER, WaitingFor.AGREED_DATE)
    escalation: tuple[dict[str, Any], ...] = ()


@transaction.atomic
def save_agreement(
    agreement: Agreement | None = None, *, by: Actor, name: str, kind: str = Agreement.Kind.SLA, name_en: str = "", customer: Any = None,
    team: Any = None, vendor: str = "", owner: User | None = None, remind_days: int = 30, order: int = 100, at: datetime | None = None,
) -> Agreement:
    """Record an agreement (a new one with an empty first draft), or correct what it is called and who keeps it.

    With whom it is made cannot be changed once a version of it was signed.
    """
    by.require(perms.AGREEMENTS)
    at = moment(at)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please give it a name."), code="missing", field="name")
    if kind not in Agreement.Kind.values:
        raise Refused(_("There is no such kind of agreement."), code="invalid", field="kind")
    if kind == Agreement.Kind.UNDERPINNING and not vendor.strip():
        raise Refused(_("Please name the vendor who promises."), code="missing", field="vendor")
    made = agreement is None
    agreement = Agreement(key=next_number("AGR", at.year).lower()) if agreement is None else Agreement.objects.select_for_update().get(pk=agreement.pk)
    sides = {
        "kind": kind, "customer": customer if kind == Agreement.Kind.SLA else None, "team": team if kind == Agreement.Kind.OLA else None,
        "vendor": vendor.strip() if kind == Agreement.Kind.UNDERPINNING else "",
    }
    if not made and any(getattr(agreement, key) != value for key, value in sides.items()):
        if agreement.versions.exclude(signed_at=None).exists():
            raise Refused(_("It is signed: with whom it is made stays. Make another agreement instead."), code="signed", field="kind")
        if kind != agreement.kind and Target.objects.filter(version__agreement=agreement).exclude(measure__in=MEASURES[Agreement.Kind(kind)]).exists():
            raise Refused(_("Its promises do not belong to this kind of agreement; remove them first."), code="measures", field="kind")
    for key, value in {**sides, "name": name, "name_en": name_en.strip(), "owner": owner, "remind_days": remind_days, "order": order}.items():
        setattr(agreement, key, value)
    agreement.save()
    if made:
        AgreementVersion.objects.create(agreement=agreement, number=1)
    matching.forget()
    return agreement


def _open(version: AgreementVersion) -> AgreementVersion:
    """The version, locked, while it may be changed: nobody has signed it."""
    version = AgreementVersion.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=version.pk)
    if not version.is_open:
        raise Refused(_("What is signed or ended does not change. Make a new version."), code="not_open")
    if version.signatures.filter(withdrawn_at=None).exists():
        raise Refused(_("One side has signed this text. Take it back to draft first; that side signs again."), code="signed_by_one")
    return version


@transaction.atomic
def save_version(version: AgreementVersion, *, by: Actor, targets: Sequence[Promised] | None = None, **texts: Any) -> AgreementVersion:
    """Change what a draft says: its texts (TEXTS), and all of its targets where they are given."""
    by.require(perms.AGREEMENTS)
    unknown = set(texts) - set(TEXTS)
    if unknown:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    version = _open(version)
    for key, value in texts.items():
        setattr(version, key, value)
    if version.effective_from and version.effective_to and version.effective_to <= version.effective_from:
        raise Refused(_("It would end before it begins."), code="backwards", field="effective_to")
    version.save()
    if targets is not None:
        for number, target in enumerate(targets):
            check_target(version.agreement, target, number=number)
        Trial.objects.filter(version=version, finished_at=None).delete()
        version.targets.all().delete()
        Target.objects.bulk_create(_target(version, target, number) for number, target in enumerate(targets, 1))
    return version


def _target(version: AgreementVersion, target: Promised, number: int) -> Target:
    return Target(
        version=version, order=number * 10, measure=target.measure, conditions=target.conditions, amount=target.amount, unit=target.unit,
        same_time=target.same_time, calendar=target.calendar, pausing=[] if target.measure == Measure.SUPPLIER else list(target.pausing),
        escalation=list(target.escalation),
    )


def check_target(agreement: Agreement, target: Promised, *, number: int, now: datetime | None = None) -> None:
    """Raise Refused where a promise cannot be kept or measured. `number` says which row of a form is at fault."""
    at = f"targets.{number}"
    if target.measure not in MEASURES[Agreement.Kind(agreement.kind)]:
        raise Refused(_("An agreement of this kind does not promise that."), code="measure", field=f"{at}.measure")
    if target.amount <= 0 or target.unit not in Unit.values:
        raise Refused(_("Please say within what time."), code="invalid", field=f"{at}.amount")
    if not target.calendar.current().compiled().has_open_within(now or timezone.now()):
        raise Refused(
            _("The calendar %(name)s has no open time within a year: nobody could keep this promise.") % {"name": target.calendar.label},
            code="never_open", field=f"{at}.calendar")
    if set(target.pausing) - set(WaitingFor.values) or WaitingFor.COLLEAGUE in target.pausing:
        raise Refused(_("Waiting for our own colleagues never pauses a promise."), code="invalid", field=f"{at}.pausing")
    try:
        validate(target.conditions, CONDITIONS)
    except BadCondition as error:
        raise Refused(_("The condition cannot be read: %(why)s") % {"why": error}, code="bad_condition", field=f"{at}.conditions") from None
    check_escalation(target.escalation, at=f"{at}.escalation")


def check_escalation(steps: Sequence[dict[str, Any]], *, at: str) -> None:
    """Raise Refused where a step names nobody known, or comes twice."""
    seen: set[tuple[str, int]] = set()
    for step in steps:
        place = ("after", int(step["after"])) if "after" in step else ("percent", int(step.get("percent", 0)))
        if place in seen or place[1] <= 0 or (place[0] == "percent" and place[1] > 100):
            raise Refused(_("Each step comes once: at a share of the time up to 100 %, or some time after it."), code="step", field=at)
        seen.add(place)
        for name in step.get("notify", ()):
            if name not in escalation.ROLES and not _named(name):
                raise Refused(_("A step tells somebody unknown: %(name)s") % {"name": name}, code="unknown", field=at)
        if step.get("reassign") and step["reassign"] != "lead" and not _named(step["reassign"]):
            raise Refused(_("A step gives the item to somebody unknown."), code="unknown", field=at)


def _named(name: str) -> bool:
    kind, _colon, key = name.partition(":")
    return kind in ("user", "team") and key.isdecimal()


@transaction.atomic
def set_steps(target: Target, *, by: Actor, steps: Sequence[dict[str, Any]], everywhere: bool = False) -> int:
    """Set the steps of escalation of a draft's promise, or of all its promises (`everywhere`); returns of how many."""
    by.require(perms.AGREEMENTS)
    version = _open(target.version)
    check_escalation(steps, at="steps")
    ordered = sorted(steps, key=lambda step: ("after" in step, int(step.get("after", step.get("percent", 0)))))
    return (version.targets.all() if everywhere else version.targets.filter(pk=target.pk)).update(escalation=ordered)


@transaction.atomic
def save_level(
    level: EscalationLevel | None = None, *, by: Actor, number: int, name: str, name_en: str = "", notify: Sequence[str] = (), ways: Sequence[str] = (),
    urgent: bool = False,
) -> EscalationLevel:
    """Say who is told, and how, when an item is raised to a level."""
    by.require(perms.AGREEMENTS)
    if not 1 <= number <= 9:
        raise Refused(_("Levels run from 1 to 9."), code="invalid", field="number")
    others = EscalationLevel.objects.filter(number=number)
    if (others.exclude(pk=level.pk) if level else others).exists():
        raise Refused(_("This level exists already."), code="exists", field="number")
    if any(one not in escalation.ROLES and not _named(one) for one in notify):
        raise Refused(_("A step tells somebody unknown: %(name)s") % {"name": ", ".join(notify)}, code="unknown", field="notify")
    level = level or EscalationLevel()
    level.number, level.name, level.name_en, level.urgent = number, name.strip(), name_en.strip(), urgent
    level.notify, level.ways = list(notify), list(ways)
    level.save()
    return level


@transaction.atomic
def new_version(agreement: Agreement, *, by: Actor) -> AgreementVersion:
    """A next version, a copy of the newest, as a draft: for a change or a renewal. One at a time."""
    by.require(perms.AGREEMENTS)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    last = agreement.newest()
    if last is not None and last.is_open:
        raise Refused(_("Version %(number)d is not signed yet; change that one.") % {"number": last.number}, code="open_version")
    made = AgreementVersion(agreement=agreement, number=last.number + 1 if last else 1)
    if last is not None:
        for key in ("content", "responsibilities", "request_process", "fee", "currency", "fee_period"):
            setattr(made, key, getattr(last, key))
        if last.effective_from and last.effective_to:
            made.effective_from = max(last.effective_to, timezone.now())
            made.effective_to = made.effective_from + (last.effective_to - last.effective_from)
    made.save()
    if last is not None:
        copies = list(last.targets.all())
        for target in copies:
            target.pk, target.version = None, made
        Target.objects.bulk_create(copies)
    return made


@transaction.atomic
def negotiate(version: AgreementVersion, *, by: Actor) -> AgreementVersion:
    """The draft goes to the other side. It may still be changed until one of them signs."""
    by.require(perms.AGREEMENTS)
    version = _open(version)
    if not version.targets.exists():
        raise Refused(_("It promises nothing yet. Add at least one promise."), code="no_targets")
    version.state = AgreementVersion.State.NEGOTIATING
    version.save(update_fields=["state", "changed_at"])
    return version


@transaction.atomic
def end(version: AgreementVersion, *, by: Actor, reason: str, at: datetime | None = None) -> AgreementVersion:
    """End an agreement before its time, or give up a draft. Open items keep the promise they began with."""
    at = moment(at)
    by.require(perms.AGREEMENTS)
    if not reason.strip():
        raise Refused(_("Please say why it ends."), code="missing", field="reason")
    version = AgreementVersion.objects.select_for_update().get(pk=version.pk)
    if version.state in (AgreementVersion.State.ENDED, AgreementVersion.State.SUPERSEDED):
        raise Conflict(_("It has ended already."), code="ended")
    version.state, version.ended_reason = AgreementVersion.State.ENDED, reason.strip()
    if version.effective_from and version.effective_from < at:
        version.effective_to = at
    version.save()
    matching.forget()
    return version


def took_effect(version: AgreementVersion, *, by: Actor, now: datetime) -> None:
    """A signed version begins to count: the one before it is superseded, open items follow where it says so."""
    begin = version.effective_from
    if begin is None or begin > now:
        return
    for older in version.agreement.versions.filter(state=AgreementVersion.State.SIGNED, number__lt=version.number):
        older.state = AgreementVersion.State.SUPERSEDED
        if older.effective_from and older.effective_from < begin and (older.effective_to is None or older.effective_to > begin):
            older.effective_to = begin
        older.save()
    matching.forget()
    if version.apply_to_open and version.applied_at is None:
        tasks.start(jobs.apply_agreement, by=by, about=str(version), version_id=version.pk)


@transaction.atomic
def tend(now: datetime) -> int:
    """Hourly: what has run out is ended, what begins supersedes, owners are reminded of renewals; returns the reminders."""
    signed = AgreementVersion.objects.filter(state=AgreementVersion.State.SIGNED).select_related("agreement__owner", "signed_by")
    for version in signed.filter(effective_from__lte=now).order_by("agreement", "number"):
        if (version.applied_at is None and version.apply_to_open) or version.agreement.versions.filter(state=AgreementVersion.State.SIGNED, number__lt=version.number).exists():
            took_effect(version, by=Actor(), now=now)
    reminded = 0
    for version in signed.filter(effective_to__gt=now, reminded_at=None):
        if version.effective_to and version.effective_to - now <= timedelta(days=version.agreement.remind_days):
            keeper = version.agreement.owner or version.signed_by
            version.reminded_at = now
            version.save(update_fields=["reminded_at"])
            if keeper is not None:
                emit(AgreementExpiring(agreement_id=version.agreement_id, version_id=version.pk, user_id=keeper.pk, ends_at=version.effective_to, actor=Actor(), at=now))
                reminded += 1
    signed.filter(effective_to__lte=now).update(state=AgreementVersion.State.ENDED, ended_reason="")
    matching.forget()
    return reminded


@transaction.atomic
def start_trial(version: AgreementVersion, *, by: Actor, starts_at: datetime, ends_at: datetime) -> Trial:
    """Have counted, in the background, what a version would have meant for the items of a period (what-if)."""
    by.require(perms.VIEW_AGREEMENTS)
    if ends_at <= starts_at:
        raise Refused(_("The period ends before it begins."), code="backwards", field="ends_at")
    if ends_at - starts_at > timedelta(days=400):
        raise Refused(_("Choose a year at most."), code="too_long", field="ends_at")
    if not version.targets.exists():
        raise Refused(_("It promises nothing yet. Add at least one promise."), code="no_targets")
    trial = Trial.objects.create(version=version, starts_at=starts_at, ends_at=ends_at, by=by.user)
    tasks.start(jobs.try_agreement, by=by, about=str(version), trial_id=trial.pk)
    return trial
