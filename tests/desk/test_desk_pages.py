"""The desk's own pages: designing, panels on items, the calendar, major incidents, surveys, figures, settings."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hengwei.desk.actions import catalogue, changes, follow_ups, macros, majors, problems, surveys
from hengwei.desk.models import (
    CannedReply,
    CatalogueEntry,
    Complaint,
    DeskSettings,
    FollowUp,
    FollowUpPlan,
    Freeze,
    Macro,
    Problem,
    Rating,
    Standard,
)
from hengwei.work.actions.intake import open_item
from hengwei.work.models import Category, WorkItem
from tests.factories import CustomerFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(lead) -> Client:
    return signed_in(lead)


def _rows(prefix: str, rows: list[dict], **more) -> dict:
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0, **more}
    for n, row in enumerate(rows):
        data |= {f"{prefix}-{n}-{key}": value for key, value in row.items()} | {f"{prefix}-{n}-ORDER": n + 1}
    return data


def test_an_entry_is_made_designed_looked_at_and_published(desk, lead, team, requester):
    desk.post("/desk/catalogue/new", {"key": "visitor", "name": "访客网络", "name_en": "Visitor Wi-Fi", "icon": "wifi-off", "order": 50, "audience": "everyone"})
    entry = CatalogueEntry.objects.get()
    draft = {"kind": "request", "impact": 4, "urgency": 3, "team": team.key, "labels": "访客，网络"}
    draft |= _rows("fields", [
        {"key": "days", "type": "choice", "label": "几天", "label_en": "How long", "required": "on", "choices": "one | 一天 | One day\nweek | 一周 | One week"},
        {"key": "why", "type": "text", "label": "事由", "when_field": "days", "when_op": "is", "when_value": "week"},
    ])
    draft |= _rows("approvals", [{"name": "主管", "mode": "any", "approvers": "team_lead"}]) | _rows("checklist", [{"text": "发放账号"}]) | _rows("tasks", [])
    answer = desk.post(f"/desk/catalogue/{entry.pk}/design", draft)
    assert answer.status_code == 302, answer.content.decode()
    page = desk.get(f"/desk/catalogue/{entry.pk}").content.decode()
    assert "草稿预览" in page
    assert "发放账号" in page
    desk.post(f"/desk/catalogue/{entry.pk}/do/publish", {"note": "第一版"})
    entry.refresh_from_db()
    version = entry.published
    assert version.fields[0]["choices"][1] == {"value": "week", "label": "一周", "label_en": "One week"}
    assert version.fields[1]["when"] == {"field": "days", "op": "is", "value": "week"}
    assert (version.approvals[0]["approvers"], version.checklist, version.labels) == ([{"by": "team_lead"}], [{"text": "发放账号"}], ["访客", "网络"])
    assert "访客网络" in signed_in(requester).get("/portal/").content.decode()
    page = desk.get(f"/desk/catalogue/{entry.pk}/design").content.decode()
    assert "week | 一周 | One week" in page


def test_a_design_that_cannot_be_published_says_so_and_is_kept(desk, lead):
    entry = catalogue.save_entry(None, by=acting(lead), key="x", name="x")
    draft = {"kind": "request", "impact": 4, "urgency": 3} | _rows("fields", [{"key": "A b", "type": "text", "label": "x"}]) | _rows("approvals", []) | _rows("checklist", []) | _rows("tasks", [])
    desk.post(f"/desk/catalogue/{entry.pk}/design", draft)
    assert "还不能发布" in desk.get(f"/desk/catalogue/{entry.pk}").content.decode()
    assert desk.post(f"/desk/catalogue/{entry.pk}/do/publish", {"note": ""}).status_code == 422


def test_macros_and_replies_are_kept_and_run_from_the_item(desk, lead, requester, team):
    Category.objects.create(key="vpn", name="VPN")
    steps = _rows("steps", [{"do": "reply", "text": "{{requester}}您好"}, {"do": "change", "what": "category", "value": "vpn"}, {"do": "step", "what": "pend", "value": "customer"}])
    answer = desk.post("/desk/macros/new", {"name": "请补充", "scope": "all", "key": "s", **steps})
    assert answer.status_code == 302, answer.content.decode()
    macro = Macro.objects.get()
    assert "李倩您好" in desk.get(f"/desk/macros/{macro.pk}").content.decode()
    item = open_incident(requester=requester, team=team)
    assert 'data-key="m s"' in desk.get(f"/items/{item.number}").content.decode()
    desk.post(f"/items/{item.number}/macro", {"macro": macro.pk})
    item = WorkItem.objects.get(pk=item.pk)
    assert (item.phase, item.category.key) == ("waiting", "vpn")
    desk.post("/desk/canned-replies/new", {"name": "收到", "scope": "mine", "text": "{{requester}}您好，收到。", "text_en": "Hello {{requester}}."})
    reply = CannedReply.objects.get()
    page = desk.get(f"/desk/canned-replies/{reply.pk}").content.decode()
    assert "李倩您好，收到。" in page
    assert "Hello 李倩." in page
    assert signed_in(UserFactory(role="agent")).get(f"/desk/canned-replies/{reply.pk}").status_code == 404


def test_each_kind_shows_and_takes_its_facts_on_the_items_page(desk, lead, agent, requester, team):
    problem = open_item("problem", title="驱动缺陷", by=acting(agent), team=team)
    desk.post(f"/items/{problem.number}/problem", {"root_cause": "驱动2.1", "workaround": "回退到2.0"})
    assert Problem.objects.get().workaround == "回退到2.0"
    incident = open_incident(requester=requester, team=team)
    desk.post(f"/items/{problem.number}/link-incidents", {"numbers": incident.number})
    assert "回退到2.0" in desk.get(f"/items/{incident.number}").content.decode()
    assert "回退到2.0" not in signed_in(requester).get(f"/items/{incident.number}").content.decode()
    complaint = open_item("complaint", title="没人回电", by=acting(requester, "portal"), team=team)
    desk.post(f"/items/{complaint.number}/complaint", {"cause_kind": "slow", "justified": "1", "measures": "增加值班"})
    desk.post(f"/items/{complaint.number}/consent", {"words": "电话中同意"})
    own = Complaint.objects.get()
    assert (own.cause_kind, own.justified, own.consent) == ("slow", True, "电话中同意")
    assert "电话中同意" in desk.get(f"/items/{complaint.number}").content.decode()
    idea = open_item("suggestion", title="自助重置", by=acting(requester, "portal"), team=team)
    desk.post(f"/items/{idea.number}/decide-suggestion", {"outcome": "accepted", "decision": "下季度"})
    assert "采纳" in desk.get(f"/items/{idea.number}").content.decode()
    refused = desk.post(f"/items/{idea.number}/decide-suggestion", {"outcome": "", "decision": ""})
    assert refused.status_code == 422


def test_the_change_calendar_shows_what_collides_and_can_be_subscribed_to(desk, lead, agent, team):
    start = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    made = []
    for title in ("升级ERP", "更换ERP证书"):
        change = open_item("change", title=title, by=acting(agent), team=team)
        desk.post(f"/items/{change.number}/change-plan", {
            "risk": "high", "systems": "ERP，OA", "plan": "x", "back_out": "y", "planned_start": start.strftime("%Y-%m-%dT%H:%M"), "planned_end": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")})
        made.append(change)
    changes.save_freeze(None, by=acting(lead), name="月结", starts_at=start, ends_at=start + timedelta(days=1), systems=["OA"])
    for address in ("/desk/changes", "/desk/changes?by=week"):
        page = desk.get(address).content.decode()
        assert "升级ERP" in page
        assert "同一系统：ERP" in page or "同一系统： ERP" in page
        assert "落在冻结期“月结”内" in page
    assert "同一时间涉及同一系统" in desk.get(f"/items/{made[0].number}").content.decode()
    ics = desk.get("/desk/changes.ics").content.decode()
    assert ics.count("BEGIN:VEVENT") == 3
    assert desk.get("/desk/changes?day=nonsense").status_code == 200
    assert Freeze.objects.count() == 1
    assert desk.get("/desk/freezes").status_code == 200


def test_a_major_incident_has_its_page_and_one_update_reaches_all(desk, lead, agent, requester, team):
    item = open_incident(requester=requester, team=team, title="邮件中断")
    assert desk.get(f"/desk/major/{item.number}").status_code == 404
    desk.post(f"/items/{item.number}/major", {"deed": "declare", "public_words": "邮件服务中断"})
    assert "邮件服务中断" in signed_in(requester).get("/portal/").content.decode()
    assert desk.post(f"/desk/major/{item.number}/update", {"text": ""}).status_code == 422
    desk.post(f"/desk/major/{item.number}/update", {"text": "正在切换备机", "public_words": "预计10点恢复"})
    assert "正在切换备机" in desk.get(f"/desk/major/{item.number}").content.decode()
    assert item.number in desk.get("/desk/major").content.decode()
    assert signed_in(agent).post(f"/desk/major/{item.number}/update", {"text": "x"}).status_code in (403, 422)
    majors.revoke(item, by=acting(lead), why="x")


def test_a_survey_is_made_sent_and_read(desk, lead, requester, customer):
    until = (timezone.localtime() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    questions = _rows("questions", [{"key": "overall", "type": "csat", "label": "总体满意度", "required": "on"}, {"key": "words", "type": "text", "label": "想说的话"}])
    answer = desk.post("/desk/surveys/new", {"name": "季度调查", "ends_at": until, "remind_after_days": 3, **questions})
    assert answer.status_code == 302, answer.content.decode()
    page = desk.get(answer["Location"]).content.decode()
    assert "将发给1人" in page
    desk.post(f"{answer['Location']}/do/start")
    campaign = surveys.Campaign.objects.get()
    surveys.answer(campaign, {"overall": "4", "words": "响应快"}, invitation=campaign.invitations.get())
    page = desk.get(answer["Location"]).content.decode()
    assert "响应快" in page
    assert "财务部" in page
    desk.post(f"{answer['Location']}/do/improve", {"title": "延长服务时间"})
    assert WorkItem.objects.get(kind="suggestion").title == "延长服务时间"


def test_follow_ups_are_listed_done_and_owed(desk, lead, requester):
    owed = follow_ups.owe(by=acting(lead), reason="了解使用情况", owner=lead, due_at=timezone.now() - timedelta(days=1), person=requester)
    silent = CustomerFactory(name="沉默公司")
    type(silent).objects.update(created_at=timezone.now() - timedelta(days=400))
    assert "了解使用情况" in desk.get("/desk/follow-ups").content.decode()
    assert "沉默公司" in desk.get("/desk/follow-ups?whose=silent").content.decode()
    desk.post(f"/desk/follow-ups/owe/{silent.pk}")
    assert FollowUp.objects.get(customer=silent).owner == lead
    desk.post(f"/desk/follow-ups/{owed.pk}", {"result": "满意", "way": "visit", "reached": "1"})
    assert "满意" in desk.get("/desk/follow-ups?whose=done").content.decode()
    assert "了解使用情况" in desk.get("/desk/follow-ups/all?state=done").content.decode()
    desk.post("/desk/follow-up-plans/new", {"name": "重点客户月度回访", "occasion": "regular", **_rows("conditions", []), "every_months": 1, "within_days": 3, "owner_rule": "lead", "active": "on"})
    assert FollowUpPlan.objects.get().name == "重点客户月度回访"


def test_the_figures_have_charts_and_their_files(desk, lead, requester, team):
    item = open_incident(requester=requester, team=team)
    Rating.objects.create(item=item, score=2, at=timezone.now())
    open_item("complaint", title="x", by=acting(requester, "portal"), team=team)
    problems.open_problem([item], by=acting(lead))
    page = desk.get("/desk/figures").content.decode()
    assert "投诉原因分布" in page
    assert "低分未回访" in page
    assert desk.get("/desk/figures?chart=complaints&form=csv").status_code == 200
    assert signed_in(requester).get("/desk/figures").status_code == 404


def test_settings_and_standards_are_kept_by_those_who_may(desk, lead):
    manager = signed_in(UserFactory(role="manager"))
    assert desk.get("/desk/settings").status_code == 404
    manager.post("/desk/settings", {"guests": "on", "guests_per_address": 3, "guests_per_network": 9, "ask_again_after_days": 7, "contact_within_days": 45})
    assert DeskSettings.current().guests
    assert manager.post("/desk/settings", {"guests_per_address": 0, "guests_per_network": 9, "ask_again_after_days": 7, "contact_within_days": 45}).status_code == 422
    manager.post("/desk/standards/publish", {"text": "# 受理"})
    assert Standard.objects.get().text == "# 受理"


# --- REST --------------------------------------------------------------------------------------------------------


def _send(client, method, address, body=None):
    return getattr(client, method)(f"/api/v1{address}", json.dumps(body or {}), content_type="application/json")


def test_the_catalogue_over_rest(desk, lead, requester, team):
    catalogue.save_entry(None, by=acting(lead), key="vpn", name="VPN账号")
    assert _send(desk, "put", "/desk/designs/vpn", {"fields": [{"key": "x", "type": "magic", "label": "x"}]}).json()["faults"]
    assert _send(desk, "post", "/desk/designs/vpn/publish").status_code == 422
    _send(desk, "put", "/desk/designs/vpn", {"fields": [{"key": "why", "type": "text", "label": "理由", "required": True}], "team": team.key})
    assert _send(desk, "post", "/desk/designs/vpn/publish", {"note": "v1"}).json()["version"] == 1
    mine = signed_in(requester)
    assert [one["key"] for one in mine.get("/api/v1/portal/catalogue").json()] == ["vpn"]
    assert mine.get("/api/v1/portal/catalogue/vpn").json()["hours"]
    assert _send(mine, "post", "/portal/catalogue/vpn/ask", {}).json()["detail"]["errors"] == {"why": "请填写这一项。"}
    assert _send(mine, "post", "/portal/catalogue/vpn/ask", {"answers": {"why": "出差"}}).status_code == 201
    assert mine.get("/api/v1/desk/designs/vpn").status_code == 403


def test_the_facts_of_kinds_over_rest(desk, lead, agent, requester, team):
    problem = open_item("problem", title="x", by=acting(agent), team=team)
    incident = open_incident(requester=requester, team=team)
    assert _send(desk, "patch", f"/items/{problem.number}/own", {"workaround": "重启"}).json()["facts"]["workaround"] == "重启"
    assert _send(desk, "patch", f"/items/{problem.number}/own", {"risk": "high"}).status_code == 404
    assert _send(desk, "post", f"/items/{problem.number}/incidents", {"numbers": [incident.number]}).json()["facts"]["incidents"] == [incident.number]
    assert _send(desk, "post", f"/items/{problem.number}/tell-incidents", {"text": "请重启"}).json() == {"told": 1, "refused": []}
    assert _send(desk, "post", f"/items/{incident.number}/major", {"public_words": "中断"}).json()["facts"]["major"] is True
    assert signed_in(requester).get(f"/api/v1/items/{incident.number}/own").status_code == 404
    macro = macros.save_macro(None, by=acting(lead), scope="all", name="x", steps=[{"do": "note", "text": "x"}])
    assert _send(desk, "post", f"/items/{incident.number}/macros/{macro.pk}").status_code == 200
    assert desk.get("/api/v1/desk/macros").json()["items"][0]["name"] == "x"
    assert desk.get("/api/v1/desk/customers-without-contact").status_code == 200


@pytest.mark.parametrize("address", [
    "/desk/catalogue", "/desk/macros", "/desk/canned-replies", "/desk/surveys", "/desk/follow-ups/all", "/desk/follow-up-plans", "/desk/freezes", "/desk/changes", "/desk/major", "/desk/figures", "/desk/follow-ups",
])
def test_each_list_asks_the_database_little_and_speaks_english(address, lead, django_assert_max_num_queries):
    lead.language = "en"
    lead.save()
    client = signed_in(lead)
    with django_assert_max_num_queries(28):
        assert client.get(address).status_code == 200
