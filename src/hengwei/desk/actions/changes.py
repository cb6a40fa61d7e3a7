"""Changes: their plan, what they collide with, and the times in which nothing may be changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.i18n import listed
from hengwei.desk import collisions
from hengwei.desk import permissions as perms
from hengwei.desk.collisions import Collision, Planned
from hengwei.desk.models import Change, Freeze
from hengwei.work import permissions as work
from hengwei.work.actions.writing import moment
from hengwei.work.models import WorkItem

from .own import amend, own_of

FACTS = ("risk", "plan", "back_out", "planned_start", "planned_end", "systems")
#: What must be said before a change is put to its approvers.
DEMANDED = {"plan", "back_out", "planned_start", "planned_end"}


@transaction.atomic
def plan(change: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None, **values: Any) -> Change:
    """Set risk, plan, way back, planned times and systems. What was approved is changed only after going back to planning."""
    by.require(work.WORK)
    own: Change = own_of(change, Change)
    unknown = set(values) - set(FACTS)
    if unknown:
        raise TypeError(f"not facts of a change: {sorted(unknown)}")
    if own.state not in ("new", "planned"):
        raise Refused(_("The plan is fixed once it was submitted. Take it back to planning first."), code="fixed", field="plan")
    start, end = values.get("planned_start", own.planned_start), values.get("planned_end", own.planned_end)
    if start and end and end <= start:
        raise Refused(_("The end must lie after the start."), code="backward", field="planned_end")
    if values.get("risk") and values["risk"] not in Change.Risk.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="risk")
    amend(change, by=by, at=moment(at), version=version, **values)
    return Change.objects.get(pk=change.pk)


def check_submission(change: WorkItem) -> None:
    """Refused unless the plan is complete enough to be approved, and lies in no freeze."""
    own: Change = own_of(change, Change)
    missing = [str(Change._meta.get_field(name).verbose_name) for name in FACTS if name in DEMANDED and not getattr(own, name)]  # type: ignore[union-attr]
    if missing:
        raise Refused(_("Please give: %(names)s.") % {"names": listed(missing)}, code="missing", field="plan")
    frozen = next((hit for hit in collisions_of(own) if hit.freeze), None)
    if frozen is not None:
        freeze = Freeze.objects.get(pk=int(frozen.other.removeprefix("freeze:")))
        raise Refused(_("It lies in a change freeze: %(name)s.") % {"name": freeze.label}, code="frozen", field="planned_start")


def as_planned(changes: Iterable[Change], freezes: Iterable[Freeze]) -> list[Planned]:
    """Changes and freezes as the rule of collisions sees them."""
    found = [
        Planned(one.number, one.planned_start, one.planned_end, tuple(one.systems or ([one.subject] if one.subject else [])))
        for one in changes if one.planned_start and one.planned_end
    ]
    return found + [Planned(f"freeze:{one.pk}", one.starts_at, one.ends_at, tuple(one.systems), freeze=True) for one in freezes]


def planned_within(start: datetime, end: datetime) -> QuerySet[Change]:
    """Changes that are not given up and planned to touch the span of time, the earliest first."""
    rows: QuerySet[Change] = Change.objects.planned_within(start, end)  # type: ignore[assignment,attr-defined]
    return rows.order_by("planned_start", "pk")


def collisions_of(change: Change) -> list[Collision]:
    """What the change gets in the way of, as planned now: freezes, changes of the same systems, others at the same time."""
    if not change.planned_start or not change.planned_end:
        return []
    span = (change.planned_start, change.planned_end)
    me = as_planned([change], [])[0]
    others = planned_within(*span).exclude(pk=change.pk)
    return collisions.of(me, as_planned(others, Freeze.objects.within(*span)))


@transaction.atomic
def save_freeze(freeze: Freeze | None, *, by: Actor, systems: Sequence[str] = (), **facts: Any) -> Freeze:
    """Set or move a time in which nothing may be changed."""
    by.require(perms.FREEZES)
    row = freeze or Freeze()
    for name, value in facts.items():
        setattr(row, name, value)
    row.systems = [one.strip() for one in systems if one.strip()]
    if row.ends_at <= row.starts_at:
        raise Refused(_("The end must lie after the start."), code="backward", field="ends_at")
    row.save()
    return row


@transaction.atomic
def lift_freeze(freeze: Freeze, *, by: Actor, at: datetime | None = None) -> None:
    """End a freeze now; one that has not begun is taken off the calendar."""
    by.require(perms.FREEZES)
    at = moment(at)
    if freeze.ends_at <= at:
        raise Refused(_("It is over already."), code="over")
    if freeze.starts_at >= at:
        freeze.delete()
    else:
        freeze.ends_at = at
        freeze.save(update_fields=["ends_at"])
