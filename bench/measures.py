"""What is measured. Every figure comes from this machine in this run."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone


class Table:
    """Prints as it goes."""

    def say(self, words: str) -> None:
        print(words, flush=True)

    def row(self, what: str, value: float, goal: str, more: str = "") -> None:
        print(f"  {what:<66} {value:>10.2f}   goal {goal:<12} {more}", flush=True)


@dataclass
class Cost:
    """What one page costs."""

    seconds: float
    ratio: float
    queries: int


def median(function: Callable[[], Any], times: int = 25) -> float:
    """The median of the seconds that a call takes, after two that warm up."""
    function(), function()
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        function()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def pages() -> dict[str, Cost]:
    """The queue with its filters and counts, and an item's page."""
    from hengwei.org.models import User
    from hengwei.work.models import WorkItem

    client = Client()
    client.force_login(User.objects.get(username="wangmin"))
    bare = median(lambda: client.get("/healthz"))
    number = WorkItem.objects.filter(phase="active").order_by("-id").values_list("number", flat=True)[0]
    found = {}
    for name, path in (("queue page", "/items?view=open"), ("item page", f"/items/{number}")):
        assert client.get(path).status_code == 200
        with CaptureQueriesContext(connection, ) as captured:
            client.get(path)
        statements = [q["sql"] for q in captured.captured_queries if q["sql"].lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE"))]
        reads = [sql for sql in statements if sql.lstrip().upper().startswith(("SELECT", "WITH"))]

        def raw(reads: list[str] = reads) -> None:
            with connection.connection.cursor() as cursor:
                for sql in reads:
                    cursor.execute(sql)
                    cursor.fetchall()

        seconds = median(lambda path=path: client.get(path))
        found[name] = Cost(seconds, seconds / (bare + median(raw)), len(statements))
    return found


def looking(table: Table, small: dict[str, float]) -> None:
    """The pages beside a bare one and their raw SQL, and beside themselves among 10,000 items."""
    for name, cost in pages().items():
        table.row(f"{name}: times (bare page + its raw SQL)", cost.ratio, "≤ 4", f"{cost.seconds * 1000:.1f} ms, {cost.queries} queries")
        table.row(f"{name}: all items against 10,000", cost.seconds / small[name], "≤ 1.3", f"{small[name] * 1000:.1f} ms at 10,000")


def searching(table: Table) -> None:
    """A rare word, a frequent one, a Chinese phrase; and is every document that holds the phrase found."""
    from hengwei.core import search
    from hengwei.org.models import User

    user = User.objects.get(username="wangmin")
    with _web() as (base, token):
        caller = _Caller(base, token)
        for name, words in (("rare word", "zephyr"), ("frequent word", "打印机"), ("Chinese phrase", "重启后还是")):
            in_database = median(lambda words=words: search.search(words, user=user))
            over_rest = median(lambda words=words: caller.call("GET", f"/api/v1/search?q={_quoted(words)}"))
            hits = len(search.search(words, user=user).hits)
            table.row(f"search, {name}: ms in the product", in_database * 1000, "≤ 10", f"{hits} hits on the first page")
            table.row(f"search, {name}: ms through REST", over_rest * 1000, "≤ 25")
    phrase = "卡纸"
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) - 20000 FROM core_searchentry")
        edge = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM core_searchentry WHERE id > %s AND (title || text || internal_text) LIKE %s", [edge, f"%{phrase}%"])
        holding = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM core_searchentry WHERE id > %s AND (title || text || internal_text) LIKE %s AND internal_vector @@ %s::tsquery", [edge, f"%{phrase}%", search.tokens.query(phrase, {})])
        table.row(f"search: share of documents with '{phrase}' that are found", cursor.fetchone()[0] / max(1, holding), "= 1", f"{holding} hold it")


