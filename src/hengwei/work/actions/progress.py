"""Leading an item through its workflow: acknowledge, pend, resolve, close, reopen, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import Words, in_mine, listed
from hengwei.work import permissions as perms
from hengwei.work.clocks import engine as clocks
from hengwei.work.events import ItemChased, ItemMoved
from hengwei.work.models import Closure, Entry, Relation, WaitingFor, WorkItem
from hengwei.work.workflow import IllegalTransition, Phase, Transition

from .writing import Log, moment, said, writing

#: The names by which people know the facts that a transition may demand.
DEMANDED = {
    "solution": gettext_lazy("solution"), "cause": gettext_lazy("cause"), "waiting_for": gettext_lazy("what it waits for"),
    "closure": gettext_lazy("outcome"), "comment": gettext_lazy("explanation"), "category": gettext_lazy("category"),
}


def check_transition(item: WorkItem, key: str, *, by: Actor, facts: dict[str, Any]) -> Transition:
    """The lawful transition, or a refusal that says why in the reader's language."""
    given = {name for name, value in facts.items() if value not in (None, "")}
    given |= {name for name in ("cause", "solution", "category") if getattr(item, name)}
    try:
        transition = item.workflow.check(item.state, key, given)
    except IllegalTransition as error:
        if error.missing:
            names = listed(DEMANDED.get(name, name) for name in error.missing)
            raise Refused(_("Please give: %(names)s.") % {"names": names}, code="missing", field=error.missing[0]) from None
        raise Refused(
            _("%(number)s is '%(state)s' now; this step is not possible from there.")
            % {"number": item.number, "state": item.state_of.label},
            code="illegal_transition", field="transition",
        ) from None
    if not by.may(transition.permission) and not (transition.by_requester and item.is_requester(by.user)):
        raise Forbidden(_("You do not have the right to do this."), permission=transition.permission)
    reason = hindrance(item, transition, by=by)
    if reason:
        raise Refused(reason, code="hindered", field="transition")
    return transition


def hindrance(item: WorkItem, transition: Transition, *, by: Actor) -> str:
    """Why a transition that its state allows cannot be made now; '' when nothing stands in its way."""
    if transition.by_approval and not by.is_system:
        return _("Only the outcome of the approval leads on from here.")
    if item.workflow.state(transition.target).phase is Phase.RESOLVED:
        if item.approvals.filter(state="open").exists():
            return _("An approval is still open.")
        left = open_points(item)
        if left:
            return _("The checklist must be done first: %(points)s.") % {"points": listed(left[:3]) + ("…" if len(left) > 3 else "")}
    return ""


def open_points(item: WorkItem) -> list[str]:
    """Points of checklists that must be done before the item is resolved, and are not."""
    from hengwei.work.models import ChecklistPoint

    points = ChecklistPoint.objects.filter(checklist__item=item, checklist__before_resolving=True, required=True, done_at=None)
    return list(points.values_list("text", flat=True))


def hindered(item: WorkItem, *, by: Actor) -> list[tuple[Transition, str]]:
    """The transitions that the state allows and this person could make, were it not for a reason, with the reason."""
    found = []
    for transition in item.workflow.possible(item.state):
        reason = hindrance(item, transition, by=by) if by.may(transition.permission) else _("Your role does not allow it.")
        if reason:
            found.append((transition, reason))
    return found


def follow_approval(item: WorkItem, transition: Transition, *, by: Actor, at: datetime) -> None:
    """Make the transition that an approval's outcome names, by nobody's hand; passed over where the state no longer allows it."""
    item = item.locked()
    if item.state not in transition.sources:
        return
    facts: dict[str, Any] = {"closure": Closure.CANCELLED} if "closure" in transition.demands else {}
    with writing(item, by=Actor(via=by.via, chain=by.chain), at=at) as log:
        event = move(log, transition, **facts)
    emit(event)



def move(log: Log, transition: Transition, *, comment: Words = "", public: bool = False, **facts: Any) -> ItemMoved:
    """Carry out a checked transition on a locked item inside `writing`: state, phase, times, clocks, timeline.

    Shared by every action that changes the state; it asks no rights.
    """
    item, at = log.item, log.at
    before, phase_before, waiting_before = item.state, item.phase, item.waiting_for
    state = item.workflow.state(transition.target)
    item.state, item.phase = state.key, state.phase.value
    item.waiting_for = facts.get("waiting_for") or "" if state.phase is Phase.WAITING else ""
    item.waiting_until = facts.get("waiting_until") if state.phase is Phase.WAITING else None
    for name in ("cause", "solution", "closure", "resolved_remotely"):
        if facts.get(name) not in (None, ""):
            setattr(item, name, facts[name])
    if state.phase is Phase.RESOLVED:
        item.resolved_at = at
        item.closure = item.closure or Closure.SOLVED
    elif state.phase is Phase.CLOSED:
        item.approvals.filter(state="open").update(state="withdrawn", decided_at=at)
        item.closed_at = at
        item.resolved_at = item.resolved_at or (at if item.closure not in ("", *_NOT_SOLVED) else None)
    else:
        item.resolved_at = item.closed_at = None
        item.closure = ""
    if Phase(phase_before) in (Phase.RESOLVED, Phase.CLOSED) and state.phase.is_open:
        item.reopened_count += 1
        item.told_at = None
    clocks.moved(item, phase_before=phase_before, waiting_before=waiting_before, at=at, by=log.by)
    text, reason = said(comment)
    entry = log.record(
        Entry.Kind.TRANSITION, public=public, text=text,
        details={
            "transition": transition.key, "before": before, "after": item.state,
            **{k: str(v) for k, v in facts.items() if v not in (None, "") and k != "comment"}, **reason,
        },
    )
    return ItemMoved(
        item_id=item.pk, transition=transition.key, before=before, after=item.state, phase_before=phase_before,
        phase=item.phase, entry_id=entry.pk, actor=log.by, at=at,
    )


