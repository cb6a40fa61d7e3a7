"""Other programs and chat robots call us: real calls at a real address."""

from __future__ import annotations

import json
import time
import uuid

import httpx
import pytest
from django.test import Client

from hengwei.channels import mapping, signatures
from hengwei.channels.actions import hooks
from hengwei.channels.models import HookCall, OutboundMessage
from hengwei.core.errors import Forbidden, Refused
from hengwei.work.actions import progress
from hengwei.work.models import Category, WorkItem
from tests.channels.conftest import free_port
from tests.factories import UserFactory, acting
from tests.site.test_kill import kill, start

pytestmark = pytest.mark.django_db

MAPPING = {
    "key": "{{incident.id}}", "title": "{{incident.name}}", "description": "{{incident.text}}", "requester": "{{by}}",
    "impact": {"from": "incident.level", "map": {"1": 1, "2": 2}, "default": 4}, "urgency": {"from": "incident.level", "map": {"1": 1}, "default": 3},
    "labels": ["外部", "{{incident.system}}"], "resolved_when": {"field": "incident.state", "op": "is", "value": "ok"},
}
ALERTS = {
    "status": "firing", "externalURL": "http://am.example",
    "alerts": [
        {"status": "firing", "fingerprint": "a1", "labels": {"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical", "job": "node"}, "annotations": {"summary": "磁盘 95%"}},
        {"status": "firing", "fingerprint": "b2", "labels": {"alertname": "DiskFull", "instance": "db2:9100", "severity": "warning", "job": "node"}, "annotations": {"summary": "磁盘 85%"}},
    ],
}


@pytest.fixture
def keeper(department):
    return UserFactory(name="管理员", role="system_admin")


@pytest.fixture
def category(db):
    return Category.objects.create(key="alarm", name="告警")


@pytest.fixture
def hook(keeper, team, category):
    return lambda **facts: hooks.save_hook(by=acting(keeper), **{"name": "外部系统", "mapping": MAPPING, "team": team, "category": category, **facts})


def post(token, payload, **headers):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Client(enforce_csrf_checks=True).post(f"/hooks/{token}", body, content_type="application/json", headers=headers)


def incident(**facts):
    return {"incident": {"id": "77", "name": "MES停机", "text": "产线3停止", "level": 1, "system": "MES", **facts}}


def test_a_call_opens_an_item_by_the_mapping(hook, team):
    _row, token = hook()
    answer = post(token, incident())
    assert answer.status_code == 200
    item = WorkItem.objects.get()
    assert answer.json()["items"] == [{"number": item.number, "url": f"http://127.0.0.1:8000/items/{item.number}", "outcome": "opened"}]
    assert (item.title, item.description, item.impact, item.team, item.source, item.labels) == ("MES停机", "产线3停止", 1, team, "api", ["外部", "MES"])


def test_the_same_key_is_the_same_item_until_it_ends(hook):
    _row, token = hook()
    post(token, incident())
    assert post(token, incident()).json()["items"][0]["outcome"] == "updated"
    item = WorkItem.objects.get()
    assert item.entries.filter(kind="message_in").count() == 1
    post(token, incident(text="产线4也停止"))
    assert item.entries.filter(kind="message_in").count() == 2
    over = post(token, incident(state="ok")).json()["items"][0]
    item.refresh_from_db()
    assert (over["number"], over["outcome"], item.phase) == (item.number, "resolved", "resolved")
    assert "恢复" in item.entries.filter(kind="message_in").order_by("-id").first().text
    assert post(token, incident(state="ok")).json()["items"] == []
    assert post(token, incident()).json()["items"][0]["outcome"] == "opened"
    assert WorkItem.objects.count() == 2


