"""Putting an item off: out of one's own queue until a moment, or until the requester answers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.events import ItemCameBack
from hengwei.work.models import Snooze, WorkItem

from .writing import announce_queue, moment


@transaction.atomic
def snooze(item: WorkItem, *, by: Actor, until: datetime | None = None, until_answered: bool = False, at: datetime | None = None) -> Snooze:
    """Put it off for oneself; its promises run on. It comes back at the moment, or at once when the requester speaks."""
    at = moment(at)
    by.require(perms.WORK)
    if by.user is None:
        raise Refused(_("Only a person can put work off."), code="no_person")
    if until is None and not until_answered:
        raise Refused(_("Please say until when."), code="missing", field="until")
    if until is not None and until <= at:
        raise Refused(_("The date must lie ahead."), code="past", field="until")
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    made, _new = Snooze.objects.update_or_create(
        item=item, user=by.user, defaults={"until": until, "until_answered": until_answered, "created_at": at},
    )
    announce_queue(item)
    return made


@transaction.atomic
def wake(item: WorkItem, *, by: Actor) -> None:
    """Take it back into one's queue now."""
    Snooze.objects.filter(item=item, user=by.user).delete()
    announce_queue(item)


def answered(item: WorkItem, *, at: datetime) -> None:
    """The requester spoke: whoever waited for that has it again."""
    for one in Snooze.objects.filter(item=item, until_answered=True).select_related("user"):
        _back(one, at)


@transaction.atomic
def bring_back(now: datetime) -> int:
    """Bring back what was put off until now; returns how many. Any number of workers may run it."""
    due = list(Snooze.objects.select_for_update(skip_locked=True, of=("self",)).filter(until__lte=now).select_related("item", "user")[:500])
    for one in due:
        _back(one, now)
    return len(due)


def _back(one: Snooze, at: datetime) -> None:
    item, user = one.item, one.user
    one.delete()
    announce_queue(item)
    emit(ItemCameBack(item_id=item.pk, user_id=user.pk, at=at))


def asleep_for(item: WorkItem, user: User, at: datetime) -> Snooze | None:
    """This person's putting-off of the item, while it lasts."""
    return Snooze.objects.asleep(user, at).filter(item=item).first()
