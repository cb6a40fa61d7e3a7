"""The due sweep: what falls due is found by index, claimed without waiting, and done exactly once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from hengwei.core.acting import Actor
from hengwei.core.events import emit
from hengwei.org.models import User
from hengwei.work.events import ItemEscalated
from hengwei.work.models import Clock, Entry, Firing, WorkItem

from . import rules
from .engine import _apply, _calendar, state_of

#: Clocks claimed in one transaction: a crash repeats at most so many, and each of them only once.
BATCH = 100


def sweep(now: datetime, *, limit: int = 10_000) -> int:
    """Take every step of escalation that is due; returns how many. Any number of workers may run it at once."""
    done = 0
    while done < limit:
        taken = _batch(now)
        if taken == 0:
            break
        done += taken
    return done


@transaction.atomic
def _batch(now: datetime) -> int:
    clocks = list(
        Clock.objects.with_step_due(now).select_related("item", "item__owner", "item__team", "item__team__lead", "target", "calendar_version")
        .select_for_update(of=("self", "item"), skip_locked=True)[:BATCH]
    )
    for clock in clocks:
        _fire(clock, now)
    return len(clocks)


def _fire(clock: Clock, now: datetime) -> None:
    """Take all steps of one clock that are due by now, oldest first, and plan the next."""
    state, calendar = state_of(clock), _calendar(clock)
    taken = set(Firing.objects.filter(clock=clock, target=clock.target).values_list("step", flat=True))
    ahead = [step for step in rules.steps(clock.allowed, clock.target.escalation) if step.key not in taken]
    while (following := rules.next_step(state, calendar, ahead)) is not None and following[1] <= now:
        step, planned = following
        ahead.remove(step)
        late = now - planned > rules.LATE
        Firing.objects.create(clock=clock, target=clock.target, step=step.key, planned_at=planned, fired_at=now, late=late)
        if step.breach and clock.breached_at is None:
            clock.breached_at = clock.due_at
        _tell(clock, step, now=now, late=late)
    _apply(clock, state)
    clock.save()


def _tell(clock: Clock, step: rules.Step, *, now: datetime, late: bool) -> None:
    item = clock.item
    people = notified(item, step.notify, now=now)
    details: dict[str, Any] = {
        "measure": clock.measure, "step": step.key, "late": late, "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "told": [person.name for person in people],
    }
    Entry.objects.create(item=item, kind=Entry.Kind.ESCALATION, public=False, via="system", details=details, happened_at=now)
    WorkItem.objects.filter(pk=item.pk).update(
        version=F("version") + 1, updated_at=now, escalation_level=max(item.escalation_level, step.level),
    )
    item.escalation_level = max(item.escalation_level, step.level)
    emit(ItemEscalated(
        item_id=item.pk, clock_id=clock.pk, step=step.key, late=late, level=step.level,
        notify_user_ids=tuple(person.pk for person in people), actor=Actor(), at=now,
    ))


def notified(item: WorkItem, roles: tuple[str, ...], *, now: datetime) -> list[User]:
    """The persons behind `owner`, `lead` (the deputy while the lead is away), `head` (lead of the team above), `managers`."""
    found: dict[int, User] = {}
    for role in roles:
        people: list[User | None] = []
        if role == "owner":
            people = [item.owner]
        elif role == "lead" and item.team:
            people = [item.team.acting_lead(now)]
        elif role == "head" and item.team and item.team.parent:
            people = [item.team.parent.acting_lead(now)]
        elif role == "managers":
            people = list(User.objects.filter(roles__key="manager", is_active=True))
        found |= {person.pk: person for person in people if person is not None}
    if roles and not found and item.team:
        lead = item.team.acting_lead(now)
        found = {lead.pk: lead} if lead else {}
    return list(found.values())
