"""Who is told of what happens to an item, and how."""

from __future__ import annotations

from hengwei.core.events import on
from hengwei.org.models import User
from hengwei.work.events import ItemAssigned, ItemChased, ItemEscalated, ItemMoved, ItemOpened, ItemTold
from hengwei.work.models import Closure, Entry, WorkItem
from hengwei.work.workflow import Phase

from .actions import notices, outgoing


def _item(pk: int) -> WorkItem:
    return WorkItem.objects.get(pk=pk)


@on(ItemOpened)
def confirm(event: ItemOpened) -> None:
    """The number at once, to the person who asked. Not for what staff record for themselves, nor for machines."""
    if not outgoing.anything_sends():
        return
    item = _item(event.item_id)
    person = item.requester
    if person is None or not person.email or (person.is_agent and event.actor.user == person):
        return
    mailbox = outgoing.sender_of(item)
    if mailbox is None or not mailbox.confirm_receipt:
        return
    outgoing.queue("received", item=item, by=event.actor)


@on(ItemTold)
def pass_on(event: ItemTold) -> None:
    """Public words of staff go to the requester; the requester's go to whoever handles it; mentions to the mentioned."""
    if event.by_staff and not event.mentions and not outgoing.anything_sends():
        return
    item = _item(event.item_id)
    entry = Entry.objects.select_related("author").get(pk=event.entry_id)
    if event.public and event.by_staff and entry.kind == Entry.Kind.MESSAGE_OUT:
        outgoing.queue("reply", item=item, entry=entry, automatic=False, by=event.actor, hold_for=int(entry.details.get("hold_for", 0)))
    elif event.public and not event.by_staff:
        people = [item.owner] if item.owner else ([item.team.acting_lead(event.at)] if item.team else [])
        watching = User.objects.filter(watching__item=item, is_agent=True)
        notices.tell([p for p in (*people, *watching) if p], "answered", item=item, entry=entry, at=event.at, by=event.actor, params={"actor": _name(entry.author)})
    if event.mentions:
        notices.tell(User.objects.filter(pk__in=event.mentions), "mentioned", item=item, entry=entry, at=event.at, by=event.actor, params={"actor": _name(entry.author)})


@on(ItemAssigned)
def tell_owner(event: ItemAssigned) -> None:
    """The new owner; where there is none, the members of the new team."""
    by = _name(event.actor.user)
    people = User.objects.filter(is_active=True).only("id", "is_active", "email", "preferences")
    if event.owner_id is not None and event.owner_id != event.owner_before:
        notices.tell(people.filter(pk=event.owner_id), "assigned", item_id=event.item_id, at=event.at, by=event.actor, params={"actor": by or "恒维", "reason": event.reason})
    elif event.owner_id is None and event.team_id is not None and event.team_id != event.team_before:
        notices.tell(people.filter(memberships__team=event.team_id), "team_assigned", item_id=event.item_id, at=event.at, by=event.actor, params={"actor": by})


@on(ItemMoved)
def tell_outcome(event: ItemMoved) -> None:
    """Solved or cancelled: the requester. Reopened: whoever solved it."""
    reopened = event.phase_before == Phase.RESOLVED and event.phase == Phase.ACTIVE
    ended = event.phase != event.phase_before and event.phase in (Phase.RESOLVED, Phase.CLOSED) and outgoing.anything_sends()
    if not reopened and not ended:
        return
    item = _item(event.item_id)
    if event.phase == Phase.RESOLVED and event.phase_before != Phase.RESOLVED:
        outgoing.queue("resolved", item=item, by=event.actor)
    elif event.phase == Phase.CLOSED and item.closure == Closure.CANCELLED and event.actor.user != item.requester:
        comment = Entry.objects.filter(pk=event.entry_id or 0).values_list("text", flat=True).first() or ""
        outgoing.queue("cancelled", item=item, by=event.actor, params={"text": comment})
    elif reopened and item.owner is not None:
        entry = Entry.objects.filter(pk=event.entry_id or 0).first()
        notices.tell([item.owner], "reopened", item=item, entry=entry, at=event.at, by=event.actor, params={"actor": _name(event.actor.user)})


@on(ItemChased)
def tell_urged(event: ItemChased) -> None:
    """The owner, else the lead of the team."""
    item = _item(event.item_id)
    person = item.owner or (item.team.acting_lead(event.at) if item.team else None)
    if person is not None:
        notices.tell([person], "chased", item=item, at=event.at, by=event.actor, params={"count": event.count})


@on(ItemEscalated)
def tell_escalated(event: ItemEscalated) -> None:
    """Those whom the step of the agreement names."""
    item = _item(event.item_id)
    entry = Entry.objects.filter(item=item, kind=Entry.Kind.ESCALATION).order_by("-id").first()
    people = User.objects.filter(pk__in=event.notify_user_ids)
    notices.tell(people, "escalated", item=item, at=event.at, by=event.actor, params={"step": event.step, "level": event.level, "measure": entry.details.get("measure", "") if entry else ""})


def _name(user: User | None) -> str:
    return user.name if user is not None else ""
