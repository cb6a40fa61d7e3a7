"""A calendar is corrected: open clocks are counted anew, closed ones never change, and everybody can see why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hengwei.calendars.actions import change_hours, set_days
from hengwei.calendars.models import Calendar, CalendarVersion
from hengwei.core import tasks
from hengwei.core.acting import SYSTEM
from hengwei.core.models import Task
from hengwei.work import jobs
from hengwei.work.actions import conversation, progress, triage
from hengwei.work.clocks import rebase
from hengwei.work.clocks.sweep import sweep
from hengwei.work.models import Category, Clock, Firing, Rebase
from tests.factories import TUESDAY, acting, open_incident

pytestmark = pytest.mark.django_db
HOUR = 3600
#: The Tuesday of the tests, and the day after it.
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


def later(minutes: float):
    return TUESDAY + timedelta(minutes=minutes)


@pytest.fixture
def office(department):
    return Calendar.objects.get(key="office")


@pytest.fixture
def item(requester, team, office):
    return open_incident(requester=requester, impact=3, urgency=2)


def clock(item, measure="resolution"):
    return item.clocks.filter(measure=measure).latest("id")


def correct(office, days, at, reason="调休通知"):
    set_days(office, by=SYSTEM, days=days, reason=reason, at=at)
    return rebase.apply(rebase.newest(office.pk), by=SYSTEM, now=at)


def test_a_holiday_moves_what_is_due_and_the_record_says_why(item, office):
    before = clock(item).due_at
    told = correct(office, {TOMORROW: {"name": "临时放假"}}, later(60))
    moved = clock(item)
    assert before == later(24 * 60 + 30) and moved.due_at == before + timedelta(days=1)
    assert (told.clocks, told.moved, told.differ) == (2, 1, 0)
    record = Rebase.objects.get(clock=moved)
    assert (record.due_before, record.due_after, record.after.reason) == (before, moved.due_at, "调休通知")
    item.refresh_from_db()
    assert item.next_due_at == clock(item, "first_response").due_at


def test_what_had_elapsed_is_recomputed_from_the_segments(item, agent, office):
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(60))
    # Today's office only opened at 10:30, as it turns out: half of the hour did not count.
    correct(office, {TODAY: {"hours": [[630, 720], [810, 1080]]}}, later(90))
    paused = clock(item)
    assert (paused.state, paused.elapsed, paused.due_at) == ("paused", HOUR // 2, None)
    assert Rebase.objects.get(clock=paused).difference == -HOUR // 2


def test_what_came_over_from_another_calendar_is_kept_as_it_was(item, agent, office):
    triage.change(item, by=acting(agent), impact=1, urgency=1, at=later(60))
    assert clock(item).elapsed == HOUR and clock(item).calendar_version.calendar.key == "always"
    correct(office, {TODAY: {"hours": []}}, later(90))
    assert clock(item).elapsed == HOUR and not Rebase.objects.filter(clock=clock(item)).exists()


def test_a_closed_clock_never_changes(item, agent, office):
    conversation.reply(item, by=acting(agent), text="在", at=later(20))
    closed = Clock.objects.filter(pk=clock(item, "first_response").pk).values().get()
    correct(office, {TODAY: {"hours": []}}, later(60))
    assert Clock.objects.filter(pk=closed["id"]).values().get() == closed


def test_an_open_hour_more_may_breach_it_and_the_breach_is_booked_to_the_change(requester, team, office):
    # Received at noon; the break is worked through, as is decided afterwards.
    noon = later(120)
    item = open_incident(requester=requester, impact=3, urgency=2, at=noon)
    assert clock(item, "first_response").due_at == later(240)
    at = later(210)
    told = correct(office, {TODAY: {"hours": [[540, 1080]]}}, at)
    breached = clock(item, "first_response")
    assert (breached.breached_at, breached.breach_cause, told.newly_breached) == (at, "calendar_changed", 1)


def test_a_breach_that_a_holiday_undoes_is_withdrawn(item, office):
    sweep(later(31))
    assert clock(item, "first_response").breached_at == later(30)
    told = correct(office, {TODAY: {"hours": []}}, later(40))
    assert clock(item, "first_response").breached_at is None and told.no_longer_breached == 1


def test_a_promise_of_working_days_ends_on_another_day(requester, team, office):
    item = open_incident(requester=requester, impact=3, urgency=3)
    assert clock(item).due_at == later(56 * 60)  # Thursday at 18:00
    correct(office, {TOMORROW: {"name": "放假"}}, later(30))
    assert clock(item).due_at == later(80 * 60)
    # A make-up day with fewer hours: the allowance follows the days, not the other way round.
    correct(office, {TOMORROW: None, date(2026, 11, 26): {"hours": [[540, 720]]}}, later(40))
    assert clock(item).due_at == later(50 * 60)


def test_nobody_is_told_again_when_the_due_moment_only_moves_away(item, lead, office):
    sweep(later(23))
    told = Firing.objects.count()
    correct(office, {TODAY: {"hours": []}}, later(24))
    assert sweep(later(25)) == 0 and Firing.objects.count() == told
    # The next working day it is due; only the steps that were not taken before are taken.
    sweep(later(24 * 60 * 3))
    steps = Firing.objects.filter(clock=clock(item, "first_response")).values_list("step", flat=True)
    assert sorted(steps) == ["after_14400", "breach", "percent_75", "percent_90"]


def test_the_preview_tells_what_would_happen_and_changes_nothing(item, office):
    draft = CalendarVersion(calendar=office, number=office.current().number + 1, timezone=office.timezone, week=office.current().week,
                            days=office.current().days | {"2026-11-25": {"hours": []}})
    told = rebase.preview(draft, now=later(60))
    assert (told.clocks, told.moved, told.differ) == (2, 1, 0)
    assert not Rebase.objects.exists() and clock(item).due_at == later(24 * 60 + 30)


def test_doing_it_twice_does_nothing_the_second_time(item, office):
    correct(office, {TOMORROW: {"name": "放假"}}, later(60))
    state = list(Clock.objects.order_by("id").values())
    assert rebase.apply(rebase.newest(office.pk), by=SYSTEM, now=later(61)).clocks == 0
    assert list(Clock.objects.order_by("id").values()) == state


def test_changing_the_calendar_puts_the_work_on_the_queue(item, office):
    change_hours(office, by=SYSTEM, week=[[[480, 1020]]] * 5 + [[], []], reason="夏令作息", at=later(1))
    waiting = Task.objects.get(key="clocks.rebase")
    assert waiting.arguments == {"calendar_id": office.pk}
    done = tasks.run_now(jobs.rebase_clocks, by=SYSTEM, calendar_id=office.pk)
    assert (done.state, done.result["clocks"], done.done, done.total) == ("done", 2, 1, 1)


def test_a_clock_resumed_after_the_correction_runs_on_the_new_hours(item, agent, requester, office):
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(60))
    correct(office, {TOMORROW: {"name": "放假"}}, later(70))
    conversation.reply(item, by=acting(requester), text="在", at=later(80))
    # One hour of eight used up; twenty minutes waited; tomorrow is closed: Thursday.
    assert clock(item).due_at == later(48 * 60 + 50)


def test_a_priority_changed_before_the_work_was_done_counts_the_correction_too(item, agent, office):
    set_days(office, by=SYSTEM, days={TODAY: {"hours": [[630, 720], [810, 1080]]}}, reason="停电", at=later(50))
    triage.change(item, by=acting(agent), impact=4, urgency=4, category=Category.objects.create(key="x", name="其他"), at=later(60))
    assert clock(item).elapsed == HOUR // 2
    assert rebase.apply(rebase.newest(office.pk), by=SYSTEM, now=later(70)).clocks == 0
