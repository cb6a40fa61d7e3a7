"""What each event does to the clocks of an item (clocks.md).

Called by the item's actions, with the item locked. The functions set the item's `next_due_*` and leave saving it to
the caller.
"""

from __future__ import annotations

from datetime import datetime

from hengwei.core.acting import Actor
from hengwei.org.models import Team
from hengwei.work.models import NEVER, NOT_COUNTED, Clock, Closure, Firing, Measure, Segment, WorkItem
from hengwei.work.workflow import Phase

from . import rules
from .matching import Promise, promises_for, working_time

#: Promises that end when the item is resolved.
UNTIL_RESOLVED = (Measure.NEXT_UPDATE, Measure.RESOLUTION, Measure.TEAM_RESOLUTION)


def _calendar(clock: Clock) -> rules.WorkingTime:
    return working_time(clock.target.unit, clock.calendar_version)


def state_of(clock: Clock) -> rules.State:
    """A clock's row as the pure rules see it."""
    return rules.State(clock.allowed, clock.elapsed, clock.running_since if clock.state == Clock.State.RUNNING else None)


def _live(item: WorkItem) -> list[Clock]:
    return list(item.clocks.live().select_for_update(of=("self",)).select_related("target", "calendar_version").order_by("id"))


def _apply(clock: Clock, state: rules.State) -> None:
    """Set the row's figures from a pure state."""
    calendar = _calendar(clock)
    clock.allowed, clock.elapsed, clock.running_since = state.allowed, state.elapsed, state.since
    clock.due_at = rules.due(state, calendar)
    taken: set[str] = set()
    if clock.pk is not None and state.running:
        taken = set(Firing.objects.filter(clock=clock, target=clock.target).values_list("step", flat=True))
    ahead = [step for step in rules.steps(state.allowed, clock.target.escalation) if step.key not in taken]
    following = rules.next_step(state, calendar, ahead)
    clock.next_step_at = following[1] if following else None


def _end_segment(clock: Clock, at: datetime) -> None:
    segment = clock.segments.get(ends_at=None)
    segment.ends_at = max(at, segment.starts_at)
    segment.business_seconds = _calendar(clock).elapsed(segment.starts_at, segment.ends_at)
    segment.save(update_fields=["ends_at", "business_seconds"])


def _begin_segment(clock: Clock, at: datetime, *, running: bool, reason: str, by: Actor) -> None:
    Segment.objects.create(
        clock=clock, running=running, starts_at=at, reason=reason, by=by.user, target=clock.target, calendar_version=clock.calendar_version,
    )


def _make(item: WorkItem, promise: Promise, at: datetime) -> Clock:
    clock = Clock(
        item=item, measure=promise.target.measure, target=promise.target, calendar_version=promise.calendar_version,
        pausing=promise.target.pausing, started_at=at,
    )
    _apply(clock, rules.start(promise.allowed(at), at))
    return clock


def refresh(item: WorkItem, clocks: list[Clock] | None = None) -> None:
    """Set the item's next due moment from its running clocks."""
    running = [c for c in (clocks if clocks is not None else item.clocks.live()) if c.due_at is not None]
    first = min(running, key=lambda c: c.due_at or NEVER, default=None)
    item.next_due_at = first.due_at or NEVER if first else NEVER
    item.next_due_measure = first.measure if first else ""
    item.next_due_from = first.started_at if first else None


def start(item: WorkItem, *, at: datetime, by: Actor) -> None:
    """A new item: every promise that it meets starts at the moment when the request arrived."""
    promises = promises_for(item.facts())
    item.without_agreement = not promises
    made = [_make(item, promise, at) for measure, promise in promises.items() if measure != Measure.NEXT_UPDATE]
    Clock.objects.bulk_create(made)
    Segment.objects.bulk_create(
        Segment(clock=c, running=True, starts_at=at, reason="created", by=by.user, target=c.target, calendar_version=c.calendar_version)
        for c in made
    )
    refresh(item, made)


def _pause(clock: Clock, *, at: datetime, by: Actor, reason: str) -> None:
    _apply(clock, rules.halt(state_of(clock), _calendar(clock), at))
    clock.state = Clock.State.PAUSED
    _end_segment(clock, at)
    clock.save()
    _begin_segment(clock, at, running=False, reason=reason, by=by)


