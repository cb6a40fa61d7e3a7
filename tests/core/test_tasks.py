"""Long work: how far it is, what came of it, and that it can be stopped."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hengwei.core import tasks
from hengwei.core.acting import current
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.models import Task
from tests.factories import acting

pytestmark = pytest.mark.django_db(transaction=True)


@tasks.task("test.count", _("Search"))
def count(work, *, to: int, fault_at: int = -1, fail_at: int = -1, cancel_at: int = -1, atomic: bool = False) -> None:
    work.expect(to)
    for number in range(to):
        if number == fail_at:
            raise Refused("no further")
        if number == fault_at:
            work.fault(f"row {number}", "cannot be read")
        if number == cancel_at:
            with transaction.atomic():
                Task.objects.filter(pk=work.row.pk).update(cancel_asked_at="2026-11-24T00:00:00Z")
        work.step()
    work.tell(f"{to} counted by {current().user}", counted=to)


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    monkeypatch.setattr(tasks, "EVERY_SECONDS", 0)


def test_progress_result_and_what_failed(agent):
    row = tasks.run_now(count, by=acting(agent), about="十", to=10, fault_at=3)
    row.refresh_from_db()
    assert (row.state, row.done, row.share, row.failed_rows) == ("done", 10, 100, 1)
    assert row.words == "10 counted by 王敏"
    assert row.result == {"counted": 10}
    assert row.errors_file.uploaded_by == agent


def test_what_fails_says_why(agent):
    row = Task.objects.create(key="test.count", owner=agent, arguments={"to": 5, "fail_at": 2})
    tasks.run_task(task_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.words, row.done) == ("failed", "no further", 2)


def test_a_cancelled_one_stops_at_its_next_step(agent):
    row = tasks.run_now(count, by=acting(agent), to=10, cancel_at=4)
    assert (row.state, row.done) == ("cancelled", 5)


def test_only_its_owner_or_an_administrator_cancels(agent, lead):
    row = tasks.start(count, by=acting(agent), to=3)
    with pytest.raises(Forbidden):
        tasks.cancel(row, by=acting(lead))
    tasks.cancel(row, by=acting(agent))
    row.refresh_from_db()
    assert row.state == "cancelled"
    tasks.run_task(task_id=row.pk)
    row.refresh_from_db()
    assert row.done == 0
    with pytest.raises(Refused):
        tasks.cancel(row, by=acting(agent))


def test_progress_is_seen_while_a_transaction_is_open(agent):
    seen = []

    @tasks.task("test.watched", _("Search"))
    def watched(work) -> None:
        with transaction.atomic():
            work.expect(2)
            work.step()
            import psycopg
            from django.db import connection

            names = {key: value for key, value in connection.get_connection_params().items() if key in ("host", "port", "user", "password", "dbname") and value}
            with psycopg.connect(**names) as other:
                seen.append(other.execute("SELECT done, total FROM core_task WHERE id = %s", [work.row.pk]).fetchone())

    tasks.run_now(watched, by=acting(agent))
    assert seen == [(1, 2)]
