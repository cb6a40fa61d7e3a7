"""The pulse of the timers: when each ran last, how late, when it runs next, and whether it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from croniter import croniter
from django.db import connection
from django.db.models import F
from django.utils import timezone

from .errors import Message
from .models import Pulse

#: So much later than planned is no longer the usual wait behind other jobs.
GRACE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Timer:
    """A declared timer."""

    name: str
    label: Message
    cron: str
    queue: str


#: Filled by `core.jobs.timer`.
TIMERS: dict[str, Timer] = {}


@dataclass(frozen=True, slots=True)
class Beat:
    """A timer as it is now. `late` is how long its newest run, or the one that should have begun, is behind its plan."""

    timer: Timer
    row: Pulse | None
    next_at: datetime
    late: timedelta

    @property
    def stopped(self) -> bool:
        return self.late > GRACE

    @property
    def seconds(self) -> float | None:
        """How long the newest run took."""
        row = self.row
        return (row.ended_at - row.started_at).total_seconds() if row and row.started_at and row.ended_at and row.ended_at >= row.started_at else None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in a queue of jobs, what runs, what failed for good, and since when the oldest waits."""

    name: str
    waiting: int
    running: int
    failed: int
    oldest: datetime | None


def following(cron: str, after: datetime) -> datetime:
    """The first moment of a cron line after a moment (UTC)."""
    return croniter(cron, after.astimezone(UTC)).get_next(datetime)


def beats(now: datetime | None = None) -> list[Beat]:
    """All timers, those that are late first."""
    now = now or timezone.now()
    rows = Pulse.objects.in_bulk()
    found = []
    for timer in TIMERS.values():
        row = rows.get(timer.name)
        if row is None:
            found.append(Beat(timer, None, following(timer.cron, now), timedelta(0)))
            continue
        next_at = following(timer.cron, row.planned_at or row.known_since)
        late = now - next_at if next_at < now else max(timedelta(0), row.started_at - row.planned_at) if row.started_at and row.planned_at else timedelta(0)
        found.append(Beat(timer, row, next_at if next_at > now else following(timer.cron, now), late))
    return sorted(found, key=lambda beat: (not beat.stopped, beat.timer.name))


def queues() -> list[Queue]:
    """The queues of jobs that hold any."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT queue_name, count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
                      count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),
                      min(coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events e WHERE e.job_id = job.id)))
                        FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))
                 FROM procrastinate_jobs job WHERE status IN ('todo', 'doing', 'failed') GROUP BY queue_name ORDER BY queue_name""")
        return [Queue(*row) for row in cursor.fetchall()]


def register() -> None:
    """A worker starts: its timers are known from now on, those that are no more are forgotten."""
    now = timezone.now()
    Pulse.objects.bulk_create([Pulse(name=name, known_since=now) for name in TIMERS], ignore_conflicts=True)
    Pulse.objects.exclude(name__in=TIMERS).delete()


def felt(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The timer's function, with its runs on record; an error is noted and raised."""

    @wraps(function)
    def run(timestamp: int) -> Any:
        planned, begun = datetime.fromtimestamp(timestamp, UTC), timezone.now()
        Pulse.objects.update_or_create(name=name, defaults={"planned_at": planned, "started_at": begun}, create_defaults={
            "planned_at": planned, "started_at": begun, "known_since": begun})
        row = Pulse.objects.filter(name=name)
        try:
            result = function(timestamp)
        except Exception as error:
            now = timezone.now()
            row.update(ended_at=now, runs=F("runs") + 1, failures=F("failures") + 1, failed_at=now, error=f"{type(error).__name__}: {error}"[:500])
            raise
        row.update(ended_at=timezone.now(), runs=F("runs") + 1)
        return result

    return run
