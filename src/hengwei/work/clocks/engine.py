"""What each event does to the clocks of an item (clocks.md).

Called by the item's actions, with the item locked. The functions set the item's `next_due_*` and leave saving it to
the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from hengwei.calendars.models import CalendarVersion
from hengwei.core.acting import Actor
from hengwei.org.models import Team
from hengwei.work.models import (
    NEVER,
    NOT_COUNTED,
    Clock,
    Closure,
    Firing,
    Measure,
    Rebase,
    Segment,
    Unit,
    WaitingFor,
    WorkItem,
)
from hengwei.work.workflow import Phase

from . import rules
from .matching import Promise, promises_for, working_time

#: Promises that end when the item is resolved.
UNTIL_RESOLVED = (Measure.NEXT_UPDATE, Measure.RESOLUTION, Measure.TEAM_RESOLUTION, Measure.SUPPLIER)
#: What a customer is promised: an item without any of these is without agreement.
TO_CUSTOMERS = (Measure.FIRST_RESPONSE, Measure.NEXT_UPDATE, Measure.RESOLUTION)
#: Promises that start by something else than the item's arrival.
LATER = (Measure.NEXT_UPDATE, Measure.SUPPLIER)


def working_time_of(clock: Clock) -> rules.WorkingTime:
    """The calendar on which a clock's seconds are counted."""
    return working_time(clock.target.unit, clock.calendar_version)


def state_of(clock: Clock) -> rules.State:
    """A clock's row as the pure rules see it."""
    return rules.State(clock.allowed, clock.elapsed, clock.running_since if clock.state == Clock.State.RUNNING else None)


def live_clocks(item: WorkItem) -> list[Clock]:
    """The clocks of a locked item that are still to be decided, locked too."""
    found = list(item.clocks.live().select_for_update(of=("self",)).select_related("target", "calendar_version").order_by("id"))
    for clock in found:
        clock.item = item
    return found


def apply_state(clock: Clock, state: rules.State, *, taken: set[str] | None = None) -> None:
    """Set the row's figures from a pure state; `taken` are the steps of its escalation that were taken, where that is known."""
    calendar = working_time_of(clock)
    clock.allowed, clock.elapsed, clock.running_since = state.allowed, state.elapsed, state.since
    clock.due_at = rules.due(state, calendar)
    if taken is None and clock.pk is not None and state.running:
        taken = set(Firing.objects.filter(clock=clock, target=clock.target).values_list("step", flat=True))
    ahead = [step for step in rules.steps(state.allowed, clock.target.escalation) if step.key not in (taken or ())]
    following = rules.next_step(state, calendar, ahead)
    clock.next_step_at = following[1] if following else None


def end_segment(clock: Clock, at: datetime) -> None:
    """End the open stretch of a clock; from then on it never changes."""
    segment = clock.segments.get(ends_at=None)
    segment.ends_at = max(at, segment.starts_at)
    segment.business_seconds = working_time_of(clock).elapsed(segment.starts_at, segment.ends_at)
    segment.save(update_fields=["ends_at", "business_seconds"])


def begin_segment(clock: Clock, at: datetime, *, running: bool, reason: str, by: Actor) -> None:
    """Begin a stretch."""
    Segment.objects.create(
        clock=clock, running=running, starts_at=at, reason=reason, by=by.user, target=clock.target, calendar_version=clock.calendar_version,
    )


def _make(item: WorkItem, promise: Promise, at: datetime) -> Clock:
    clock = Clock(
        item=item, measure=promise.target.measure, target=promise.target, calendar_version=promise.calendar_version,
        pausing=promise.target.pausing, started_at=at,
    )
    apply_state(clock, rules.start(promise.allowed(at), at))
    return clock


def refresh(item: WorkItem, clocks: list[Clock] | None = None) -> None:
    """Set the item's next due moment from its running clocks."""
    running = [c for c in (clocks if clocks is not None else item.clocks.live()) if c.due_at is not None]
    first = min(running, key=lambda c: c.due_at or NEVER, default=None)
    item.next_due_at = first.due_at or NEVER if first else NEVER
    item.next_due_measure = first.measure if first else ""
    item.next_due_from = first.started_at if first else None


def _without_agreement(promises: dict[str, Promise]) -> bool:
    return not any(measure in TO_CUSTOMERS for measure in promises)


def plan(item: WorkItem, *, at: datetime) -> list[Clock]:
    """A new item: a clock for every promise that it meets, from the moment when the request arrived.

    Sets what the item's row says of them; whoever writes the item writes them, with their `first_stretches`.
    """
    promises = promises_for(item.facts())
    item.without_agreement = _without_agreement(promises)
    made = [_make(item, promise, at) for measure, promise in promises.items() if measure not in LATER]
    refresh(item, made)
    return made


