"""Who is away, who stands in, whose turn it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.core.errors import Forbidden, Refused
from hengwei.org.actions.duty import (
    end_absence,
    hand_over_absence,
    rotate,
    save_absence,
    save_rota,
    save_shift,
)
from hengwei.org.duty import on_duty
from hengwei.org.models import Absence, Membership
from hengwei.org.rota import BadRule, Turn, occurrences, plan, rule_of
from hengwei.org.rota import on_duty as turn_now
from tests.factories import TUESDAY, TeamFactory, UserFactory, acting

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
RULES = ["", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=DAILY;COUNT=5"]
turns = st.builds(
    Turn, person=st.integers(1, 4), first_day=st.dates(date(2026, 3, 1), date(2026, 4, 10)), starts=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    minutes=st.integers(30, 3 * 1440), rule=st.sampled_from(RULES), until=st.none() | st.dates(date(2026, 3, 20), date(2026, 5, 1)), replaces=st.booleans(),
)
moments = st.integers(0, 60 * 86400).map(lambda seconds: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def begins_on(turn: Turn, day: date) -> bool:
    """By counting days, without the library: whether a turn begins on a date."""
    gone = (day - turn.first_day).days
    if gone < 0 or (turn.until and day > turn.until):
        return False
    if not turn.rule:
        return gone == 0
    weeks = (day - turn.first_day + timedelta(days=turn.first_day.weekday())).days // 7
    return {
        "FREQ=DAILY": True, "FREQ=DAILY;INTERVAL=3": gone % 3 == 0, "FREQ=WEEKLY": gone % 7 == 0, "FREQ=WEEKLY;BYDAY=MO,WE,FR": day.weekday() in (0, 2, 4),
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA": day.weekday() == 5 and weeks % 2 == 0, "FREQ=MONTHLY;BYMONTHDAY=1": day.day == 1, "FREQ=DAILY;COUNT=5": gone < 5,
    }[turn.rule]


def covers(turn: Turn, zone: ZoneInfo, at: datetime) -> bool:
    for back in range(5):
        day = at.astimezone(zone).date() - timedelta(days=back - 1)
        if begins_on(turn, day):
            wall = datetime.combine(day, turn.starts)
            start, end = (w.replace(tzinfo=zone).astimezone(UTC) for w in (wall, wall + timedelta(minutes=turn.minutes)))
            if start <= at < end:
                return True
    return False


@given(st.lists(turns, max_size=5), st.sampled_from(ZONES), moments)
def test_who_is_on_duty_is_what_counting_days_says(some, name, at):
    zone = ZoneInfo(name)
    now = [t for t in some if covers(t, zone, at)]
    chosen = [t for t in now if t.replaces] or now
    assert set(turn_now(some, zone, at)) == {t.person for t in chosen}


@given(st.lists(turns, max_size=4), st.sampled_from(ZONES), moments, st.integers(1, 10 * 86400), st.integers(0, 86399))
def test_the_plan_says_at_each_moment_who_is_on_duty(some, name, since, length, inside):
    zone, until = ZoneInfo(name), since + timedelta(seconds=length)
    at = since + timedelta(seconds=inside % length)
    assert {s.person for s in plan(some, zone, since, until) if s.start <= at < s.end} == set(turn_now(some, zone, at))


def test_a_rule_that_never_comes_true_does_not_run_for_ever():
    turn = Turn(1, date(2020, 1, 1), time(9), 60, "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert occurrences(turn, ZoneInfo("Asia/Shanghai"), TUESDAY, TUESDAY + timedelta(days=400)) == []


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=SECONDLY", "nonsense", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=WEEKLY\nRDATE:20260101T000000"])
def test_a_rule_that_is_none_is_refused(rule):
    with pytest.raises(BadRule):
        rule_of(rule, datetime.combine(date(2026, 1, 1), time(9)))


@pytest.fixture
def crew(department, lead):
    team = TeamFactory(lead=lead)
    people = [UserFactory(role="agent") for _ in range(3)]
    for person in people:
        Membership.objects.create(team=team, user=person)
    return team, people


@pytest.mark.django_db
def test_a_rotation_goes_round(crew, lead):
    team, people = crew
    rota = save_rota(by=acting(lead), name="白班", team=team)
    rotate(rota, people, by=acting(lead), first_day=date(2026, 11, 23), starts=time(9), minutes=540)
    for week, person in enumerate([*people, people[0]]):
        assert on_duty(team, TUESDAY + timedelta(weeks=week)) == [person]
    assert on_duty(team, TUESDAY + timedelta(hours=10)) == []


@pytest.mark.django_db
def test_round_the_clock_has_no_gap(crew, lead):
    team, people = crew
    rota = save_rota(by=acting(lead), name="7×24", team=team)
    rotate(rota, people, by=acting(lead), first_day=date(2026, 11, 23), starts=time(9), minutes=1440, days_each=7)
    for hour in range(0, 24 * 21, 5):
        assert len(on_duty(team, TUESDAY + timedelta(hours=hour))) == 1


@pytest.mark.django_db
def test_a_swap_wins_and_the_absent_are_stood_in_for(crew, lead):
    team, (first, second, third) = crew
    by = acting(lead)
    rota = save_rota(by=by, name="白班", team=team)
    save_shift(by=by, rota=rota, user=first, first_day=date(2026, 11, 23), starts=time(9), minutes=540, rule="FREQ=DAILY")
    save_shift(by=by, rota=rota, user=second, first_day=date(2026, 11, 25), starts=time(9), minutes=540, replaces=True)
    assert on_duty(team, TUESDAY) == [first]
    assert on_duty(team, TUESDAY + timedelta(days=1)) == [second]
    save_absence(by=acting(second), user=second, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=3), deputy=third)
    assert on_duty(team, TUESDAY + timedelta(days=1)) == [third]


@pytest.mark.django_db
def test_everyone_keeps_his_own_absences_and_a_lead_those_of_his_team(crew, lead, agent):
    _team, (first, second, _third) = crew
    times = {"starts_at": TUESDAY, "ends_at": TUESDAY + timedelta(days=1)}
    save_absence(by=acting(first), user=first, **times)
    save_absence(by=acting(lead), user=second, **times)
    for by, person in ((agent, first), (first, second), (lead, agent)):
        with pytest.raises(Forbidden):
            save_absence(by=acting(by), user=person, starts_at=TUESDAY + timedelta(days=9), ends_at=TUESDAY + timedelta(days=10))


@pytest.mark.django_db
def test_who_is_away_himself_does_not_stand_in(crew):
    _team, (first, second, third) = crew
    save_absence(by=acting(first), user=first, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=5), deputy=third)
    with pytest.raises(Refused) as refused:
        save_absence(by=acting(second), user=second, starts_at=TUESDAY + timedelta(days=1), ends_at=TUESDAY + timedelta(days=2), deputy=first)
    assert refused.value.field == "deputy"
    with pytest.raises(Refused):
        save_absence(by=acting(first), user=first, starts_at=TUESDAY + timedelta(days=4), ends_at=TUESDAY + timedelta(days=8))


@pytest.mark.django_db
def test_back_early(crew):
    _team, (first, second, _third) = crew
    running = save_absence(by=acting(first), user=first, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=5))
    end_absence(running, by=acting(first), at=TUESDAY + timedelta(days=1))
    assert not first.is_away(TUESDAY + timedelta(days=2))
    coming = save_absence(by=acting(second), user=second, starts_at=TUESDAY + timedelta(days=3), ends_at=TUESDAY + timedelta(days=5))
    end_absence(coming, by=acting(second), at=TUESDAY)
    assert not Absence.objects.filter(user=second).exists()
    with pytest.raises(Refused):
        hand_over_absence(running, by=acting(first))
