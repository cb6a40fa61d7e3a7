"""Rules at work: what they do, once, in order; what stops them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.channels.models import Notice
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.flows.automation import actions, engine
from hengwei.flows.automation.models import RuleFiring
from hengwei.work.actions import conversation, progress, triage
from hengwei.work.models import Category, Entry, WorkItem
from tests.factories import TUESDAY, TeamFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
HIGH = {"all": [{"field": "priority", "op": "at_most", "value": 2}]}


def fresh(item):
    return WorkItem.objects.get(pk=item.pk)


def test_a_new_item_is_classified_assigned_answered_and_the_timeline_names_the_rule(rule, work_off, requester, team, agent):
    other, category = TeamFactory(), Category.objects.create(key="printer", name="打印机")
    made = rule(
        "打印机归专人", "opened", {"do": "category", "category": "printer"}, {"do": "priority", "level": 1}, {"do": "label", "text": "打印，紧急"},
        {"do": "assign_team", "team": other.pk}, {"do": "assign_person", "person": agent.pk}, {"do": "reply", "text": "{{requester}}，{{number}}已收到。"}, {"do": "note", "text": "见手册"},
        conditions={"all": [{"field": "text", "op": "contains", "value": ["打印机"]}]})
    item = open_incident(requester=requester, team=team)
    assert work_off() >= 1
    item = fresh(item)
    assert (item.category, item.priority, item.labels, item.owner) == (category, 1, ["打印", "紧急"], agent)
    assert item.responded_at is None, "a machine's words are no answer"
    said = Entry.objects.get(item=item, kind="message_out")
    assert said.text == f"李倩，{item.number}已收到。" and said.public and said.via == "automation"
    firing = RuleFiring.objects.get(rule=made, item=item)
    assert firing.outcome == "done" and [one["do"] for one in firing.results] == [one["do"] for one in made.deeds]
    told = Entry.objects.get(item=item, kind="automation")
    assert "打印机归专人" in told.words and not told.public
    assert all(entry.details["rules"] == [f"rule:{made.pk}@{item.pk}"] for entry in Entry.objects.filter(item=item, kind="change"))


def test_what_does_not_match_is_left_alone_and_what_cannot_be_done_does_not_hold_up_the_rest(rule, work_off, requester, team):
    rule("只管高优先级", "opened", {"do": "label", "text": "高"}, conditions=HIGH)
    resume = rule("不在等待", "opened", {"do": "resume"}, {"do": "label", "text": "看过"})
    item = open_incident(requester=requester, team=team, impact=4, urgency=4)
    work_off()
    assert fresh(item).labels == ["看过"]
    firing = RuleFiring.objects.get(rule=resume)
    assert firing.outcome == "partly" and firing.results[0]["error"]
    assert RuleFiring.objects.count() == 1


def test_order_and_stop(rule, work_off, requester, team):
    rule("第三", "opened", {"do": "label", "text": "c"}, order=30)
    rule("第二", "opened", {"do": "label", "text": "b"}, order=20, stop=True)
    rule("第一", "opened", {"do": "label", "text": "a"}, order=10)
    item = open_incident(requester=requester, team=team)
    work_off()
    assert fresh(item).labels == ["a", "b"]


def test_two_rules_that_trigger_each_other_are_stopped_and_the_keepers_are_told(rule, work_off, requester, team, lead):
    keeper = UserFactory(role="manager")
    up = rule("升", "changed", {"do": "priority", "level": 1}, conditions={"field": "priority", "op": "is", "value": 3})
    down = rule("降", "changed", {"do": "priority", "level": 3}, conditions={"field": "priority", "op": "is", "value": 1})
    item = open_incident(requester=requester, team=team, impact=4, urgency=4)
    triage.change(item, by=acting(lead), priority=3, at=TUESDAY)
    work_off(20)
    # Each sees what the other did; when the second would begin anew it is stopped, and says why.
    assert [(f.rule, f.outcome) for f in RuleFiring.objects.order_by("id")] == [(up, "done"), (down, "done"), (up, "done"), (down, "loop")]
    assert Entry.objects.filter(item=item, kind="automation").count() == 4
    assert Notice.objects.filter(event="chain", user=keeper).count() == 1
    triage.change(item, by=acting(lead), priority=2, at=TUESDAY)
    triage.change(item, by=acting(lead), priority=3, at=TUESDAY)
    work_off(20)
    assert Notice.objects.filter(event="chain", user=keeper).count() == 1, "told once an hour"


def test_a_rule_is_no_news_to_itself(rule, work_off, requester, team, lead):
    made = rule("贴标签", "changed", {"do": "label", "text": "x"})
    item = open_incident(requester=requester, team=team)
    triage.change(item, by=acting(lead), subject="ERP", at=TUESDAY)
    work_off(10)
    assert RuleFiring.objects.filter(rule=made).count() == 1


def test_a_rule_that_opens_parts_of_parts_ends(rule, work_off, requester, team):
    rule("开子单", "opened", {"do": "child", "kind": "request", "text": "跟进：{{title}}"})
    open_incident(requester=requester, team=team)
    work_off(50)
    assert WorkItem.objects.count() == 11
    assert RuleFiring.objects.filter(outcome="loop").count() == 1


def test_a_mail_robot_that_answers_everything_is_not_answered_forever(rule, work_off, requester, team):
    made = rule("谢谢来信", "told_by_requester", {"do": "reply", "text": "已收到，谢谢。"})
    item = open_incident(requester=requester, team=team)
    for n in range(12):
        conversation.receive(item, by=Actor(user=requester, via="mail"), author=requester, text="我正在休假。", at=TUESDAY + timedelta(minutes=n))
        work_off()
    assert Entry.objects.filter(item=item, kind="message_out").count() == 5
    assert RuleFiring.objects.filter(rule=made, outcome="quota").exists()
    conversation.receive(item, by=Actor(user=requester, via="mail"), author=requester, text="在吗？", at=TUESDAY + timedelta(hours=3))
    work_off()
    assert Entry.objects.filter(item=item, kind="message_out").count() == 6


def test_a_machine_that_says_it_is_one_sets_nothing_off(rule, work_off, requester, team):
    rule("谢谢来信", "told_by_requester", {"do": "reply", "text": "已收到，谢谢。"})
    item = open_incident(requester=requester, team=team)
    conversation.receive(item, by=Actor(user=requester, via="mail"), author=requester, text="自动回复", automatic=True, at=TUESDAY)
    work_off()
    assert not RuleFiring.objects.exists()


def test_the_same_job_once_more_does_nothing(rule, requester, team):
    rule("备注", "opened", {"do": "note", "text": "一次"})
    item = open_incident(requester=requester, team=team)
    for _again in range(2):
        engine.run(item.pk, engine.Heard("opened"), chain=(), reason="event:1", at=TUESDAY)
    assert Entry.objects.filter(item=item, kind="comment").count() == 1


def test_what_was_undone_is_not_heard_of_and_imports_are_history(rule, work_off, requester, team, lead):
    from django.db import transaction

    rule("备注", "opened", {"do": "note", "text": "x"})
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        open_incident(requester=requester, team=team)
        raise ZeroDivisionError
    from hengwei.work.actions.intake import open_item

    open_item("incident", title="旧单", by=Actor(user=lead, via="import"), requester=requester, at=TUESDAY)
    work_off()
    assert not RuleFiring.objects.exists()


def test_hold_resume_watch_tell_child_and_approval(rule, work_off, requester, team, agent, lead):
    boss = UserFactory(role="manager")
    rule("流程", "opened", {"do": "watch", "person": boss.pk}, {"do": "notify", "whom": "lead", "text": "请看{{number}}"}, {"do": "escalate", "number": 2},
         {"do": "approval", "approver": "manager"}, {"do": "webhook"}, {"do": "assign_auto"})
    item = open_incident(requester=requester, team=team)
    work_off()
    firing = RuleFiring.objects.get()
    assert firing.outcome == "done", firing.results
    item = fresh(item)
    assert item.escalation_level == 2 and item.watchers.get().user == boss and item.approvals.get().state == "open"
    assert Notice.objects.get(event="rule", user=lead).params == {"name": "流程", "reason": f"请看{item.number}"}
    item = progress.acknowledge(item, by=acting(agent), at=TUESDAY)
    rule("等待", "told_by_staff", {"do": "pend", "waiting_for": "customer"})
    conversation.reply(item, by=acting(agent), text="请重启", at=TUESDAY)
    work_off()
    assert fresh(item).phase == "waiting"


@pytest.mark.parametrize(("facts", "field"), [
    ({"trigger": "opened", "deeds": []}, "deeds"), ({"trigger": "never", "deeds": [{"do": "resume"}]}, "trigger"), ({"trigger": "schedule", "deeds": [{"do": "resume"}]}, "at_time"),
    ({"trigger": "in_phase", "deeds": [{"do": "resume"}], "options": {"phase": "waiting"}}, "amount"), ({"trigger": "opened", "deeds": [{"do": "category", "category": "none"}]}, "deeds"),
    ({"trigger": "opened", "deeds": [{"do": "note", "text": " "}]}, "deeds"), ({"trigger": "opened", "deeds": [{"do": "resume"}], "conditions": {"field": "x"}}, "conditions"),
])
def test_a_rule_that_could_not_run_is_refused(department, facts, field):
    with pytest.raises(Refused) as refused:
        actions.save_rule(by=Actor(), name="规则", active=True, **facts)
    assert refused.value.field == field


def test_only_those_with_the_right_keep_rules_and_a_change_is_a_new_version(rule, agent):
    from hengwei.core.errors import Forbidden
    from hengwei.core.models import Revision

    made = rule("规则", "opened", {"do": "resume"})
    with pytest.raises(Forbidden):
        actions.save_rule(made, by=acting(agent), name="别的", trigger="opened", deeds=made.deeds)
    again = actions.save_rule(made, by=Actor(), name="规则", trigger="opened", deeds=[{"do": "note", "text": "x"}], active=True)
    same = actions.save_rule(again, by=Actor(), name="规则", trigger="opened", deeds=[{"do": "note", "text": "x"}], active=True)
    assert (made.version, again.version, same.version) == (1, 2, 2)
    assert Revision.objects.filter(model="flows.automationrule", object_id=str(made.pk)).count() == 2