def _single_rows(count: int = 1500) -> float:
    """What the machine does at this moment, whatever runs beside it: rows a second that PostgreSQL commits one by one, asked by one client."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, t text)")
        begun = time.monotonic()
        for _ in range(count):
            cursor.execute("INSERT INTO bench_rows (t) VALUES ('x')")
        return count / (time.monotonic() - begun)


def _beside_single_rows(table: Table, what: str, rate: float, alone: tuple[float, float], goal: str, to_hundred: str) -> None:
    """The goals were set on a machine that commits 3,200 single rows a second: beside that, asked before and after, they hold for any."""
    single = sum(alone) / 2
    table.row(f"{what}, a second", rate, goal, f"PostgreSQL alone commits {alone[0]:,.0f} single rows a second before, {alone[1]:,.0f} after")
    table.row(f"{what}: to 100 single rows", rate / single * 100, to_hundred)


def creating(table: Table, seconds: float = 15) -> None:
    """Items through REST, with clocks, timeline, search entry and routing, by eight clients; a web process for each core."""
    counts, alone = [0] * 8, _single_rows()
    with _web(processes=os.cpu_count() or 1) as (base, token):
        until = time.monotonic() + seconds

        def client(which: int) -> None:
            caller = _Caller(base, token)
            while time.monotonic() < until:
                caller.call("POST", "/api/v1/items", {"kind": "incident", "title": f"三楼打印机卡纸 {which} {counts[which]}", "description": "重启后还是 E05"})
                counts[which] += 1

        threads = [threading.Thread(target=client, args=(n,)) for n in range(len(counts))]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begun
    _beside_single_rows(table, "items created through REST", sum(counts) / took, (alone, _single_rows()), "≥ 250", "≥ 7.8")


def importing(table: Table, count: int = 4000) -> None:
    """Messages with an HTML body and a quote, to items: so many that the start of the processes is the small part that it is of an import."""
    from hengwei.channels.actions import importing as action
    from hengwei.channels.models import InboundMessage, Mailbox

    run = time.time_ns()

    def message(number: int) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"李 <contact{number % 5000}@bench.example>", "help@hengwei.example", f"打印机 {number}"
        mail["Message-ID"], mail["Date"] = f"<{run}.{number}@bench.example>", "Tue, 24 Nov 2026 10:00:00 +0800"
        mail.set_content(f"三楼打印机卡纸 {number}\n\n在 2026年11月2日，服务台 写道：\n> 您好\n")
        mail.add_alternative(f"<p>三楼打印机<b>卡纸</b> {number}</p><blockquote type=cite>您好</blockquote>", subtype="html")
        return bytes(mail)

    messages, alone = [message(n) for n in range(count)], _single_rows()
    begun = time.monotonic()
    outcomes = action.take_in(messages, Mailbox.objects.get(address="help@hengwei.example"), jobs=os.cpu_count() or 1)
    rate = count / (time.monotonic() - begun)
    assert set(outcomes) == {InboundMessage.Outcome.OPENED}, outcomes
    _beside_single_rows(table, "messages imported", rate, (alone, _single_rows()), "≥ 150", "≥ 4.7")


def sweeping(table: Table) -> None:
    """1,000 steps of escalation due among all running clocks."""
    from hengwei.work.clocks.sweep import sweep
    from hengwei.work.models import Clock

    now = timezone.now()
    sweep(now)
    due = list(Clock.objects.filter(state="running", item__phase__in=("new", "active")).order_by("-id").values_list("pk", flat=True)[:1000])
    Clock.objects.filter(pk__in=due).update(next_step_at=now - timedelta(seconds=5), due_at=now - timedelta(seconds=5))
    claim = median(lambda: list(Clock.objects.with_step_due(now)[:1000].values_list("pk", flat=True)), 9)
    begun = time.monotonic()
    done = sweep(now)
    table.row(f"due sweep: ms to find {len(due)} due clocks", claim * 1000, "≤ 10")
    table.row("due sweep: seconds until all their effects are done", time.monotonic() - begun, "≤ 3", f"{done} clocks")


def rebasing(table: Table, count: int = 100_000) -> None:
    """A holiday is added while very many clocks are open on the calendar: preview and correction, set by set."""
    from hengwei.calendars.actions import set_days
    from hengwei.calendars.models import Calendar, CalendarVersion
    from hengwei.core import jobs
    from hengwei.core.acting import Actor
    from hengwei.work.clocks import rebase
    from hengwei.work.models import Clock

    office, now = Calendar.objects.get(key="office"), timezone.now()
    open_clocks(count, office.current().pk)
    days = {(now + timedelta(days=n)).date(): {"name": "停工"} for n in (1, 2, 3)}
    draft = CalendarVersion(calendar=office, number=office.current().number + 1, timezone=office.timezone, week=office.current().week,
                            days=office.current().days | {day.isoformat(): {"hours": []} for day in days})
    begun = time.monotonic()
    seen = rebase.preview(draft, now=now)
    table.row("re-basing: seconds to preview", time.monotonic() - begun, "told", f"{seen.clocks:,} clocks, {seen.moved:,} would move")
    with jobs.not_now():
        set_days(office, by=Actor(), days=days, reason="bench", at=now)
    begun = time.monotonic()
    told = rebase.apply(office.current(), now=now, by=Actor())
    took = time.monotonic() - begun
    left = Clock.objects.live().filter(calendar_version__calendar=office).exclude(calendar_version=office.current()).exclude(target__unit="calendar_days").count()
    table.row("re-basing: seconds for all open clocks", took * count / max(count, told.clocks), "≤ 20", f"{told.clocks:,} clocks in {took:.1f} s, {told.moved:,} moved, {left} left; scaled to {count:,}")


def open_clocks(count: int, version: int) -> None:
    """Bring the open clocks of a calendar up to a number: items that were copied get theirs open again, with their segments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM work_clock WHERE state IN ('running', 'paused') AND calendar_version_id = %s", [version])
        missing = count - cursor.fetchone()[0]
        cursor.execute("SELECT min(id) FROM work_target WHERE measure = 'resolution' AND unit = 'seconds'")
        target = cursor.fetchone()[0]
        cursor.execute(
            """WITH chosen AS (
                 SELECT i.id FROM work_workitem i WHERE NOT EXISTS (
                   SELECT 1 FROM work_clock c WHERE c.item_id = i.id AND c.measure = 'resolution' AND c.state IN ('running', 'paused')) ORDER BY i.id DESC LIMIT %s),
               made AS (
                 INSERT INTO work_clock (item_id, measure, target_id, calendar_version_id, pausing, allowed, elapsed, state, started_at, running_since, due_at, breach_cause, reopened)
                 SELECT id, 'resolution', %s, %s, '{customer}', 28800, 3600, 'running', now() - interval '30 hours', now() - interval '20 hours', now() + interval '1 day', '', false
                   FROM chosen RETURNING id)
               INSERT INTO work_segment (clock_id, running, starts_at, ends_at, business_seconds, reason, target_id, calendar_version_id)
               SELECT made.id, part.running, now() - part.begin, now() - part.finish, part.seconds, part.reason, %s, %s
                 FROM made CROSS JOIN (VALUES
                   (true, interval '30 hours', interval '25 hours', 3600, 'created'), (false, interval '25 hours', interval '20 hours', 0, 'customer'),
                   (true, interval '20 hours', NULL, 0, 'resumed')) AS part(running, begin, finish, seconds, reason)""",
            [max(0, missing), target, version, target, version])