_NOT_SOLVED = (Closure.WITHDRAWN, Closure.CANCELLED, Closure.SPAM, Closure.MERGED, Closure.DUPLICATE)


@transaction.atomic
def make_transition(
    item: WorkItem, key: str, *, by: Actor, comment: str = "", version: int | None = None, at: datetime | None = None, **facts: Any,
) -> WorkItem:
    """Lead the item along one transition of its workflow, with the facts that it demands."""
    at = moment(at)
    item = item.locked(version)
    transition = check_transition(item, key, by=by, facts={**facts, "comment": comment})
    with writing(item, by=by, at=at) as log:
        event = move(log, transition, comment=comment, **facts)
    emit(event)
    if transition.asks_approval is not None:
        from .approvals import start_planned

        start_planned(item, by=by, on_approved=transition.asks_approval[0], on_refused=transition.asks_approval[1], at=at)
    return item


def _step_to(item: WorkItem, phase: Phase, *, given: dict[str, Any], by: Actor, what: str) -> Transition:
    """The first lawful transition into a phase that this actor may make."""
    steps = [t for t in item.workflow.possible(item.state) if item.workflow.state(t.target).phase is phase]
    if not steps:
        raise Refused(
            _("%(number)s is '%(state)s' now and cannot be %(what)s.")
            % {"number": item.number, "state": item.state_of.label, "what": what}, code="illegal_transition",
        )
    mine = item.is_requester(by.user)
    allowed = [t for t in steps if by.may(t.permission) or (mine and t.by_requester)]
    return check_transition(item, (allowed or steps)[0].key, by=by, facts=given)


@transaction.atomic
def acknowledge(item: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None) -> WorkItem:
    """Take the item up (受理): it is being worked on from now; whoever does so owns it when nobody did."""
    from .assignment import set_owner

    at = moment(at)
    by.require(perms.WORK)
    item = item.locked(version)
    transition = _step_to(item, Phase.ACTIVE, given={}, by=by, what=_("taken up"))
    events: list[Any] = []
    with writing(item, by=by, at=at) as log:
        if item.owner_id is None and by.user is not None:
            events.append(set_owner(log, by.user))
        events.append(move(log, transition))
    for event in events:
        emit(event)
    return item


@transaction.atomic
def pend(
    item: WorkItem, *, by: Actor, waiting_for: str, until: datetime | None = None, comment: Words = "",
    version: int | None = None, at: datetime | None = None,
) -> WorkItem:
    """Put on hold (挂起) for a stated reason; `until` brings it back by itself."""
    at = moment(at)
    if waiting_for not in WaitingFor.values:
        raise Refused(_("Please say what it waits for."), code="missing", field="waiting_for")
    if until is not None and until <= at:
        raise Refused(_("The date must lie ahead."), code="past", field="until")
    if waiting_for == WaitingFor.AGREED_DATE and until is None:
        raise Refused(_("Please give the agreed date."), code="missing", field="until")
    item = item.locked(version)
    transition = _step_to(item, Phase.WAITING, given={"waiting_for": waiting_for, "comment": in_mine(comment)}, by=by, what=_("put on hold"))
    with writing(item, by=by, at=at) as log:
        event = move(log, transition, comment=comment, waiting_for=waiting_for, waiting_until=until)
    emit(event)
    return item


@transaction.atomic
def return_from_waiting(item: WorkItem, *, by: Actor, at: datetime | None = None) -> WorkItem:
    """Take an item out of waiting: the customer answered, or the agreed moment came. Does nothing when it does not wait."""
    at = moment(at)
    item = item.locked()
    if item.phase != Phase.WAITING:
        return item
    transition = _first_step(item, Phase.ACTIVE)
    with writing(item, by=by, at=at) as log:
        event = move(log, transition)
    emit(event)
    return item


def _first_step(item: WorkItem, phase: Phase) -> Transition:
    """The first transition from here into a phase, whoever may make it: for what the house does by itself."""
    for transition in item.workflow.possible(item.state):
        if item.workflow.state(transition.target).phase is phase:
            return transition
    raise Refused(_("No step leads on from here."), code="illegal_transition")


