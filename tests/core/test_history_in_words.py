"""The history tells conditions, steps and forms as people read them, in their language; never as data."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from hengwei.calendars.models import Calendar, CalendarVersion
from hengwei.core import history
from hengwei.core.models import Revision
from hengwei.desk.models import Campaign, CatalogueEntry, CatalogueVersion, Macro
from hengwei.flows.automation.models import AutomationRule
from hengwei.work.models import ApprovalPlan, RoutingRule
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def told(row, name: str, language: str) -> tuple[str, str]:
    """Before and after of a field in the newest revision."""
    with translation.override(language):
        [found] = [(before, after) for label, before, after in history.shown(history.of(row)[:1])[0].fields if label.casefold() == name.casefold()]
    assert not any(mark in f"{found}" for mark in ("{", "}", '"op"', "None")), found
    return found


def test_a_condition_is_a_sentence_and_only_what_changed_is_shown():
    rule = RoutingRule.objects.create(name="夜间", conditions={"all": [{"field": "kind", "op": "in", "value": ["incident"]}, {"field": "priority", "op": "at_most", "value": 2}]}, team=TeamFactory())
    rule.conditions = {"all": [{"field": "kind", "op": "in", "value": ["incident"]}, {"field": "priority", "op": "at_most", "value": 1}]}
    rule.save()
    assert told(rule, "条件", "zh-hans") == ("优先级 不低于 高", "优先级 不低于 紧急")
    before, after = told(rule, "conditions", "en")
    assert "high" in before and "critical" in after and "incident" not in before
    rule.conditions = {"any": rule.conditions["all"]}
    rule.save()
    assert "或" in told(rule, "条件", "zh-hans")[1]


def test_steps_of_an_approval_name_people_and_posts(agent):
    plan = ApprovalPlan.objects.create(name="变更", steps=[{"name": "会签", "mode": "all", "approvers": [{"by": "person", "id": agent.pk}, {"by": "lead"}], "remind_hours": 4}])
    plan.steps = [{"name": "会签", "mode": "quorum", "quorum": 2, "approvers": [{"by": "person", "id": agent.pk}], "within_hours": 8}]
    plan.save()
    for language in ("zh-hans", "en"):
        before, after = told(plan, "步骤" if language != "en" else "steps", language)
        assert agent.name in before and agent.name in after and "会签" in after


def test_a_form_by_its_labels_with_choices_and_when_it_is_asked(agent):
    entry = CatalogueEntry.objects.create(key="erp", name="ERP权限")
    fields = [
        {"key": "system", "type": "choice", "label": "系统", "label_en": "System", "required": True, "choices": [{"value": "erp", "label": "ERP系统", "label_en": "ERP"}, "OA"]},
        {"key": "module", "type": "text", "label": "模块", "label_en": "Module", "when": {"field": "system", "op": "is", "value": "erp"}},
    ]
    version = CatalogueVersion.objects.create(
        entry=entry, number=1, fields=fields, checklist=[{"text": "核对", "text_en": "Check"}], tasks=[{"title": "开通", "kind": "request"}], published_at=timezone.now(),
        approvals=[{"mode": "any", "approvers": [{"by": "lead"}]}])
    english, chinese = told(version, "fields", "en")[1], told(version, "字段", "zh-hans")[1]
    assert "1. System" in english and "ERP / OA" in english and "System is ERP" in english
    assert "ERP系统" in chinese and "模块" in chinese
    assert told(version, "checklist", "en")[1] == "1. Check"


def test_rules_macros_surveys_and_calendars(agent):
    team = TeamFactory(name="网络组")
    rule = AutomationRule.objects.create(
        name="催", trigger="moved", options={"phase": "resolved"}, conditions={"all": [{"field": "team", "op": "is", "value": team.key}]},
        deeds=[{"do": "assign_team", "team": team.pk}, {"do": "note", "text": "看一下"}])
    assert "网络组" in told(rule, "does", "en")[1]
    macro = Macro.objects.create(name="重置", steps=[{"do": "change", "field": "priority", "value": 2}, {"do": "assign", "team": team.key, "owner": "me"}, {"do": "step", "transition": "pend", "facts": {"waiting_for": "customer"}}])
    words = told(macro, "steps", "en")[1]
    assert "pend" not in words and "：" not in words
    assert "high" in words and "网络组" in words and "customer" in words
    survey = Campaign.objects.create(name="年度", questions=[{"key": "overall", "type": "csat", "label": "总体", "label_en": "Overall", "required": True}], ends_at=timezone.now())
    assert told(survey, "questions", "en")[1].startswith("1. Overall")
    calendar = Calendar.objects.create(key="c", name="班")
    version = CalendarVersion.objects.create(calendar=calendar, number=1, timezone="Asia/Shanghai", week=[[[540, 1080]], [], [], [], [], [], []], days={"2026-10-01": {"kind": "holiday", "name": "国庆节", "hours": []}}, published_at=timezone.now())
    assert "09:00–18:00" in told(version, "week", "en")[1]
    assert "国庆节" in told(version, "days", "en")[1]


def test_every_kind_of_data_in_a_tracked_record_is_told_by_its_room():
    """A new field of data is told plainly until its room tells it; those known are told in words."""
    from django.db import models

    from hengwei.core.history.tracking import _left_out, all_tracked
    from hengwei.core.history.words import _makers

    untold = sorted(
        f"{one.model._meta.label}.{field.name}" for one in all_tracked() for field in one.model._meta.local_concrete_fields
        if isinstance(field, models.JSONField) and field.column not in _left_out(one) and (one.model, field.name) not in _makers)
    assert untold == []


def test_the_page_and_the_api_say_the_same(client, department):
    manager = UserFactory(role="manager")
    client.force_login(manager)
    rule = RoutingRule.objects.create(name="夜间", conditions={"all": [{"field": "kind", "op": "in", "value": ["incident"]}]}, team=TeamFactory())
    page = client.get(f"/history/work.routingrule/{rule.pk}")
    assert page.status_code == 200
    assert "&quot;field&quot;" not in page.content.decode()
    answer = client.get(f"/api/v1/history/work.routingrule/{rule.pk}").json()
    assert Revision.objects.filter(model="work.routingrule").exists()
    assert any("故障" in one["after"] or "incident" in one["after"] for one in answer["items"][0]["told"])
