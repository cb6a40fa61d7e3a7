"""Zammad and GLPI, as far as they can stand here: a server that answers in the shapes that their manuals give.

The systems themselves need Ruby or PHP with databases of their own; what they answer is taken from
docs.zammad.org (REST API, tickets and articles) and GLPI's apirest.md.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hengwei.core.errors import Refused
from hengwei.core.search import search
from hengwei.exchange import actions, running
from hengwei.exchange.models import Import
from hengwei.org.models import User
from hengwei.work.jobs import reindex_items
from hengwei.work.models import Entry, WorkItem
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db

TICKETS = [
    {"id": n, "number": f"3100{n}", "title": f"Printer {n} jams", "group": "Users", "state": ["closed", "open", "pending reminder"][n % 3], "priority": "3 high",
     "customer": "nicole.braun@zammad.example", "owner": "wangmin@hengxin.example", "organization": "", "create_article_type": "email",
     "created_at": f"2026-0{1 + n % 9}-10T08:00:00.000Z", "close_at": f"2026-0{1 + n % 9}-11T08:00:00.000Z" if n % 3 == 0 else None, "tags": ["printer"]}
    for n in range(1, 231)
]
ARTICLES = [
    {"id": 1, "from": "Nicole Braun <nicole.braun@zammad.example>", "body": "<p>It jams <b>again</b>.</p>", "content_type": "text/html", "internal": False, "sender": "Customer",
     "type": "email", "created_by": "nicole.braun@zammad.example", "created_at": "2026-01-10T08:00:00.000Z"},
    {"id": 2, "from": "Agent", "body": "Ask the supplier first.", "content_type": "text/plain", "internal": True, "sender": "Agent", "type": "note",
     "created_by": "wangmin@hengxin.example", "created_at": "2026-01-10T08:30:00.000Z"},
    {"id": 3, "from": "Agent", "body": "Roller replaced.", "content_type": "text/plain", "internal": False, "sender": "Agent", "type": "email",
     "created_by": "wangmin@hengxin.example", "created_at": "2026-01-10T09:00:00.000Z"},
]
GLPI = [
    {"id": n, "name": f"打印机{n}卡纸", "content": "&#60;p&#62;第三次了&#60;/p&#62;", "date": "2026-05-01 09:00:00", "solvedate": "2026-05-01 11:00:00" if n % 2 else None,
     "closedate": "2026-05-02 09:00:00" if n % 2 else None, "status": 6 if n % 2 else 4, "urgency": 4, "impact": 3, "priority": 5, "type": 2 if n % 5 == 0 else 1}
    for n in range(1, 252)
]


class Server(BaseHTTPRequestHandler):
    """Both systems under one roof."""

    busy = 2
    #: What it answers to who asks for what was said on a ticket.
    articles = 200
    articles_of_none = 200

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if path.startswith("/people/"):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>Welcome</h1>")
            return None
        if path.startswith("/api/v1/"):
            if self.headers["Authorization"] != "Token token=secret":
                return self.answer({"error": "Authentication required"}, 403)
            if path == "/api/v1/tickets/search":
                return self.answer({"total_count": len(TICKETS)})
            if path == "/api/v1/tickets":
                if type(self).busy > 0:
                    type(self).busy -= 1
                    return self.answer({}, 503, Retry_After="0")
                page, per = int(query["page"]), int(query["per_page"])
                return self.answer(TICKETS[(page - 1) * per : page * per])
            return self.answer(ARTICLES, type(self).articles_of_none if path.endswith("/None") else type(self).articles)
        if path == "/apirest.php/initSession":
            return self.answer({"session_token": "s1"}) if self.headers["Authorization"] == "user_token secret" else self.answer(["ERROR_GLPI_LOGIN_USER_TOKEN"], 401)
        if self.headers["Session-Token"] != "s1":
            return self.answer(["ERROR_SESSION_TOKEN_INVALID"], 401)
        if path == "/apirest.php/Ticket":
            first, last = (int(part) for part in query["range"].split("-"))
            return self.answer(GLPI[first : last + 1], 206, Content_Range=f"{first}-{last}/{len(GLPI)}")
        if path.startswith("/apirest.php/User/"):
            return self.answer({"id": 7, "name": "liqian", "realname": "李", "firstname": "倩", "_useremails": ["liqian@hengxin.example"]} if path.endswith("/7") else {"id": 9, "name": "wangmin", "_useremails": ["wangmin@hengxin.example"]})
        if path.endswith("/Ticket_User"):
            return self.answer([{"users_id": 7, "type": 1}, {"users_id": 9, "type": 2}])
        if path.endswith("/ITILFollowup"):
            return self.answer([{"id": 1, "content": "&#60;p&#62;换个搓纸轮&#60;/p&#62;", "date": "2026-05-01 10:00:00", "users_id": 9, "is_private": 1},
                                {"id": 2, "content": "好了", "date": "2026-05-01 11:00:00", "users_id": 9, "is_private": 0}])
        return self.answer([{"id": 1, "content": "&#60;p&#62;更换搓纸轮&#60;/p&#62;", "date_creation": "2026-05-01 11:00:00"}])


@contextmanager
def serving() -> Iterator[str]:
    """The server, at its address."""
    Server.busy = 2
    running_one = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=running_one.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running_one.server_address[1]}"
    running_one.shutdown()


@pytest.fixture
def server() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def manager(department, settings):
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    UserFactory(username="wangmin", email="wangmin@hengxin.example", name="王敏", role="agent")
    return UserFactory(role="manager")


def brought(manager, origin: str, url: str, token: str = "secret", *, trial: bool = False) -> Import:
    run = actions.begin_remote(by=acting(manager), origin=origin, url=url, token=token)
    actions.start(run, by=acting(manager), trial=trial)
    running.carry_out(run.pk, trial=trial)
    run.refresh_from_db()
    return run


def test_zammad_tickets_come_with_their_articles(manager, server):
    run = brought(manager, "zammad", server)
    assert (run.state, run.error, run.created, run.total) == ("done", "", 230, 230)
    item = WorkItem.objects.get(labels__contains=["31003"])
    assert (item.phase, item.priority, item.requester.email, item.owner.name) == ("closed", 2, "nicole.braun@zammad.example", "王敏")
    assert item.description == "It jams again."
    assert list(item.entries.order_by("id").values_list("public", "by_staff", "text")) == [
        (True, False, "It jams again."), (False, True, "Ask the supplier first."), (True, True, "Roller replaced."),
    ]
    assert item.responded_at == item.entries.get(text="Roller replaced.").happened_at
    assert not User.objects.get(email="nicole.braun@zammad.example").is_agent


@pytest.mark.parametrize(("origin", "number"), [("zammad", "31003"), ("glpi", "GLPI-5")])
def test_what_was_brought_in_is_found_by_its_number_there(manager, server, origin, number):
    brought(manager, origin, server)
    reindex_items(list(WorkItem.objects.values_list("pk", flat=True)))
    assert [hit.pk for hit in search(number, user=manager, kinds=["item"]).hits] == [WorkItem.objects.get(labels__contains=[number]).pk]


def test_again_brings_only_what_is_new(manager, server):
    brought(manager, "zammad", server)
    run = brought(manager, "zammad", server)
    assert (run.created, run.skipped) == (0, 230)
    assert WorkItem.objects.count() == 230


def test_glpi_tickets_come_with_followups_and_solution(manager, server):
    run = brought(manager, "glpi", server)
    assert (run.state, run.error, run.created) == ("done", "", 251)
    item = WorkItem.objects.get(labels__contains=["GLPI-5"])
    assert (item.kind, item.phase, item.priority, item.impact, item.urgency) == ("request", "closed", 1, 3, 2)
    assert (item.requester.name, item.solution, item.description) == ("李 倩", "更换搓纸轮", "第三次了")
    assert list(Entry.objects.filter(item=item).order_by("happened_at").values_list("text", "public")) == [("第三次了", True), ("换个搓纸轮", False), ("好了", True)]
    waiting = WorkItem.objects.get(labels__contains=["GLPI-2"])
    assert (waiting.phase, waiting.waiting_for) == ("waiting", "customer")


@pytest.mark.parametrize("origin", ["zammad", "glpi"])
def test_a_wrong_token_is_said_in_words(manager, server, origin):
    run = brought(manager, origin, server, token="wrong")
    assert run.state == "failed"
    assert run.error
    assert not WorkItem.objects.exists()


def test_a_system_that_is_not_there_is_said_in_words(manager, monkeypatch):
    monkeypatch.setattr("hengwei.exchange.remote.asking.TRIES", 1)
    run = brought(manager, "zammad", "http://127.0.0.1:9")
    assert run.state == "failed"
    assert run.error


def test_a_system_inside_is_asked_only_where_the_installation_allows_it(manager, server, settings):
    run = actions.begin_remote(by=acting(manager), origin="zammad", url=server, token="secret")
    settings.OUTGOING_ALLOW = []
    actions.start(run, by=acting(manager), trial=True)
    running.carry_out(run.pk, trial=True)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "HENGWEI_OUTGOING_ALLOW" in run.error
    with pytest.raises(Refused, match="HENGWEI_OUTGOING_ALLOW") as refused:
        actions.begin_remote(by=acting(manager), origin="zammad", url=server, token="secret")
    assert refused.value.field == "url"


@pytest.mark.parametrize("origin", ["zammad", "glpi"])
def test_a_trial_keeps_nothing(manager, server, origin):
    before = set(User.objects.values_list("pk", flat=True))
    run = brought(manager, origin, server, trial=True)
    assert (run.state, run.created) == ("checked", run.total)
    assert not WorkItem.objects.exists()
    assert set(User.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("origin", ["zammad", "glpi"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_address_of_something_else_is_said_in_words(manager, server, origin, language):
    User.objects.filter(pk=manager.pk).update(language=language)
    run = brought(manager, origin, f"{server}/people")
    assert run.state == "failed"
    assert run.error == {
        "zh-hans": "这个地址上没有这样的系统（200，text/html），请核对地址。", "en": "At this address no such system answers (200, text/html). Please look at the address."}[language]


def test_a_refusal_of_one_of_many_questions_is_in_the_language_of_who_imports(manager, server, monkeypatch):
    User.objects.filter(pk=manager.pk).update(language="en")
    monkeypatch.setattr(Server, "articles", 403)
    assert brought(manager, "zammad", server).error == "The other system does not accept the token (403)."


def test_what_nobody_foresaw_ends_the_import_and_it_goes_on_when_mended(manager, server, monkeypatch):
    run = actions.begin_remote(by=acting(manager), origin="zammad", url=server, token="secret")
    actions.start(run, by=acting(manager), trial=False)
    with monkeypatch.context() as broken:
        broken.setattr("hengwei.exchange.remote.asking.save_person", None)
        with pytest.raises(TypeError):
            running.carry_out(run.pk, trial=False)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "NoneType" in run.error
    actions.start(run, by=acting(manager), trial=False)
    running.carry_out(run.pk, trial=False)
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 230)


def test_after_a_trial_that_failed_halfway_everything_is_brought_in(manager, server, monkeypatch):
    with monkeypatch.context() as away:
        away.setitem(TICKETS[150], "id", None)
        away.setattr(Server, "articles_of_none", 404)
        run = brought(manager, "zammad", server, trial=True)
    assert run.state == "failed"
    actions.start(run, by=acting(manager), trial=False)
    running.carry_out(run.pk, trial=False)
    run.refresh_from_db()
    assert (run.state, run.created, WorkItem.objects.count()) == ("done", 230, 230)