def first_stretches(made: list[Clock], *, at: datetime, by: Actor) -> list[Segment]:
    """The planned clocks of a new item run: the stretch that each begins with."""
    return [Segment(clock=c, running=True, starts_at=at, reason="created", by=by.user, target=c.target, calendar_version=c.calendar_version) for c in made]


def _pause(clock: Clock, *, at: datetime, by: Actor, reason: str) -> None:
    apply_state(clock, rules.halt(state_of(clock), working_time_of(clock), at))
    clock.state = Clock.State.PAUSED
    end_segment(clock, at)
    clock.save()
    begin_segment(clock, at, running=False, reason=reason, by=by)


def _resume(clock: Clock, *, at: datetime, by: Actor, reason: str) -> None:
    clock.state, clock.stopped_at = Clock.State.RUNNING, None
    apply_state(clock, rules.resume(state_of_rest(clock), at))
    end_segment(clock, at)
    clock.save()
    begin_segment(clock, at, running=True, reason=reason, by=by)


def state_of_rest(clock: Clock) -> rules.State:
    """The state of a clock that stands still."""
    return rules.State(clock.allowed, clock.elapsed)


def stop_clock(clock: Clock, *, at: datetime, by: Actor, reason: str, outcome: str = "", team: int | None = None) -> None:
    """End a clock: met or breached by working time, once; or the outcome given (cancelled, merged).

    It is booked to the item's team and owner, or to `team` where the item is another's already.
    """
    at = max(at, clock.started_at)
    state = rules.halt(state_of(clock), working_time_of(clock), at)
    clock.team_id, clock.owner_id = team or clock.item.team_id, clock.item.owner_id
    clock.state = outcome or (Clock.State.BREACHED if rules.breached(state) else Clock.State.MET)
    if clock.state == Clock.State.BREACHED and clock.breached_at is None:
        clock.breached_at = clock.due_at or at
    apply_state(clock, state)
    clock.stopped_at = at
    end_segment(clock, at)
    clock.save()
    begin_segment(clock, at, running=False, reason=reason, by=by)


def moved(item: WorkItem, *, phase_before: str, waiting_before: str, at: datetime, by: Actor) -> None:
    """A transition was made: pause, resume, stop, cancel, or take up again."""
    phase = Phase(item.phase)
    if phase is Phase.CLOSED and item.closure in (*NOT_COUNTED, Closure.DUPLICATE):
        return cancelled(item, at=at, by=by, why=item.closure)
    if phase in (Phase.RESOLVED, Phase.CLOSED):
        for clock in live_clocks(item):
            if clock.measure in UNTIL_RESOLVED or phase is Phase.CLOSED:
                stop_clock(clock, at=at, by=by, reason="resolved")
        return refresh(item)
    if phase_before == Phase.RESOLVED:
        _reopen(item, at=at, by=by)
    for clock in live_clocks(item):
        if clock.measure == Measure.SUPPLIER:
            continue
        pauses = phase is Phase.WAITING and item.waiting_for in clock.pausing
        if pauses and clock.state == Clock.State.RUNNING:
            _pause(clock, at=at, by=by, reason=item.waiting_for)
        elif not pauses and clock.state == Clock.State.PAUSED:
            _resume(clock, at=at, by=by, reason="resumed")
    _supplier(item, at=at, by=by)
    return refresh(item)


def _supplier(item: WorkItem, *, at: datetime, by: Actor) -> None:
    """The vendor's own clock runs exactly while the item waits for him."""
    waits = item.phase == Phase.WAITING and item.waiting_for == WaitingFor.SUPPLIER
    live = [clock for clock in live_clocks(item) if clock.measure == Measure.SUPPLIER]
    if not waits:
        for clock in live:
            stop_clock(clock, at=at, by=by, reason="supplied")
    elif not live:
        promise = promises_for(item.facts()).get(Measure.SUPPLIER)
        if promise is not None:
            _begin(item, promise, at=at, by=by, reason=WaitingFor.SUPPLIER)


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
    promise = promises_for(item.facts()).get(Measure.NEXT_UPDATE)
    if promise is not None and not item.clocks.live().filter(measure=Measure.NEXT_UPDATE).exists():
        _begin(item, promise, at=at, by=by, reason="reopened")


