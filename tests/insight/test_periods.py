"""Which days a report is about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.insight.periods import Span, asked, label, named

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(st.sampled_from(["month", "quarter", "half", "year"]), DAYS)
def test_a_period_holds_its_day_and_follows_the_one_before(kind, day):
    span = named(kind, day)
    assert span.first <= day < span.end
    assert span.before.end == span.first
    assert named(kind, span.before.first) == span.before


@given(DAYS, st.integers(1, 900))
def test_any_span_follows_one_before(first, days):
    span = Span(first, date.fromordinal(first.toordinal() + days))
    assert span.before.end == span.first


@pytest.mark.parametrize(("kind", "start", "chinese", "english"), [
    ("month", date(2026, 11, 1), "2026年11月", "November 2026"), ("quarter", date(2026, 10, 1), "2026年第4季度", "Q4 2026"),
    ("half", date(2026, 7, 1), "2026年下半年", "H2 2026"), ("year", date(2026, 1, 1), "2026年", "2026"),
])
def test_periods_have_the_names_people_use(kind, start, chinese, english):
    assert (label(kind, start, chinese=True), label(kind, start, chinese=False)) == (chinese, english)


def test_both_days_of_the_address_count_and_nonsense_means_this_month():
    today = date(2026, 11, 25)
    assert asked("2026-11-01", "2026-11-01", today=today).days == 1
    for first, last in (("", ""), ("x", "y"), ("2026-12-01", "2026-11-01"), ("1990-01-01", "2026-11-01")):
        assert asked(first, last, today=today) == named("month", today)
