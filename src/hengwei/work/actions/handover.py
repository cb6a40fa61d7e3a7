"""A person is away or has left: all that he holds goes to who stands in, in one step (S5b-2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit, on
from hengwei.org.events import PersonAway
from hengwei.org.models import User
from hengwei.work.models import WorkItem

from .assignment import place
from .writing import moment, writing


def held_by(person: User) -> list[WorkItem]:
    """What would be handed over: the person's open items, the next due first."""
    return list(WorkItem.objects.filter(owner=person).open().select_related("customer", "team").order_by("next_due_at", "id"))


@transaction.atomic
def hand_over_everything(person: User, *, to: User, by: Actor, at: datetime | None = None) -> list[WorkItem]:
    """Give all open items of a person to another, each keeping its team; returns them. All or none.

    Whether it may be done was asked by who said that the person is away (org.actions): no right of assigning is needed.
    """
    at = moment(at)
    if to == person or not (to.is_active and to.is_agent):
        raise Refused(_("%(name)s does not work at the desk.") % {"name": to}, code="not_staff", field="deputy")
    moved = []
    for held in held_by(person):
        item = held.locked()
        if item.owner_id != person.pk or not item.is_open:
            continue
        with writing(item, by=by, at=at) as log:
            event = place(log, team=item.team, owner=to, reason=_("%(away)s is away; %(deputy)s stands in") % {"away": person, "deputy": to})
        emit(event)
        moved.append(item)
    return moved


@on(PersonAway)
def _away(event: PersonAway) -> None:
    """Somebody said that a person is away and that his work goes to the deputy now."""
    if event.hand_over and event.deputy_id is not None:
        hand_over_everything(User.objects.get(pk=event.person_id), to=User.objects.get(pk=event.deputy_id), by=event.actor, at=event.at)
