"""Events of items, as rules hear them; and since when an item stands where it stands."""

from __future__ import annotations

from hengwei.core.events import later, on
from hengwei.core.jobs import nothing_later
from hengwei.flows.automation import engine
from hengwei.flows.automation.models import Standing
from hengwei.flows.automation.rules import Heard
from hengwei.work.companions import beside
from hengwei.work.events import (
    ApprovalDecided,
    ItemAssigned,
    ItemChanged,
    ItemChased,
    ItemEscalated,
    ItemEvent,
    ItemMerged,
    ItemMoved,
    ItemOpened,
    ItemRated,
    ItemTold,
)
from hengwei.work.models import WorkItem


def heard_of(event: ItemEvent) -> Heard | None:
    """The event in the terms of rules; None for what no rule listens to."""
    if isinstance(event, ItemOpened):
        return Heard("opened")
    if isinstance(event, ItemChanged):
        return Heard("changed", changed=frozenset(event.changes))
    if isinstance(event, ItemAssigned):
        return Heard("assigned")
    if isinstance(event, ItemMoved):
        return Heard("moved", phase=event.phase, phase_before=event.phase_before)
    if isinstance(event, ItemTold) and (event.public or not event.by_staff):
        return Heard("told_by_staff" if event.by_staff else "told_by_requester")
    if isinstance(event, ItemChased):
        return Heard("chased")
    if isinstance(event, ItemEscalated):
        return Heard("escalated", late=event.late)
    if isinstance(event, ItemRated):
        return Heard("rated", score=event.score)
    if isinstance(event, ApprovalDecided):
        return Heard("approval_decided", outcome=event.outcome)
    if isinstance(event, ItemMerged) and not event.undone:
        return Heard("merged")
    return None


def waited_for(event: ItemEvent) -> bool:
    """Whether any rule waits for this. What an import or a load brings is history: no rule runs on it."""
    heard = heard_of(event)
    return heard is not None and event.actor.via != "import" and not nothing_later() and engine.anybody_listens(heard)


@later(ItemEvent, when=waited_for)
def listen(event: ItemEvent) -> None:
    """Walk the rules."""
    heard = heard_of(event)
    assert heard is not None
    user = event.actor.user
    engine.run(event.item_id, heard, chain=event.actor.chain, reason=engine.new_reason(), at=event.at, user_id=user.pk if user else None)


@beside
def stands_new(item: WorkItem) -> Standing:
    """A new item stands where it begins, and its requester waits, since it reached us."""
    return Standing(item=item, phase=item.phase, since=item.received_at, unanswered_since=item.received_at)


@on(ItemMoved)
def stands_elsewhere(event: ItemMoved) -> None:
    """Another phase since now. Solved or closed, nobody waits for an answer any more."""
    if event.phase != event.phase_before:
        Standing.objects.filter(item=event.item_id).update(phase=event.phase, since=event.at)
    if event.phase in ("resolved", "closed"):
        Standing.objects.filter(item=event.item_id, unanswered_since__isnull=False).update(unanswered_since=None)


@on(ItemTold)
def waits_for_an_answer(event: ItemTold) -> None:
    """The requester waits from his first unanswered words on; a person's answer ends it, a machine's does not."""
    rows = Standing.objects.filter(item=event.item_id)
    if event.by_staff and event.public and event.actor.user is not None:
        rows.filter(unanswered_since__lte=event.at).update(unanswered_since=None)
    elif not event.by_staff and event.public:
        rows.filter(unanswered_since=None).update(unanswered_since=event.at)
