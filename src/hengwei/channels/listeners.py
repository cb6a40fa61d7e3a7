"""Who is told of what happens to an item, and how."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from hengwei.core.events import later, on
from hengwei.org import letters
from hengwei.org.models import User
from hengwei.work import permissions as work_perms
from hengwei.work.actions.approvals import link_token, may_decide
from hengwei.work.events import (
    AgreementExpiring,
    ApprovalAsked,
    ApprovalDecided,
    ApprovalLate,
    ApprovalStuck,
    ItemAssigned,
    ItemChased,
    ItemEscalated,
    ItemEvent,
    ItemMoved,
    ItemOpened,
    ItemTold,
)
from hengwei.work.models import Agreement, Approval, ApprovalVote, Closure, Entry, WorkItem
from hengwei.work.workflow import Phase

from . import colleague_notices, privacy  # noqa: F401
from .actions import notices, outgoing, webhooks


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
        outgoing.queue("reply", item=item, entry=entry, automatic=bool(entry.details.get("automatic")), by=event.actor)
    elif event.public and not event.by_staff:
        people = [item.owner] if item.owner else ([item.team.acting_lead(event.at)] if item.team else [])
        watching = User.objects.filter(watching__item=item, is_agent=True)
        notices.tell([p for p in (*people, *watching) if p], "answered", item=item, entry=entry, at=event.at, by=event.actor, params={"actor": _name(entry.author)})
    if event.mentions:
        notices.tell(User.objects.filter(pk__in=event.mentions), "mentioned", item=item, entry=entry, at=event.at, by=event.actor, params={"actor": _name(entry.author)})


@later(ItemAssigned, when=lambda event: event.owner_id != event.owner_before or event.team_id != event.team_before)
def tell_owner(event: ItemAssigned) -> None:
    """The new owner; where there is none, the members of the new team."""
    by = _name(event.actor.user)
    people = User.objects.filter(is_active=True).only("id", "is_active", "email", "preferences", "timezone")
    if event.owner_id is not None and event.owner_id != event.owner_before:
        notices.tell(people.filter(pk=event.owner_id), "assigned", item_id=event.item_id, team_id=event.team_id, at=event.at, by=event.actor, params={"actor": by or "恒维", "reason": event.reason})
    elif event.owner_id is None and event.team_id is not None and event.team_id != event.team_before:
        notices.tell(people.filter(memberships__team=event.team_id), "team_assigned", item_id=event.item_id, team_id=event.team_id, at=event.at, by=event.actor, params={"actor": by})


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
    """Those whom the step of the agreement names, by the ways that it names besides their own."""
    item = _item(event.item_id)
    people = User.objects.filter(pk__in=event.notify_user_ids)
    params = {"step": event.step, "level": event.level, "measure": event.measure, **({"reason": event.reason} if event.reason else {})}
    notices.tell(people, "escalated", item=item, at=event.at, by=event.actor, params=params, urgent=event.urgent, ways=event.ways)


@on(AgreementExpiring)
def tell_expiring(event: AgreementExpiring) -> None:
    """Its keeper: it ends before long and has no successor (B2)."""
    name = str(Agreement.objects.get(pk=event.agreement_id))
    params = {"name": name, "reason": f"{timezone.localtime(event.ends_at):%Y-%m-%d}"}
    notices.tell(User.objects.filter(pk=event.user_id), "expiring", at=event.at, by=event.actor, params=params)


@on(ApprovalAsked)
def ask_approvers(event: ApprovalAsked) -> None:
    """Each approver, and who stands in while he is away, with a link that is his own."""
    votes = ApprovalVote.objects.filter(pk__in=event.vote_ids).select_related("step__approval__item__requester", "step__approval__asked_by", "user")
    for vote in votes:
        approval = vote.step.approval
        deputies = User.objects.filter(pk__in=vote.user.absences.filter(starts_at__lte=event.at, ends_at__gt=event.at).values("deputy"))
        for person in (vote.user, *deputies):
            if not may_decide(vote, person, event.at):
                continue
            link = settings.SITE_URL + reverse("work:approve_by_link", args=[link_token(vote, person)])
            params = {"actor": _name(approval.asked_by or approval.item.requester), "reason": approval.names, "link": link}
            notices.tell([person], "approval", item=approval.item, at=event.at, params=params)


@on(ApprovalDecided)
def tell_approval(event: ApprovalDecided) -> None:
    """Who asked for the approval, and whoever handles the item."""
    approval = Approval.objects.select_related("item__owner", "asked_by").get(pk=event.approval_id)
    for person in filter(None, (approval.asked_by, approval.item.owner)):
        with override(person.language):
            notices.tell([person], "approval_done", item=approval.item, at=event.at, by=event.actor, params={"reason": str(approval.get_state_display())})


@on(ApprovalStuck)
def tell_stuck(event: ApprovalStuck) -> None:
    """Those who may name approvers."""
    keepers = User.objects.filter(is_active=True, roles__permissions__contains=[work_perms.CONFIGURE]).distinct()
    notices.tell(keepers, "approval_stuck", item_id=event.item_id, at=event.at, params={"reason": list(event.missing)})


@on(ApprovalLate)
def tell_late(event: ApprovalLate) -> None:
    """Who asked for the approval, whoever handles the item, and those who may name other approvers for its team."""
    approval = Approval.objects.select_related("item__owner", "item__team__lead", "asked_by").get(pk=event.approval_id)
    people = {p.pk: p for p in (approval.asked_by, approval.item.owner, approval.item.team.lead if approval.item.team else None) if p is not None}
    notices.tell(people.values(), "approval_late", item=approval.item, at=event.at, params={"reason": list(event.awaited) or event.step})


@on(ItemEvent)
def tell_programs(event: ItemEvent) -> None:
    """Every event of an item, to the programs that subscribed to it."""
    webhooks.publish(event)


def _name(user: User | None) -> str:
    return user.name if user is not None else ""


@letters.carries
def letter(person: User, subject: str, text: str) -> bool:
    """A letter about a person's own account, by the department's mailbox."""
    return outgoing.queue("letter", item=None, user=person, params={"title": subject, "text": text}, automatic=False) is not None
