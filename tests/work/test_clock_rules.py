"""The arithmetic of a clock equals a plain sum over the stretches in which it ran, on any calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hengwei.calendars.business_time import BusinessCalendar
from hengwei.work.clocks import rules

CALENDARS = [
    BusinessCalendar.weekly(dict.fromkeys(range(5), ((540, 720), (810, 1080)))),
    BusinessCalendar.weekly(dict.fromkeys(range(7), ((1320, 360),)), "Europe/Berlin"),
    BusinessCalendar.round_the_clock(),
]
BEGIN = datetime(2026, 3, 27, 3, tzinfo=UTC)
gaps = st.lists(st.integers(0, 90_000), min_size=1, max_size=9)


@settings(max_examples=150)
@given(st.sampled_from(CALENDARS), gaps)
def test_pausing_and_resuming_adds_up_to_the_time_it_ran(calendar, gaps):
    state, now, expected = rules.start(10**6, BEGIN), BEGIN, 0
    for number, gap in enumerate(gaps):
        after = now + timedelta(seconds=gap)
        if number % 2 == 0:
            state, expected = rules.halt(state, calendar, after), expected + calendar.elapsed(now, after)
        else:
            state = rules.resume(state, after)
        now = after
    assert state.elapsed == expected


@settings(max_examples=150)
@given(st.sampled_from(CALENDARS), st.integers(1, 200_000))
def test_stopping_at_the_due_moment_is_met_and_a_working_second_later_breached(calendar, allowed):
    state = rules.start(allowed, BEGIN)
    due = rules.due(state, calendar)
    assert not rules.breached(rules.halt(state, calendar, due))
    assert rules.breached(rules.halt(state, calendar, calendar.add(due, 1)))


@settings(max_examples=100)
@given(st.sampled_from(CALENDARS), st.sampled_from(CALENDARS), st.integers(0, 200_000), st.integers(1, 100_000), st.integers(1, 100_000))
def test_another_target_keeps_what_has_elapsed(old, new, passed, before, after):
    now = BEGIN + timedelta(seconds=passed)
    state = rules.retarget(rules.start(before, BEGIN), old, allowed=after, at=now)
    assert state.elapsed == old.elapsed(BEGIN, now)
    due = rules.due(state, new)
    assert due == now if state.elapsed >= after else new.elapsed(now, due) == after - state.elapsed


@given(st.integers(1, 10**6), st.lists(st.sampled_from([50, 75, 90, 100]), unique=True), st.lists(st.integers(1, 10**5), unique=True, max_size=2))
def test_steps_come_in_order_and_a_breach_is_always_among_them(allowed, percents, after):
    found = rules.steps(allowed, [{"percent": p} for p in percents] + [{"after": a} for a in after])
    assert [s.seconds for s in found] == sorted(s.seconds for s in found)
    assert [s.seconds for s in found if s.breach] == [allowed + 1]
    assert all(s.seconds <= allowed for s in found if s.key.startswith("percent_"))