def told(item: WorkItem, *, at: datetime, by: Actor, reached_requester: bool) -> None:
    """Staff told the requester something: first response is given, the next update starts anew."""
    if not reached_requester:
        return
    for clock in live_clocks(item):
        if clock.measure in (Measure.FIRST_RESPONSE, Measure.NEXT_UPDATE):
            stop_clock(clock, at=at, by=by, reason="told")
    if Phase(item.phase).is_open:
        promise = promises_for(item.facts()).get(Measure.NEXT_UPDATE)
        if promise is not None:
            _begin(item, promise, at=at, by=by, reason="told")
    refresh(item)


def untold(item: WorkItem, *, said_at: datetime, by: Actor) -> None:
    """What the requester was told at that moment was taken back before it left: the clocks that it ended go on as if it had not been said."""
    for clock in item.clocks.live().filter(measure=Measure.NEXT_UPDATE, started_at=said_at):
        stop_clock(clock, at=said_at, by=by, reason="taken_back", outcome=Clock.State.CANCELLED)
    ended = item.clocks.filter(measure__in=(Measure.FIRST_RESPONSE, Measure.NEXT_UPDATE), state__in=(Clock.State.MET, Clock.State.BREACHED), stopped_at=said_at)
    for clock in ended.select_related("item", "target", "calendar_version"):
        if clock.elapsed <= clock.allowed:
            clock.breached_at = None
        _resume(clock, at=said_at, by=by, reason="taken_back")
        if clock.breached_at is not None and not clock.breach_cause:
            # Overdue before it was said: due when it was due, not since the words were taken back.
            clock.due_at = clock.breached_at
            clock.save(update_fields=["due_at"])
        if item.phase == Phase.WAITING and item.waiting_for in clock.pausing:
            _pause(clock, at=said_at, by=by, reason=item.waiting_for)
    refresh(item)


def _begin(item: WorkItem, promise: Promise, *, at: datetime, by: Actor, reason: str) -> Clock:
    clock = _make(item, promise, at)
    clock.save()
    begin_segment(clock, at, running=True, reason=reason, by=by)
    if clock.measure != Measure.SUPPLIER and item.phase == Phase.WAITING and item.waiting_for in clock.pausing:
        _pause(clock, at=at, by=by, reason=item.waiting_for)
    return clock


def rematch(item: WorkItem, *, at: datetime, by: Actor, why: str, reason: str = "target_changed") -> None:
    """Priority, category, customer or catalogue entry changed, or another agreement was published for open items.

    Another target may take over, keeping what has elapsed. `reason` is what the segments say.
    """
    promises = promises_for(item.facts())
    item.without_agreement = _without_agreement(promises)
    live = {clock.measure: clock for clock in live_clocks(item)}
    for measure, clock in live.items():
        promise = promises.get(measure)
        if promise is None:
            stop_clock(clock, at=at, by=by, reason="no_longer_promised", outcome=Clock.State.CANCELLED)
        elif promise.target != clock.target:
            _retarget(clock, promise, at=at, by=by, reason=reason)
    decided = set(item.clocks.exclude(state=Clock.State.CANCELLED).values_list("measure", flat=True))
    if item.is_open:
        for measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION):
            if measure in promises and measure not in decided and not (measure == Measure.FIRST_RESPONSE and item.responded_at):
                _begin(item, promises[measure], at=item.received_at, by=by, reason="matched")
        if Measure.TEAM_RESOLUTION in promises and Measure.TEAM_RESOLUTION not in live:
            _begin(item, promises[Measure.TEAM_RESOLUTION], at=at, by=by, reason="matched")
    refresh(item)


def _retarget(clock: Clock, promise: Promise, *, at: datetime, by: Actor, reason: str) -> None:
    """Hand a live clock to another target. When more has elapsed than that allows, it is due now, by the change."""
    running, due_before, allowed_before = clock.state == Clock.State.RUNNING, clock.due_at, clock.allowed
    if promise.calendar_version.calendar_id == clock.calendar_version.calendar_id and promise.calendar_version != clock.calendar_version:
        rebase_clock(clock, stretches([clock.pk])[clock.pk], promise.calendar_version, at=at, by=by).save()
        clock.segments.filter(ends_at=None).update(calendar_version=promise.calendar_version)
    state = rules.retarget(state_of(clock), working_time_of(clock), allowed=promise.allowed(clock.started_at), at=at)
    end_segment(clock, at)
    clock.target, clock.calendar_version, clock.pausing = promise.target, promise.calendar_version, promise.target.pausing
    clock.allowed_before_merge = None
    _judge(clock, state, at=at, cause=reason)
    apply_state(clock, state)
    further = clock.due_at >= due_before if clock.due_at and due_before else state.allowed >= allowed_before
    if further:
        _pass_over(clock, state, at)
        apply_state(clock, state)
    clock.save()
    begin_segment(clock, at, running=running, reason=reason, by=by)


