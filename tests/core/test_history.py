"""What the history of a record tells: who changed what, by which way, and how it was at a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from hengwei.channels.models import Mailbox
from hengwei.core import history
from hengwei.core.acting import Actor, acting_as
from hengwei.core.models import AuditRecord, Revision
from hengwei.org.models import ApiToken, Membership, Role, Team
from hengwei.work.actions.triage import change
from tests.factories import CustomerFactory, TeamFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def test_a_change_names_person_way_and_address(agent):
    customer = CustomerFactory(name="财务部")
    with acting_as(Actor(user=agent, via="web", address="192.0.2.7")):
        customer.name = "财务中心"
        customer.save()
    last, first = history.of(customer)
    assert (last.actor, last.via, last.address, last.operation) == (agent, "web", "192.0.2.7", "changed")
    assert last.changes == {"name": ["财务部", "财务中心"]}
    assert first.operation == "made"
    assert first.actor is None


def test_a_save_that_changes_nothing_is_no_revision(customer):
    before = history.of(customer).count()
    customer.save()
    assert history.of(customer).count() == before


def test_what_was_changed_past_the_product_is_caught_too(customer):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hengwei.acting', '', true)")
        connection.connection.execute("UPDATE org_customer SET phone = '110' WHERE id = %s", [customer.pk])
    last = history.of(customer)[0]
    assert (last.via, last.changes) == ("database", {"phone": ["", "110"]})


def test_in_the_readers_language(team, agent, lead):
    team.lead, team.kind = agent, Team.Kind.REGION
    team.save()
    with translation.override("zh-hans"):
        [(kind, was, now), (_who, before, after)] = history.shown(history.of(team))[0].fields
    assert (kind, was, now) == ("类别", "业务线", "区域")
    assert (before, after) == ("陈组长", "王敏")
    with translation.override("en"):
        assert history.shown(history.of(team))[0].fields[0] == ("Kind", "business line", "region")


def test_members_belong_to_the_history_of_their_team(team, agent):
    Membership.objects.filter(team=team).delete()
    removed = history.of(team)[0]
    assert (removed.model, removed.operation) == ("org.membership", "removed")
    fields = {name: before for name, before, _after in history.shown([removed])[0].fields}
    assert "王敏" in fields.values()


def test_roles_are_in_the_history_of_the_person_and_on_the_audit_log(agent):
    with acting_as(acting(UserFactory(name="安全员"))):
        agent.roles.add(Role.objects.get(key="manager"))
    last = history.of(agent)[0]
    assert last.operation == "made"
    assert last.actor.name == "安全员"
    record = AuditRecord.objects.get(subject_model=last.model, actor_name="安全员")
    assert record.action == "record.made"


def test_secrets_are_noted_without_their_values(agent):
    box = Mailbox.objects.create(address="help@example.com", name="help", imap_password="one")
    box.imap_password = "two"
    box.save()
    agent.set_password("Gut-genug-9!")
    agent.save()
    ApiToken.objects.create(user=agent, name="x", hash="deadbeef")
    told = str(list(Revision.objects.values_list("changes", flat=True))) + str(list(AuditRecord.objects.values_list("details", flat=True)))
    assert history.of(box)[0].changes == {"imap_password": ["•", "•"]}
    assert "argon2" not in told
    assert "deadbeef" not in told


def test_as_it_was_at_a_moment(customer):
    start = timezone.now()
    customer.name = "甲"
    customer.save()
    between = timezone.now()
    customer.name = "乙"
    customer.save()
    values = history.as_of([customer], between)[customer.pk]
    assert values["name"] == "甲"
    assert history.as_of([customer], start)[customer.pk]["name"] == "财务部"
    assert history.as_of([customer], timezone.now() - timedelta(days=1)) == {customer.pk: None}


def test_an_item_has_revisions_for_changes_alone(requester, agent, team):
    item = open_incident(requester=requester, team=team)
    assert not history.of(item).exists()
    with acting_as(acting(agent)):
        change(item, by=acting(agent), impact=1, urgency=1)
    [revision] = history.of(item)
    assert revision.actor == agent
    assert revision.changes["priority"] == [None, 1]
    assert "version" not in revision.changes


def test_history_is_never_changed(customer):
    for statement in ("UPDATE core_revision SET via = 'x'", "DELETE FROM core_revision"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_personal_data_can_be_erased_from_it():
    person = UserFactory(name="赵一", phone="13800000000")
    person.name = "赵二"
    person.save()
    assert history.erase(person, ["name", "phone", "email"]) == 2
    assert "赵" not in str(list(history.of(person).values_list("changes", flat=True)))
    assert history.of(person)[0].changes == {"name": ["•", "•"]}


def test_telling_who_acts_costs_nothing_where_nothing_is_tracked(customer, django_assert_num_queries):
    with django_assert_num_queries(1):
        Team.objects.count()
    TeamFactory()
