"""Rules on time: found when due, done once, also with two workers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from hengwei.core.acting import Actor
from hengwei.flows.automation import actions
from hengwei.flows.automation.models import RuleFiring
from hengwei.flows.automation.sweep import sweep
from hengwei.work.actions import assignment, conversation, progress
from hengwei.work.models import WorkItem
from tests.factories import TUESDAY, acting, open_incident

pytestmark = pytest.mark.django_db
HOUR = 3600
LABEL = {"do": "label", "text": "久等"}


def later(hours: float):
    return TUESDAY + timedelta(hours=hours)


@pytest.fixture
def item(requester, team, agent, lead):
    made = open_incident(requester=requester, team=team, impact=3, urgency=3)
    assignment.assign(made, by=acting(lead), owner=agent, at=TUESDAY)
    return WorkItem.objects.get(pk=made.pk)


def test_so_long_in_a_phase_in_working_time_once_for_each_stay(rule, item, agent):
    made = rule("等客户太久", "in_phase", LABEL, options={"phase": "waiting"}, seconds=4 * HOUR)
    item = progress.acknowledge(item, by=acting(agent), at=TUESDAY)
    progress.pend(item, by=acting(agent), waiting_for="customer", at=TUESDAY)
    assert sweep(later(3)) == 0
    # 10:00 and four working hours, a lunch break of one or more between: not at 14:00 sharp, but before the evening.
    assert sweep(later(8)) == 1 and sweep(later(9)) == 0
    progress.return_from_waiting(item, by=acting(agent), at=later(24))
    progress.pend(item.locked(), by=acting(agent), waiting_for="supplier", at=later(24))
    assert sweep(later(25)) == 0 and sweep(later(48)) == 1
    assert RuleFiring.objects.filter(rule=made, item=item, outcome="done").count() == 2


def test_calendar_time_runs_at_night(rule, item, agent):
    rule("一天", "in_phase", LABEL, options={"phase": "new"}, seconds=10 * HOUR, working=False)
    assert sweep(later(9.9)) == 0 and sweep(later(10)) == 1


def test_unanswered_until_a_person_answers(rule, item, agent):
    rule("没人回", "unanswered", LABEL, seconds=HOUR, working=False)
    assert sweep(later(1)) == 1
    conversation.reply(item, by=acting(agent), text="在看", at=later(2))
    assert sweep(later(5)) == 0
    conversation.reply(item, by=acting(item.requester, "portal"), text="还是不行", at=later(6))
    conversation.reply(item, by=acting(item.requester, "portal"), text="？", at=later(6.5))
    assert sweep(later(6.9)) == 0 and sweep(later(7)) == 1


def test_before_and_after_a_promise_is_due(rule, item, agent):
    due = item.next_due_at
    rule("快到期", "before_due", {"do": "label", "text": "快到期"}, seconds=600, working=False)
    rule("已超时", "after_due", {"do": "label", "text": "已超时"}, seconds=600, working=False)
    assert sweep(due - timedelta(seconds=601)) == 0 and sweep(due - timedelta(seconds=600)) == 1
    assert sweep(due + timedelta(seconds=599)) == 0 and sweep(due + timedelta(seconds=600)) == 1
    assert sweep(due + timedelta(hours=3)) == 0
    assert WorkItem.objects.get(pk=item.pk).labels == ["快到期", "已超时"]


def test_every_weekday_at_nine_once_a_day(rule, item):
    rule("晨会", "schedule", {"do": "note", "text": "晨会过一遍"}, at_time=time(9), weekdays=[2, 3])
    wednesday = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert sweep(wednesday - timedelta(minutes=1)) == 0
    assert sweep(wednesday) == 1 and sweep(wednesday + timedelta(minutes=1)) == 0
    assert sweep(wednesday + timedelta(days=1)) == 1 and sweep(wednesday + timedelta(days=2)) == 0


def test_a_rule_that_is_switched_on_leaves_alone_what_passed_before_unless_told(item):
    def make(**facts):
        return actions.save_rule(by=Actor(), name="一天", trigger="in_phase", deeds=[LABEL], options={"phase": "new"}, seconds=HOUR, working=False, active=True, at=later(30), **facts)

    make()
    assert sweep(later(31)) == 0
    make(also_past=True)
    assert sweep(later(31)) == 1


def test_conditions_hold_for_time_too_and_a_rule_that_is_off_rests(rule, item):
    made = rule("高", "in_phase", LABEL, options={"phase": "new"}, seconds=HOUR, working=False, conditions={"field": "priority", "op": "is", "value": 1})
    assert sweep(later(2)) == 0
    WorkItem.objects.filter(pk=item.pk).update(priority=1)
    actions.switch(made, by=Actor(), on=False)
    assert sweep(later(2)) == 0


def test_the_search_for_what_is_due_uses_an_index(rule, item):
    from hengwei.flows.automation.sweep import candidates

    made = rule("一天", "in_phase", LABEL, options={"phase": "new"}, seconds=HOUR, working=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = candidates(made, later(2), None)[0].explain()
    assert "standing_phase" in plan or "Index" in plan


@pytest.mark.django_db(transaction=True)
def test_an_item_that_another_worker_has_is_left_to_him(rule, item):
    import threading

    from django.db import connections, transaction

    rule("一天", "in_phase", LABEL, options={"phase": "new"}, seconds=HOUR, working=False)
    found = []

    def other():
        try:
            found.append(sweep(later(2)))
        finally:
            connections.close_all()

    with transaction.atomic():
        WorkItem.objects.select_for_update().get(pk=item.pk)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
    assert found == [0]
    workers = [threading.Thread(target=other) for _n in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert sum(found) == 1 and RuleFiring.objects.count() == 1
