"""What a dead worker held goes back to the queue, and never stands in the way of the rest."""

from __future__ import annotations

import pytest
from django.db import connection

from hengwei.core.jobs import revive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_else() -> None:
    """No jobs that other tests left behind."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")


def job(status: str, lock: str | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, status, attempts) "
            "VALUES ('timers', 'sweep', 0, %s, '{}', %s::procrastinate_job_status, 0) RETURNING id", [lock, status])
        return int(cursor.fetchone()[0])


def status(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [pk])
        return str(cursor.fetchone()[0])


def test_a_lost_job_is_given_back():
    lost = job("doing", None)
    assert revive(seconds=0) == 1
    assert status(lost) == "todo"


def test_a_lost_run_of_a_timer_does_not_stand_in_the_way_of_the_one_that_waits():
    lost, waiting, other = job("doing", "timer:sweep"), job("todo", "timer:sweep"), job("doing", None)
    assert revive(seconds=0) == 1
    assert [status(pk) for pk in (lost, waiting, other)] == ["aborted", "todo", "todo"]


def test_of_two_lost_runs_the_newest_is_given_back():
    first, second = job("doing", "timer:sweep"), job("doing", "timer:sweep")
    assert revive(seconds=0) == 1
    assert [status(pk) for pk in (first, second)] == ["aborted", "todo"]
