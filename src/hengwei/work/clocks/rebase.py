"""A calendar was corrected: open clocks are counted anew on its new version; closed ones never change (clocks.md).

Done in batches, each one transaction, so that a desk goes on working meanwhile and a crash repeats one batch at most:
a clock that is on the newest version already is not touched again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from hengwei.calendars.models import CalendarVersion
from hengwei.core.acting import Actor
from hengwei.work.models import NEVER, Clock, Firing, Segment, Target, Unit, WorkItem

from . import rules
from .engine import Figures, figures_of, recount, state_of, stretches, working_time_of

#: Items whose clocks are counted anew in one transaction.
BATCH = 4000


@dataclass(slots=True)
class Moved:
    """What a correction means for the open clocks: how many there are, move, and would be judged otherwise."""

    clocks: int = 0
    moved: int = 0
    #: Now breached that were not, and the other way round.
    newly_breached: int = 0
    no_longer_breached: int = 0

    @property
    def differ(self) -> int:
        """Clocks of which the outcome, were they stopped now, would be another."""
        return self.newly_breached + self.no_longer_breached


Progress = Callable[[int, int], None]


def _on(calendar_id: int, version: CalendarVersion) -> Iterator[int]:
    """Ids of items with open clocks on an older version of the calendar, ascending."""
    rows = Clock.objects.live().filter(calendar_version__calendar=calendar_id, calendar_version__number__lt=version.number).exclude(target__unit=Unit.CALENDAR_DAYS)
    yield from rows.order_by("item_id").values_list("item_id", flat=True).distinct().iterator(chunk_size=20_000)


def preview(version: CalendarVersion, *, now: datetime, progress: Progress = lambda done, total: None) -> Moved:
    """What `version`, saved or not yet, would do to the open clocks of its calendar. Changes nothing."""
    told, items = Moved(), list(_on(version.calendar_id, version))
    for first in range(0, len(items), BATCH):
        for clock, before, over_before in _counted(items[first : first + BATCH], version, now=now):
            _count(told, clock, before, over_before, now)
        progress(min(first + BATCH, len(items)), len(items))
    return told


def apply(version: CalendarVersion, *, now: datetime, by: Actor, progress: Progress = lambda done, total: None) -> Moved:
    """Re-base every open clock of the version's calendar; returns what that did."""
    told, items = Moved(), list(_on(version.calendar_id, version))
    for first in range(0, len(items), BATCH):
        _batch(items[first : first + BATCH], version, now=now, by=by, told=told)
        progress(min(first + BATCH, len(items)), len(items))
    return told