def _resume(clock: Clock, *, at: datetime, by: Actor, reason: str) -> None:
    clock.state, clock.stopped_at = Clock.State.RUNNING, None
    _apply(clock, rules.resume(state_of_rest(clock), at))
    _end_segment(clock, at)
    clock.save()
    _begin_segment(clock, at, running=True, reason=reason, by=by)


def state_of_rest(clock: Clock) -> rules.State:
    """The state of a clock that stands still."""
    return rules.State(clock.allowed, clock.elapsed)


def _stop(clock: Clock, *, at: datetime, by: Actor, reason: str, outcome: str = "") -> None:
    """End a clock: met or breached by working time, once; or the outcome given (cancelled, merged)."""
    at = max(at, clock.started_at)
    state = rules.halt(state_of(clock), _calendar(clock), at)
    clock.state = outcome or (Clock.State.BREACHED if rules.breached(state) else Clock.State.MET)
    if clock.state == Clock.State.BREACHED and clock.breached_at is None:
        clock.breached_at = clock.due_at or at
    _apply(clock, state)
    clock.stopped_at = at
    _end_segment(clock, at)
    clock.save()
    _begin_segment(clock, at, running=False, reason=reason, by=by)


def moved(item: WorkItem, *, phase_before: str, waiting_before: str, at: datetime, by: Actor) -> None:
    """A transition was made: pause, resume, stop, cancel, or take up again."""
    phase = Phase(item.phase)
    if phase is Phase.CLOSED and item.closure in (*NOT_COUNTED, Closure.DUPLICATE):
        return cancelled(item, at=at, by=by, why=item.closure)
    if phase in (Phase.RESOLVED, Phase.CLOSED):
        for clock in _live(item):
            if clock.measure in UNTIL_RESOLVED or phase is Phase.CLOSED:
                _stop(clock, at=at, by=by, reason="resolved")
    elif phase_before == Phase.RESOLVED:
        _reopen(item, at=at, by=by)
    else:
        for clock in _live(item):
            pauses = phase is Phase.WAITING and item.waiting_for in clock.pausing
            if pauses and clock.state == Clock.State.RUNNING:
                _pause(clock, at=at, by=by, reason=item.waiting_for)
            elif not pauses and clock.state == Clock.State.PAUSED:
                _resume(clock, at=at, by=by, reason="resumed")
    return refresh(item)


def _reopen(item: WorkItem, *, at: datetime, by: Actor) -> None:
    """The same clocks resume with what had elapsed; the time in between counts as paused, the outcome is withdrawn."""
    ended = item.clocks.filter(measure__in=(Measure.RESOLUTION, Measure.TEAM_RESOLUTION), state__in=(Clock.State.MET, Clock.State.BREACHED))
    latest: dict[str, Clock] = {}
    for clock in ended.select_related("target", "calendar_version").order_by("stopped_at", "id"):
        latest[clock.measure] = clock
    for clock in latest.values():
        clock.reopened = True
        if clock.elapsed <= clock.allowed:
            clock.breached_at = None
        _resume(clock, at=max(at, clock.stopped_at or at), by=by, reason="reopened")


def told(item: WorkItem, *, at: datetime, by: Actor, reached_requester: bool) -> None:
    """Staff told the requester something: first response is given, the next update starts anew."""
    if not reached_requester:
        return
    for clock in _live(item):
        if clock.measure in (Measure.FIRST_RESPONSE, Measure.NEXT_UPDATE):
            _stop(clock, at=at, by=by, reason="told")
    if Phase(item.phase).is_open:
        promise = promises_for(item.facts()).get(Measure.NEXT_UPDATE)
        if promise is not None:
            _begin(item, promise, at=at, by=by, reason="told")
    refresh(item)


def _begin(item: WorkItem, promise: Promise, *, at: datetime, by: Actor, reason: str) -> Clock:
    clock = _make(item, promise, at)
    clock.save()
    _begin_segment(clock, at, running=True, reason=reason, by=by)
    if item.phase == Phase.WAITING and item.waiting_for in clock.pausing:
        _pause(clock, at=at, by=by, reason=item.waiting_for)
    return clock


