"""Clocks, event by event: each test is a row of the rules that decide a disputed figure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.work.actions import assignment, conversation, progress, relations, triage
from hengwei.work.actions.intake import open_item
from hengwei.work.clocks.matching import forget
from hengwei.work.clocks.sweep import sweep
from hengwei.work.models import Agreement, AgreementVersion, Category, Clock, Firing, Target
from tests.factories import TUESDAY, TeamFactory, acting, open_incident

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


def later(minutes: float):
    return TUESDAY + timedelta(minutes=minutes)


@pytest.fixture
def item(requester, team):
    """Priority high: first response within 30 minutes, solved within 8 hours, of office hours."""
    return open_incident(requester=requester, impact=3, urgency=2)


def clock(item, measure="resolution"):
    return item.clocks.filter(measure=measure).latest("id")


def promise(key, *, customer=None, order=1, signed=True, measure="resolution", amount=2 * HOUR, calendar="office", ends=None, **facts):
    agreement = Agreement.objects.create(key=key, name=key, customer=customer, order=order)
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, effective_from=later(-10**6), effective_to=ends,
        **({"state": "signed", "signed_at": TUESDAY, "countersigned_at": TUESDAY} if signed else {}),
    )
    forget()
    return Target.objects.create(version=version, measure=measure, amount=amount, calendar=Calendar.objects.get(key=calendar), **facts)


def test_created_clocks_start_when_the_request_arrived_not_when_it_was_read(requester, team):
    made = open_item("incident", title="邮件", by=Actor(user=requester, via="mail"), received_at=later(-20), at=later(0), impact=3, urgency=2)
    assert {c.started_at for c in made.clocks.all()} == {later(-20)}
    assert clock(made, "first_response").due_at == later(10)


def test_out_of_hours_nothing_elapses_and_the_due_moment_is_known_at_once(requester, team):
    evening = TUESDAY + timedelta(hours=10)
    made = open_incident(requester=requester, at=evening, impact=3, urgency=2)
    assert clock(made, "first_response").due_at == TUESDAY + timedelta(hours=23, minutes=30)


def test_first_response_is_met_by_staff_words_and_not_by_notes_assignment_or_a_missed_call(item, agent):
    by = acting(agent)
    conversation.note(item, by=by, text="看一下", at=later(1))
    assignment.take(item, by=by, at=later(2))
    conversation.log_call(item, by=by, text="无人接听", inbound=False, reached=False, at=later(3))
    assert clock(item, "first_response").state == "running"
    conversation.log_call(item, by=by, text="已通话", inbound=False, reached=True, at=later(4))
    assert clock(item, "first_response").state == "met"


def test_the_very_moment_is_met_and_one_second_later_is_breached(requester, team, agent):
    first, second = (open_incident(requester=requester, impact=3, urgency=2) for _ in range(2))
    conversation.reply(first, by=acting(agent), text="在", at=later(30))
    conversation.reply(second, by=acting(agent), text="在", at=later(30) + timedelta(seconds=1))
    assert (clock(first, "first_response").state, clock(second, "first_response").state) == ("met", "breached")


def test_next_update_starts_with_each_word_to_the_requester_and_stops_at_resolution(requester, team, agent):
    promise("updates", measure="next_update", amount=HOUR)
    item = open_incident(requester=requester)
    assert not item.clocks.filter(measure="next_update").exists()
    conversation.reply(item, by=acting(agent), text="在查", at=later(10))
    conversation.reply(item, by=acting(agent), text="还在查", at=later(40))
    assert [c.state for c in item.clocks.filter(measure="next_update").order_by("id")] == ["met", "running"]
    assert clock(item, "next_update").due_at == later(100)
    triage.change(item, by=acting(agent), category=Category.objects.create(key="x", name="其他"), at=later(45))
    progress.resolve(item, by=acting(agent), solution="好了", cause="线松", at=later(50))
    assert not item.clocks.live().exists()


def test_waiting_for_the_customer_pauses_and_says_who_and_why(item, agent):
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(60))
    paused = clock(item)
    assert (paused.state, paused.due_at, paused.elapsed) == ("paused", None, HOUR)
    segment = paused.segments.get(ends_at=None)
    assert (segment.running, segment.reason, segment.by) == (False, "customer", agent)


def test_waiting_for_a_colleague_never_pauses(item, agent):
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="colleague", at=later(60))
    assert clock(item).state == "running"


def test_the_clock_runs_on_from_the_moment_the_customers_answer_arrived(item, agent, requester):
    progress.acknowledge(item, by=acting(agent), at=later(5))
    before = clock(item).due_at
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(60))
    conversation.receive(item, by=Actor(via="mail"), author=requester, text="截图", received_at=later(80), at=later(95))
    assert clock(item).state == "running"
    # Twenty minutes were waited, from 11:00 to 11:20 within office hours.
    assert clock(item).due_at == before + timedelta(minutes=20)


def test_reopening_resumes_the_same_clock_and_withdraws_its_outcome(item, agent, requester):
    triage.change(item, by=acting(agent), category=Category.objects.create(key="x", name="其他"), at=later(1))
    progress.resolve(item, by=acting(agent), solution="重启", cause="死机", at=later(60))
    assert clock(item).state == "met"
    progress.reopen(item, by=acting(requester), comment="没好", at=later(120))
    resumed = clock(item)
    assert (resumed.state, resumed.reopened, resumed.elapsed) == ("running", True, HOUR)
    assert item.clocks.filter(measure="resolution").count() == 1


def test_a_changed_priority_keeps_what_has_elapsed(item, agent):
    triage.change(item, by=acting(agent), impact=1, urgency=1, at=later(60))
    changed = clock(item)
    # Critical: four hours, around the clock; one hour is used up.
    assert (changed.elapsed, changed.allowed) == (HOUR, 4 * HOUR)
    assert changed.due_at == later(240)


def test_a_shorter_target_that_is_already_past_is_a_breach_by_change(item, agent):
    triage.change(item, by=acting(agent), impact=1, urgency=1, at=later(20))
    response = clock(item, "first_response")
    assert (response.breached_at, response.breach_cause) == (later(20), "target_changed")
    assert response.due_at == later(20)


def test_a_customers_own_agreement_comes_before_the_general_one(requester, team, customer):
    target = promise("own", customer=customer, order=999)
    assert clock(open_incident(requester=requester)).target == target


@pytest.mark.parametrize("facts", [{"signed": False}, {"ends": later(-1)}], ids=["unsigned", "expired"])
def test_an_unsigned_or_expired_agreement_gives_way_to_the_next(requester, team, customer, facts):
    target = promise("own", customer=customer, **facts)
    assert clock(open_incident(requester=requester)).target != target


def test_where_no_agreement_matches_the_item_says_so(requester, team):
    AgreementVersion.objects.update(state="ended")
    forget()
    made = open_incident(requester=requester)
    made.refresh_from_db()
    assert made.without_agreement and made.due_at is None


def test_another_team_leaves_the_customers_clock_and_turns_the_teams_own(requester, team, lead):
    promise("ola", measure="team_resolution", amount=HOUR)
    item = open_incident(requester=requester)
    before = clock(item).due_at
    assignment.assign(item, by=acting(lead), team=TeamFactory(name="运维组"), at=later(30))
    assert clock(item).due_at == before
    assert [(c.state, c.started_at) for c in item.clocks.filter(measure="team_resolution").order_by("id")] == [
        ("met", TUESDAY), ("running", later(30)),
    ]


def test_a_merge_takes_the_earlier_due_moment_and_undoing_it_restores_both(requester, team, agent, item):
    slow = open_incident(requester=requester, impact=4, urgency=4, at=later(1))
    own, urgent = clock(slow).due_at, clock(item).due_at
    relations.merge([item], into=slow, by=acting(agent), at=later(10))
    assert clock(item).state == "merged"
    assert clock(slow).due_at == urgent
    relations.unmerge(item, by=acting(agent), at=later(20))
    assert (clock(item).state, clock(item).due_at, clock(slow).due_at) == ("running", urgent, own)
    item.refresh_from_db()
    assert (item.phase, item.merged_into, item.closure) == ("new", None, "")


def test_what_is_split_off_starts_at_its_own_message(item, agent, requester):
    entry = conversation.reply(item, by=acting(requester), text="另外，投影仪也坏了", at=later(45))
    made = relations.split(entry, by=acting(agent), title="投影仪坏了", at=later(90))
    assert {c.started_at for c in made.clocks.all()} == {later(45)}


def test_what_is_cancelled_is_out_of_all_figures(item, agent):
    progress.cancel(item, by=acting(agent), closure="spam", at=later(5))
    assert {c.state for c in item.clocks.all()} == {"cancelled"}
    assert not Clock.objects.counted().exists()


def test_escalation_fires_each_step_once_also_when_the_worker_was_down(item, lead):
    assert sweep(later(20)) == 0
    assert sweep(later(23)) == 1
    assert sweep(later(23)) == 0
    sweep(later(120))
    sweep(later(120))
    steps = list(Firing.objects.filter(clock=clock(item, "first_response")).order_by("id").values_list("step", "late"))
    assert steps == [("percent_75", False), ("percent_90", True), ("breach", True)]
    assert clock(item, "first_response").breached_at == later(30)
    item.refresh_from_db()
    assert item.escalation_level == 1
    told = item.entries.filter(kind="escalation", details__step="breach").first()
    assert not told.public and told.details["told"] == [lead.name]


def test_escalation_does_not_fire_while_paused_or_after_stopping(item, agent):
    conversation.reply(item, by=acting(agent), text="在", at=later(5))
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(10))
    sweep(later(10_000))
    assert not Firing.objects.exists()


def test_every_clock_is_the_sum_of_its_segments(item, agent, requester):
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(60))
    conversation.reply(item, by=acting(requester), text="在", at=later(200))
    triage.change(item, by=acting(agent), impact=4, urgency=4, at=later(260))
    progress.cancel(item, by=acting(agent), at=later(300))
    for each in item.clocks.all():
        assert each.elapsed == sum(s.business_seconds for s in each.segments.all() if s.running), each.measure


def test_an_ended_segment_cannot_be_changed(item, agent):
    from django.db import DatabaseError

    progress.cancel(item, by=acting(agent), at=later(5))
    segment = clock(item).segments.exclude(ends_at=None).first()
    segment.business_seconds = 1
    with pytest.raises(DatabaseError):
        segment.save()
