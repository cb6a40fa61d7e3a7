"""Asking for approval and giving it (审批): in turn, by any, all or a number; handed on, joined, withdrawn, reminded.

Nobody approves his own request, and nothing passes by itself: an approver who cannot be found is shown on the item and
told to the administrator until somebody names another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import Words, in_each_language, in_mine
from hengwei.org.models import Absence, User
from hengwei.work import facts
from hengwei.work import permissions as perms
from hengwei.work.approving import Mode, Verdict
from hengwei.work.conditions import matches
from hengwei.work.events import ApprovalAsked, ApprovalDecided, ApprovalLate, ApprovalStuck
from hengwei.work.models import Approval, ApprovalPlan, ApprovalStep, ApprovalVote, Entry, WorkItem

from .approvers import checked_steps, resolve
from .writing import Log, moment, name_in_each, writing

#: How long a link in a mail approves.
LINK_FOR = timedelta(days=30)
_SALT = "hengwei.work.approval"
State, StepState, VoteState = Approval.State, ApprovalStep.State, ApprovalVote.State


@transaction.atomic
def start_approval(
    item: WorkItem, steps: Sequence[Mapping[str, Any]], *, by: Actor, name: Words = "", on_approved: str = "", on_refused: str = "",
    at: datetime | None = None,
) -> Approval:
    """Put an item to its approvers, in the order of `steps` (approvers.py says how they are written).

    `on_approved` and `on_refused` name the transitions that its workflow makes by the outcome. Several approvals may
    follow one another on an item, but one is open at a time. Raises Refused when the steps cannot work.
    """
    at = moment(at)
    wanted = checked_steps(steps)
    item = item.locked()
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    if item.approvals.filter(state=State.OPEN).exists():
        raise Refused(_("%(number)s is being approved already.") % {"number": item.number}, code="approving")
    for key in filter(None, (on_approved, on_refused)):
        if item.workflow.transition(key) is None:
            raise ValueError(f"{item.kind} has no transition {key}")
    approval = Approval.objects.create(
        item=item, **_named(name or item.title), asked_by=by.user, asked_at=at, on_approved=on_approved, on_refused=on_refused,
    )
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            approval=approval, order=order, name=step.name, mode=step.mode.value, quorum=step.quorum, approvers=step.approvers,
            remind_every=step.remind_every, decide_within=step.decide_within,
        )
        for order, step in enumerate(wanted, 1)
    )
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.APPROVAL, public=True, details={"what": "asked", **name_in_each("name", approval)})
        _advance(approval, log)
    return approval


def _named(words: Words) -> dict[str, str]:
    """What is approved, as it is kept: in one language, or in each where the company gave it a name in both."""
    if isinstance(words, str):
        return {"name": words[:200]}
    with override("zh-hans"):
        return {"name": in_mine(words)[:200], "name_en": words.get("en", "")[:200]}


def start_planned(item: WorkItem, *, by: Actor, on_approved: str, on_refused: str, at: datetime) -> Approval:
    """The approval that the department's plan demands of an item; without a plan its lead and then a manager."""
    found = facts.of(item, at=at)
    plans = ApprovalPlan.objects.kept().filter(kind=item.kind)
    plan = next((one for one in plans if matches(one.conditions, found)), None)
    steps = plan.steps if plan else [
        {"mode": "any", "approvers": [{"by": "team_lead"}]},
        {"mode": "any", "approvers": [{"by": "role", "key": "manager"}]},
    ]
    return start_approval(item, steps, by=by, name=plan.names if plan else "", on_approved=on_approved, on_refused=on_refused, at=at)


def _called(step: ApprovalStep) -> Words:
    """A step as the timeline keeps it: the name that the company gave it, else whom it asks, in each language."""
    return step.name or in_each_language(lambda: step.label)