def rematch(item: WorkItem, *, at: datetime, by: Actor, why: str) -> None:
    """Priority, category, customer or catalogue entry changed: another target may take over, keeping what has elapsed."""
    promises = promises_for(item.facts())
    item.without_agreement = not promises
    live = {clock.measure: clock for clock in _live(item)}
    for measure, clock in live.items():
        promise = promises.get(measure)
        if promise is None:
            _stop(clock, at=at, by=by, reason="no_longer_promised", outcome=Clock.State.CANCELLED)
        elif promise.target != clock.target:
            _retarget(clock, promise, at=at, by=by)
    decided = set(item.clocks.exclude(state=Clock.State.CANCELLED).values_list("measure", flat=True))
    if item.is_open:
        for measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION):
            if measure in promises and measure not in decided and not (measure == Measure.FIRST_RESPONSE and item.responded_at):
                _begin(item, promises[measure], at=item.received_at, by=by, reason="matched")
    refresh(item)


def _retarget(clock: Clock, promise: Promise, *, at: datetime, by: Actor) -> None:
    """Hand a live clock to another target. When more has elapsed than that allows, it is due now, by the change."""
    was_running = clock.state == Clock.State.RUNNING
    state = rules.retarget(state_of(clock), _calendar(clock), allowed=promise.allowed(clock.started_at), at=at)
    _end_segment(clock, at)
    clock.target, clock.calendar_version, clock.pausing = promise.target, promise.calendar_version, promise.target.pausing
    if state.elapsed > state.allowed and clock.breached_at is None:
        clock.breached_at, clock.breach_cause = at, "target_changed"
    _apply(clock, state)
    clock.save()
    _begin_segment(clock, at, running=was_running, reason="target_changed", by=by)


def team_changed(item: WorkItem, *, team_before: Team | None, at: datetime, by: Actor) -> None:
    """Another team has it: promises to the customer are untouched; that of the old team ends, the new one's starts."""
    for clock in _live(item):
        if clock.measure == Measure.TEAM_RESOLUTION:
            _stop(clock, at=at, by=by, reason="team_changed")
    promise = promises_for(item.facts()).get(Measure.TEAM_RESOLUTION)
    if promise is not None and item.is_open:
        _begin(item, promise, at=at, by=by, reason="team_changed")
    refresh(item)


def cancelled(item: WorkItem, *, at: datetime, by: Actor, why: str) -> None:
    """Cancelled, withdrawn, spam: its clocks end without an outcome."""
    for clock in _live(item):
        _stop(clock, at=at, by=by, reason=why, outcome=Clock.State.CANCELLED)
    refresh(item, [])


def merged(item: WorkItem, target: WorkItem, *, at: datetime, by: Actor) -> None:
    """`item` becomes part of `target`: its clocks end as merged, the survivor's take the earlier due moment of the two."""
    survivors = {clock.measure: clock for clock in _live(target)}
    for clock in _live(item):
        survivor = survivors.get(clock.measure)
        if survivor is not None and survivor.due_at and clock.due_at and clock.due_at < survivor.due_at:
            state = state_of(survivor)
            allowed = state.elapsed + _calendar(survivor).elapsed(state.since or at, max(clock.due_at, state.since or at))
            if survivor.allowed_before_merge is None:
                survivor.allowed_before_merge = survivor.allowed
            _apply(survivor, rules.State(allowed, state.elapsed, state.since))
            survivor.save()
        _stop(clock, at=at, by=by, reason="merged", outcome=Clock.State.MERGED)
    refresh(item, [])
    refresh(target)


def unmerged(item: WorkItem, target: WorkItem, *, at: datetime, by: Actor) -> None:
    """A merge is undone: its clocks run on as if they had never stopped, the survivor's have their own allowance again.

    Other items may still be merged into the target; the earliest of their due moments then stays.
    """
    for clock in item.clocks.filter(state=Clock.State.MERGED).select_related("target", "calendar_version"):
        paused = item.phase == Phase.WAITING and item.waiting_for in clock.pausing
        since = clock.stopped_at or at
        clock.state, clock.stopped_at = (Clock.State.PAUSED if paused else Clock.State.RUNNING), None
        _apply(clock, rules.State(clock.allowed, clock.elapsed, None if paused else since))
        _end_segment(clock, since)
        clock.save()
        _begin_segment(clock, since, running=not paused, reason="unmerged", by=by)
    for survivor in _live(target):
        if survivor.allowed_before_merge is not None:
            state = state_of(survivor)
            _apply(survivor, rules.State(survivor.allowed_before_merge, state.elapsed, state.since))
            survivor.allowed_before_merge = None
            survivor.save()
    refresh(item)
    refresh(target)