def test_alarms_as_alertmanager_sends_them(hook):
    _row, token = hook(shape="alertmanager", mapping={})
    post(token, ALERTS)
    first, second = WorkItem.objects.order_by("id")
    assert (first.title, first.impact, first.source) == ("DiskFull db1:9100", 1, "monitor")
    assert (second.impact, second.labels) == (3, ["node"])
    assert post(token, {**ALERTS, "alerts": [{**ALERTS["alerts"][0], "status": "resolved"}]}).json()["items"][0]["outcome"] == "resolved"
    first.refresh_from_db()
    assert first.phase == "resolved"


def test_a_repeated_call_changes_nothing_and_answers_the_same(hook):
    _row, token = hook()
    first = post(token, incident(), **{"webhook-id": "one"})
    assert post(token, incident(), **{"webhook-id": "one"}).json() == first.json()
    assert (WorkItem.objects.count(), HookCall.objects.count()) == (1, 1)


def test_only_who_knows_the_address_and_the_secret(hook):
    row, token = hook(signed=True)
    assert post("wrong", incident()).status_code == 404
    assert post(token, incident()).status_code == 401
    body = json.dumps(incident()).encode()
    signed = signatures.sign([row.secret], uid="x", timestamp=int(time.time()), body=body)
    assert post(token, body + b" ", **signed).status_code == 401
    old = signatures.sign([row.secret], uid="x", timestamp=int(time.time()) - 600, body=body)
    assert post(token, body, **old).status_code == 401
    assert post(token, body, **signed).status_code == 200
    assert Client().get(f"/hooks/{token}").status_code == 405
    hooks.save_hook(row, by=acting(row.created_by), name="x", mapping=MAPPING, active=False)
    assert post(token, body, **signed).status_code == 404


def test_an_address_can_be_renewed_and_stands_sealed(hook, keeper):
    row, token = hook()
    new = hooks.renew_token(row, by=acting(keeper))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT token, token_hash FROM channels_hook")
        assert token not in str(cursor.fetchone())
    assert post(token, incident()).status_code == 404
    assert post(new, incident()).status_code == 200
    with pytest.raises(Forbidden):
        hooks.renew_token(row, by=acting(UserFactory(role="lead")))