def _advance(approval: Approval, log: Log) -> None:
    """Open the step whose turn it is. One that is decided at once (never by nobody) leads on to the next."""
    step = approval.steps.filter(state=StepState.WAITING).order_by("order").first()
    if step is None:
        return
    people, step.missing = resolve(step.approvers, item=approval.item, asked_by=approval.asked_by, at=log.at)
    ApprovalVote.objects.bulk_create(ApprovalVote(step=step, user=person) for person in people)
    if step.mode == Mode.QUORUM and len(people) + len(step.missing) < step.quorum:
        step.missing = [*step.missing, *[in_each_language(lambda: _("one more approver"))] * (step.quorum - len(people) - len(step.missing))]
    step.state, step.opened_at = StepState.OPEN, log.at
    step.remind_at = log.at + timedelta(seconds=step.remind_every) if step.remind_every else None
    step.due_at = log.at + timedelta(seconds=step.decide_within) if step.decide_within else None
    step.save()
    ids = tuple(step.votes.values_list("pk", flat=True))
    if ids:
        emit(ApprovalAsked(item_id=log.item.pk, approval_id=approval.pk, vote_ids=ids, actor=log.by, at=log.at))
    if step.missing:
        log.record(Entry.Kind.APPROVAL, details={"what": "stuck", "step": _called(step), "missing": step.missing})
        emit(ApprovalStuck(item_id=log.item.pk, approval_id=approval.pk, missing=tuple(step.missing), actor=log.by, at=log.at))


def _lock(approval: Approval, *, state: str = "") -> tuple[Approval, WorkItem]:
    """The approval and its item as they are now, locked; Refused when it is decided."""
    item = approval.item.locked()
    fresh = Approval.objects.select_for_update().get(pk=approval.pk)
    fresh.item = item
    if fresh.state != State.OPEN:
        raise Refused(
            _("This approval is over: %(state)s.") % {"state": fresh.get_state_display()}, code="decided",
        )
    return fresh, item


def may_decide(vote: ApprovalVote, user: User | None, at: datetime) -> bool:
    """The approver himself, or who stands in while he is away; never the requester and never who asked."""
    if user is None or not user.is_active:
        return False
    approval = vote.step.approval
    if user.pk in (approval.item.requester_id, approval.asked_by_id):
        return False
    if user.pk == vote.user_id:
        return True
    return Absence.objects.filter(user=vote.user_id, deputy=user, starts_at__lte=at, ends_at__gt=at).exists()


@transaction.atomic
def decide(vote: ApprovalVote, *, approve: bool, by: Actor, comment: str = "", at: datetime | None = None) -> Approval:
    """Approve or refuse. A refusal says why. The last word of a step opens the next, or ends the approval."""
    at = moment(at)
    if not may_decide(vote, by.user, at):
        raise Forbidden(_("You are not asked to approve this."))
    comment = comment.strip()
    if not approve and not comment:
        raise Refused(_("Please say why you refuse."), code="missing", field="comment")
    approval, item = _lock(vote.step.approval)
    vote = ApprovalVote.objects.select_related("step", "user").get(pk=vote.pk)
    if vote.state != VoteState.OPEN or vote.step.state != StepState.OPEN:
        raise Refused(_("You have decided this already, or others have."), code="decided")
    vote.state = VoteState.APPROVED if approve else VoteState.REFUSED
    vote.comment, vote.decided_at, vote.decided_by = comment, at, by.user
    vote.save()
    with writing(item, by=by, at=at) as log:
        deputy = {"for": vote.user.name} if by.user is not None and by.user.pk != vote.user_id else {}
        log.record(
            Entry.Kind.APPROVAL, text=comment, details={"what": vote.state, "step": _called(vote.step), **deputy},
        )
        _settle(approval, vote.step, log)
    _carry_out(approval, item, by=by, at=at)
    return approval


