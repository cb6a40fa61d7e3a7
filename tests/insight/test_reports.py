"""Figures that can be trusted; a support report from draft to decision; who sees what."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from docx import Document

from hengwei.core.controls import Period, get, judge, state_of
from hengwei.core.errors import Conflict, Forbidden, Refused
from hengwei.insight import actions, figures, periods
from hengwei.insight.models import SupportReport
from hengwei.work.actions.progress import cancel, resolve
from hengwei.work.models import Category
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db

#: Shanghai midday in October.
AT = datetime(2026, 10, 13, 4, 0, tzinfo=UTC)
OCTOBER = periods.named("month", date(2026, 10, 1))


@pytest.fixture
def manager(department):
    return UserFactory(role="manager", name="杨静", language="zh-hans")


@pytest.fixture
def october(requester, agent, team):
    """Three jams and a password in October, one in November; one cancelled, one resolved."""
    printer = Category.objects.create(key="printer", name="打印机", name_en="Printers")
    account = Category.objects.create(key="account", name="账号")
    jams = [open_incident(requester=requester, at=AT + timedelta(days=n), title=title, category=printer, team=team) for n, title in enumerate(("三楼打印机卡纸", "打印机卡纸", "二楼打印机卡纸"))]
    open_incident(requester=requester, at=AT, title="密码过期", category=account)
    open_incident(requester=requester, at=AT + timedelta(days=30), title="打印机卡纸", category=printer)
    cancel(open_incident(requester=requester, at=AT, title="误报", category=printer), by=acting(requester), at=AT)
    resolve(jams[0], by=acting(agent), solution="换搓纸轮", cause="搓纸轮磨损", at=AT + timedelta(hours=3))
    return jams


def test_what_came_went_and_stayed(manager, october):
    found = figures.volumes(manager, OCTOBER)
    assert (found.received, found.resolved, found.open_before, found.open_after) == (4, 1, 0, 3)


def test_the_most_frequent_first_with_what_they_make_up_together(manager, october):
    bars = figures.pareto(figures.counted(manager, OCTOBER), "category")
    assert [(bar.label, bar.count, bar.share, bar.together) for bar in bars] == [("打印机", 3, 75.0, 75.0), ("账号", 1, 25.0, 100.0)]


def test_the_small_ones_are_one_bar(manager, october):
    bars = figures.pareto(figures.counted(manager, OCTOBER), "category", bars=1)
    assert [(bar.count, bar.together) for bar in bars] == [(3, 75.0), (1, 100.0)]


@pytest.mark.parametrize("by", sorted(figures.DIMENSIONS))
def test_every_dimension_adds_up(manager, october, by):
    assert sum(bar.count for bar in figures.pareto(figures.counted(manager, OCTOBER), by)) == 4


def test_recurring_faults_are_found_with_their_items(manager, october):
    (found,) = figures.recurring(figures.counted(manager, OCTOBER))
    assert found.count == 3
    assert {item["title"] for item in found.items} == {"三楼打印机卡纸", "打印机卡纸", "二楼打印机卡纸"}
    assert found.problem is None


def test_a_report_is_drafted_written_published_and_fixed(manager, october, requester):
    by = acting(manager)
    report = actions.begin_report(by=by, kind="month", day=date(2026, 10, 20))
    assert "4" in report.summary
    assert "打印机" in report.problems
    report = actions.write_report(report, by=by, version=report.version, summary="十月以打印机卡纸为主。")
    with pytest.raises(Conflict):
        actions.write_report(report, by=by, version=1, summary="别人的话")
    report = actions.publish_report(report, by=by, at=AT + timedelta(days=25))
    open_incident(requester=requester, at=AT, title="补录的故障")
    report.refresh_from_db()
    assert report.figures["volumes"]["received"] == 4
    with pytest.raises(Refused):
        actions.write_report(report, by=by, summary="改一改")
    assert actions.take_back(report, by=by).figures is None


def test_one_report_for_one_period(manager, october):
    actions.begin_report(by=acting(manager), kind="month", day=date(2026, 10, 1))
    with pytest.raises(Refused) as refused:
        actions.begin_report(by=acting(manager), kind="month", day=date(2026, 10, 31))
    assert refused.value.code == "exists"


def test_what_has_not_ended_is_not_published(manager, october):
    report = actions.begin_report(by=acting(manager), kind="quarter", day=date(2026, 10, 1))
    with pytest.raises(Refused):
        actions.publish_report(report, by=acting(manager), at=AT)


def test_decisions_are_followed_to_the_end(manager, october, agent, lead):
    report = actions.begin_report(by=acting(manager), kind="month", day=date(2026, 10, 1))
    decision = actions.decide(report, by=acting(manager), text="更换搓纸轮", owner=agent, due_on=date(2026, 11, 10), open_work=True)
    assert decision.item.owner == agent
    with pytest.raises(Refused):
        actions.finish_decision(decision, by=acting(agent), result=" ")
    with pytest.raises(Forbidden):
        actions.finish_decision(decision, by=acting(UserFactory(role="agent")), result="完成")
    assert actions.finish_decision(decision, by=acting(agent), result="已更换六台").done_by == agent


def _judged(key: str, start: date, end: date, **params):
    zone = periods.ZoneInfo("Asia/Shanghai")
    first, last = periods.Span(start, end).moments(zone)
    control = get(key)
    return judge(control, Period(first, last, last), control.clean(params))


def test_the_control_for_reports_follows_them(manager, october, agent):
    november = (date(2026, 11, 10), date(2026, 11, 25))
    assert _judged("insight.support_report", date(2026, 11, 1), date(2026, 11, 3)).insufficient
    found = _judged("insight.support_report", *november)
    assert (found.population, found.compliant) == (1, 0)
    report = actions.begin_report(by=acting(manager), kind="month", day=date(2026, 10, 1))
    actions.publish_report(report, by=acting(manager), at=AT + timedelta(days=20))
    found = _judged("insight.support_report", *november)
    assert found.rows(0, 5)[0].person == "杨静"
    decision = actions.decide(report, by=acting(manager), text="更换", owner=agent, due_on=date(2026, 11, 12))
    assert state_of(_judged("insight.support_report", *november), 100) == "green"
    assert state_of(_judged("insight.decisions_done", *november), 100) == "red"
    actions.finish_decision(decision, by=acting(agent), result="好了", at=datetime(2026, 11, 12, 10, tzinfo=UTC))
    assert state_of(_judged("insight.decisions_done", *november), 100) == "green"


def test_pages_files_and_rest(manager, october, agent):
    client = Client()
    client.force_login(manager)
    span = "from=2026-10-01&to=2026-10-31"
    for address in ("/reports", f"/reports/analysis?{span}", f"/reports/analysis?{span}&by=cause", f"/reports/recurring?{span}", "/reports/support", "/reports/support/new"):
        assert client.get(address).status_code == 200, address
    assert "三楼打印机卡纸" in client.get(f"/reports/recurring?{span}").content.decode()
    assert client.get(f"/reports/analysis?{span}&chart=flow&form=xlsx").content.startswith(b"PK")
    made = client.post("/reports/support/new", {"kind": "month", "day": "2026-10-05"})
    report = SupportReport.objects.get()
    assert made["Location"] == f"/reports/support/{report.pk}"
    assert client.post(f"/reports/support/{report.pk}/do/decide", {"text": "更换搓纸轮", "owner": agent.pk, "due_on": "2026-12-01"}).status_code == 302
    shown = client.get(f"/reports/support/{report.pk}").content.decode()
    assert "更换搓纸轮" in shown
    answer = client.post(f"/reports/support/{report.pk}/write", {"summary": "写好了", "version": "99"})
    assert answer.status_code == 409
    assert "写好了" in answer.content.decode()
    words = "\n".join(p.text for p in Document(io.BytesIO(client.get(f"/reports/support/{report.pk}/document.docx").content)).paragraphs)
    assert "2026年10月技术支持报告" in words
    assert client.get(f"/reports/support/{report.pk}/document.pdf").content.startswith(b"%PDF")
    found = client.get("/api/v1/reports/figures?first=2026-10-01&last=2026-10-31").json()
    assert found["volumes"]["received"] == 4
    assert client.get(f"/api/v1/reports/support/{report.pk}").json()["values"]["kind"] == "month"
    sent = json.dumps({"text": "再议", "owner": agent.pk, "due_on": "2026-12-02"})
    assert client.post(f"/api/v1/reports/support/{report.pk}/decisions", sent, content_type="application/json").status_code == 201
    assert len(client.get(f"/api/v1/reports/support/{report.pk}/decisions").json()) == 2


def test_drafts_are_for_those_who_write(manager, october, agent):
    report = actions.begin_report(by=acting(manager), kind="month", day=date(2026, 10, 1))
    client = Client()
    client.force_login(UserFactory(role="auditor"))
    assert client.get(f"/reports/support/{report.pk}").status_code == 404
    actions.publish_report(report, by=acting(manager), at=AT + timedelta(days=25))
    assert client.get(f"/reports/support/{report.pk}").status_code == 200
    assert client.get(f"/reports/support/{report.pk}/write").status_code == 404
    client.force_login(agent)
    assert client.get("/reports/analysis").status_code == 404


def test_the_list_of_reports_costs_the_same(manager, october, django_assert_max_num_queries):
    for month in range(1, 10):
        actions.begin_report(by=acting(manager), kind="month", day=date(2026, month, 1))
    client = Client()
    client.force_login(manager)
    client.get("/reports/support")
    with django_assert_max_num_queries(14):
        client.get("/reports/support")