@pytest.mark.parametrize("body", [b"", b"no json", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_said(hook, body):
    _row, token = hook()
    answer = post(token, body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_what_fails_is_on_record_and_read_again(hook, keeper, monkeypatch):
    row, token = hook()
    monkeypatch.setattr(hooks.intake, "open_item", lambda *_a, **_k: 1 / 0)
    answer = post(token, incident())
    assert answer.status_code == 422
    call = HookCall.objects.get()
    assert (call.status, "ZeroDivisionError" in call.reason) == ("failed", True)
    monkeypatch.undo()
    assert hooks.again(call, by=acting(keeper)).status == "done"
    assert WorkItem.objects.count() == 1
    with pytest.raises(Refused):
        hooks.again(HookCall.objects.get(), by=acting(keeper))
    assert row.calls.get().items.get() == WorkItem.objects.get()


@pytest.mark.parametrize("wrong", [None, [], {}, {"title": 1}, {"title": "x", "impact": {"from": "a"}}, {"title": "x", "impact": {"from": "a", "map": {"b": 9}}}, {"title": "x", "eat": "y"}, {"title": "x", "resolved_when": {"op": "is"}}])
def test_a_wrong_mapping_is_refused_at_its_field(hook, wrong):
    with pytest.raises(Refused) as refused:
        hook(mapping=wrong)
    assert refused.value.field == "mapping"


@pytest.mark.parametrize(("path", "found"), [("a.b", 1), ("list.1.x", 2), ("dotted.name", 3), ("deep.er.name.x", 4), ("none.at.all", None), ("list.9", None), ("", "whole")])
def test_paths(path, found):
    payload = {"a": {"b": 1}, "list": [{}, {"x": 2}], "dotted.name": 3, "deep.er": {"name.x": 4}}
    assert mapping.at(payload, path) == (payload if found == "whole" else found)


def say(token, text, **facts):
    return post(token, {"text": text, "conversation": "群1", "user": {"id": "li", "name": "李倩"}, **facts}).json()


@pytest.fixture
def li(customer):
    return UserFactory(name="李倩", username="li", email="li@customer.example", mobile="13900000001", customer=customer, role="requester")


def test_a_chat_gets_the_number_back_and_goes_on_in_it(hook, li, agent):
    _row, token = hook(shape="chat", mapping={}, name="企业微信")
    first = say(token, "三楼打印机卡纸\n重启没用")
    item = WorkItem.objects.get()
    assert (item.title, item.source, item.requester) == ("三楼打印机卡纸", "chat", li)
    assert first["number"] == item.number
    assert item.number in first["reply"]
    assert say(token, "好像是E05")["number"] == item.number
    assert item.entries.filter(kind="message_in").count() == 2
    asked = say(token, f"{item.number}？")
    assert (asked["outcome"], asked["number"]) == ("told", item.number)
    assert item.entries.filter(kind="message_in").count() == 2
    progress.resolve(item, by=acting(agent), cause="x", solution="y")
    assert say(token, "另外，电脑也坏了")["number"] != item.number
    assert say(token, "鼠标坏了", new=True)["outcome"] == "opened"


def test_a_chat_joins_an_item_by_number_only_by_right(hook, li, team):
    from tests.factories import open_incident

    other = open_incident(requester=UserFactory(role="requester"), team=team)
    mine = open_incident(requester=li, team=team)
    _row, token = hook(shape="chat", mapping={})
    assert say(token, f"{mine.number} 还没好")["number"] == mine.number
    assert say(token, f"{other.number} 给我看看", new=True)["number"] not in (mine.number, other.number)
    assert say(token, other.number)["outcome"] != "told"


def test_who_speaks_is_found_by_telephone_or_address_and_else_made_known(hook, li):
    _row, token = hook(shape="chat", mapping={})
    assert WorkItem.objects.get(number=say(token, "a", user={"id": "u1", "phone": "13900000001"})["number"]).requester == li
    new = WorkItem.objects.get(number=say(token, "b", user={"id": "u2", "name": "新人", "email": "new@x.example"})["number"]).requester
    assert (new.name, new.verified) == ("新人", False)
    assert WorkItem.objects.get(number=say(token, "c", user={"id": "stranger"})["number"]).requester is None


def test_an_alarm_that_a_person_must_classify_is_ended_by_a_person(hook):
    _row, token = hook(shape="alertmanager", mapping={}, category=None)
    post(token, ALERTS)
    assert post(token, {**ALERTS, "alerts": [{**ALERTS["alerts"][0], "status": "resolved"}]}).json()["items"][0]["outcome"] == "updated"
    assert WorkItem.objects.order_by("id")[0].is_open


def test_nothing_answers_an_alarm_by_mail(hook, mailbox):
    _row, token = hook(shape="alertmanager", mapping={})
    post(token, ALERTS)
    assert not OutboundMessage.objects.filter(user=None).exists()


@pytest.mark.django_db(transaction=True)
def test_through_the_real_web_server(hook, li):
    """granian, httpx, a signature made by the specification's own words."""
    row, token = hook(shape="chat", mapping={}, signed=True)
    port = free_port()
    process = start("web", HENGWEI_PORT=str(port))
    try:
        body = json.dumps({"text": "VPN连不上", "user": {"id": "li"}}).encode()
        headers = signatures.sign([row.secret], uid=uuid.uuid4().hex, timestamp=int(time.time()), body=body)
        with httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            for _attempt in range(200):
                try:
                    client.get("/account/login/")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            answer = client.post(f"/hooks/{token}", content=body, headers=headers)
            assert answer.status_code == 200, answer.text
            assert client.post(f"/hooks/{token}", content=body).status_code == 401
        assert WorkItem.objects.get(number=answer.json()["number"]).source == "chat"
    finally:
        kill(process)
