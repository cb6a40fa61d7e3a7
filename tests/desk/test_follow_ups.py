"""Follow-ups: owed by plan, once; tried, done, leading to the next; customers that nobody hears of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from hengwei.core.errors import Forbidden, Refused
from hengwei.desk.actions import follow_ups
from hengwei.desk.actions.satisfaction import rate
from hengwei.desk.contacts import without_contact
from hengwei.desk.models import FollowUp, FollowUpPlan
from hengwei.org.models import Customer
from hengwei.work.actions import progress
from hengwei.work.models import Category, WorkItem
from tests.factories import TUESDAY, CustomerFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def _plan(lead, **facts):
    return follow_ups.save_plan(None, by=acting(lead), **{"name": "重大故障回访", "occasion": "closed", **facts})


@pytest.fixture
def closed(requester, team, agent):
    def make(priority=1, closure="solved"):
        item = open_incident(requester=requester, team=team, category=Category.objects.get_or_create(key="p", defaults={"name": "打印机"})[0])
        WorkItem.objects.filter(pk=item.pk).update(priority=priority)
        item = WorkItem.objects.get(pk=item.pk)
        if closure == "withdrawn":
            progress.cancel(item, by=acting(requester, "portal"), closure="withdrawn")
        else:
            progress.resolve(item, by=acting(agent), solution="s", cause="c", at=TUESDAY)
            progress.close(WorkItem.objects.get(pk=item.pk), by=acting(requester, "portal"), at=TUESDAY)
        return WorkItem.objects.get(pk=item.pk)

    return make


def test_a_severe_incident_owes_one_call_to_its_requester(closed, lead, requester):
    _plan(lead, conditions={"field": "priority", "op": "at_most", "value": 1}, within_days=2)
    item = closed()
    owed = FollowUp.objects.get()
    assert (owed.item.pk, owed.person, owed.customer, owed.owner, owed.reason) == (item.pk, requester, requester.customer, lead, "重大故障回访")
    assert TUESDAY + timedelta(days=1) < owed.due_at < TUESDAY + timedelta(days=3)
    closed(priority=3)
    closed(closure="withdrawn")
    assert FollowUp.objects.count() == 1


def test_the_regular_plan_owes_each_key_customer_one_a_month(lead, customer, requester, team):
    CustomerFactory()
    Customer.objects.filter(pk=customer.pk).update(key_account=True, default_team=team)
    _plan(lead, occasion="regular")
    now = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert follow_ups.by_calendar(now) == 1
    owed = FollowUp.objects.get()
    # 17:00 UTC on the 30th is the 1st of December in Shanghai.
    assert (owed.period, owed.owner, owed.person) == (date(2026, 12, 1), lead, requester)
    assert follow_ups.by_calendar(now + timedelta(days=20)) == 0
    assert follow_ups.by_calendar(now + timedelta(days=40)) == 1


def test_who_calls_follows_the_plan(lead, agent, team):
    deputy = UserFactory(role="lead")
    team.deputy = deputy
    team.save()
    named = UserFactory(role="agent")
    for rule, person in (("lead", lead), ("deputy", deputy), ("handler", agent), ("person", named)):
        plan = _plan(lead, owner_rule=rule, owner=named if rule == "person" else None)
        assert follow_ups.owner_of(plan, team=team, handler=agent, at=TUESDAY) == person
    with pytest.raises(Refused):
        _plan(lead, owner_rule="person")
    with pytest.raises(Refused):
        _plan(lead, conditions={"field": "priority"})
    with pytest.raises(Forbidden):
        _plan(agent)


@pytest.fixture
def owed(requester, agent):
    return follow_ups.owe(by=acting(agent), reason="了解使用情况", owner=agent, due_at=TUESDAY, person=requester)


def test_not_reached_it_stays_owed_and_three_times_it_may_be_given_up(owed, agent):
    with pytest.raises(Refused):
        follow_ups.complete(owed, by=acting(agent), result="", at=TUESDAY)
    with pytest.raises(Refused) as early:
        follow_ups.complete(owed, by=acting(agent), result="没接", reached=False, give_up=True, at=TUESDAY)
    assert early.value.code == "too_early"
    for n in (1, 2):
        again = follow_ups.complete(owed, by=acting(agent), result="没接", reached=False, at=TUESDAY)
        assert (again.done_at, again.attempts) == (None, n)
        assert again.due_at > TUESDAY
    done = follow_ups.complete(owed, by=acting(agent), result="三次未接", reached=False, give_up=True, at=TUESDAY)
    assert (done.done_at, done.reached, done.attempts) == (TUESDAY, False, 3)
    with pytest.raises(Refused):
        follow_ups.complete(owed, by=acting(agent), result="x", at=TUESDAY)


def test_done_it_may_lead_to_the_next(owed, agent, requester):
    done = follow_ups.complete(owed, by=acting(agent), result="满意，希望培训", way="visit", next_at=TUESDAY + timedelta(days=30), next_reason="安排培训", at=TUESDAY)
    assert (done.way, done.reached, done.done_by) == ("visit", True, agent)
    assert (done.next.reason, done.next.owner, done.next.person) == ("安排培训", agent, requester)
    with pytest.raises(Refused):
        follow_ups.complete(done.next, by=acting(agent), result="x", next_at=TUESDAY - timedelta(days=1), at=TUESDAY)


def test_the_result_stands_on_the_item_for_colleagues_only(closed, agent):
    item = closed()
    owed = follow_ups.owe(by=acting(agent), reason="评分2分", owner=agent, due_at=TUESDAY, item=item)
    follow_ups.complete(owed, by=acting(agent), result="已说明", at=TUESDAY)
    entry = item.entries.last()
    assert "已说明" in entry.text
    assert not entry.public


def test_customers_that_nobody_hears_of_come_out_the_key_ones_first(customer, requester, agent, team):
    silent = CustomerFactory(name="沉默公司", key_account=True)
    Customer.objects.update(created_at=TUESDAY - timedelta(days=400))
    open_incident(requester=requester, team=team, at=TUESDAY - timedelta(days=70))
    assert without_contact(60, TUESDAY) == [silent, customer]
    follow_ups.complete(
        follow_ups.owe(by=acting(agent), reason="x", owner=agent, due_at=TUESDAY, customer=customer), by=acting(agent), result="好", at=TUESDAY - timedelta(days=1))
    assert without_contact(60, TUESDAY) == [silent]
    assert FollowUpPlan.objects.count() == 0


def _sent(*conditions: dict, **more) -> dict:
    """The form of a plan as a browser sends it."""
    data = {
        "name": "严重故障回访", "name_en": "", "occasion": "closed", "every_months": 1, "within_days": 2, "owner_rule": "lead", "active": "on",
        "conditions-TOTAL_FORMS": len(conditions), "conditions-INITIAL_FORMS": 0, **more,
    }
    for n, row in enumerate(conditions):
        data |= {f"conditions-{n}-{key}": value for key, value in row.items()} | {f"conditions-{n}-ORDER": n + 1}
    return data


def test_conditions_of_a_plan_are_chosen_not_typed(lead, customer, client):
    client.force_login(lead)
    made = client.post("/desk/follow-up-plans/new", _sent({"fact": "impact", "op": "urgent", "value": "2"}, {"fact": "customer", "op": "is", "value": str(customer.pk)}))
    assert made.status_code == 302, made.content.decode()
    plan = FollowUpPlan.objects.get()
    assert plan.conditions == {"all": [{"field": "impact", "op": "at_most", "value": 2}, {"field": "customer", "op": "in", "value": [customer.pk]}]}
    page = client.get(made["Location"]).content.decode()
    assert "财务部" in page
    # Every month, for some customers only; what only an item has cannot be asked of a customer.
    refused = client.post("/desk/follow-up-plans/new", _sent({"fact": "priority", "op": "urgent", "value": "2"}, occasion="regular"))
    assert refused.status_code == 422
    assert client.post("/desk/follow-up-plans/new", _sent({"fact": "customer", "op": "is", "value": str(customer.pk)}, occasion="regular")).status_code == 302


def test_a_plan_that_was_stored_before_is_shown_and_kept(lead, client):
    client.force_login(lead)
    plan = _plan(lead, conditions={"field": "priority", "op": "at_most", "value": 1})
    edit = client.get(f"/desk/follow-up-plans/{plan.pk}/edit").content.decode()
    assert 'value="urgent" selected' in edit
    other = _plan(lead, conditions={"any": [{"all": [{"field": "kind", "op": "is", "value": "incident"}]}, {"field": "impact", "op": "is", "value": 1}]})
    assert client.post(f"/desk/follow-up-plans/{other.pk}/edit", _sent()).status_code == 302
    kept = FollowUpPlan.objects.get(pk=other.pk)
    assert (kept.conditions, kept.name) == (other.conditions, "严重故障回访")


def test_a_regular_plan_owes_calls_only_to_the_customers_it_names(lead, customer, requester, team):
    other = CustomerFactory(name="采购部", key_account=True)
    customer.key_account = True
    customer.save()
    _plan(lead, occasion="regular", conditions={"field": "customer", "op": "is", "value": other.pk})
    follow_ups.by_calendar(TUESDAY)
    assert [one.customer for one in FollowUp.objects.all()] == [other]


def _whys(owed):
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(FollowUp.objects.get(pk=owed.pk).why)
    return found


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_why_it_is_owed_is_read_in_each_language(closed, lead, requester, writer):
    with translation.override(writer):
        item = closed()
        rate(item, score=2, by=acting(requester, "portal"), at=TUESDAY)
        owed = item.follow_ups.get()
        complete = follow_ups.complete(owed, by=acting(lead), result="已致电", next_at=TUESDAY + timedelta(days=7), at=TUESDAY)
    assert _whys(owed) == _whys(complete.next) == ["评分2分（满分5分）", "rated 2 of 5"]
    # What somebody typed stays as it was typed, and is found by it.
    typed = follow_ups.owe(by=acting(lead), reason="rated 2 of 5", owner=lead, due_at=TUESDAY, item=item)
    assert _whys(typed) == ["rated 2 of 5"] * 2


@pytest.mark.parametrize("writer", ["zh-hans", "en"])
def test_the_plan_is_named_in_each_language_by_the_follow_up_that_comes_after(closed, lead, writer):
    _plan(lead, name_en="After major incidents")
    with translation.override(writer):
        owed = closed().follow_ups.get()
        complete = follow_ups.complete(owed, by=acting(lead), result="已致电", next_at=TUESDAY + timedelta(days=7), at=TUESDAY)
    assert _whys(owed) == _whys(complete.next) == ["重大故障回访", "After major incidents"]
