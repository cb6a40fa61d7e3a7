"""From a report to its closing: what the requester and the engineer get at each step."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from hengwei.core.errors import Conflict, Forbidden, Refused
from hengwei.work.actions import assignment, conversation, progress, triage
from hengwei.work.actions.drafts import save_draft
from hengwei.work.models import Category, Closure, Draft, Entry, WorkItem
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def later(minutes: int):
    return TUESDAY + timedelta(minutes=minutes)


@pytest.fixture
def category(department):
    return Category.objects.create(key="printer", name="打印机", name_en="Printers")


@pytest.fixture
def item(requester, team, category):
    return open_incident(requester=requester, category=category, impact=3, urgency=2)


def test_a_report_is_numbered_prioritised_routed_and_on_the_clock(item, requester, team):
    item.refresh_from_db()
    assert item.number.startswith("INC-2026-")
    assert (item.phase, item.priority, item.source, item.customer) == ("new", 2, "portal", requester.customer)
    assert item.team == team
    assert item.next_due_measure == "first_response"
    assert item.due_at == later(30)
    assert item.entries.filter(kind=Entry.Kind.OPENED, public=True, author=requester).count() == 1


def test_the_engineer_takes_it_up_answers_and_solves_it_and_the_requester_confirms(item, agent, requester):
    by = acting(agent)
    item = progress.acknowledge(item, by=by, at=later(5))
    assert (item.owner, item.phase) == (agent, "active")
    conversation.reply(item, by=by, text="已在路上。", at=later(10))
    item = progress.resolve(item, by=by, solution="更换搓纸轮", cause="搓纸轮磨损", at=later(60))
    assert (item.phase, item.closure) == ("resolved", Closure.SOLVED)
    item = progress.close(item, by=acting(requester), at=later(90))
    assert (item.phase, item.closed_at) == ("closed", later(90))
    assert set(item.clocks.values_list("measure", "state")) == {("first_response", "met"), ("resolution", "met")}


def test_it_cannot_be_solved_without_cause_and_solution(item, agent):
    with pytest.raises(Refused) as refusal:
        progress.resolve(item, by=acting(agent), solution="好了", cause="", at=later(5))
    assert refusal.value.field == "cause"


def test_the_requester_cannot_solve_assign_or_note(item, requester):
    by = acting(requester)
    for attempt in (
        lambda: progress.resolve(item, by=by, solution="x", cause="y"),
        lambda: assignment.assign(item, by=by, owner=requester),
        lambda: conversation.note(item, by=by, text="x"),
        lambda: triage.change(item, by=by, title="x"),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_another_customer_sees_nothing_of_it(item, department):
    stranger = UserFactory(role="requester")
    assert list(WorkItem.objects.visible_to(stranger)) == []
    with pytest.raises(Forbidden):
        conversation.reply(item, by=acting(stranger), text="让我看看")


def test_an_internal_note_is_not_among_what_the_requester_reads(item, agent, requester):
    conversation.note(item, by=acting(agent), text="这台打印机该报废了", at=later(3))
    assert not Entry.objects.of(item).visible_to(requester).filter(text__contains="报废").exists()
    assert Entry.objects.of(item).visible_to(agent).filter(text__contains="报废").exists()


def test_two_people_cannot_overwrite_each_other(item, agent, lead):
    item.refresh_from_db()
    seen = item.version
    triage.change(item, by=acting(agent), urgency=1, version=seen)
    with pytest.raises(Conflict) as conflict:
        triage.change(item, by=acting(lead), urgency=4, version=seen)
    assert conflict.value.params["current"] == seen + 1


def test_sending_twice_with_one_key_sends_once(item, agent):

    key = uuid.uuid4()
    assert conversation.reply(item, by=acting(agent), text="您好", key=key) is not None
    assert conversation.reply(item, by=acting(agent), text="您好", key=key) is None
    assert item.entries.filter(kind=Entry.Kind.MESSAGE_OUT).count() == 1


def test_a_draft_that_comes_later_than_its_message_is_not_kept(item, agent):
    key = uuid.uuid4()
    assert save_draft(item, by=agent, text="Which co", key=key) is not None
    conversation.reply(item, by=acting(agent), text="Which code?", key=key)
    assert save_draft(item, by=agent, text="Which code?", key=key) is None
    assert not Draft.objects.filter(item=item, user=agent).exists()


def test_a_logged_call_leaves_no_draft_and_is_logged_once(item, agent):
    client, key = Client(), uuid.uuid4()
    client.force_login(agent)
    save_draft(item, by=agent, text="He called", mode="call", key=key)
    for _twice in range(2):
        client.post(f"/items/{item.number}/say", {"mode": "call", "text": "He called", "inbound": "1", "key": str(key)})
    assert Entry.objects.of(item).filter(kind=Entry.Kind.CALL).count() == 1
    assert not Draft.objects.filter(item=item, user=agent).exists()


def test_the_customers_answer_takes_it_out_of_waiting(item, agent, requester):
    progress.acknowledge(item, by=acting(agent), at=later(1))
    progress.pend(item, by=acting(agent), waiting_for="customer", comment="请发截图", at=later(2))
    conversation.reply(item, by=acting(requester), text="截图在此", at=later(30))
    item.refresh_from_db()
    assert (item.phase, item.waiting_for) == ("active", "")


def test_a_message_of_a_machine_takes_nothing_out_of_waiting(item, agent, requester):
    progress.acknowledge(item, by=acting(agent), at=later(1))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(2))
    conversation.receive(item, by=acting(requester, "mail"), author=requester, text="自动回复：我在休假", automatic=True, at=later(3))
    item.refresh_from_db()
    assert item.phase == "waiting"


def test_words_on_a_resolved_item_reopen_it(item, agent, requester):
    progress.resolve(item, by=acting(agent), solution="重启", cause="死机", at=later(10))
    conversation.reply(item, by=acting(requester), text="还是不行", at=later(20))
    item.refresh_from_db()
    assert (item.phase, item.reopened_count, item.resolved_at) == ("active", 1, None)


def test_a_closed_item_is_continued_by_a_new_one(item, agent, requester):
    progress.resolve(item, by=acting(agent), solution="重启", cause="死机", at=later(10))
    closed = progress.close(item, by=acting(requester), at=later(20))
    successor = progress.reopen(closed, by=acting(requester), comment="又坏了", at=later(30))
    assert successor.pk != closed.pk
    assert successor.relations.get().target_id == closed.pk
    closed.refresh_from_db()
    assert closed.phase == "closed"


def test_the_requester_withdraws_and_urges_his_own(item, requester):
    progress.chase(item, by=acting(requester))
    item = progress.cancel(item, by=acting(requester), closure=Closure.WITHDRAWN)
    assert (item.chased_count, item.phase, item.closure) == (1, "closed", "withdrawn")
    assert not WorkItem.objects.counted().filter(pk=item.pk).exists()


def test_the_timeline_cannot_be_rewritten(item):
    from django.db import DatabaseError

    entry = item.entries.first()
    entry.text = "从未说过"
    with pytest.raises(DatabaseError):
        entry.save()


def test_a_title_is_demanded_and_nothing_is_recorded_without(requester, team):
    with pytest.raises(Refused) as refusal:
        open_incident(requester=requester, title="   ")
    assert refusal.value.field == "title"
    assert not WorkItem.objects.exists()


def test_the_search_finds_it_and_hides_notes_from_its_requester(item, agent, requester):
    from hengwei.core.search import search
    from hengwei.work import searching

    conversation.note(item, by=acting(agent), text="供应商报价四千", at=later(3))
    searching.index(item, entries=list(item.entries.all()))
    assert [hit.pk for hit in search("打印机卡纸", user=requester).hits] == [item.pk]
    assert [hit.pk for hit in search("报价四千", user=agent).hits] == [item.pk]
    assert search("报价四千", user=requester).hits == []
    assert search("打印机卡纸", user=UserFactory(role="requester")).hits == []
