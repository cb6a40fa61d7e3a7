"""A timer that stopped is seen; one that fails says why."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from hengwei.core import health, pulse
from hengwei.core.models import Pulse

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def timer(monkeypatch):
    one = pulse.Timer("test.tick", "Every minute", "* * * * *", "timers")
    monkeypatch.setattr(pulse, "TIMERS", {one.name: one})
    return one


def test_a_run_is_noted(timer):
    # In the middle of a minute: at its end the next run would be due between the two lines.
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        pulse.felt(timer.name, lambda timestamp: None)(int(timezone.now().timestamp()) - 5)
        [beat] = pulse.beats()
    assert (beat.row.runs, beat.row.failures, beat.stopped, beat.late) == (1, 0, False, timedelta(seconds=5))


def test_one_that_stopped_is_seen_by_the_doctor_and_in_the_figures(timer):
    Pulse.objects.create(name=timer.name, known_since=NOON, planned_at=NOON, started_at=NOON, ended_at=NOON)
    [beat] = pulse.beats(NOON + timedelta(minutes=2))
    assert not beat.stopped
    [beat] = pulse.beats(NOON + timedelta(minutes=10))
    assert beat.stopped
    assert beat.late == timedelta(minutes=9)
    assert [f.level for f in health._timers()] == ["error"]
    assert ("timer_late_seconds", {"timer": "test.tick"}) in [(name, labels) for name, _help, labels, value in health._jobs() if value > 0]


def test_one_that_never_ran_though_a_worker_started_long_ago_is_seen(timer):
    Pulse.objects.create(name=timer.name, known_since=NOON)
    assert pulse.beats(NOON + timedelta(minutes=10))[0].stopped
    assert not pulse.beats(NOON + timedelta(seconds=30))[0].stopped


def test_a_failure_is_noted_and_raised(timer):
    def fails(timestamp: int) -> None:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such"):
        pulse.felt(timer.name, fails)(int(timezone.now().timestamp()))
    [beat] = pulse.beats()
    assert (beat.row.failures, beat.row.error) == (1, "ValueError: no such thing")
    assert [f.level for f in health._timers()] == ["warning", "ok"]


def test_a_starting_worker_makes_its_timers_known(timer):
    Pulse.objects.create(name="gone", known_since=NOON)
    pulse.register()
    assert list(Pulse.objects.values_list("name", flat=True)) == ["test.tick"]


def test_every_timer_says_in_both_languages_what_it_does():
    for name, one in pulse.TIMERS.items():
        with translation.override("en"):
            english = str(one.label)
        with translation.override("zh-hans"):
            assert re.search("[\u4e00-\u9fff]", str(one.label)), name
        assert english, name
        assert not re.search("[\u4e00-\u9fff]", english), name
