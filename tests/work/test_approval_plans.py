"""Plans of approval: kept in the product, taken by what is submitted and by the catalogue, late ones said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hengwei.channels.models import Notice
from hengwei.core.errors import Forbidden, Refused
from hengwei.desk.actions import catalogue, changes
from hengwei.org.models import Post
from hengwei.work.actions import approvals, settings
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.steps import make_step
from hengwei.work.models import Approval, ApprovalPlan, ApprovalStep, Entry, WorkItem
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def keeper(department):
    return UserFactory(name="钱经理", role="manager")


@pytest.fixture
def head(department):
    person = UserFactory(name="孙主管", role="agent")
    post = Post.objects.create(key="it-head", name="信息主管")
    post.holders.add(person)
    return person


def typed(*steps: dict, conditions: tuple[dict, ...] = (), **more) -> dict:
    """The form as a browser sends it."""
    data: dict = {"name": "重大变更", "name_en": "Major changes", "kind": "change", **more}
    for key, rows in (("steps", steps), ("conditions", conditions)):
        data |= {f"{key}-TOTAL_FORMS": len(rows), f"{key}-INITIAL_FORMS": 0}
        for n, row in enumerate(rows):
            data |= {f"{key}-{n}-{name}": value for name, value in row.items()} | {f"{key}-{n}-ORDER": n + 1}
    return data


def test_a_plan_is_made_by_choosing_read_in_words_and_changed(keeper, head, lead, team):
    browser = signed_in(keeper)
    assert "审批方案" in browser.get("/settings").content.decode()
    made = browser.post("/settings/approval-plans/new", typed(
        {"name": "主管", "approvers": ["lead", f"person:{head.pk}"], "mode": "all", "remind_hours": 4, "within_hours": 24}, {"approvers": ["role:manager", "post:it-head"], "mode": "quorum", "quorum": 2},
        conditions=({"fact": "priority", "op": "urgent", "value": "2"},),
    ))
    assert made.status_code == 302, made.content.decode()
    plan = ApprovalPlan.objects.get()
    assert plan.conditions == {"all": [{"field": "priority", "op": "at_most", "value": 2}]}
    assert plan.steps == [
        {"name": "主管", "mode": "all", "approvers": [{"by": "lead"}, {"by": "person", "id": head.pk}], "remind_hours": 4, "within_hours": 24},
        {"name": "", "mode": "quorum", "quorum": 2, "approvers": [{"by": "role", "key": "manager"}, {"by": "post", "key": "it-head"}]},
    ]
    page = browser.get(made["Location"]).content.decode()
    for words in ("孙主管", "信息主管", "24小时", "全部同意", "2人同意"):
        assert words in page
    edit = browser.get(f"/settings/approval-plans/{plan.pk}/edit").content.decode()
    assert f'value="person:{head.pk}" selected' in edit
    browser.post(f"/settings/approval-plans/{plan.pk}/do/archive")
    plan.refresh_from_db()
    assert not plan.active


def test_what_cannot_work_is_said_and_nothing_is_lost(keeper, agent):
    browser = signed_in(keeper)
    for wrong in (typed(), typed({"approvers": ["lead"], "mode": "quorum"}), typed({"approvers": ["lead"], "mode": "any"}, kind="incident")):
        answer = browser.post("/settings/approval-plans/new", wrong)
        assert answer.status_code == 422
        assert "重大变更" in answer.content.decode()
    assert signed_in(agent).get("/settings/approval-plans").status_code == 404
    with pytest.raises(Forbidden):
        settings.save_plan(None, by=acting(agent), name="x", steps=[{"approvers": [{"by": "lead"}]}], conditions={})
    with pytest.raises(Refused):
        settings.save_plan(None, by=acting(keeper), name="x", steps=[{"approvers": [{"by": "lead"}]}], conditions={"field": "colour", "op": "is", "value": "red"})


def test_somebody_who_left_is_still_shown_where_he_is_named(keeper, head):
    plan = settings.save_plan(None, by=acting(keeper), name="x", kind="", steps=[{"approvers": [{"by": "person", "id": head.pk}]}], conditions={})
    head.is_active = False
    head.save()
    assert f'value="person:{head.pk}" selected' in signed_in(keeper).get(f"/settings/approval-plans/{plan.pk}/edit").content.decode()


def test_the_first_plan_that_fits_is_taken_in_the_order_that_people_gave(keeper, lead, team, agent):
    steps = [{"name": "甲", "approvers": [{"by": "person", "id": keeper.pk}]}]
    first = settings.save_plan(None, by=acting(keeper), name="甲", kind="change", steps=steps, conditions={})
    second = settings.save_plan(None, by=acting(keeper), name="乙", kind="change", steps=steps, conditions={})
    assert first.order < second.order
    browser = signed_in(keeper)
    page = browser.get("/settings/approval-plans/order").content.decode()
    assert page.index("甲") < page.index("乙")
    browser.post("/settings/approval-plans/order", {"row": [second.pk, first.pk]})
    change = open_item("change", title="换核心交换机", by=acting(agent), team=team, at=TUESDAY)
    make_step(change, "plan", by=acting(agent))
    changes.plan(
        WorkItem.objects.get(pk=change.pk), by=acting(agent), plan="停服务，升级，验证", back_out="恢复快照", systems=["ERP"], risk="high",
        planned_start=TUESDAY + timedelta(days=2), planned_end=TUESDAY + timedelta(days=2, hours=4),
    )
    make_step(WorkItem.objects.get(pk=change.pk), "submit", by=acting(agent))
    assert Approval.objects.get().name == "乙"


def test_an_entry_of_the_catalogue_asks_by_the_plan_it_names(keeper, requester, head):
    plan = settings.save_plan(None, by=acting(keeper), name="权限审批", kind="", steps=[{"name": "主管", "approvers": [{"by": "person", "id": head.pk}]}], conditions={})
    entry = catalogue.save_entry(None, by=acting(keeper), key="rights", name="权限")
    catalogue.save_draft(entry, by=acting(keeper), draft={"plan": plan.pk, "approvals": [{"approvers": [{"by": "lead"}]}]})
    entry.refresh_from_db()
    assert catalogue.faults(entry.draft)
    catalogue.save_draft(entry, by=acting(keeper), draft={"plan": plan.pk})
    catalogue.publish_draft(entry, by=acting(keeper))
    entry.refresh_from_db()
    assert "权限审批" in signed_in(keeper).get(f"/desk/catalogue/{entry.pk}").content.decode()
    settings.save_plan(plan, by=acting(keeper), steps=[*plan.steps, {"name": "经理", "approvers": [{"by": "role", "key": "manager"}]}], conditions={})
    item = catalogue.submit(entry, by=acting(requester, "portal"), title="", answers={})
    assert [step.name for step in item.approvals.get().steps.all()] == ["主管", "经理"]


def test_a_step_past_its_deadline_is_said_once(requester, team, agent, lead):
    item = open_incident(requester=requester)
    approvals.start_approval(item, [{"name": "主管", "approvers": [{"by": "person", "id": lead.pk}], "within_hours": 8}], by=acting(agent), at=TUESDAY)
    assert approvals.note_late(TUESDAY + timedelta(hours=7, minutes=59)) == 0
    assert approvals.note_late(TUESDAY + timedelta(hours=8)) == 1
    assert approvals.note_late(TUESDAY + timedelta(hours=9)) == 0
    assert ApprovalStep.objects.get().late_at
    said = Entry.objects.filter(item=item, details__what="late").get()
    assert said.details["awaited"] == [lead.name]
    assert Notice.objects.filter(user=agent, event="approval_late").exists()
    assert "未按时审批" in signed_in(agent).get(f"/items/{item.number}").content.decode()


def test_plans_over_rest(keeper, head):
    browser = signed_in(keeper)
    made = browser.post("/api/v1/settings/approval-plans", {
        "name": "变更", "kind": "change", "steps": [{"name": "主管", "approvers": ["post:it-head"], "mode": "any", "within_hours": 8}],
        "conditions": [{"fact": "kind", "op": "is", "value": "change"}],
    }, content_type="application/json")
    assert made.status_code == 201, made.content
    plan = ApprovalPlan.objects.get()
    assert plan.steps[0]["approvers"] == [{"by": "post", "key": "it-head"}]
    browser.patch(f"/api/v1/settings/approval-plans/{plan.pk}", {"name": "重大变更"}, content_type="application/json")
    plan.refresh_from_db()
    assert (plan.name, plan.steps[0]["within_hours"]) == ("重大变更", 8)
    other = settings.save_plan(None, by=acting(keeper), name="乙", kind="", steps=plan.steps, conditions={})
    assert browser.post("/api/v1/settings/approval-plans/order", {"ids": [other.pk, plan.pk]}, content_type="application/json").json() == {"ids": [other.pk, plan.pk]}


def test_the_list_asks_the_same_for_one_plan_and_for_many(keeper, django_assert_max_num_queries):
    for n in range(8):
        settings.save_plan(None, by=acting(keeper), name=f"方案{n}", kind="", steps=[{"approvers": [{"by": "lead"}]}], conditions={})
    browser = signed_in(keeper)
    browser.get("/settings/approval-plans")
    with django_assert_max_num_queries(12):
        browser.get("/settings/approval-plans")
