"""Any sequence of events gives the same figure as counting second by second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengwei.calendars.actions import set_days
from hengwei.calendars.business_time import BusinessCalendar
from hengwei.calendars.models import Calendar
from hengwei.core.acting import SYSTEM
from hengwei.work.actions import conversation, progress, triage
from hengwei.work.clocks import rebase, rules
from hengwei.work.clocks.matching import forget
from hengwei.work.models import Category
from tests.factories import TUESDAY, acting, open_incident

#: Midnight in Shanghai: the calendars below open and close within the first hours of the day.
BEGIN = datetime(2026, 11, 23, 16, tzinfo=UTC)
DAYS = [date(2026, 11, 24), date(2026, 11, 25)]
hours = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20)), max_size=4).map(lambda pairs: tuple((start, start + length) for start, length in pairs))


@st.composite
def calendars(draw):
    return BusinessCalendar.weekly(dict.fromkeys(range(7), draw(hours)), exceptions={day: draw(hours) for day in DAYS if draw(st.booleans())})


events = st.lists(
    st.tuples(st.integers(0, 1500), st.sampled_from(["pause", "resume", "target", "calendar"]), st.integers(1, 6000), calendars()), min_size=1, max_size=8)


def by_the_second(stretches):
    """Seconds counted one by one: `(start, end, calendar)` of each running stretch."""
    return sum(
        calendar.is_open(start + timedelta(seconds=n)) for start, end, running, calendar in stretches if running for n in range(int((end - start).total_seconds())))


@settings(max_examples=60)
@given(calendars(), st.integers(1, 6000), events)
def test_any_sequence_of_events_gives_the_figure_that_counting_seconds_gives(calendar, allowed, happens):
    now, place = BEGIN, 0
    state = rules.start(allowed, now)
    segments = [rules.Segment(True, now, None, place)]
    told = [[now, now, True, calendar, place]]
    for gap, what, much, other in happens:
        now += timedelta(seconds=gap)
        told[-1][1] = now
        if what == "calendar":
            # The past of the present stay counts on the corrected calendar; what came over from earlier promises stays.
            state = rules.rebase(state, rules.present_stay(segments, place), calendar, other, allowed=state.allowed)
            calendar = other
            for stretch in reversed(told):
                if stretch[4] != place:
                    break
                stretch[3] = other
            continue
        last = segments[-1]
        segments[-1] = rules.Segment(last.running, last.starts_at, now, last.calendar)
        if what == "pause":
            state = rules.halt(state, calendar, now)
        elif what == "resume":
            state = rules.State(state.allowed, rules.used(state, calendar, now), now)
        else:
            state = rules.retarget(state, calendar, allowed=much, at=now)
            calendar, place = other, place + 1
        segments.append(rules.Segment(state.running, now, None, place))
        told.append([now, now, state.running, calendar, place])
    expected = by_the_second([stretch[:4] for stretch in told])
    assert rules.used(state, calendar, now) == expected
    assert rules.breached(rules.halt(state, calendar, now)) == (expected > state.allowed)


steps = st.lists(st.tuples(st.sampled_from(["take", "pend", "answer", "colleague", "urgent", "calm", "resolve", "reopen", "holiday"]), st.integers(1, 400)), min_size=2, max_size=7)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(happens=steps)
def test_whatever_happens_to_an_item_each_clock_is_the_sum_of_its_segments(requester, team, agent, happens):
    from django.db import transaction

    from hengwei.core.errors import ActionError

    by, now = acting(agent), TUESDAY
    forget()
    with transaction.atomic():
        category, _made = Category.objects.get_or_create(key="x", defaults={"name": "其他"})
        item = open_incident(requester=requester, impact=3, urgency=2, category=category)
        for what, minutes in happens:
            now += timedelta(minutes=minutes)
            try:
                if what == "take":
                    progress.acknowledge(item, by=by, at=now)
                elif what in ("pend", "colleague"):
                    progress.pend(item, by=by, waiting_for="customer" if what == "pend" else "colleague", at=now)
                elif what == "answer":
                    conversation.reply(item, by=acting(requester), text="在", at=now)
                elif what in ("urgent", "calm"):
                    triage.change(item, by=by, impact=1 if what == "urgent" else 4, urgency=1 if what == "urgent" else 4, at=now)
                elif what == "resolve":
                    progress.resolve(item, by=by, solution="好", cause="线松", at=now)
                elif what == "reopen":
                    progress.reopen(item, by=acting(requester), comment="没好", at=now)
                else:
                    office = Calendar.objects.get(key="office")
                    set_days(office, by=SYSTEM, days={now.date(): {"hours": [[540, 600 + minutes % 60]]}}, reason="停电", at=now)
                    rebase.apply(rebase.newest(office.pk), by=SYSTEM, now=now)
            except ActionError:
                continue
        for clock in item.clocks.all():
            segments = sum(s.business_seconds for s in clock.segments.all() if s.running)
            assert clock.elapsed == segments + sum(r.difference for r in clock.rebases.all()), clock.measure
        transaction.set_rollback(True)
