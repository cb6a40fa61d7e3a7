"""Long work with progress, found again under 'running tasks', and cancellable there: imports, re-based clocks, exports.

    @task("clocks.rebase", _("Clocks re-based"))
    def rebase(work: Work, *, calendar_id: int) -> None:
        clocks = Clock.objects.live().filter(calendar_version__calendar=calendar_id)
        work.expect(clocks.count())
        for clock in clocks.iterator():
            with transaction.atomic():
                ...
            work.step()                              # counts, tells the open pages, ends here when somebody cancelled
            # work.fault("INC-2026-000123", "why")   # a line of the list of what failed; the rest goes on
        work.tell(_("%(n)d clocks moved") % {"n": moved}, moved=moved)   # the result in words, and as values
        # work.file(content, "clocks.xlsx")          # a file for the person who started it

    started = start(rebase, by=by, about=calendar.label, calendar_id=calendar.pk)   # in the caller's transaction; a worker does it
    ended = run_now(rebase, by=by, calendar_id=calendar.pk)                         # here, at once: command line, tests

A worker that dies is noticed, and the work begins again: do it in steps that can be done twice, each committed. The
language and the person who acts (`core.acting.current()`) are those of the person who started it.
"""

from __future__ import annotations

import csv
import io
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import jobs, live
from .acting import Actor, acting_as
from .errors import ActionError, Forbidden, Message, Refused
from .models import Task

log = logging.getLogger("hengwei.tasks")
#: Progress is written, and a cancellation noticed, this often.
EVERY_SECONDS = 0.5
#: Lines kept of what failed.
FAULTS_AT_MOST = 10_000


class Cancelled(Exception):
    """Somebody cancelled the work: raised by `work.step()`; the transaction that is open is undone."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Work that can be started."""

    key: str
    label: Message
    run: Callable[..., None]


_declared: dict[str, Declared] = {}


def task(key: str, label: Message) -> Callable[[Callable[..., None]], Declared]:
    """Declare long work in a module that the room loads at start (jobs.py). `label` says what it is, on the page of tasks."""

    def register(function: Callable[..., None]) -> Declared:
        _declared[key] = Declared(key, label, function)
        return _declared[key]

    return register


def label_of(row: Task) -> str:
    """What a task is called, in the reader's language."""
    return str(_declared[row.key].label) if row.key in _declared else row.key


class Work:
    """What the work tells while it runs."""

    def __init__(self, row: Task):
        self.row = row
        self.total: int | None = None
        self.done = 0
        self._faults: list[tuple[str, str]] = []
        self._told = time.monotonic()
        self._outside: psycopg.Connection[Any] | None = None

    @property
    def owner(self) -> Any:
        """Who started it; None for the system."""
        return self.row.owner

    def expect(self, total: int) -> None:
        """Say how much there is to do."""
        self.total = total
        self._write()

    def step(self, count: int = 1) -> None:
        """So much more is done. Raises Cancelled when somebody asked for that."""
        self.done += count
        if time.monotonic() - self._told >= EVERY_SECONDS:
            self._write()

    def stands_at(self, done: int, total: int) -> None:
        """For an action that counts by itself: so many of so many are done. Raises Cancelled as `step` does."""
        if self.total is None:
            self.expect(total)
        self.step(done - self.done)

    def fault(self, where: str, why: str) -> None:
        """Something of it failed; the rest goes on. The list is offered as a file at the end."""
        self.row.failed_rows += 1
        if len(self._faults) < FAULTS_AT_MOST:
            self._faults.append((where, why))

    def tell(self, words: str, **values: Any) -> None:
        """What came of it: in words for the page, as values for programs."""
        self.row.words, self.row.result = words[:500], {**self.row.result, **values}

    def file(self, content: bytes, name: str) -> None:
        """A file that came of it, for the person who started it."""
        from .files import store

        self.row.result_file = store(content, name, user=self.row.owner)

    def _write(self) -> None:
        """How far it is, seen at once by all even while a transaction is open."""
        self._told = time.monotonic()
        asked = self._execute(
            "UPDATE core_task SET done = %s, total = %s, seen_at = now() WHERE id = %s RETURNING cancel_asked_at", [self.done, self.total, self.row.pk])
        if asked:
            raise Cancelled

    def _execute(self, sql: str, values: list[Any]) -> Any:
        news = ("SELECT pg_notify(%s, %s)", [live.CHANNEL, f'{{"topic":"tasks:{self.row.owner_id}"}}'])
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                row = cursor.fetchone()
                cursor.execute(*news)
        else:
            if self._outside is None or self._outside.closed:
                parameters = connection.get_connection_params()
                names = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if parameters.get(key)}
                self._outside = psycopg.connect(**names, autocommit=True)
            row = self._outside.execute(sql, values).fetchone()  # type: ignore[call-overload]
            self._outside.execute(*news)
        return row[0] if row else None

    def close(self) -> None:
        """Keep the list of what failed; let go of the connection."""
        if self._outside is not None:
            self._outside.close()
        if self._faults:
            from .files import store

            text = io.StringIO()
            csv.writer(text).writerows([(_("Place of the fault"), _("Why")), *self._faults])
            self.row.errors_file = store(text.getvalue().encode("utf-8-sig"), "errors.csv", user=self.row.owner)


