"""A person is away or has left: all that he holds goes to who stands in, in one step (S5b-2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.core.i18n import in_each_language
from hengwei.org.models import User
from hengwei.work.models import WorkItem

from .assignment import place
from .writing import writing


def held_by(person: User) -> list[WorkItem]:
    """What would be handed over: the person's open items, the next due first."""
    return list(WorkItem.objects.filter(owner=person).open().select_related("customer", "team").order_by("next_due_at", "id"))


@transaction.atomic
def hand_over_item(held: WorkItem, to: User, by: Actor, at: datetime) -> None:
    """Give an open item of a person to another; it keeps its team.

    Whether it may be done was asked by who said that the person is away (org.actions): no right of assigning is needed.
    """
    if not (to.is_active and to.is_agent):
        raise Refused(_("%(name)s does not work at the desk.") % {"name": to}, code="not_staff", field="deputy")
    item = held.locked()
    if item.owner_id != held.owner_id or not item.is_open:
        return
    away = str(item.owner)
    with writing(item, by=by, at=at) as log:
        event = place(log, team=item.team, owner=to, reason=in_each_language(lambda: _("%(away)s is away; %(deputy)s stands in") % {"away": away, "deputy": to}))
    emit(event)
