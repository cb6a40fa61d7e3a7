"""The worker and the web process are killed without a word, again and again: no mail, no item, no escalation is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from hengwei.channels.actions import inbound
from hengwei.channels.models import InboundMessage
from hengwei.core.jobs import revive
from hengwei.org.tokens import create_token
from hengwei.work.clocks.sweep import sweep
from hengwei.work.models import Clock, Entry, Firing, WorkItem
from tests.channels.conftest import free_port, mail
from tests.factories import UserFactory, open_incident
from tests.processes import surroundings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def environment(**more: str) -> dict[str, str]:
    """That of a process on the test's own database."""
    d = connection.settings_dict
    host = d["HOST"] or "127.0.0.1"
    address = f"postgresql://{d['USER']}:{d['PASSWORD']}@/{d['NAME']}?host={host}&port={d['PORT'] or 5432}" if host.startswith("/") else f"postgresql://{d['USER']}:{d['PASSWORD']}@{host}:{d['PORT'] or 5432}/{d['NAME']}"
    return surroundings(**{"DATABASE_URL": address, **more})


def start(*command: str, **more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "hengwei.config.cli", *command], env=environment(**more), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_worker_killed_at_any_moment(department, team, agent):
    rng = random.Random(7)
    requester = UserFactory(name="李倩", username="li", email="li@customer.example", role="requester")
    for number in range(60):
        inbound.keep(mail(text=f"report {number}", subject=f"mail {number:02d}"))
    late = [open_incident(requester=requester, team=team, impact=1, urgency=1, at=timezone.now() - timedelta(days=3)) for _ in range(20)]
    Clock.objects.filter(item__in=late).update(next_step_at=timezone.now() - timedelta(hours=1))
    for _round in range(4):
        process = start("worker")
        # From before its first job to the middle of any.
        time.sleep(rng.uniform(1.5, 3.0))
        kill(process)
    # What the timers do, two minutes later.
    revive(seconds=0)
    later = timezone.now() + timedelta(minutes=2)
    for pk in inbound.unread(later):
        inbound.process(pk)
    sweep(later)
    assert not InboundMessage.objects.exclude(status="done").exists()
    titles = WorkItem.objects.filter(title__startswith="mail ").values_list("title", flat=True)
    assert sorted(titles) == [f"mail {number:02d}" for number in range(60)]
    assert Entry.objects.filter(kind="message_in").count() == 60
    doubled = Firing.objects.values("clock", "target", "step").annotate(n=Count("pk")).filter(n__gt=1)
    assert not doubled
    assert Firing.objects.count() == Entry.objects.filter(kind="escalation").count() > 20
    assert not Clock.objects.with_step_due(later).exists()


def test_a_web_process_killed_while_it_records(department, team, agent):
    token = create_token(agent, name="test", scopes=("read", "write"))[1]
    keys = [uuid.uuid4().hex for _ in range(40)]
    port = free_port()
    process: subprocess.Popen[bytes] | None = None
    rng = random.Random(3)
    answered: dict[str, str] = {}
    rounds = 0
    try:
        while len(answered) < len(keys):
            rounds += 1
            assert rounds < 8
            process = start("web", HENGWEI_PORT=str(port))
            _wait(port)
            # The last rounds may finish.
            until = time.monotonic() + (rng.uniform(0.05, 0.4) if rounds < 4 else 60)
            killer = None
            if rounds < 4:
                import threading

                killer = threading.Timer(until - time.monotonic(), kill, [process])
                killer.start()
            for key in keys:
                if key not in answered:
                    number = _record(port, token, key)
                    if number is None:
                        break
                    answered[key] = number
            if killer is not None:
                killer.join()
    finally:
        if process is not None and process.poll() is None:
            kill(process)
    assert len(set(answered.values())) == 40
    assert set(WorkItem.objects.values_list("number", flat=True)) == set(answered.values())


def _wait(port: int) -> None:
    for _attempt in range(150):
        with suppress(OSError):
            urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError("the web process does not answer")


def _record(port: int, token: str, key: str) -> str | None:
    request = Request(
        f"http://127.0.0.1:{port}/api/v1/items", json.dumps({"kind": "incident", "title": f"item {key}"}).encode(), method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key},
    )
    try:
        with urlopen(request, timeout=10) as answer:
            return str(json.load(answer)["number"])
    except (URLError, OSError, json.JSONDecodeError):
        return None