def suggesting(table: Table) -> None:
    """Articles that may answer, among ten thousand, as they come while somebody types."""
    from bench.data import publish_many
    from hengwei.knowledge.models import Article
    from hengwei.knowledge.suggesting import suggest
    from hengwei.org.models import User

    subjects, signs = ["打印机", "邮箱", "网络", "ERP系统", "扫码枪", "投影仪", "考勤机", "VPN"], ["无法启动", "连接超时", "提示错误", "经常断开", "速度很慢"]
    if Article.objects.count() < 10_000:
        publish_many(f"{subjects[n % 8]}{signs[n % 5]}{n}号{chr(0x4E00 + n % 5000)}{chr(0x4E01 + n % 4999)}" for n in range(10_000))
    asked = "我的考勤机提示错误，重启后还是不行，请帮忙检查电源和线缆"
    user = User.objects.get(username="wangmin")
    table.row("suggested articles, ms in the product", median(lambda: suggest(asked, user=user)) * 1000, "≤ 20", f"{len(suggest(asked, user=user))} suggested")


def controls(table: Table) -> None:
    """Every control over all items, for a period that holds them all; the slowest are named."""
    from hengwei.core import controls as registered
    from hengwei.core.controls import Period, judge

    now = timezone.now()
    period = Period(now - timedelta(days=90), now + timedelta(days=1), now)
    took: dict[str, float] = {}
    for control in registered.every():
        begun = time.monotonic()
        judge(control, period, control.clean({}))
        took[control.key] = time.monotonic() - begun
    slowest = ", ".join(f"{key} {seconds:.1f}" for key, seconds in sorted(took.items(), key=lambda one: -one[1])[:4])
    table.row("the 30 slowest controls over all items, seconds", sum(sorted(took.values())[-30:]), "≤ 20", f"all {len(took)}: {sum(took.values()):.1f}; {slowest}")


