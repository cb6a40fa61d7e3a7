"""A question that is put into words once gives what the query gives each time."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from hengwei.core.database.asked import Asked
from hengwei.org.models import User
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_each_asking_finds_its_own_row_with_what_belongs_to_it(django_assert_num_queries):
    ask = Asked(lambda address: User.objects.of_address(address).select_related("customer", "site").order_by("id"), 1)
    finance, store = CustomerFactory(name="财务部"), CustomerFactory(name="仓库")
    people = [UserFactory(name="李倩", email="Li.Qian@Example.com", customer=finance), UserFactory(name="周工", email="zhou@example.com", customer=store), UserFactory(name="孤", email="gu@example.com", customer=None)]
    for person in people * 3:
        with django_assert_num_queries(1):
            found = ask.first(person.email.upper())
            assert found == person
            assert (found.customer and found.customer.name) == (person.customer and person.customer.name)
            assert found.site is None
        # What the ORM makes of a column, such as JSON and lists, it makes here too.
        same = User.objects.get(pk=person.pk)
        assert {f.attname: getattr(found, f.attname) for f in User._meta.concrete_fields} == {f.attname: getattr(same, f.attname) for f in User._meta.concrete_fields}
    assert ask.first("nobody@example.com") is None
    assert ask.first("") is None
    with pytest.raises(ValueError, match="1 values"):
        ask.first("a", "b")


def test_values_stand_where_they_were_asked_for():
    ask = Asked(lambda name, own: User.objects.filter(name=name, is_active=True).exclude(pk=own).order_by("id"), 2)
    one, other = UserFactory(name="王伟"), UserFactory(name="王伟")
    assert ask.first("王伟", one.pk) == other
    assert ask.first("王伟", other.pk) == one
    assert ask.first("王伟", 0) == one


def test_a_row_is_changed_and_saved_like_any_other():
    ask = Asked(lambda pk: User.objects.select_for_update(skip_locked=True).filter(pk=pk), 1)
    person = UserFactory(name="王伟")
    found = ask.first(person.pk)
    found.name = "王大伟"
    found.save()
    person.refresh_from_db()
    assert person.name == "王大伟"


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection():
    ask = Asked(lambda address: User.objects.of_address(address), 1)
    UserFactory(name="李倩", email="li@example.com")
    assert ask.first("li@example.com").name == "李倩"
    names = []

    def another() -> None:
        names.append(ask.first("li@example.com").name)
        connection.close()

    thread = threading.Thread(target=another)
    thread.start()
    thread.join()
    assert names == ["李倩"]


def test_a_person_is_found_by_the_index_of_addresses():
    """A table of ten thousand contacts is not read through for each message."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, values = User.objects.of_address("li@example.com").values("pk").query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        assert "user_email_unique" in "\n".join(line for (line,) in cursor.fetchall())
        sql, values = User.objects.of_login("li").values("pk").query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "user_email_unique" in plan and "user_username_unique" in plan
