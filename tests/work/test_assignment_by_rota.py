"""Who is on duty by the rota is given the next item, while he has room; else whoever has."""

from __future__ import annotations

from datetime import date, time

import pytest

from hengwei.org.models import Membership, Rota, Shift, User
from hengwei.work import routing
from hengwei.work.models import TeamAssignment
from tests.factories import TUESDAY, UserFactory, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_duty(team, agent):
    """Two in the team; the second is on duty on Tuesday from nine to five, Shanghai time."""
    TeamAssignment.objects.create(team=team, strategy=TeamAssignment.Strategy.LEAST_LOAD)
    person = UserFactory(role="agent", name="值班人")
    Membership.objects.create(team=team, user=person)
    rota = Rota.objects.create(name="白班", team=team)
    Shift.objects.create(rota=rota, user=person, first_day=date(2026, 11, 24), starts=time(9), minutes=480)
    routing.forget()
    return person


def test_the_person_on_duty_goes_first_and_the_reason_says_so(on_duty, team, requester):
    open_incident(requester=requester, team=team, owner=on_duty)
    chosen, why = routing.hand_out(team, now=TUESDAY)
    assert chosen == on_duty
    assert why is not None and "1" in why()


def test_who_is_on_duty_and_has_no_room_is_passed_over(on_duty, team, agent, requester):
    User.objects.filter(pk=on_duty.pk).update(capacity=1)
    open_incident(requester=requester, team=team, owner=on_duty)
    assert routing.hand_out(team, now=TUESDAY)[0] == agent


def test_outside_of_the_shift_the_strategy_decides(on_duty, team, agent, requester):
    open_incident(requester=requester, team=team, owner=on_duty)
    assert routing.hand_out(team, now=TUESDAY.replace(hour=14))[0] == agent
