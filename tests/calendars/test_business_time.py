"""Business time equals a count of single minutes, on any calendar, across nights, holidays and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hengwei.calendars.business_time import BusinessCalendar, NeverOpens

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
OFFICE = dict.fromkeys(range(5), ((540, 720), (810, 1080)))
SHANGHAI = BusinessCalendar.weekly(OFFICE)

minutes = st.integers(0, 1439)
day_hours = st.lists(st.tuples(minutes, minutes), max_size=2).map(
    lambda pairs: tuple((a, b) for a, b in pairs if a != b)
)
dates = st.dates(date(2026, 3, 20), date(2026, 4, 5))


@st.composite
def calendars(draw):
    hours = {weekday: draw(day_hours) for weekday in range(7)}
    exceptions = draw(st.dictionaries(dates, day_hours, max_size=3))
    return BusinessCalendar.weekly(hours, draw(st.sampled_from(ZONES)), exceptions)


moments = st.integers(1_774_310_400, 1_775_001_600).map(lambda epoch: datetime.fromtimestamp(epoch, UTC))


@settings(max_examples=60)
@given(calendars(), moments, st.integers(0, 60 * 40))
def test_elapsed_equals_a_count_of_single_minutes(calendar, start, length):
    start = start.replace(second=0)
    counted = sum(60 for n in range(length) if calendar.is_open(start + timedelta(minutes=n)))
    assert calendar.elapsed(start, start + timedelta(minutes=length)) == counted


@settings(max_examples=150)
@given(calendars(), moments, st.integers(1, 200_000))
def test_add_and_elapsed_are_inverse(calendar, start, seconds):
    try:
        end = calendar.add(start, seconds)
    except NeverOpens:
        assume(False)
    assert calendar.elapsed(start, end) == seconds
    assert calendar.elapsed(start, end - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=100)
@given(calendars(), moments, moments, moments)
def test_the_parts_of_a_period_add_up(calendar, a, b, c):
    a, b, c = sorted((a, b, c))
    assert calendar.elapsed(a, b) + calendar.elapsed(b, c) == calendar.elapsed(a, c)


@given(moments, st.integers(0, 10**6))
def test_round_the_clock_is_absolute_time(start, seconds):
    assert BusinessCalendar.round_the_clock().add(start, seconds) == start + timedelta(seconds=seconds)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_a_friday_evening_promise_falls_due_on_monday():
    assert SHANGHAI.add(at("2026-11-20 17:30"), 3600) == at("2026-11-23 09:30")


def test_lunch_does_not_count():
    assert SHANGHAI.elapsed(at("2026-11-24 11:00"), at("2026-11-24 14:30")) == 2 * 3600


def test_a_holiday_does_not_count_and_a_make_up_sunday_does():
    calendar = BusinessCalendar.weekly(OFFICE, exceptions={date(2026, 10, 1): (), date(2026, 9, 27): ((540, 720),)})
    assert calendar.elapsed(at("2026-10-01 00:00"), at("2026-10-02 00:00")) == 0
    assert calendar.elapsed(at("2026-09-27 00:00"), at("2026-09-28 00:00")) == 3 * 3600


def test_a_night_shift_belongs_to_the_day_on_which_it_begins():
    calendar = BusinessCalendar.weekly({0: ((1320, 360),)}, exceptions={date(2026, 11, 24): ()})
    assert calendar.elapsed(at("2026-11-23 22:00"), at("2026-11-24 06:00")) == 8 * 3600


def test_an_hour_that_the_clock_skips_is_not_there():
    berlin = BusinessCalendar.weekly({6: ((60, 240),)}, "Europe/Berlin")
    assert berlin.elapsed(datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)) == 2 * 3600


def test_a_calendar_that_never_opens_says_so():
    closed = BusinessCalendar.weekly({})
    assert not closed.has_open_within(at("2026-11-24 09:00"))
    with pytest.raises(NeverOpens):
        closed.add(at("2026-11-24 09:00"), 1)


def test_two_working_days_end_with_the_second_working_day_after_receipt():
    assert SHANGHAI.working_days_add(at("2026-11-20 10:00"), 2) == at("2026-11-24 18:00")
    assert SHANGHAI.working_days_add(at("2026-11-20 10:00"), 2, "same_time") == at("2026-11-24 10:00")
