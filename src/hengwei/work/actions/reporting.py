"""Reporting an item upwards by hand (A7): who cannot solve it says so, and the next level is told at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.work import permissions as perms
from hengwei.work.clocks.escalation import notified
from hengwei.work.events import ItemEscalated
from hengwei.work.models import Entry, EscalationLevel, WorkItem

from .writing import moment, name_in_each, writing

#: What stands in the place of a step that a clock fires.
BY_HAND = "by_hand"


@transaction.atomic
def report_up(item: WorkItem, *, by: Actor, level: int, reason: str, version: int | None = None, at: datetime | None = None) -> list[str]:
    """Raise an open item to a level and tell its people why; returns their names. Nobody to tell is refused: a report that nobody gets is none."""
    at = moment(at)
    by.require(perms.WORK)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Please say why."), code="missing", field="reason")
    kept = EscalationLevel.objects.filter(number=level).first()
    if kept is None:
        raise Refused(_("This level does not exist."), code="unknown", field="level")
    item = item.locked(version)
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    people = [person for person in notified(item, kept.notify, now=at) if by.user is None or person.pk != by.user.pk]
    if not people:
        raise Refused(_("This level tells nobody but you. Choose a higher one."), code="nobody", field="level")
    names = [person.name for person in people]
    with writing(item, by=by, at=at) as log:
        item.escalation_level = max(item.escalation_level, level)
        log.record(Entry.Kind.ESCALATION, text=reason, details={"step": BY_HAND, "level": level, **name_in_each("level_name", kept), "told": names})
    emit(ItemEscalated(
        item_id=item.pk, clock_id=0, step=BY_HAND, level=level, notify_user_ids=tuple(person.pk for person in people), urgent=kept.urgent,
        ways=tuple(kept.ways), reason=reason, actor=by, at=at,
    ))
    return names
