"""Who is on duty by the rota is given the next item, while he has room; else whoever has."""

from __future__ import annotations

import threading
from datetime import date, time

import pytest
from django.db import connections, transaction

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


@pytest.mark.parametrize("strategy", [TeamAssignment.Strategy.ROUND_ROBIN, TeamAssignment.Strategy.LEAST_LOAD])
@pytest.mark.django_db(transaction=True)
def test_new_items_at_one_moment_go_to_different_people_and_none_waits(team, agent, strategy):
    """Five are opened while the first is not yet committed, in a team of three: each gets one, then two get a second."""
    TeamAssignment.objects.create(team=team, strategy=strategy)
    others = [UserFactory(role="agent", name=name) for name in ("赵一", "钱二")]
    for person in others:
        Membership.objects.create(team=team, user=person)
    routing.forget()
    chosen: list[User | None] = []

    def opened(more: int) -> None:
        try:
            with transaction.atomic():
                chosen.append(routing.hand_out(team, now=TUESDAY)[0])
                if more:
                    thread = threading.Thread(target=opened, args=(more - 1,))
                    thread.start()
                    thread.join(30)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    opened(4)
    assert len(chosen) == 5
    assert set(chosen[:3]) == {agent, *others}
    assert None not in chosen
