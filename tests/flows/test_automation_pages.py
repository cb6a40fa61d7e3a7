"""Rules on pages and over REST, as each role; what they would have done."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from hengwei.core.acting import Actor
from hengwei.flows.automation import engine, trial
from hengwei.flows.automation.models import AutomationRule, DryRun
from hengwei.flows.learning.models import Suggestion
from hengwei.work import facts
from hengwei.work.actions import conversation, progress
from hengwei.work.models import Category, Entry, WorkItem
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(department):
    return UserFactory(name="杨静", role="manager")


@pytest.fixture
def client(manager):
    browser = Client()
    browser.force_login(manager)
    return browser


def sent(**facts):
    return {
        "name": "高优先级通知", "order": 10, "trigger": "opened", "per_hour": 500, "active": "on",
        "conditions-TOTAL_FORMS": 3, "conditions-INITIAL_FORMS": 0, "conditions-0-fact": "priority", "conditions-0-op": "urgent", "conditions-0-value": "2",
        "conditions-1-fact": "kind", "conditions-1-op": "is", "conditions-1-value": "incident", "conditions-2-fact": "kind", "conditions-2-op": "is", "conditions-2-value": "request",
        "deeds-TOTAL_FORMS": 2, "deeds-INITIAL_FORMS": 0, "deeds-0-do": "label", "deeds-0-text": "急", "deeds-1-do": "notify", "deeds-1-whom": "lead", "deeds-1-text": "{{number}}", "deeds-1-team": "",
        **facts,
    }


def test_a_rule_is_made_changed_switched_off_and_put_in_order(client):
    answer = client.post("/automation/rules/new", sent())
    assert answer.status_code == 302, answer.context["form"].errors
    rule = AutomationRule.objects.get()
    assert rule.conditions == {"all": [{"field": "priority", "op": "at_most", "value": 2}, {"field": "kind", "op": "in", "value": ["incident", "request"]}]}
    assert rule.deeds == [{"do": "label", "text": "急"}, {"do": "notify", "whom": "lead", "text": "{{number}}"}] and rule.active and rule.active_since
    page = client.get(f"/automation/rules/{rule.pk}").content.decode()
    assert "高优先级通知" in page and "急" in page
    edit = client.get(f"/automation/rules/{rule.pk}/edit").content.decode()
    assert 'data-choices="customer"' in edit and "data-needs" in edit
    assert client.post(f"/automation/rules/{rule.pk}/do/off").status_code == 302
    second = client.post("/automation/rules/new", sent(name="第二", order=5))
    assert second.status_code == 302
    ids = list(AutomationRule.objects.order_by("id").values_list("pk", flat=True))
    assert client.post("/automation/rules/order", {"row": ids}).status_code == 302
    assert list(AutomationRule.objects.order_by("order").values_list("pk", flat=True)) == ids
    assert client.get("/automation/rules").status_code == 200


def test_what_is_wrong_is_said_beside_the_field(client):
    answer = client.post("/automation/rules/new", sent(**{"conditions-0-value": "", "deeds-0-text": ""}))
    assert answer.status_code == 422 and not AutomationRule.objects.exists()
    answer = client.post("/automation/rules/new", sent(trigger="in_phase", phase="", amount=""))
    assert answer.status_code == 422 and "amount" in answer.context["form"].errors


def test_times_are_kept_in_seconds_of_working_time(client):
    assert client.post("/automation/rules/new", sent(trigger="in_phase", phase="waiting", amount=3, unit="days", working="on")).status_code == 302
    rule = AutomationRule.objects.get()
    assert (rule.seconds, rule.options) == (3 * 8 * 3600, {"phase": "waiting"})
    form = client.get(f"/automation/rules/{rule.pk}/edit").context["form"]
    assert (form.initial["amount"], form.initial["unit"]) == (3, "days")


@pytest.mark.parametrize("rows", [
    [{"fact": "priority", "op": "urgent", "value": "2"}], [{"fact": "kind", "op": "is", "value": "incident"}, {"fact": "kind", "op": "is", "value": "change"}], [{"fact": "text", "op": "lacks", "value": "测试"}],
    [{"fact": "owner", "op": "is_empty", "value": ""}], [{"fact": "key_account", "op": "is", "value": "yes"}], [{"fact": "chased", "op": "at_least", "value": "2"}], [{"fact": "customer", "op": "is_not", "value": "7"}], [],
])
def test_conditions_are_shown_again_as_they_were_chosen(rows):
    assert facts.rows_of(facts.condition_of(rows)) == rows
    assert facts.rows_of(facts.condition_of(rows, any_of=True)) == rows


@pytest.mark.parametrize(("role", "sees", "keeps"), [("requester", False, False), ("agent", False, False), ("lead", True, False), ("auditor", True, False), ("manager", True, True), ("system_admin", True, True)])
def test_each_role(rule, role, sees, keeps):
    made = rule("规则", "opened", {"do": "resume"})
    browser = Client()
    browser.force_login(UserFactory(role=role))
    for url in ("/automation/rules", f"/automation/rules/{made.pk}", "/automation/firings", f"/automation/rules/{made.pk}/dry-run", "/automation/learning"):
        assert browser.get(url).status_code == (200 if sees else 404), url
    for url in ("/automation/rules/new", f"/automation/rules/{made.pk}/edit", "/automation/rules/order"):
        assert browser.get(url).status_code == (200 if keeps else 404), url
    assert browser.post(f"/automation/rules/{made.pk}/do/off").status_code == (302 if keeps else 404)
    assert browser.get("/api/v1/automation/learning").status_code == (200 if sees else 403)


def test_over_rest(client, rule, requester, team):
    def call(method, url, body=None):
        return getattr(client, method)(f"/api/v1{url}", json.dumps(body) if body is not None else None, content_type="application/json")

    category = Category.objects.create(key="printer", name="打印机")
    made = call("post", "/automation/rules", {
        "name": "由程序", "trigger": "opened", "order": 1, "per_hour": 10, "active": True, "conditions": [{"fact": "category", "op": "is", "value": "printer"}], "deeds": [{"do": "priority", "level": 1}]})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    item = open_incident(requester=requester, team=team, category=category)
    run = call("post", f"/automation/rules/{pk}/dry-runs", {"begins": "2026-11-01T00:00:00Z", "ends": "2026-12-01T00:00:00Z"})
    assert run.status_code == 201 and run.json()["matched"] == 1 and run.json()["rows"][0]["number"] == item.number
    assert call("get", f"/automation/dry-runs/{run.json()['id']}").json()["looked"] == 1
    assert call("patch", f"/automation/rules/{pk}", {"name": "改名"}).status_code == 200
    kept = AutomationRule.objects.get(pk=pk)
    assert kept.name == "改名" and kept.deeds == [{"do": "priority", "level": 1}] and kept.version == 2
    assert call("post", "/automation/rules/order", {"ids": [pk]}).json()["ids"][0] == pk
    assert call("put", "/automation/learning/category", {"show_above": 70, "apply_above": 95}).json()["apply_above"] == 95
    suggestion = Suggestion.objects.create(item=item, field="priority", value="1", percent=90, at=TUESDAY)
    assert call("get", f"/items/{item.number}/suggestions").json()[0]["percent"] == 90
    assert call("post", f"/items/{item.number}/suggestions/{suggestion.pk}/accept").json()["state"] == "accepted"
    assert WorkItem.objects.get(pk=item.pk).priority == 1
    assert call("get", "/automation/firings").status_code == 200


def test_a_dry_run_does_nothing_and_says_what_would_have_been_done(rule, requester, team, agent):
    item = open_incident(requester=requester, team=team, impact=2, urgency=2)
    item = progress.acknowledge(item, by=acting(agent), at=TUESDAY + timedelta(hours=1))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=TUESDAY + timedelta(hours=2))
    conversation.reply(item, by=acting(requester, "portal"), text="好了吗", at=TUESDAY + timedelta(hours=9))
    entries, jobs = Entry.objects.count(), DryRun.objects.count()
    by, period = Actor(), {"begins": TUESDAY - timedelta(days=1), "ends": TUESDAY + timedelta(days=2)}

    def tried(name, trigger, **facts):
        return trial.begin(rule(name, trigger, {"do": "label", "text": "x"}, **facts), by=by, **period)

    assert [row["does"] for row in tried("开", "opened").rows] == [["标签 + x"]]
    assert tried("等", "in_phase", options={"phase": "waiting"}, seconds=3600, working=False).matched == 1
    assert tried("等久", "in_phase", options={"phase": "waiting"}, seconds=8 * 3600, working=False).matched == 0
    assert tried("答", "told_by_requester").matched == 1 and tried("动", "moved", options={"phase": "active"}).matched == 2
    assert tried("没人回", "unanswered", seconds=5 * 3600, working=False).matched >= 1
    assert tried("不符", "opened", conditions={"field": "priority", "op": "is", "value": 4}).matched == 0
    assert Entry.objects.count() == entries and DryRun.objects.count() == jobs + 7


def test_many_items_are_tried_in_the_background(rule, requester, team, monkeypatch, manager):
    from hengwei.core.models import Task
    from hengwei.core.tasks import run_task

    open_incident(requester=requester, team=team)
    monkeypatch.setattr(trial, "AT_ONCE", 0)
    run = trial.begin(rule("开", "opened", {"do": "resume"}), by=acting(manager), begins=TUESDAY - timedelta(days=1), ends=TUESDAY + timedelta(days=1))
    assert run.done_at is None
    run_task.func(task_id=Task.objects.get(key="automation.dry_run").pk)
    run.refresh_from_db()
    assert run.done_at is not None and run.matched == 1


def test_the_list_asks_the_database_a_fixed_number_of_questions(client, rule, requester, team, django_assert_max_num_queries):
    for n in range(12):
        rule(f"规则{n}", "opened", {"do": "label", "text": "x"}, conditions={"all": [{"field": "kind", "op": "in", "value": ["incident"]}]})
    item = open_incident(requester=requester, team=team)
    engine.run(item.pk, engine.Heard("opened"), chain=(), reason="event:1", at=TUESDAY)
    client.get("/automation/rules")
    with django_assert_max_num_queries(14):
        assert client.get("/automation/rules").status_code == 200
    with django_assert_max_num_queries(14):
        assert client.get("/automation/firings").status_code == 200


def test_a_suggestion_stands_beside_the_item_and_is_accepted_by_a_click(client, requester, team):
    item = open_incident(requester=requester, team=team)
    row = Suggestion.objects.create(item=item, field="priority", value="1", percent=86, at=TUESDAY)
    assert "86%" in client.get(item.get_absolute_url()).content.decode()
    assert client.post(f"/items/{item.number}/suggestion", {"suggestion": row.pk, "deed": "accept"}).status_code in (200, 302)
    row.refresh_from_db()
    assert row.state == "accepted"
    stranger = Client()
    stranger.force_login(requester)
    assert "86%" not in stranger.get(item.get_absolute_url()).content.decode()