def _settle(approval: Approval, step: ApprovalStep, log: Log) -> None:
    """Close a step that is decided, and with it the approval or the way to the next step."""
    result = step.verdict()
    if result is Verdict.OPEN:
        return
    step.state, step.decided_at, step.remind_at = result.value, log.at, None
    step.save()
    if result is Verdict.APPROVED and approval.steps.filter(state=StepState.WAITING).exists():
        _advance(approval, log)
        return
    approval.steps.filter(state=StepState.WAITING).update(state=StepState.MOOT)
    approval.state, approval.decided_at = result.value, log.at
    approval.save()
    refusal = step.votes.filter(state=VoteState.REFUSED).order_by("-decided_at").first()
    log.record(
        Entry.Kind.APPROVAL, public=True, text=refusal.comment if refusal and result is Verdict.REFUSED else "",
        details={"what": "passed" if result is Verdict.APPROVED else "failed", **name_in_each("name", approval)},
    )
    emit(ApprovalDecided(item_id=log.item.pk, approval_id=approval.pk, outcome=approval.state, actor=log.by, at=log.at))


def _carry_out(approval: Approval, item: WorkItem, *, by: Actor, at: datetime) -> None:
    """Let the item's workflow follow the outcome, where the approval says how and the state still allows it."""
    from .progress import follow_approval

    key = approval.on_approved if approval.state == State.APPROVED else approval.on_refused if approval.state != State.OPEN else ""
    transition = item.workflow.transition(key) if key else None
    if transition is None or (approval.state == State.WITHDRAWN and not transition.by_approval):
        return
    follow_approval(item, transition, by=by, at=at)


@transaction.atomic
def hand_on(vote: ApprovalVote, *, to: User, by: Actor, comment: str = "", at: datetime | None = None) -> ApprovalVote:
    """Hand one's part on to another (转办), who then decides in one's place."""
    at = moment(at)
    if not may_decide(vote, by.user, at):
        raise Forbidden(_("You are not asked to approve this."))
    return pass_on(vote, to=to, by=by, comment=comment, at=at)


@transaction.atomic
def pass_on(vote: ApprovalVote, *, to: User, by: Actor, at: datetime, comment: str = "") -> ApprovalVote:
    """Let another decide in somebody's place; who may ask for it was checked before (he himself; who said that he is away)."""
    approval, item = _lock(vote.step.approval)
    vote = ApprovalVote.objects.select_related("step", "user").get(pk=vote.pk)
    if vote.state != VoteState.OPEN or vote.step.state != StepState.OPEN:
        raise Refused(_("You have decided this already, or others have."), code="decided")
    made = _join(approval, vote.step, to, by=by, handed_from=vote)
    vote.state, vote.decided_at, vote.decided_by, vote.comment = VoteState.HANDED_ON, at, by.user, comment.strip()
    vote.save()
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.APPROVAL, text=comment.strip(), details={"what": "handed_on", "step": _called(vote.step), "to": to.name})
    emit(ApprovalAsked(item_id=item.pk, approval_id=approval.pk, vote_ids=(made.pk,), actor=by, at=at))
    return made


@transaction.atomic
def add_approver(approval: Approval, *, user: User, by: Actor, at: datetime | None = None) -> ApprovalVote:
    """Ask one more person in the present step (加签): by who is asked in it, or by who keeps approvals.

    When somebody of the step could not be found, the added one takes his place.
    """
    at = moment(at)
    approval, item = _lock(approval)
    step = approval.steps.filter(state=StepState.OPEN).order_by("order").first()
    if step is None:
        raise Refused(_("No step is open."), code="decided")
    asked = by.user is not None and step.votes.filter(user=by.user, state=VoteState.OPEN).exists()
    if not asked and not by.may(perms.MANAGE_APPROVALS):
        raise Forbidden(_("You are not asked to approve this."))
    made = _join(approval, step, user, by=by)
    if step.missing:
        step.missing = step.missing[1:]
        step.save(update_fields=["missing"])
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.APPROVAL, details={"what": "added", "step": _called(step), "to": user.name})
    emit(ApprovalAsked(item_id=item.pk, approval_id=approval.pk, vote_ids=(made.pk,), actor=by, at=at))
    return made


