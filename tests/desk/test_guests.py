"""People who are not signed in: only where the department allows it, never in another's name, never too many."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.desk.actions import guests
from hengwei.desk.models import DeskSettings, GuestRequest
from hengwei.org.models import User
from hengwei.work.models import WorkItem
from tests.factories import TUESDAY, UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_door(department):
    DeskSettings.objects.create(pk=1, guests=True, guests_per_address=2, guests_per_network=3)


def _ask(email="zhao@outside.example", address="203.0.113.7", at=TUESDAY, **more):
    return guests.ask(**{"email": email, "name": "赵工", "title": "扫码枪连不上", "address": address, "at": at, **more})


def test_it_is_closed_until_the_department_opens_it(department):
    with pytest.raises(Forbidden):
        _ask()
    assert WorkItem.objects.count() == 0


def test_a_stranger_becomes_an_unconfirmed_person_until_he_opens_the_link(open_door):
    item = _ask()
    person = User.objects.get(email="zhao@outside.example")
    assert (item.requester, person.verified, person.has_usable_password(), item.source) == (person, False, False, "portal")
    assert GuestRequest.objects.get(item=item).confirmed_at is None
    guests.confirm(guests.confirm_token(item), at=TUESDAY)
    person.refresh_from_db()
    assert person.verified
    assert GuestRequest.objects.get(item=item).confirmed_at == TUESDAY


def test_the_link_to_the_status_confirms_nothing(open_door):
    item = _ask()
    assert guests.of_status(guests.status_token(item)).number == item.number
    with pytest.raises(NotFound):
        guests.confirm(guests.status_token(item))
    with pytest.raises(NotFound):
        guests.of_status(guests.confirm_token(item))


def test_who_names_a_known_address_changes_nothing_of_that_person(open_door, requester):
    _ask(email=requester.email.upper(), name="假名")
    requester.refresh_from_db()
    assert requester.name == "李倩"
    agent = UserFactory(role="agent", email="wang@ours.example")
    item = _ask(email="wang@ours.example", address="203.0.113.99")
    guests.confirm(guests.confirm_token(item))
    agent.refresh_from_db()
    assert agent.is_agent


def test_so_many_within_an_hour_and_no_more(open_door):
    _ask()
    _ask()
    with pytest.raises(guests.TooMany):
        _ask()
    _ask(email="b@outside.example", address="203.0.113.8")
    with pytest.raises(guests.TooMany):
        _ask(email="c@outside.example", address="203.0.113.200")
    _ask(email="c@outside.example", address="198.51.100.1")
    _ask(at=TUESDAY + timedelta(hours=2))


@pytest.mark.parametrize("email", ["", "no", "a@b", "x@y.example\nBcc: z@y.example"])
def test_an_address_that_is_none_is_refused(open_door, email):
    with pytest.raises(Refused):
        _ask(email=email)


@pytest.mark.parametrize(("address", "network"), [("203.0.113.7", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("x", "unknown")])
def test_a_network_is_what_one_office_has(address, network):
    assert guests.network_of(address) == network


def test_words_by_the_status_link_reach_the_desk(open_door):
    item = _ask()
    guests.add_words(guests.status_token(item), text="序列号是A12")
    assert item.entries.last().text == "序列号是A12"
    with pytest.raises(NotFound):
        guests.add_words("forged", text="x")


def test_only_those_who_set_up_the_desk_open_the_door(department, agent, lead):
    from hengwei.desk.actions import department as actions

    with pytest.raises(Forbidden):
        actions.set_up(by=acting(agent), guests=True)
    assert actions.set_up(by=acting(UserFactory(role="manager")), guests=True).guests
    with pytest.raises(Refused):
        actions.set_up(by=acting(UserFactory(role="manager")), guests_per_address=0)


