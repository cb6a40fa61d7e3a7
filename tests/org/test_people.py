"""People are made, changed and let go; roles are granted by security administrators, never to oneself; powers stay apart."""

from __future__ import annotations

import pytest

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.org.actions.people import activate, deactivate, save_person, set_password
from hengwei.org.actions.roles import grant_roles, remove_role, save_role
from hengwei.org.models import Role, User
from hengwei.org.tokens import authenticate_token, create_token
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db
PASSWORD = "Gut-genug-9!"


def roles(*keys: str) -> list[Role]:
    return list(Role.objects.filter(key__in=keys))


@pytest.fixture
def manager(department):
    return UserFactory(role="manager")


@pytest.fixture
def guard(department):
    return UserFactory(role="security_admin")


def test_a_new_person_is_a_requester_without_a_password(manager):
    person = save_person(by=acting(manager), name="钱七", email="qian@hengxin.example")
    assert person.username == "qian@hengxin.example"
    assert [role.key for role in person.roles.all()] == ["requester"]
    assert not person.has_usable_password() and not person.is_agent


def test_only_the_facts_that_are_given_change(manager):
    person = save_person(by=acting(manager), username="qian", name="钱七", phone="8001")
    save_person(person, by=acting(manager), title="会计")
    person.refresh_from_db()
    assert (person.phone, person.title) == ("8001", "会计")


@pytest.mark.parametrize("facts, field", [
    ({"username": "TAKEN", "name": "x"}, "username"), ({"username": "a", "name": "x", "email": "Taken@X.example"}, "email"), ({"name": "x"}, "username"),
    ({"username": "a", "name": ""}, "name"), ({"username": "a", "name": "x", "timezone": "Mars/Base"}, "timezone"), ({"username": "a", "name": "x", "email": "no"}, "email"),
])
def test_a_refusal_names_the_field(manager, facts, field):
    UserFactory(username="taken", email="taken@x.example")
    with pytest.raises(Refused) as refused:
        save_person(by=acting(manager), **facts)
    assert refused.value.field == field


def test_nobody_is_his_own_superior_through_others(manager):
    first = UserFactory()
    second = UserFactory(manager=first)
    with pytest.raises(Refused) as refused:
        save_person(first, by=acting(manager), manager=second)
    assert refused.value.code == "circle"


def test_a_manager_grants_no_roles(manager):
    with pytest.raises(Forbidden):
        save_person(by=acting(manager), username="a", name="x", roles=roles("agent"))
    assert not User.objects.filter(username="a").exists()


def test_roles_make_a_member_of_the_desk(guard):
    person = UserFactory(role="requester")
    assert grant_roles(person, roles("agent"), by=acting(guard)).is_agent
    assert not grant_roles(person, roles("requester"), by=acting(guard)).is_agent


def test_nobody_changes_his_own_roles(guard):
    with pytest.raises(Forbidden):
        grant_roles(guard, roles("security_admin", "manager"), by=acting(guard))


def test_nobody_adds_rights_to_a_role_of_his_own(guard):
    role = Role.objects.get(key="security_admin")
    with pytest.raises(Forbidden):
        save_role(role, by=acting(guard), permissions=[*role.permissions, "work.view_all"])
    assert save_role(role, by=acting(guard), permissions=role.permissions[:-1]).permissions == role.permissions[:-1]


def test_security_and_audit_are_never_in_one_hand(guard):
    person = UserFactory()
    with pytest.raises(Refused) as refused:
        grant_roles(person, roles("security_admin", "audit_admin"), by=acting(guard))
    assert refused.value.code == "powers_apart"
    with pytest.raises(Refused):
        grant_roles(person, roles("security_admin", "audit_admin"), by=Actor())


def test_the_database_keeps_them_apart_too(department):
    from django.db import DatabaseError, transaction

    person = UserFactory(role="audit_admin")
    with pytest.raises(DatabaseError), transaction.atomic():
        person.roles.add(*roles("security_admin"))


def test_a_role_of_ones_own_making_comes_and_goes(guard):
    role = save_role(by=acting(guard), key="night", name="夜班", permissions=["org.view_people"])
    person = UserFactory()
    grant_roles(person, [role], by=acting(guard))
    with pytest.raises(Refused):
        remove_role(role, by=acting(guard))
    grant_roles(person, [], by=acting(guard))
    remove_role(role, by=acting(guard))
    with pytest.raises(Refused):
        save_role(by=acting(guard), key="x", name="x", permissions=["no.such"])


@pytest.mark.parametrize("keeper, target, allowed", [
    ("manager", "agent", True), ("system_admin", "manager", True), ("manager", "system_admin", False), ("manager", "security_admin", False),
    ("system_admin", "security_admin", False), ("system_admin", "audit_admin", False),
])
def test_who_keeps_the_platform_is_guarded(department, keeper, target, allowed):
    by, person = acting(UserFactory(role=keeper)), UserFactory(role=target)
    for change in (
        lambda: set_password(person, by=by, password=PASSWORD), lambda: save_person(person, by=by, email="thief@x.example"), lambda: deactivate(person, by=by),
    ):
        if allowed:
            change()
        else:
            with pytest.raises(Forbidden):
                change()


def test_who_leaves_is_out_at_once(manager, client):
    person = UserFactory(role="agent")
    _token, raw = create_token(person, name="x", scopes=["read"])
    client.force_login(person)
    assert client.get("/items").status_code == 200
    deactivate(person, by=acting(manager))
    assert authenticate_token(raw) is None
    assert client.get("/items").status_code == 302
    activate(person, by=acting(manager))
    assert authenticate_token(raw) is None


def test_nobody_locks_himself_out(manager):
    with pytest.raises(Refused):
        deactivate(manager, by=acting(manager))


def test_a_weak_password_is_refused(manager):
    with pytest.raises(Refused) as refused:
        set_password(UserFactory(), by=acting(manager), password="12345678901")
    assert refused.value.field == "password"