@transaction.atomic
def _batch(items: Sequence[int], version: CalendarVersion, *, now: datetime, by: Actor, told: Moved) -> None:
    # Items first and in order, as every action does; then none of them can wait for us while we wait for it.
    list(WorkItem.objects.filter(pk__in=items).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    clocks: list[Clock] = []
    for clock, before, over_before in _counted(items, version, now=now):
        _count(told, clock, before, over_before, now)
        clocks.append(clock)
    _plan_steps(clocks)
    Segment.objects.filter(clock__in=[c.pk for c in clocks], ends_at=None).update(calendar_version=version)
    _store(clocks, at=now, by=by)
    _refresh(items)


def _counted(items: Sequence[int], version: CalendarVersion, *, now: datetime) -> Iterator[tuple[Clock, Figures, bool]]:
    """Each open clock of the items on an older version, counted on the new one (unsaved), with what it said before and whether it was over."""
    clocks = list(
        Clock.objects.live().filter(item__in=items, calendar_version__calendar=version.calendar_id, calendar_version__number__lt=version.number)
        .exclude(target__unit=Unit.CALENDAR_DAYS))
    targets = Target.objects.in_bulk({c.target_id for c in clocks})
    segments = stretches([c.pk for c in clocks])
    versions = CalendarVersion.objects.defer("week", "days").in_bulk({c.calendar_version_id for c in clocks})
    for clock in clocks:
        clock.target, clock.calendar_version = targets[clock.target_id], versions[clock.calendar_version_id]
        over = rules.breached(rules.halt(state_of(clock), working_time_of(clock), now))
        yield clock, recount(clock, segments[clock.pk], version, at=now), over


def _count(told: Moved, clock: Clock, before: Figures, over_before: bool, now: datetime) -> None:
    told.clocks += 1
    told.moved += before != figures_of(clock)
    over = rules.breached(rules.halt(state_of(clock), working_time_of(clock), now))
    told.newly_breached += over and not over_before
    told.no_longer_breached += over_before and not over


def _plan_steps(clocks: Sequence[Clock]) -> None:
    """When the next step of each falls due. Steps that were taken stay taken."""
    taken: dict[tuple[int, int], set[str]] = defaultdict(set)
    for clock_id, target_id, step in Firing.objects.filter(clock__in=[c.pk for c in clocks]).values_list("clock_id", "target_id", "step"):
        taken[clock_id, target_id].add(step)
    steps: dict[tuple[int, int], list[rules.Step]] = {}
    for clock in clocks:
        key = (clock.target_id, clock.allowed)
        if key not in steps:
            steps[key] = rules.steps(clock.allowed, clock.target.escalation)
        done = taken.get((clock.pk, clock.target_id), set())
        following = rules.next_step(state_of(clock), working_time_of(clock), [s for s in steps[key] if s.key not in done])
        clock.next_step_at = following[1] if following else None


def _store(clocks: Sequence[Clock], *, at: datetime, by: Actor) -> None:
    """Write the figures of all clocks, and the record of each with what stood there before, in one statement."""
    columns = (
        "pk", "calendar_version_id", "allowed", "allowed_before_merge", "elapsed", "due_at", "next_step_at", "breached_at", "breach_cause",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH n AS (
                 SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::text[])
                      AS n(id, version, allowed, before_merge, elapsed, due_at, step_at, breached_at, cause)),
               record AS (
                 INSERT INTO work_rebase (clock_id, before_id, after_id, at, by_id, elapsed_before, elapsed_after, allowed_before, allowed_after, due_before, due_after)
                 SELECT c.id, c.calendar_version_id, n.version, %s, %s, c.elapsed, n.elapsed, c.allowed, n.allowed, c.due_at, n.due_at
                   FROM work_clock c JOIN n ON n.id = c.id
                     ON CONFLICT DO NOTHING)
               UPDATE work_clock c SET calendar_version_id = n.version, allowed = n.allowed, allowed_before_merge = n.before_merge, elapsed = n.elapsed,
                      due_at = n.due_at, next_step_at = n.step_at, breached_at = n.breached_at, breach_cause = n.cause
                 FROM n WHERE c.id = n.id""",
            [*([getattr(clock, name) for clock in clocks] for name in columns), at, by.user.pk if by.user else None],
        )


def _refresh(items: Sequence[int]) -> None:
    """Set the next due moment of the items from their running clocks."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE work_workitem i
                  SET next_due_at = coalesce(f.due_at, %s), next_due_measure = coalesce(f.measure, ''), next_due_from = f.started_at
                 FROM unnest(%s::bigint[]) AS n(id)
                 LEFT JOIN LATERAL (
                      SELECT due_at, measure, started_at FROM work_clock c
                       WHERE c.item_id = n.id AND c.state = 'running' ORDER BY due_at, c.id LIMIT 1) f ON true
                WHERE i.id = n.id AND i.next_due_at IS DISTINCT FROM coalesce(f.due_at, %s)""",
            [NEVER, list(items), NEVER],
        )


def newest(calendar_id: int) -> CalendarVersion:
    """The version of a calendar that is in force."""
    number = CalendarVersion.objects.filter(calendar=calendar_id).aggregate(most=Max("number"))["most"]
    return CalendarVersion.objects.get(calendar=calendar_id, number=number)