@transaction.atomic
def start(work: Declared, *, by: Actor, about: str = "", **arguments: Any) -> Task:
    """Have a worker do it, once the caller's transaction commits; returns the row by which it is found again."""
    row = Task.objects.create(key=work.key, about=about[:300], owner=by.user, arguments=arguments)
    jobs.enqueue(run_task, task_id=row.pk)
    _announce(row)
    return row


def run_now(work: Declared, *, by: Actor, about: str = "", **arguments: Any) -> Task:
    """Do it here and now, with the same progress and result; an error in it is raised after it was noted."""
    row = Task.objects.create(key=work.key, about=about[:300], owner=by.user, arguments=arguments)
    return _run(row, loudly=True)


@jobs.job(queue=jobs.LONG)
def run_task(task_id: int) -> None:
    """A worker does long work."""
    row = Task.objects.select_related("owner").filter(pk=task_id, state__in=Task.OPEN).first()
    if row is not None:
        _run(row)


def cancel(row: Task, *, by: Actor) -> None:
    """Ask the work to stop; what waits is ended at once. For the person who started it, and for administrators of the system."""
    from . import permissions as perms

    if by.user is not None and row.owner_id != by.user.pk and not by.may(perms.OPERATE):
        raise Forbidden(_("You do not have the right to do this."))
    now = timezone.now()
    if Task.objects.filter(pk=row.pk, state=Task.State.WAITING).update(state=Task.State.CANCELLED, ended_at=now, cancel_asked_at=now):
        _announce(row)
    elif not Task.objects.filter(pk=row.pk, state=Task.State.RUNNING).update(cancel_asked_at=now):
        raise Refused(_("It has already ended."), code="ended")


def forget_old(days: int = 60) -> None:
    """What ended so long ago is of no interest."""
    Task.objects.filter(ended_at__lt=timezone.now() - timedelta(days=days)).delete()


def _announce(row: Task) -> None:
    live.announce(f"tasks:{row.owner_id}")


def _run(row: Task, *, loudly: bool = False) -> Task:
    declared = _declared[row.key]
    row.state, row.started_at = Task.State.RUNNING, timezone.now()
    Task.objects.filter(pk=row.pk).update(state=row.state, started_at=row.started_at, seen_at=row.started_at)
    person = row.owner
    work = Work(row)
    failure: Exception | None = None
    with (
        acting_as(Actor(user=person, via="system")), translation.override(person.language if person else None),
        timezone.override(ZoneInfo(person.timezone) if person else None),
    ):
        try:
            declared.run(work, **row.arguments)
            row.state = Task.State.DONE
        except Cancelled:
            row.state = Task.State.CANCELLED
        except Exception as error:  # noted for the person who waits for it
            log.exception("task %s %s", row.pk, row.key)
            row.state, failure = Task.State.FAILED, error
            row.words = (str(error) if isinstance(error, ActionError) else f"{type(error).__name__}: {error}")[:500]
        work.close()
    row.done, row.total, row.ended_at = work.done, work.total, timezone.now()
    row.save(update_fields=["state", "done", "total", "words", "result", "failed_rows", "result_file", "errors_file", "ended_at"])
    _announce(row)
    if failure is not None and loudly:
        raise failure
    return row