def _join(approval: Approval, step: ApprovalStep, user: User, *, by: Actor, handed_from: ApprovalVote | None = None) -> ApprovalVote:
    if not user.is_active:
        raise Refused(_("%(name)s has left.") % {"name": user}, code="inactive", field="user")
    if user.pk in (approval.item.requester_id, approval.asked_by_id):
        raise Refused(_("Nobody approves his own request."), code="own_request", field="user")
    if step.votes.filter(user=user).exists():
        raise Refused(_("%(name)s is asked already.") % {"name": user}, code="asked", field="user")
    return ApprovalVote.objects.create(step=step, user=user, added_by=by.user, handed_from=handed_from)


@transaction.atomic
def withdraw_approval(approval: Approval, *, by: Actor, comment: str = "", at: datetime | None = None) -> Approval:
    """Take the question back: by who asked, or by who keeps approvals."""
    at = moment(at)
    approval, item = _lock(approval)
    if not (by.is_system or (by.user is not None and by.user.pk == approval.asked_by_id) or by.may(perms.MANAGE_APPROVALS)):
        raise Forbidden(_("Only who asked for the approval can withdraw it."))
    approval.steps.filter(state__in=(StepState.WAITING, StepState.OPEN)).update(state=StepState.MOOT, remind_at=None)
    approval.state, approval.decided_at = State.WITHDRAWN, at
    approval.save()
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.APPROVAL, public=True, text=comment.strip(), details={"what": "withdrawn", **name_in_each("name", approval)})
    emit(ApprovalDecided(item_id=item.pk, approval_id=approval.pk, outcome=approval.state, actor=by, at=at))
    _carry_out(approval, item, by=by, at=at)
    return approval


@transaction.atomic
def remind(now: datetime) -> int:
    """Remind those who have not spoken in steps that ask for it; returns how many steps were due. Any worker may run it."""
    due = list(
        ApprovalStep.objects.select_for_update(skip_locked=True, of=("self",)).select_related("approval")
        .filter(state=StepState.OPEN, remind_at__lte=now).order_by("remind_at")[:200]
    )
    for step in due:
        step.remind_at = now + timedelta(seconds=step.remind_every)
        step.save(update_fields=["remind_at"])
        ids = tuple(step.votes.filter(state=VoteState.OPEN).values_list("pk", flat=True))
        if ids:
            emit(ApprovalAsked(item_id=step.approval.item_id, approval_id=step.approval_id, vote_ids=ids, again=True, at=now))
        if step.missing:
            emit(ApprovalStuck(item_id=step.approval.item_id, approval_id=step.approval_id, missing=tuple(step.missing), at=now))
    return len(due)


@transaction.atomic
def note_late(now: datetime) -> int:
    """Say once of each step whose deadline has passed that it is late: on the item, and to who asked; returns how many."""
    due = list(
        ApprovalStep.objects.select_for_update(skip_locked=True, of=("self",)).select_related("approval__item")
        .filter(state=StepState.OPEN, due_at__lte=now, late_at=None).order_by("due_at")[:200]
    )
    for step in due:
        step.late_at = now
        step.save(update_fields=["late_at"])
        awaited = tuple(step.votes.filter(state=VoteState.OPEN).values_list("user__name", flat=True))
        item = step.approval.item.locked()
        with writing(item, by=Actor(), at=now) as log:
            log.record(Entry.Kind.APPROVAL, details={"what": "late", "step": _called(step), "awaited": list(awaited)})
        emit(ApprovalLate(item_id=item.pk, approval_id=step.approval_id, step=step.label, awaited=awaited, at=now))
    return len(due)


def link_token(vote: ApprovalVote, user: User) -> str:
    """What a link in a mail carries: this one part, for this one person, for thirty days."""
    return signing.dumps([vote.pk, user.pk], salt=_SALT, compress=True)


def of_token(token: str) -> tuple[ApprovalVote, User]:
    """The part and the person of a link; NotFound for one that was tampered with or is too old."""
    try:
        vote_id, user_id = signing.loads(token, salt=_SALT, max_age=LINK_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(_("This link is no longer valid.")) from None
    vote = ApprovalVote.objects.select_related("step__approval__item__requester", "user").filter(pk=vote_id).first()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if vote is None or user is None:
        raise NotFound(_("This link is no longer valid."))
    return vote, user
