"""An import: columns, trial run, the import, what was refused, running again, going on after a crash."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from hengwei.core.errors import Forbidden, Refused
from hengwei.core.files import store
from hengwei.exchange import actions, running
from hengwei.exchange.models import Import
from hengwei.org.models import Customer, User
from hengwei.work.models import Clock, Entry, WorkItem
from hengwei.work.seed import install as categories
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(department):
    return UserFactory(role="manager", name="杨静")


def begun(manager, text: str, target: str = "items", **options) -> Import:
    run = actions.begin_file(by=acting(manager), file=store(text.encode(), "旧工单.csv", user=manager), target=target)
    return actions.set_mapping(run, by=acting(manager), columns=run.mapping, **options)


def carried_out(run: Import, manager, *, trial: bool = False) -> Import:
    actions.start(run, by=acting(manager), trial=trial)
    running.carry_out(run.pk, trial=trial)
    run.refresh_from_db()
    return run


TICKETS = """工单号,标题,状态,创建时间,关闭时间,请求人,优先级,处理结果
T-1,打印机卡纸,已关闭,2025-03-01 09:00,2025-03-01 11:00,liqian,高,更换搓纸轮
T-2,ERP打不开,处理中,2026-11-20 09:00,,liqian,紧急,
T-3,,已关闭,2025-03-01,2025-03-02,liqian,高,
T-4,邮箱满了,不知道,2025-03-01,,nobody,很高,
"""


@pytest.fixture
def person(customer):
    return UserFactory(username="liqian", name="李倩", customer=customer, role="requester")


def test_columns_are_found_by_their_headings(manager):
    run = begun(manager, TICKETS)
    assert run.mapping == {
        "foreign_id": "工单号", "title": "标题", "state": "状态", "received_at": "创建时间", "closed_at": "关闭时间", "requester": "请求人", "priority": "优先级", "solution": "处理结果",
    }


def test_a_trial_run_says_what_would_happen_and_keeps_nothing(manager, person):
    run = carried_out(begun(manager, TICKETS), manager, trial=True)
    assert (run.state, run.created, run.failed) == ("checked", 2, 2)
    assert not WorkItem.objects.exists()


def test_history_comes_as_it_was_and_starts_no_promise(manager, person):
    carried_out(begun(manager, TICKETS), manager)
    closed, active = WorkItem.objects.order_by("received_at")
    assert (closed.phase, closed.priority, closed.requester, closed.solution, closed.labels) == ("closed", 2, person, "更换搓纸轮", ["T-1"])
    assert closed.number.startswith("INC-2025-")
    assert closed.specific().major is False
    assert (active.phase, active.priority) == ("active", 1)
    assert not Clock.objects.exists()
    assert Entry.objects.filter(item=closed).count() == 1


def test_every_fault_of_a_row_is_named_with_its_line(manager, person):
    run = carried_out(begun(manager, TICKETS), manager)
    third, fourth = run.refused.order_by("number")
    assert (third.number, set(third.errors)) == (4, {"title"})
    assert (fourth.number, set(fourth.errors)) == (5, {"state", "requester", "priority"})
    assert fourth.values["标题"] == "邮箱满了"


def test_the_same_file_again_brings_nothing_twice(manager, person):
    carried_out(begun(manager, TICKETS), manager)
    run = carried_out(begun(manager, TICKETS), manager)
    assert (run.created, run.skipped) == (0, 2)
    assert WorkItem.objects.count() == 2


def test_open_items_are_updated_if_that_is_wished(manager, person):
    carried_out(begun(manager, TICKETS), manager)
    run = carried_out(begun(manager, TICKETS.replace("ERP打不开", "ERP登录报错"), existing="update"), manager)
    assert run.updated == 2
    assert WorkItem.objects.filter(title="ERP登录报错").exists()


def test_ten_thousand_rows_with_bad_ones_and_a_crash_in_the_middle(manager, person, monkeypatch):
    lines = ["工单号,标题,状态,创建时间,请求人"] + [f"N-{n},第{n}个问题,{'已关闭' if n % 97 else '什么'},2025-05-01 10:00,liqian" for n in range(1, 10_001)]
    run = begun(manager, "\n".join(lines))
    actions.start(run, by=acting(manager), trial=False)
    usual, calls = running._write, []

    def breaks(*args, **kwargs):
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return usual(*args, **kwargs)

    monkeypatch.setattr(running, "_write", breaks)
    with pytest.raises(KeyboardInterrupt):
        running.carry_out(run.pk, trial=False)
    monkeypatch.setattr(running, "_write", usual)
    running.carry_out(run.pk, trial=False)
    run.refresh_from_db()
    assert (run.state, run.position, run.created, run.failed) == ("done", 10_000, 10_000 - 103, 103)
    assert WorkItem.objects.count() == 10_000 - 103
    assert run.refused.count() == 103


def test_it_can_be_stopped_and_goes_on(manager, person, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    run = begun(manager, TICKETS)
    actions.start(run, by=acting(manager), trial=False)
    usual = running._write

    def stopping(*args, **kwargs):
        Import.objects.filter(pk=run.pk).update(state="running")
        return usual(*args, **kwargs)

    batches = []
    original = running._batch

    def after_one(*args, **kwargs):
        if len(batches) == 1:
            actions.stop(run, by=acting(manager))
        batches.append(1)
        return original(*args, **kwargs)

    monkeypatch.setattr(running, "_batch", after_one)
    running.carry_out(run.pk, trial=False)
    run.refresh_from_db()
    assert (run.state, run.position) == ("paused", 1)
    monkeypatch.setattr(running, "_batch", original)
    run = carried_out(run, manager)
    assert (run.state, run.position, run.created) == ("done", 4, 2)


def test_people_and_customers_from_a_list(manager):
    customers = "客户编号,客户名称,类型,重点客户\nK900,宁波精工,公司,是\nK901,,公司,\n"
    run = carried_out(begun(manager, customers, "customers"), manager)
    assert (run.created, run.failed) == (1, 1)
    assert Customer.objects.get(code="K900").key_account
    people = "姓名,邮箱,电话,公司\n周霞,zhouxia@nbjg.example,0574-1,宁波精工\n无名,不是邮箱,,\n周霞二,zhouxia@nbjg.example,,\n"
    run = carried_out(begun(manager, people, "people"), manager)
    found = User.objects.get(email="zhouxia@nbjg.example")
    assert (found.name, found.customer.name, found.is_agent) == ("周霞", "宁波精工", False)
    assert (run.created, run.skipped, run.failed) == (1, 1, 1)


def test_a_needed_column_must_be_said(manager):
    run = actions.begin_file(by=acting(manager), file=store("甲,乙\n1,2".encode(), "x.csv", user=manager), target="items")
    with pytest.raises(Refused) as refused:
        actions.set_mapping(run, by=acting(manager), columns={})
    assert refused.value.field == "title"


def test_only_who_may_imports(agent, manager):
    with pytest.raises(Forbidden):
        actions.begin_file(by=acting(agent), file=store(b"a,b\n1,2", "x.csv", user=agent), target="items")
    client = Client()
    client.force_login(agent)
    assert client.get("/imports").status_code == 404
    assert client.get("/imports/new").status_code == 404
    assert client.get("/api/v1/imports").status_code == 403


def test_the_way_through_the_pages(manager, person):
    categories()
    client = Client()
    client.force_login(manager)
    assert client.post("/imports/new", {"target": "items"}).status_code == 422
    file = io.BytesIO(TICKETS.encode("gb18030"))
    file.name = "旧工单.csv"
    mapping = client.post("/imports/new", {"target": "items", "file": file})["Location"]
    page = client.get(mapping).content.decode()
    assert "打印机卡纸" in page
    assert "不知道" in page
    run = Import.objects.get()
    sent = {f"column-{field}": column for field, column in run.mapping.items()}
    assert client.post(mapping, {**sent, "existing": "skip", "then": "trial"})["Location"] == f"/imports/{run.pk}"
    running.carry_out(run.pk, trial=True)
    assert client.post(f"/imports/{run.pk}/run").status_code == 302
    running.carry_out(run.pk, trial=False)
    page = client.get(f"/imports/{run.pk}").content.decode()
    assert "已完成" in page or "完成" in page
    table = list(csv.reader(io.StringIO(client.get(f"/imports/{run.pk}/refused.csv").content.decode("utf-8-sig"))))
    assert [line[0] for line in table[1:]] == ["4", "5"]
    assert client.get("/imports/pattern/people.xlsx").content.startswith(b"PK")
    assert client.get("/imports").status_code == 200


def test_over_rest(manager, person):
    client = Client()
    client.force_login(manager)
    file = io.BytesIO(TICKETS.encode())
    file.name = "old.csv"
    made = client.post("/api/v1/imports", {"target": "items", "file": file})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert client.post(f"/api/v1/imports/{pk}/run").json()["state"] == "running"
    running.carry_out(pk, trial=False)
    assert client.get(f"/api/v1/imports/{pk}").json()["created"] == 2
    assert len(client.get(f"/api/v1/imports/{pk}/refused").json()["items"]) == 2
