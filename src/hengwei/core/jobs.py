"""Jobs and timers: procrastinate, in the same database and the same transaction as the rows that cause them.

    @job(queue="mail")
    def send(message_id: int) -> None: ...

    enqueue(send, message_id=7)          # runs after the caller's transaction commits, or never
    @timer("*/5 * * * *")                # cron, UTC
    def sweep(timestamp: int) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import Task

from hengwei.core.errors import Message

_not_now: ContextVar[bool] = ContextVar("hengwei_jobs_not_now", default=False)


def nothing_later() -> bool:
    """Whether `not_now` holds."""
    return _not_now.get()


@contextmanager
def not_now() -> Iterator[None]:
    """Within the block nothing is enqueued: for loads that do by themselves, once, what each job would do."""
    token = _not_now.set(True)
    try:
        yield
    finally:
        _not_now.reset(token)


#: The queue of long work: a worker does it beside the other queues, so that mail and clocks never wait for an import.
LONG = "long"

#: Tried again after 1, 2, 4 … minutes: most faults of mail servers and networks pass within an hour.
PATIENT = RetryStrategy(max_attempts=8, exponential_wait=60)


def job(
    *, queue: str = "default", retry: RetryStrategy | bool = False, lock: str | None = None,
    once: str | None = None, priority: int = 0,
) -> Callable[[Callable[..., Any]], Task]:
    """Declare a job. `lock` lets one run at a time; `once` keeps at most one waiting in the queue."""
    return app.task(queue=queue, retry=retry, lock=lock, queueing_lock=once, priority=priority)


def timer(cron: str, label: Message, *, queue: str = "timers", lock: str | None = None) -> Callable[[Callable[..., Any]], Task]:
    """Declare a periodic job by a cron line (UTC); `label` tells people what it does. The function takes the planned moment as `timestamp`."""

    def register(function: Callable[..., Any]) -> Task:
        from hengwei.core import pulse

        name = f"{function.__module__.removeprefix('hengwei.').removesuffix('.jobs')}.{function.__name__}"
        pulse.TIMERS[name] = pulse.Timer(name, label, cron, queue)
        task = app.task(queue=queue, queueing_lock=f"timer:{function.__module__}.{function.__name__}", lock=lock)(pulse.felt(name, function))
        app.periodic(cron=cron)(task)
        return task

    return register


#: Writes to the queue by Django's connection, so within its transaction.
_within = JobManager(DjangoConnector())


def enqueue(task: Task, *, at: datetime | None = None, lock: str | None = None, once: str | None = None, **arguments: Any) -> int | None:
    """Put a job on the queue within the caller's transaction; None when `once` already waits there."""
    from procrastinate.exceptions import AlreadyEnqueued

    if _not_now.get():
        return None
    options: dict[str, Any] = {}
    if at is not None:
        options["schedule_at"] = at
    if lock is not None:
        options["lock"] = lock
    if once is not None:
        options["queueing_lock"] = once
    waiting = task.configure(**options)
    # A worker has given the app a connection of its own for what it takes from the queue: what a job itself puts there would be
    # taken before the job's rows are committed, and stay when they are not.
    waiting.job_manager = _within
    if once is None:
        return waiting.defer(**arguments)
    try:
        # Its refusal must not spoil the caller's transaction.
        with transaction.atomic():
            return waiting.defer(**arguments)
    except AlreadyEnqueued:
        return None


def revive(seconds: int = 60) -> int:
    """Give back to the queue what a worker that died held; returns how many. A worker is dead after `seconds` without a heartbeat.

    A job runs again from its beginning: each does its work in one transaction, or can tell what it did before. Of jobs that
    may wait only once (timers, `once`) the newest is given back, and none where one waits already: that one does their work.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH lost AS (
                 SELECT job.id, job.queueing_lock,
                        row_number() OVER (PARTITION BY coalesce(job.queueing_lock, job.id::text) ORDER BY job.id DESC) AS place
                   FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
                  WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s)))
               SELECT id, place > 1 OR EXISTS (
                        SELECT 1 FROM procrastinate_jobs waiting WHERE waiting.status = 'todo' AND waiting.queueing_lock = lost.queueing_lock)
                 FROM lost ORDER BY id""",
            [seconds],
        )
        return sum(_given_back(cursor, job_id, done_by_another) for job_id, done_by_another in cursor.fetchall())


def _given_back(cursor: Any, job_id: int, done_by_another: bool) -> bool:
    """Put a lost job into the queue again, or end it where another does its work, also one that came this moment."""
    if not done_by_another:
        try:
            with transaction.atomic():
                cursor.execute("SELECT procrastinate_retry_job_v1(%s, now(), NULL, NULL, NULL)", [job_id])
                return True
        except IntegrityError:
            pass
    cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'aborted', false)", [job_id])
    return False


@timer("17 * * * *", _("Renew the words that search suggests"), queue="search")
def learn_words(timestamp: int) -> None:
    """Every hour: the words that a misspelt one may have meant."""
    from hengwei.core.search import learn_words as learn

    learn()


@timer("41 2 * * *", _("Note the end of the audit log outside of the database"))
def note_audit_head(timestamp: int) -> None:
    """Every night: the end of the audit log's chain, noted outside of the database."""
    from hengwei.core.audit.chain import note_head

    note_head()


@timer("* * * * *", _("Free jobs of dead workers; forget old jobs"))
def look_for_lost_jobs(timestamp: int) -> None:
    """Every minute: whatever a dead worker held; and jobs done a week ago are forgotten."""
    from hengwei.core.tasks import forget_old

    revive()
    forget_old()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'cancelled') AND id IN ("
            "SELECT job_id FROM procrastinate_events WHERE type IN ('succeeded', 'cancelled') AND at < now() - interval '7 days' ORDER BY at LIMIT 5000)",
        )
