"""A person's data is handed out, and erased: records stay, the person is gone from them."""

from __future__ import annotations

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from hengwei.core.errors import Forbidden, Refused
from hengwei.org.actions.privacy import erase_person, export_person
from hengwei.org.models import User
from hengwei.org.tokens import authenticate_token, create_token
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def guard(department):
    return UserFactory(role="security_admin")


def test_a_copy_of_all_that_is_kept(requester, guard, agent):
    own = json.loads(json.dumps(export_person(requester, by=acting(requester)), cls=DjangoJSONEncoder))
    assert own["person"]["email"] == requester.email
    assert export_person(requester, by=acting(guard))["person"]["name"] == "李倩"
    with pytest.raises(Forbidden):
        export_person(requester, by=acting(agent))


def test_erased_for_good_while_records_stay(requester, guard, team):
    item = open_incident(requester=requester, team=team)
    _token, raw = create_token(requester, name="x", scopes=["read"])
    name = requester.username
    with pytest.raises(Refused):
        erase_person(requester, by=acting(guard), confirm="no")
    erase_person(requester, by=acting(guard), confirm=name)
    person = User.objects.get(pk=requester.pk)
    assert "李倩" not in person.name and not (person.email or person.phone or person.is_active or person.roles.exists())
    assert authenticate_token(raw) is None
    item.refresh_from_db()
    assert item.requester == person
    with pytest.raises(Refused):
        erase_person(person, by=acting(guard), confirm=person.username)


def test_only_a_security_administrator_and_never_himself(requester, lead, guard):
    with pytest.raises(Forbidden):
        erase_person(requester, by=acting(lead), confirm=requester.username)
    with pytest.raises(Refused):
        erase_person(guard, by=acting(guard), confirm=guard.username)
