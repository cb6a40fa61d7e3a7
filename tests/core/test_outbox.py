"""What others learn of a deed after its commit: kept with it, told once, tried again where a listener fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from hengwei.core import events, jobs, outbox
from hengwei.core.acting import Actor
from hengwei.core.models import WaitingEvent
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class LampLit(events.Event):
    lamp: int
    day: date | None = None
    colours: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def heard():
    """What a listener heard, and one that fails when told of lamp 13."""
    told: list[LampLit] = []

    @events.later(LampLit, when=lambda event: event.lamp > 0)
    def listener(event):
        told.append(event)

    @events.later(LampLit)
    def superstitious(event):
        if event.lamp == 13:
            raise RuntimeError("thirteen")

    yield told
    events._later.pop(LampLit)
    for name in [n for n in events.hearing if "test_outbox" in n]:
        del events.hearing[name]


def test_a_listener_hears_the_same_event_after_the_commit_once(heard):
    user = UserFactory()
    event = LampLit(lamp=1, day=date(2026, 11, 2), colours=("red", "blue"), more={"a": [1, None]}, actor=Actor(user, "portal", "10.0.0.1", ("rule:1:2",)), at=TUESDAY + timedelta(microseconds=123457))
    events.emit(event)
    assert heard == [] and outbox.waiting() == 1
    assert outbox.deliver() == 1
    assert heard == [event]
    assert outbox.deliver() == 0 and outbox.waiting() == 0


def test_several_events_are_kept_in_one_go_and_told_in_their_order(heard, django_assert_num_queries):
    with django_assert_num_queries(1):
        events.emit(*(LampLit(lamp=n) for n in range(1, 6)))
    outbox.deliver()
    assert [event.lamp for event in heard] == [1, 2, 3, 4, 5]


def test_what_is_undone_is_told_to_nobody(heard):
    try:
        with transaction.atomic():
            events.emit(LampLit(lamp=1))
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert outbox.deliver() == 0 and heard == []


def test_who_does_not_want_an_event_costs_nothing(heard):
    events.emit(LampLit(lamp=-1))
    assert list(WaitingEvent.objects.values_list("listeners", flat=True)) == [["tests.core.test_outbox.heard.<locals>.superstitious"]]


def test_one_listener_that_fails_holds_up_nobody_and_is_tried_again(heard):
    events.emit(*(LampLit(lamp=n) for n in (12, 13, 14)))
    while outbox.deliver():
        pass
    assert sorted({event.lamp for event in heard}) == [12, 13, 14]
    assert outbox.waiting() == 0
    [again] = outbox_jobs()
    assert again["listener"].endswith("superstitious") and again["data"]["lamp"] == 13
    with pytest.raises(RuntimeError, match="thirteen"):
        outbox.tell_again.func(**again)


def test_a_load_that_does_no_jobs_tells_at_once(heard):
    with jobs.not_now():
        events.emit(LampLit(lamp=3))
    assert [event.lamp for event in heard] == [3] and outbox.waiting() == 0


def outbox_jobs() -> list[dict[str, Any]]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.filter(task_name=outbox.tell_again.name).values_list("args", flat=True))
