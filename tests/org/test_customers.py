"""Customers: their facts, sites and notes; two that were one are merged with all that belongs to them."""

from __future__ import annotations

import pytest

from hengwei.core.errors import Forbidden, Refused
from hengwei.org.actions.customers import (
    add_note,
    archive_customer,
    merge_customers,
    restore_customer,
    save_customer,
    save_site,
)
from hengwei.org.models import Customer, CustomerNote
from tests.factories import CustomerFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(lead):
    return acting(lead)


def test_a_code_is_found_where_none_is_given(by):
    save_customer(by=by, code="K07", name="甲公司")
    assert save_customer(by=by, name="乙公司").code == "K08"
    assert save_customer(by=by, name="财务部", kind="department").code == "D01"


def test_a_domain_belongs_to_one(by):
    first = save_customer(by=by, name="甲公司", domains=["@A.example ", "a.example"])
    assert first.domains == ["a.example"]
    with pytest.raises(Refused) as refused:
        save_customer(by=by, name="乙公司", domains=["a.example"])
    assert refused.value.field == "domains"
    with pytest.raises(Refused):
        save_customer(by=by, name="丙公司", domains=["not a domain"])


def test_no_circle(by):
    first = save_customer(by=by, name="甲公司")
    second = save_customer(by=by, name="乙公司", parent=first)
    with pytest.raises(Refused):
        save_customer(first, by=by, parent=second)


def test_merging_moves_all_that_belongs(by, team):
    source, into = CustomerFactory(domains=["old.example"], phone="8100"), CustomerFactory(domains=["new.example"])
    person = UserFactory(customer=source, role="requester")
    site = save_site(by=by, customer=source, name="一厂")
    item = open_incident(requester=person, team=team)
    merge_customers(source, into=into, by=by)
    for row in (person, site, item):
        row.refresh_from_db()
        assert row.customer == into
    source.refresh_from_db()
    into.refresh_from_db()
    assert source.merged_into == into and source.archived_at and source.domains == []
    assert into.domains == ["new.example", "old.example"] and into.phone == "8100"
    with pytest.raises(Refused):
        restore_customer(source, by=by)
    with pytest.raises(Refused):
        merge_customers(into, into=source, by=by)


def test_a_company_and_a_department_do_not_merge(by):
    with pytest.raises(Refused):
        merge_customers(CustomerFactory(), into=CustomerFactory(kind="department"), by=by)


def test_archived_and_back(by):
    customer = archive_customer(CustomerFactory(), by=by)
    assert not Customer.objects.current().filter(pk=customer.pk).exists()
    assert restore_customer(customer, by=by).archived_at is None


def test_notes_are_written_by_staff(by, agent, requester):
    customer = CustomerFactory()
    add_note(customer, by=acting(agent), kind="visit", text="客户希望周末也有人值班")
    assert CustomerNote.objects.get().author == agent
    with pytest.raises(Forbidden):
        add_note(customer, by=acting(requester), text="x")
    with pytest.raises(Refused):
        add_note(customer, by=acting(agent), text="  ")
