"""What is taken in order is put in order by hand: rules of routing, entries of the catalogue; by dragging, keys, REST."""

from __future__ import annotations

import pytest

from hengwei.desk.actions import catalogue
from hengwei.desk.models import CatalogueEntry
from hengwei.work.actions import settings
from hengwei.work.models import RoutingRule
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(department, client):
    person = UserFactory(name="钱经理", role="manager")
    client.force_login(person)
    return person


def test_rules_are_put_in_order_and_a_new_one_comes_last(keeper, client, team):
    rules = [settings.save_rule(None, by=acting(keeper), name=f"规则{n}", team=team, conditions={}) for n in range(3)]
    ids = [rule.pk for rule in rules]
    assert list(RoutingRule.objects.values_list("pk", flat=True)) == ids
    assert "/settings/routing/order" in client.get("/settings/routing").content.decode()
    assert 'name="order"' not in client.get(f"/settings/routing/{ids[0]}/edit").content.decode()
    page = client.get("/settings/routing/order").content.decode()
    assert page.count("data-move=") == 6
    # What was not on the page, or is sent twice or nonsense, does not get in the way.
    client.post("/settings/routing/order", {"row": [ids[2], "x", 99999, ids[0], ids[1]]})
    assert list(RoutingRule.objects.values_list("pk", flat=True)) == [ids[2], ids[0], ids[1]]
    last = settings.save_rule(None, by=acting(keeper), name="新规则", team=team, conditions={})
    assert list(RoutingRule.objects.values_list("pk", flat=True))[-1] == last.pk
    answer = client.post("/api/v1/settings/routing/order", {"ids": ids[::-1]}, content_type="application/json")
    assert answer.json() == {"ids": [*ids[::-1], last.pk]}


def test_entries_of_the_catalogue_stand_in_the_portal_as_they_were_put(keeper, client, agent):
    entries = [catalogue.save_entry(None, by=acting(keeper), key=key, name=key) for key in ("one", "two")]
    client.post("/desk/catalogue/order", {"row": [entries[1].pk, entries[0].pk]})
    assert list(CatalogueEntry.objects.values_list("key", flat=True)) == ["two", "one"]
    client.force_login(agent)
    assert client.get("/desk/catalogue/order").status_code == 404
    assert client.post("/api/v1/desk/catalogue/order", {"ids": [entries[0].pk]}, content_type="application/json").status_code in (403, 404)
