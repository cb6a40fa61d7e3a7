"""Clocks of items that were merged, and taken apart again."""

from __future__ import annotations

from datetime import datetime

from hengwei.core.acting import Actor
from hengwei.work.models import Clock, WorkItem
from hengwei.work.workflow import Phase

from . import rules
from .engine import (
    apply_state,
    begin_segment,
    end_segment,
    live_clocks,
    refresh,
    state_of,
    stop_clock,
    working_time_of,
)


def merged(item: WorkItem, target: WorkItem, *, at: datetime, by: Actor) -> None:
    """`item` becomes part of `target`: its clocks end as merged, the survivor's take the earlier due moment of the two."""
    survivors = {clock.measure: clock for clock in live_clocks(target)}
    for clock in live_clocks(item):
        survivor = survivors.get(clock.measure)
        if survivor is not None and clock.due_at:
            _hasten(survivor, clock.due_at, at)
        stop_clock(clock, at=at, by=by, reason="merged", outcome=Clock.State.MERGED)
    refresh(item, [])
    refresh(target)


def _hasten(survivor: Clock, due: datetime, at: datetime) -> None:
    """Give a running clock the earlier due moment of another; its own allowance is remembered."""
    if survivor.due_at is None or due >= survivor.due_at:
        return
    state = state_of(survivor)
    since = state.since or at
    if survivor.allowed_before_merge is None:
        survivor.allowed_before_merge = survivor.allowed
    allowed = state.elapsed + working_time_of(survivor).elapsed(since, max(due, since))
    apply_state(survivor, rules.State(allowed, state.elapsed, state.since))
    survivor.save()


def unmerged(item: WorkItem, target: WorkItem, *, at: datetime, by: Actor) -> None:
    """A merge is undone: its clocks run on as if they had never stopped, the survivor's have their own allowance again.

    Other items may still be merged into the target; the earliest of their due moments then stays.
    """
    for clock in item.clocks.filter(state=Clock.State.MERGED).select_related("target", "calendar_version"):
        paused = item.phase == Phase.WAITING and item.waiting_for in clock.pausing
        since = clock.stopped_at or at
        clock.state, clock.stopped_at = (Clock.State.PAUSED if paused else Clock.State.RUNNING), None
        apply_state(clock, rules.State(clock.allowed, clock.elapsed, None if paused else since))
        end_segment(clock, since)
        clock.save()
        begin_segment(clock, since, running=not paused, reason="unmerged", by=by)
    others = list(
        Clock.objects.filter(item__merged_into=target, state=Clock.State.MERGED).exclude(item=item).select_related("target", "calendar_version"))
    for survivor in live_clocks(target):
        if survivor.allowed_before_merge is None:
            continue
        state = state_of(survivor)
        apply_state(survivor, rules.State(survivor.allowed_before_merge, state.elapsed, state.since))
        survivor.allowed_before_merge = None
        survivor.save()
        for due in filter(None, (_due_when_merged(clock) for clock in others if clock.measure == survivor.measure)):
            _hasten(survivor, due, at)
    refresh(item)
    refresh(target)


def _due_when_merged(clock: Clock) -> datetime | None:
    """When a merged clock would have fallen due; None where it was at rest."""
    last = clock.segments.exclude(ends_at=None).order_by("-id").first()
    if last is None or not last.running:
        return None
    return rules.due(rules.State(clock.allowed, clock.elapsed, clock.stopped_at), working_time_of(clock))