def _judge(clock: Clock, state: rules.State, *, at: datetime, cause: str) -> None:
    """A change moved the allowance or what was used up: a breach may only now have come about, or be none any more."""
    over = rules.used(state, working_time_of(clock), at) > state.allowed
    if over and clock.breached_at is None:
        clock.breached_at, clock.breach_cause = at, cause
    elif not over:
        clock.breached_at, clock.breach_cause = None, ""


def _pass_over(clock: Clock, state: rules.State, at: datetime) -> None:
    """The due moment only moved further away: of the steps that lie behind already, nobody is told."""
    taken = set(Firing.objects.filter(clock=clock, target=clock.target).values_list("step", flat=True))
    Firing.objects.bulk_create(
        Firing(clock=clock, target=clock.target, step=step.key, planned_at=at, fired_at=at, told=False)
        for step in rules.steps(state.allowed, clock.target.escalation) if step.seconds <= state.elapsed and step.key not in taken
    )


def stretches(clocks: Sequence[int]) -> defaultdict[int, list[rules.Segment]]:
    """The segments of clocks (ids), oldest first, as the pure rules see them; counted on calendars, not on their versions."""
    found: defaultdict[int, list[rules.Segment]] = defaultdict(list)
    rows = Segment.objects.filter(clock__in=clocks).order_by("clock_id", "id")
    for clock, running, start, end, calendar in rows.values_list("clock_id", "running", "starts_at", "ends_at", "calendar_version__calendar_id"):
        found[clock].append(rules.Segment(running, start, end, calendar))
    return found


class Figures(NamedTuple):
    """What a clock says: used up, allowed (both seconds), due."""

    elapsed: int
    allowed: int
    due_at: datetime | None


def figures_of(clock: Clock) -> Figures:
    """What it says now."""
    return Figures(clock.elapsed, clock.allowed, clock.due_at)


def recount(clock: Clock, segments: Sequence[rules.Segment], version: CalendarVersion, *, at: datetime) -> Figures:
    """Count an open clock on a corrected version of its calendar; sets the row's figures, unsaved, and returns what they were.

    `segments` are all of the clock (`stretches`). The open one is to be moved to the version too.
    """
    before, state, old = figures_of(clock), state_of(clock), working_time_of(clock)
    stay = rules.present_stay(segments, version.calendar_id)
    allowed = state.allowed
    if clock.target.unit == Unit.WORKING_DAYS:
        anew = Promise(clock.target, None, version).allowed(clock.started_at)
        if clock.allowed_before_merge is None:
            allowed = anew
        else:
            clock.allowed_before_merge = anew
    state = rules.rebase(state, stay, old, working_time(clock.target.unit, version), allowed=allowed)
    clock.calendar_version = version
    _judge(clock, state, at=at, cause="calendar_changed")
    clock.allowed, clock.elapsed = state.allowed, state.elapsed
    clock.due_at = rules.due(state, working_time_of(clock))
    return before


def rebase_clock(clock: Clock, segments: Sequence[rules.Segment], version: CalendarVersion, *, at: datetime, by: Actor) -> Rebase:
    """Count one clock anew (`recount`), with the record of it, both unsaved."""
    version_before = clock.calendar_version
    before = recount(clock, segments, version, at=at)
    return Rebase(
        clock=clock, before=version_before, after=version, at=at, by=by.user, elapsed_before=before.elapsed, elapsed_after=clock.elapsed,
        allowed_before=before.allowed, allowed_after=clock.allowed, due_before=before.due_at, due_after=clock.due_at)


def team_changed(item: WorkItem, *, team_before: Team | None, at: datetime, by: Actor) -> None:
    """Another team has it: promises to the customer are untouched; that of the old team ends, the new one's starts."""
    for clock in live_clocks(item):
        if clock.measure == Measure.TEAM_RESOLUTION:
            stop_clock(clock, at=at, by=by, reason="team_changed", team=team_before.pk if team_before else None)
    promise = promises_for(item.facts()).get(Measure.TEAM_RESOLUTION)
    if promise is not None and item.is_open:
        _begin(item, promise, at=at, by=by, reason="team_changed")
    refresh(item)


def cancelled(item: WorkItem, *, at: datetime, by: Actor, why: str) -> None:
    """Cancelled, withdrawn, spam: its clocks end without an outcome."""
    for clock in live_clocks(item):
        stop_clock(clock, at=at, by=by, reason=why, outcome=Clock.State.CANCELLED)
    refresh(item, [])
