"""How the product is: for load balancers, for Prometheus, for the person who is called at night."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

Level = Literal["ok", "warning", "error"]
#: A worker says every ten seconds that it lives.
ALIVE_SECONDS = 60
#: Less free space than this is a warning.
FREE_BYTES = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and the mend where it is not well."""

    level: Level
    what: str
    mend: str = ""


Check = Callable[[], Iterator[Finding]]
Figures = Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]
_checks: list[Check] = []
_figures: list[Figures] = []


def check(function: Check) -> Check:
    """Register something that `hengwei doctor` looks at."""
    _checks.append(function)
    return function


def figures(function: Figures) -> Figures:
    """Register gauges: (name, help, labels, value); few and cheap, they are asked every some seconds."""
    _figures.append(function)
    return function


def findings() -> Iterator[Finding]:
    """All checks; one that fails is itself a finding."""
    for function in _checks:
        try:
            yield from function()
        except Exception as error:
            yield Finding("error", f"{function.__module__}: {type(error).__name__}: {error}")


def alive(request: HttpRequest) -> HttpResponse:
    """/healthz: this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """/readyz: the database answers, its tables are of this version, a worker lives. 503 with the reasons otherwise."""
    wrong = []
    try:
        wrong = [f.what for f in (*_database(), *_worker()) if f.level == "error"]
    except DatabaseError as error:
        wrong = [f"database: {type(error).__name__}"]
    return JsonResponse({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """/metrics: for this machine, or with `Authorization: Bearer` and HENGWEI_METRICS_TOKEN."""
    if not _may_read(request):
        return HttpResponse("this machine only, or a token\n", status=403, content_type="text/plain")
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for function in _figures:
        for name, words, labels, value in function():
            gauge = gauges.get(name)
            if gauge is None:
                gauge = gauges[name] = Gauge(f"hengwei_{name}", words, list(labels), registry=registry)
            (gauge.labels(**labels) if labels else gauge).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and given.startswith("Bearer "):
        return compare_digest(given.removeprefix("Bearer ").encode(), token.encode())
    address = request.META.get("REMOTE_ADDR", "")
    return not request.headers.get("X-Forwarded-For") and bool(address) and ipaddress.ip_address(address).is_loopback


@check
def _database() -> Iterator[Finding]:
    from django.db.migrations.executor import MigrationExecutor

    from hengwei.core.database.tables import LAST_IN_STEPS, halfway

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    if version < 150000:
        yield Finding("error", f"PostgreSQL {version // 10000}", "version 15 or newer is needed")
    else:
        yield Finding("ok", f"PostgreSQL {version // 10000}")
    if rooms := halfway():
        yield Finding("error", f"the tables of {', '.join(rooms)} are of an older version", f"hengwei migrate with the version of {LAST_IN_STEPS}, then with this one")
        return
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield Finding("error", f"{len(waiting)} migrations are not applied", "hengwei migrate") if waiting else Finding("ok", "tables are of this version")


def living_workers() -> int:
    """How many lanes of workers said lately that they live; each worker has two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)", [ALIVE_SECONDS])
        return int(cursor.fetchone()[0])


@check
def _settings() -> Iterator[Finding]:
    from hengwei.config.settings import file_in_use

    yield Finding("ok", f"settings from the environment and {file_in_use() or 'no file'}")


@check
def _worker() -> Iterator[Finding]:
    living = living_workers()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now() - interval '5 minutes')")
        waiting = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM core_waitingevent WHERE at < now() - interval '5 minutes'")
        untold = cursor.fetchone()[0]
    yield Finding("ok", f"{living} lanes of workers live") if living else Finding("error", "no worker lives", "hengwei serve, or hengwei worker")
    if waiting > 1000:
        yield Finding("warning", f"{waiting} jobs wait", "start another worker")
    if untold:
        yield Finding("warning", f"{untold} events have waited for five minutes to be told", "see the worker's log")


@check
def _timers() -> Iterator[Finding]:
    from hengwei.core import pulse

    found = pulse.beats()
    for beat in found:
        if beat.stopped:
            since = beat.row.started_at if beat.row else None
            yield Finding("error", f"timer {beat.timer.name} is {beat.late.total_seconds() / 60:.0f} min late; it ran last {since or 'never'}", "hengwei serve, or hengwei worker")
        elif beat.row and beat.row.error and beat.row.failed_at == beat.row.ended_at:
            yield Finding("warning", f"timer {beat.timer.name} failed: {beat.row.error}", "see the worker's log")
    if found and not any(beat.stopped for beat in found):
        yield Finding("ok", f"{len(found)} timers run in time")


@check
def _places() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.MEDIA_ROOT.parent).free
    yield Finding("warning", f"{free / 2**30:.1f} GB free in {settings.MEDIA_ROOT.parent}", "make room") if free < FREE_BYTES else Finding("ok", f"{free / 2**30:.0f} GB free")
    secret = settings.MEDIA_ROOT.parent / "secret_key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield Finding("error", f"others may read {secret}", f"chmod 600 {secret}")
    if not settings.BASE_URL_IS_SET:
        yield Finding("warning", f"links in mails lead to {settings.SITE_URL}", "set HENGWEI_BASE_URL to the address people use")


@figures
def _jobs() -> Iterator[tuple[str, str, dict[str, str], float]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY status")
        found = dict(cursor.fetchall())
    yield "workers", "Lanes of workers that live, two each", {}, living_workers()
    from hengwei.core import outbox, pulse

    yield "events_waiting", "Events that listeners are still to hear", {}, outbox.waiting()
    for queue in pulse.queues():
        yield "queue_waiting", "Jobs that wait, by queue", {"queue": queue.name}, queue.waiting
    for beat in pulse.beats():
        labels = {"timer": beat.timer.name}
        yield "timer_late_seconds", "How far a timer is behind its plan", labels, beat.late.total_seconds()
        if beat.row:
            yield "timer_runs", "Runs of a timer", labels, beat.row.runs
            yield "timer_failures", "Failed runs of a timer", labels, beat.row.failures
            if beat.row.started_at:
                yield "timer_last_run", "When a timer ran last (seconds since 1970)", labels, beat.row.started_at.timestamp()
    for status in ("todo", "doing", "failed"):
        yield "jobs", "Background jobs by state", {"state": status}, found.get(status, 0)
