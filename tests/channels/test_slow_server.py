"""A mail server that takes its time: nobody else waits for it, and a worker that is killed meanwhile loses nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction
from django.utils import timezone

from hengwei.channels import smtp
from hengwei.channels.actions import outgoing
from hengwei.channels.models import Mailbox, OutboundMessage
from tests.channels.conftest import Sink, free_port, send_all
from tests.factories import UserFactory, open_incident
from tests.site.test_kill import kill, start

pytestmark = pytest.mark.django_db(transaction=True)


class Slow(Sink):
    """Takes a message's bytes, then lets it wait until told."""

    def __init__(self) -> None:
        super().__init__()
        self.has_it, self.go = threading.Event(), threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.has_it.set()
        while not self.go.is_set():
            await asyncio.sleep(0.05)
        return answer


@pytest.fixture
def slow():
    handler = Slow()
    handler.port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    yield handler
    handler.go.set()
    server.stop()


@pytest.fixture
def row(department, team, slow):
    Mailbox.objects.create(address="help@example.com", name="服务台", default=True, smtp_host="127.0.0.1", smtp_port=slow.port, smtp_security="none")
    open_incident(requester=UserFactory(name="李倩", username="li", email="li@customer.example", role="requester"), team=team)
    return OutboundMessage.objects.get(event="received")


def sending(pk: int) -> threading.Thread:
    def run() -> None:
        outgoing.send(pk)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_while_the_server_takes_its_time_no_row_is_locked_and_no_connection_held(row, slow, agent):
    begun = timezone.now()
    thread = sending(row.pk)
    assert slow.has_it.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_start > %s", [begun])
        assert cursor.fetchone()[0] == 0
    with transaction.atomic():
        locked = OutboundMessage.objects.select_for_update(nowait=True).get(pk=row.pk)
        assert locked.status == "sending"
        assert locked.leased_until > timezone.now() + timedelta(seconds=smtp.SECONDS)
    assert outgoing.send(row.pk) is None
    assert row.pk not in outgoing.due(timezone.now())
    slow.go.set()
    thread.join(20)
    row.refresh_from_db()
    assert (row.status, row.attempts, len(slow.messages), row.leased_until) == ("sent", 1, 1, None)


def test_whoever_claimed_it_anew_has_the_last_word(row, slow):
    thread = sending(row.pk)
    assert slow.has_it.wait(20)
    # The lease ran out, as it would for one that hangs; another takes over and the first comes back late.
    OutboundMessage.objects.filter(pk=row.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert row.pk in outgoing.due(timezone.now())
    slow.has_it.clear()
    again = sending(row.pk)
    assert slow.has_it.wait(20)
    slow.go.set()
    thread.join(20)
    again.join(20)
    row.refresh_from_db()
    assert (row.status, row.attempts, len(slow.messages)) == ("sent", 2, 2)
    assert len({m["Message-ID"] for m in slow.messages}) == 1


def test_a_worker_killed_while_the_server_takes_its_time(row, slow):
    process = start("worker")
    try:
        assert slow.has_it.wait(60)
    finally:
        kill(process)
    slow.go.set()
    time.sleep(0.2)
    row.refresh_from_db()
    assert row.status == "sending"
    assert outgoing.due(timezone.now()) == []
    OutboundMessage.objects.filter(pk=row.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    for pk in outgoing.due(timezone.now()):
        outgoing.send(pk)
    row.refresh_from_db()
    assert row.status == "sent"
    assert {m["Message-ID"] for m in slow.messages if m["To"] == "li@customer.example"} == {f"<{row.message_id}>"}


def test_a_message_that_cannot_be_written_is_tried_again_and_then_shown(row, slow, monkeypatch):
    slow.go.set()
    monkeypatch.setattr(outgoing, "compose", lambda *_: 1 / 0)
    for _attempt in range(outgoing.ATTEMPTS):
        OutboundMessage.objects.filter(pk=row.pk).update(send_after=None)
        send_all()
    row.refresh_from_db()
    assert row.status == "failed"
    assert "ZeroDivisionError" in row.reason
    assert row.item.entries.filter(kind="notice", details__notice="mail_failed").exists()
