"""People beside owner and requester: watchers, copies, guests, colleagues who are asked (A7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.org.models import Team, User
from hengwei.work import permissions as perms
from hengwei.work.events import ItemHandedOver, ItemShared
from hengwei.work.models import Entry, HandOver, Share, WaitingFor, Watcher, WorkItem
from hengwei.work.workflow import Phase

from .writing import Log, moment, name_in_each, writing

#: Working time that colleagues have for an answer where nobody agreed on another.
ANSWER_WITHIN = 8 * 3600
#: Longest that may be agreed: a quarter of working days.
ANSWER_AT_MOST = 60 * 8 * 3600


@transaction.atomic
def watch(item: WorkItem, *, user: User, by: Actor, kind: str = Watcher.Kind.WATCHER, at: datetime | None = None) -> Watcher:
    """Keep a person informed: a colleague who watches, or somebody in copy of what goes to the requester.

    A person outside the desk can only be in copy, and then sees the public part of the item.
    """
    at = moment(at)
    by.require(perms.WORK)
    if not user.is_active:
        raise Refused(_("%(name)s has left.") % {"name": user}, code="inactive", field="user")
    if kind not in Watcher.Kind.values:
        raise Refused(_("Please choose."), code="invalid", field="kind")
    if kind == Watcher.Kind.WATCHER and not user.is_agent:
        kind = Watcher.Kind.CC
    if kind == Watcher.Kind.CC and user.customer_id != item.customer_id and not user.is_agent and not by.may(perms.LINK_ACROSS):
        raise Refused(_("%(name)s belongs to another customer; only a lead may show it to him.") % {"name": user}, code="other_customer", field="user")
    item = item.locked()
    watcher, made = Watcher.objects.update_or_create(item=item, user=user, defaults={"kind": kind}, create_defaults={"kind": kind, "added_by": by.user})
    if made:
        with writing(item, by=by, at=at) as log:
            log.record(Entry.Kind.SHARING, details={"what": kind, "who": user.name})
    return watcher


@transaction.atomic
def unwatch(item: WorkItem, *, user: User, by: Actor, at: datetime | None = None) -> None:
    """Inform a person no longer; anybody may take himself away."""
    at = moment(at)
    if by.user != user:
        by.require(perms.WORK)
    item = item.locked()
    gone, _rows = Watcher.objects.filter(item=item, user=user).delete()
    if gone:
        with writing(item, by=by, at=at) as log:
            log.record(Entry.Kind.SHARING, details={"what": "removed", "who": user.name})


@transaction.atomic
def share(
    item: WorkItem, *, by: Actor, user: User | None = None, team: Team | None = None, as_colleague: bool = False, note: str = "",
    at: datetime | None = None,
) -> Share:
    """Show an item to somebody from another department: its public part, or all of it to a colleague. It can be revoked."""
    at = moment(at)
    by.require(perms.SHARE)
    if (user is None) == (team is None):
        raise Refused(_("Please choose a person or a team."), code="missing", field="user")
    if user is not None and not user.is_active:
        raise Refused(_("%(name)s has left.") % {"name": user}, code="inactive", field="user")
    if as_colleague and user is not None and _is_customers(user):
        raise Refused(_("%(name)s belongs to a customer and never reads internal notes.") % {"name": user}, code="outside", field="as_colleague")
    item = item.locked()
    made, new = Share.objects.in_force().update_or_create(
        item=item, user=user, team=team, defaults={"as_colleague": as_colleague, "note": note.strip()[:300]},
        create_defaults={"as_colleague": as_colleague, "note": note.strip()[:300], "shared_by": by.user, "shared_at": at},
    )
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.SHARING, text=note.strip(), details={"what": "colleague" if as_colleague else "guest", **name_in_each("who", user or team)})
    if new:
        emit(ItemShared(item_id=item.pk, share_id=made.pk, actor=by, at=at))
    return made


def _is_customers(user: User) -> bool:
    return user.customer is not None and user.customer.kind == "company"


@transaction.atomic
def revoke(one: Share, *, by: Actor, at: datetime | None = None) -> None:
    """Show it no longer."""
    at = moment(at)
    by.require(perms.SHARE)
    item = one.item.locked()
    one = Share.objects.select_for_update().get(pk=one.pk)
    if one.revoked_at is not None:
        return
    one.revoked_at, one.revoked_by = at, by.user
    one.save(update_fields=["revoked_at", "revoked_by"])
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.SHARING, details={"what": "revoked", **name_in_each("who", one.with_whom)})
    emit(ItemShared(item_id=item.pk, share_id=one.pk, revoked=True, actor=by, at=at))


def guest_of(item: WorkItem, user: User | None) -> Share | None:
    """The sharing by which a person sees an item that is not otherwise his."""
    if user is None or user.may(perms.WORK) or item.is_requester(user):
        return None
    return Share.objects.of(user).filter(item=item).order_by("-as_colleague").first()


@transaction.atomic
def hand_over(
    item: WorkItem, *, by: Actor, question: str, team: Team | None = None, user: User | None = None, business_seconds: int = ANSWER_WITHIN,
    at: datetime | None = None,
) -> HandOver:
    """Ask a head, R&D or a product team (A7). The item waits for a colleague, which stops no clock of the customer's;
    the colleagues have a time of their own, on the default calendar. Whoever is asked sees the item as a colleague.
    """
    from .progress import _step_to, move

    at = moment(at)
    by.require(perms.WORK)
    question = question.strip()
    if not question:
        raise Refused(_("Please say what you ask."), code="missing", field="question")
    if team is None and user is None:
        raise Refused(_("Please choose a team or a person."), code="missing", field="team")
    if not 60 <= business_seconds <= ANSWER_AT_MOST:
        raise Refused(_("This time is not possible."), code="invalid", field="hours")
    if user is not None and (not user.is_active or _is_customers(user)):
        raise Refused(_("Only a colleague can be asked."), code="outside", field="user")
    item = item.locked()
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    due = Calendar.objects.get(is_default=True).current().compiled().add(at, business_seconds)
    made = HandOver.objects.create(
        item=item, to_team=team, to_user=user, question=question, asked_by=by.user, asked_at=at, business_seconds=business_seconds, due_at=due,
    )
    moved = None
    with writing(item, by=by, at=at) as log:
        log.record(
            Entry.Kind.HAND_OVER, text=question, details={"what": "asked", **name_in_each("whom", user or team), "due_at": due.isoformat(), "hand_over": made.pk},
        )
        if item.phase != Phase.WAITING:
            transition = _step_to(item, Phase.WAITING, given={"waiting_for": WaitingFor.COLLEAGUE, "comment": question}, by=by, what=_("put on hold"))
            moved = move(log, transition, waiting_for=WaitingFor.COLLEAGUE)
        _open_to(item, team, user, log)
    if moved is not None:
        emit(moved)
    emit(ItemHandedOver(item_id=item.pk, hand_over_id=made.pk, actor=by, at=at))
    return made


def _open_to(item: WorkItem, team: Team | None, user: User | None, log: Log) -> None:
    """Whoever is asked may read the item; agents do already."""
    if user is not None and user.may(perms.VIEW_ALL):
        return
    whom = {"user": user} if user is not None else {"team": team}
    Share.objects.in_force().update_or_create(
        item=item, **whom, defaults={"as_colleague": True}, create_defaults={"as_colleague": True, "shared_by": log.by.user, "shared_at": log.at},
    )


def may_answer(one: HandOver, by: Actor) -> bool:
    """Whoever is asked, a member of the team asked, or the desk on their behalf."""
    if by.may(perms.WORK):
        return True
    return by.user is not None and (one.to_user_id == by.user.pk or one.to_team_id in by.user.team_ids)


@transaction.atomic
def answer(one: HandOver, *, by: Actor, text: str, at: datetime | None = None) -> HandOver:
    """The colleagues' answer: kept as an internal note; the item goes on when nobody else is asked."""
    from .progress import _first_step, move

    at = moment(at)
    if not may_answer(one, by):
        raise Forbidden(_("You are not asked here."))
    text = text.strip()
    if not text:
        raise Refused(_("Please write something first."), code="missing", field="text")
    item = one.item.locked()
    one = HandOver.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if one.answered_at is not None:
        raise Refused(_("This was answered already."), code="answered")
    one.answered_at, one.answered_by, one.answer = at, by.user, text
    one.save()
    moved = None
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.COMMENT, public=False, text=text, by_staff=True, details={"answers": one.pk})
        waits = item.phase == Phase.WAITING and item.waiting_for == WaitingFor.COLLEAGUE
        if waits and not item.hand_overs.waiting().exists():
            moved = move(log, _first_step(item, Phase.ACTIVE))
    if moved is not None:
        emit(moved)
    emit(ItemHandedOver(item_id=item.pk, hand_over_id=one.pk, answered=True, actor=by, at=at))
    return one


@transaction.atomic
def tell_late(now: datetime) -> int:
    """Say once of each unanswered question that its time has run out; returns how many."""
    due = list(
        HandOver.objects.waiting().filter(due_at__lte=now, told_late_at=None).select_for_update(skip_locked=True, of=("self",)).order_by("due_at")[:200]
    )
    for one in due:
        one.told_late_at = now
        one.save(update_fields=["told_late_at"])
        Entry.objects.create(
            item_id=one.item_id, kind=Entry.Kind.HAND_OVER, public=False, via="system", details={"what": "late", **name_in_each("whom", one.whom)}, happened_at=now,
        )
        emit(ItemHandedOver(item_id=one.item_id, hand_over_id=one.pk, late=True, at=now))
    return len(due)