@transaction.atomic
def resolve(
    item: WorkItem, *, by: Actor, solution: str, cause: str = "", closure: str = Closure.SOLVED, remotely: bool | None = None,
    version: int | None = None, at: datetime | None = None,
) -> WorkItem:
    """Solve it (结单), with cause and solution on record (A8); the requester is told and may confirm or reopen."""
    at = moment(at)
    if closure not in (Closure.SOLVED, Closure.WORKAROUND, Closure.NOT_SOLVED):
        raise Refused(_("This is no outcome of solving."), code="invalid", field="closure")
    item = item.locked(version)
    facts = {"solution": solution.strip(), "cause": cause.strip(), "closure": closure, "resolved_remotely": remotely}
    transition = _step_to(item, Phase.RESOLVED, given=facts, by=by, what=_("resolved"))
    with writing(item, by=by, at=at) as log:
        event = move(log, transition, comment=solution.strip(), public=True, **facts)
        if item.responded_at is None:
            item.responded_at = at
        item.told_at = at
        clocks.told(item, at=at, by=by, reached_requester=True)
    emit(event)
    return item


@transaction.atomic
def close(item: WorkItem, *, by: Actor, comment: str = "", version: int | None = None, at: datetime | None = None) -> WorkItem:
    """Close for good (关单): the requester confirmed, or the days for it have passed."""
    at = moment(at)
    item = item.locked(version)
    transition = _step_to(item, Phase.CLOSED, given={"comment": comment}, by=by, what=_("closed"))
    with writing(item, by=by, at=at) as log:
        event = move(log, transition, comment=comment, public=True, closure=item.closure or Closure.SOLVED)
    emit(event)
    return item


@transaction.atomic
def cancel(
    item: WorkItem, *, by: Actor, closure: str = Closure.CANCELLED, comment: str = "", version: int | None = None, at: datetime | None = None,
) -> WorkItem:
    """End it without solving: withdrawn by the requester, cancelled, duplicate, spam. Out of all figures."""
    at = moment(at)
    item = item.locked(version)
    if closure not in (Closure.CANCELLED, Closure.WITHDRAWN, Closure.DUPLICATE, Closure.SPAM):
        raise Refused(_("This is no outcome of cancelling."), code="invalid", field="closure")
    transition = check_transition(item, "cancel", by=by, facts={"comment": comment, "closure": closure})
    with writing(item, by=by, at=at) as log:
        event = move(log, transition, comment=comment, public=closure != Closure.SPAM, closure=closure)
    emit(event)
    return item


@transaction.atomic
def reopen(
    item: WorkItem, *, by: Actor, comment: str = "", version: int | None = None, at: datetime | None = None, entry: bool = True,
) -> WorkItem:
    """Reopen (重开) what was resolved: the same clocks resume. What is closed is continued by a new, linked item."""
    at = moment(at)
    item = item.locked(version)
    if item.phase == Phase.CLOSED:
        return continue_closed(item, by=by, comment=comment, at=at)
    if item.phase != Phase.RESOLVED:
        raise Refused(_("%(number)s is not resolved, so there is nothing to reopen.") % {"number": item.number}, code="illegal_transition")
    transition = _step_to(item, Phase.ACTIVE, given={"comment": comment}, by=by, what=_("reopened"))
    with writing(item, by=by, at=at) as log:
        event = move(log, transition, comment=comment if entry else "", public=True)
    emit(event)
    return item


def continue_closed(item: WorkItem, *, by: Actor, comment: str, at: datetime) -> WorkItem:
    """A new item that takes up a closed one: same requester, customer and subject, linked to the old."""
    from .intake import open_item

    if not by.may(perms.WORK) and not item.is_requester(by.user):
        raise Forbidden(_("You do not have the right to do this."))
    successor = open_item(
        item.kind, title=item.title, description=comment or item.description, by=by, requester=item.requester,
        customer=item.customer, site=item.site, category=item.category, impact=item.impact, urgency=item.urgency,
        team=item.team, source=item.source, catalogue_key=item.catalogue_key, subject=item.subject, received_at=at, at=at,
    )
    Relation.objects.create(source=successor, target=item, kind=Relation.Kind.CONTINUES, created_by=by.user)
    return successor


@transaction.atomic
def chase(item: WorkItem, *, by: Actor, text: str = "", at: datetime | None = None) -> WorkItem:
    """Urge (催办): counted, shown to the desk, and told to whoever handles it."""
    at = moment(at)
    if not item.is_requester(by.user) and not by.may(perms.WORK):
        raise Forbidden(_("You do not have the right to do this."))
    item = item.locked()
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    with writing(item, by=by, at=at) as log:
        item.chased_count += 1
        log.record(Entry.Kind.COMMENT, public=True, text=text.strip() or _("Please hurry."), details={"chase": item.chased_count})
    emit(ItemChased(item_id=item.pk, count=item.chased_count, actor=by, at=at))
    return item
