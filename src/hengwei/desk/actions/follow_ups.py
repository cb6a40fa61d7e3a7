"""Follow-ups (回访): coming up by plan, tried, done, leading to the next (A11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.core.i18n import Words, in_mine
from hengwei.desk import permissions as perms
from hengwei.desk.events import FollowUpOwed
from hengwei.desk.models import FollowUp, FollowUpPlan
from hengwei.desk.periods import period_of
from hengwei.org.models import Customer, Team, User
from hengwei.work import facts
from hengwei.work.actions.writing import moment
from hengwei.work.conditions import BadCondition, matches, validate
from hengwei.work.models import NOT_COUNTED, Entry, WorkItem

Occasion, Owner = FollowUpPlan.Occasion, FollowUpPlan.Owner
#: What a regular plan may ask: there is no item yet, only a customer.
OF_CUSTOMERS = ("customer", "key_account")
#: Tried in vain so often, a follow-up may be given up.
GIVE_UP_AFTER = 3


@transaction.atomic
def save_plan(plan: FollowUpPlan | None, *, by: Actor, **values: Any) -> FollowUpPlan:
    """Make or change a plan; what it brought up already stays."""
    by.require(perms.PLANS)
    row = plan or FollowUpPlan()
    for name, value in values.items():
        setattr(row, name, value)
    try:
        validate(row.conditions)
    except BadCondition as error:
        raise Refused(str(error), code="bad_condition", field="conditions") from None
    if row.occasion == Occasion.REGULAR and not facts.asked_in(row.conditions) <= set(OF_CUSTOMERS):
        raise Refused(_("A regular plan can only ask which customers are meant."), code="bad_condition", field="conditions")
    if row.owner_rule == Owner.PERSON and row.owner is None:
        raise Refused(_("Please choose who calls."), code="missing", field="owner")
    if not 1 <= row.every_months <= 24:
        raise Refused(_("Between one and 24 months."), code="invalid", field="every_months")
    row.save()
    return row


@transaction.atomic
def owe(
    *, by: Actor, reason: Words, owner: User | None, due_at: datetime, item: WorkItem | None = None, customer: Customer | None = None, person: User | None = None,
) -> FollowUp:
    """A follow-up that somebody decided on by hand."""
    by.require(perms.FOLLOW_UP)
    if not in_mine(reason).strip():
        raise Refused(_("Please say what it is about."), code="missing", field="reason")
    if item is None and customer is None and person is None:
        raise Refused(_("Please choose whom to call."), code="missing", field="customer")
    return _make(
        FollowUp(**FollowUp.because(reason.strip() if isinstance(reason, str) else reason), owner=owner or by.user, due_at=due_at, item=item, person=person or (item.requester if item else None),
                 customer=customer or (item.customer if item else None) or (person.customer if person else None)), by=by,
    )


def _like(follow_up: FollowUp) -> dict[str, Any]:
    """The reason of another once more."""
    return {"reason": follow_up.reason, "words": follow_up.words}


def _make(follow_up: FollowUp, *, by: Actor) -> FollowUp:
    follow_up.save()
    emit(FollowUpOwed(follow_up_id=follow_up.pk, owner_id=follow_up.owner_id, actor=by))
    return follow_up


def owner_of(plan: FollowUpPlan, *, team: Team | None, handler: User | None, at: datetime) -> User | None:
    """Who makes the calls of a plan for an item of this team and handler."""
    team = team or plan.team
    lead = team.acting_lead(at) if team else None
    if plan.owner_rule == Owner.PERSON:
        return plan.owner
    if plan.owner_rule == Owner.HANDLER and handler is not None and handler.is_active:
        return handler
    if plan.owner_rule == Owner.DEPUTY and team is not None and team.deputy is not None and team.deputy.is_active and not team.deputy.is_away(at):
        return team.deputy
    return lead


def _due(plan: FollowUpPlan, at: datetime) -> datetime:
    calendar = Calendar.objects.get(is_default=True).current().compiled()
    return calendar.working_days_add(at, plan.within_days, "end_of_day")


def after_closing(item: WorkItem, *, at: datetime, by: Actor) -> list[FollowUp]:
    """What the plans ask for when an item is closed; nothing for what was withdrawn, merged or spam."""
    if item.closure in NOT_COUNTED or item.requester is None or item.requester.is_agent:
        return []
    made = []
    wanted = [Occasion.CLOSED] + ([Occasion.COMPLAINT] if item.kind == "complaint" else [])
    known = facts.of(item, at=at)
    for plan in FollowUpPlan.objects.filter(active=True, occasion__in=wanted).select_related("owner", "team__lead", "team__deputy"):
        if not matches(plan.conditions, known) or FollowUp.objects.filter(plan=plan, item=item).exists():
            continue
        made.append(_make(
            FollowUp(plan=plan, item=item, customer=item.customer, person=item.requester, **FollowUp.because(plan.names), due_at=_due(plan, at),
                     owner=owner_of(plan, team=item.team, handler=item.owner, at=at)), by=by,
        ))
    return made


def by_calendar(now: datetime) -> int:
    """What the regular plans ask for in the present period; returns how many were new. Running it again adds nothing."""
    made = 0
    today = timezone.localtime(now).date()
    for plan in FollowUpPlan.objects.filter(active=True, occasion=Occasion.REGULAR).select_related("owner", "team__lead", "team__deputy"):
        period = period_of(today, plan.every_months)
        customers = Customer.objects.filter(archived_at=None).exclude(pk__in=FollowUp.objects.filter(plan=plan, period=period).values("customer"))
        if plan.key_accounts_only:
            customers = customers.filter(key_account=True)
        for customer in customers.select_related("default_team__lead", "default_team__deputy"):
            if not matches(plan.conditions, {"customer": customer.pk, "key_account": customer.key_account}):
                continue
            person = customer.people.filter(is_active=True, is_agent=False).order_by("id").first()
            try:
                with transaction.atomic():
                    _make(
                        FollowUp(plan=plan, period=period, customer=customer, person=person, **FollowUp.because(plan.names), due_at=_due(plan, now),
                                 owner=owner_of(plan, team=customer.default_team, handler=None, at=now)), by=Actor().caused_by("follow_up_plan"),
                    )
                made += 1
            except IntegrityError:
                continue  # Another worker was faster.
    return made


@transaction.atomic
def complete(
    follow_up: FollowUp, *, by: Actor, result: str, reached: bool = True, way: str = FollowUp.Way.CALL, next_at: datetime | None = None, next_reason: str = "",
    give_up: bool = False, at: datetime | None = None,
) -> FollowUp:
    """Record what came of it. Not reached: it stays owed and moves to `next_at`, or is given up after some tries.

    Reached, `next_at` owes another one. The result stands in the timeline of the item, for colleagues.
    """
    by.require(perms.FOLLOW_UP)
    at = moment(at)
    result = result.strip()
    if not result:
        raise Refused(_("Please say what came of it."), code="missing", field="result")
    if way not in FollowUp.Way.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="way")
    if next_at is not None and next_at <= at:
        raise Refused(_("The date must lie ahead."), code="past", field="next_at")
    follow_up = FollowUp.objects.select_for_update(of=("self",)).select_related("item").get(pk=follow_up.pk)
    if follow_up.done_at is not None:
        raise Refused(_("This follow-up is done already."), code="done")
    follow_up.way, follow_up.reached = way, reached
    if not reached:
        follow_up.attempts += 1
    if not reached and not give_up:
        calendar = Calendar.objects.get(is_default=True).current().compiled()
        follow_up.due_at = next_at or calendar.working_days_add(at, 1, "end_of_day")
    else:
        if give_up and not reached and follow_up.attempts < GIVE_UP_AFTER:
            raise Refused(_("Please try at least %(n)d times before giving up.") % {"n": GIVE_UP_AFTER}, code="too_early", field="give_up")
        follow_up.done_at, follow_up.done_by, follow_up.result = at, by.user, result
        if reached and next_at is not None:
            follow_up.next = _make(
                FollowUp(item=follow_up.item, customer=follow_up.customer, person=follow_up.person, owner=follow_up.owner, due_at=next_at,
                         **(FollowUp.because(next_reason.strip()) if next_reason.strip() else _like(follow_up))), by=by,
            )
    follow_up.save()
    if follow_up.item is not None:
        _tell(follow_up, result, by=by, at=at)
    return follow_up


def _tell(follow_up: FollowUp, result: str, *, by: Actor, at: datetime) -> None:
    from hengwei.work.actions.writing import writing

    assert follow_up.item is not None
    item = follow_up.item.locked()
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.CALL if follow_up.way == FollowUp.Way.CALL else Entry.Kind.COMMENT, text=result, details={"follow_up": follow_up.pk, "reached": bool(follow_up.reached), "apart": True})


@transaction.atomic
def hand_over(follow_up: FollowUp, *, by: Actor, owner: User) -> FollowUp:
    """Let somebody else make the call."""
    by.require(perms.FOLLOW_UP)
    if not (owner.is_active and owner.may(perms.FOLLOW_UP)):
        raise Refused(_("%(name)s does not make follow-up calls.") % {"name": owner}, code="not_staff", field="owner")
    if follow_up.done_at is not None:
        raise Refused(_("This follow-up is done already."), code="done")
    follow_up.owner = owner
    follow_up.save(update_fields=["owner"])
    emit(FollowUpOwed(follow_up_id=follow_up.pk, owner_id=owner.pk, actor=by))
    return follow_up
