"""The due sweep: what falls due is found by index, claimed without waiting, and done exactly once."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from hengwei.work.models import Clock, EscalationLevel, Firing

from . import escalation, rules
from .engine import apply_state, state_of, working_time_of

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
    taken: dict[tuple[int, int], set[str]] = defaultdict(set)
    for clock_id, target_id, step in Firing.objects.filter(clock__in=clocks).values_list("clock_id", "target_id", "step"):
        taken[clock_id, target_id].add(step)
    levels = EscalationLevel.objects.in_bulk(field_name="number")
    for clock in clocks:
        _fire(clock, now, taken[clock.pk, clock.target_id], levels)
    return len(clocks)


def _fire(clock: Clock, now: datetime, taken: set[str], levels: dict[int, EscalationLevel]) -> None:
    """Take all steps of one clock that are due by now, oldest first, and plan the next; then do what they order."""
    state, calendar = state_of(clock), working_time_of(clock)
    ahead = [step for step in rules.steps(clock.allowed, clock.target.escalation) if step.key not in taken]
    orders: list[rules.Step] = []
    while (following := rules.next_step(state, calendar, ahead)) is not None and following[1] <= now:
        step, planned = following
        ahead.remove(step)
        late = now - planned > rules.LATE
        Firing.objects.create(clock=clock, target=clock.target, step=step.key, planned_at=planned, fired_at=now, late=late)
        taken.add(step.key)
        if step.breach and clock.breached_at is None:
            clock.breached_at = clock.due_at
        escalation.tell(clock, step, now=now, late=late, level=levels.get(step.level))
        orders.append(step)
    apply_state(clock, state, taken=taken)
    clock.save()
    # Only now: raising the priority may hand this very clock to another target.
    for step in orders:
        if step.raise_priority or step.reassign:
            escalation.carry_out(clock.item, step, now=now)