def business_time(table: Table) -> None:
    """A million additions of working time."""
    from hengwei.calendars.models import CalendarVersion

    calendar = CalendarVersion.objects.order_by("id").first().compiled()  # type: ignore[union-attr]
    start = datetime(2026, 3, 2, 1, tzinfo=UTC)
    begun = time.monotonic()
    for number in range(200_000):
        calendar.add(start, (number % 2000) * 60)
    table.row("working time: additions a second, in thousands", 200 / (time.monotonic() - begun), "told")


def memory(table: Table) -> None:
    """All processes of an idle `hengwei serve`, database included; shared pages are counted once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hengwei.config.cli", "serve"], env=os.environ | {"HENGWEI_PORT": "18099"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait("http://127.0.0.1:18099")
        postmaster = _postmaster()
        # An idle installation has no bench in it: the connections of this run go, with what they had read.
        connection.close()
        connection.close_pool()
        time.sleep(12)
        processes = _family(process.pid) | _family(postmaster)
        table.row("idle memory of everything, MB", sum(map(_pss, processes)) / 2**20, "< 600", f"{len(processes)} processes")
    finally:
        process.terminate()
        process.wait(30)


# --- a web process to ask --------------------------------------------------------------------------------------------


class _web:
    def __init__(self, processes: int = 1):
        self.processes = processes

    def __enter__(self) -> tuple[str, str]:
        from hengwei.org.models import User
        from hengwei.org.tokens import create_token

        self.process = subprocess.Popen(
            [sys.executable, "-m", "hengwei.config.cli", "web"], env=os.environ | {"HENGWEI_PORT": "18098", "HENGWEI_WEB_PROCESSES": str(self.processes)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        _wait("http://127.0.0.1:18098")
        return "http://127.0.0.1:18098", create_token(User.objects.get(username="wangmin"), name="bench", scopes=("read", "write"))[1]

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def _wait(base: str) -> None:
    for _ in range(300):
        try:
            urlopen(f"{base}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{base} does not answer")


class _Caller:
    """A program that calls the REST interface on one connection, as programs do; by hand, since the cores that are measured are the client's too."""

    def __init__(self, base: str, token: str):
        self.host = base.removeprefix("http://")
        name, _, port = self.host.partition(":")
        self.socket = socket.create_connection((name, int(port)), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = f"Host: {self.host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """What was answered, as it came; RuntimeError for a refusal."""
        sent = json.dumps(body).encode() if body is not None else b""
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\n{self.headers}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        told = b""
        while (end := told.find(b"\r\n\r\n")) < 0:
            told += self._more()
        head = told[:end].lower()
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(told) < end + 4 + size:
            told += self._more()
        if int(head.split(None, 2)[1]) >= 400:
            raise RuntimeError(f"{method} {path}: {told[:300]!r}")
        return told[end + 4 :]

    def _more(self) -> bytes:
        part = self.socket.recv(65_536)
        if not part:
            raise RuntimeError("the connection was closed")
        return part


def _quoted(words: str) -> str:
    from urllib.parse import quote

    return quote(words)


def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return int((Path(cursor.fetchone()[0]) / "postmaster.pid").read_text().split()[0])


def _family(pid: int) -> set[int]:
    found = {pid}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found |= _family(int(child))
    return found


def _pss(pid: int) -> int:
    try:
        return sum(int(line.split()[1]) * 1024 for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
    except OSError:
        return 0
