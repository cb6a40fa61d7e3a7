"""One of very many is found while one types: no page carries all people or customers."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from hengwei.org.models import Customer, Role, Site, User
from tests.factories import CustomerFactory, UserFactory, open_incident

from .test_every_page import PAGES, _arguments, people, world  # noqa: F401

#: More choices than this nobody reads.
READABLE = 200
MANY = 300
#: Long lists that do not grow with the company: the world's time zones, what can be controlled.
FIXED = ("timezone", "select control")


class _Choices(HTMLParser):
    """How many choices each list, each group of boxes and each kept set of choices of a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, int] = {}
        self._lists: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("select", "template", "datalist"):
            self._lists.append(f"{tag} {given.get('name') or given.get('id') or given.get('data-choices') or ''}")
        elif tag == "option" and self._lists:
            self.found[self._lists[-1]] = self.found.get(self._lists[-1], 0) + 1
        elif tag == "input" and given.get("type") in ("checkbox", "radio"):
            name = f"box {given.get('name')}"
            self.found[name] = self.found.get(name, 0) + 1

    def handle_endtag(self, tag):
        if tag in ("select", "template", "datalist") and self._lists:
            self._lists.pop()


@pytest.fixture
def crowd(department):
    """A company with many customers, contacts and colleagues."""
    customers = Customer.objects.bulk_create([Customer(code=f"M{n}", name=f"众多{n}") for n in range(MANY)])
    Site.objects.bulk_create([Site(customer=one, name=f"地点{n}") for n, one in enumerate(customers)])
    rows = User.objects.bulk_create(
        [User(username=f"contact{n}", name=f"联系人{n}", customer=one) for n, one in enumerate(customers)] + [User(username=f"staff{n}", name=f"同事{n}", is_agent=True) for n in range(MANY)]
    )
    role = Role.objects.get(key="agent")
    role.users.add(*[one for one in rows if one.is_agent])


@pytest.mark.django_db
def test_no_list_on_any_page_carries_them_all(world, crowd):  # noqa: F811
    client = Client(raise_request_exception=False)
    everything = UserFactory(role="manager")
    everything.roles.add(*Role.objects.filter(key__in=["agent", "lead", "system_admin"]))
    client.force_login(everything)
    long = []
    for name, keys in PAGES:
        if name in ("site:live", "channels:source"):
            continue
        url = reverse(name, kwargs=_arguments(name, keys, world))
        answer = client.get(url)
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            choices = _Choices()
            choices.feed(answer.content.decode())
            long += [f"{name} ({url}): {of} has {n}" for of, n in choices.found.items() if n > READABLE and not of.endswith(FIXED)]
    assert not long, "\n".join(long)


def _found(client, key, text):
    return [row["label"] for row in client.get(reverse("ui:pick", args=[key]), {"q": text}).json()["rows"]]


@pytest.fixture
def manager(department):
    return UserFactory(role="manager")


@pytest.fixture
def two_of_a_name(department):
    finance, sales = CustomerFactory(name="财务部", code="FIN"), CustomerFactory(name="销售部", code="SAL", name_en="Sales")
    first = UserFactory(name="李倩", customer=finance, role="requester", mobile="13900001111", email="liqian@a.example")
    second = UserFactory(name="李倩", customer=sales, role="requester", employee_no="E0042", email="li.qian@b.example")
    return first, second


@pytest.mark.django_db
def test_people_are_found_by_name_department_number_mail_and_telephone(client, agent, two_of_a_name):
    first, second = two_of_a_name
    client.force_login(agent)
    for text, who in (("李倩", {first, second}), ("倩 财务", {first}), ("139000", {first}), ("E0042", {second}), ("b.example", {second}), ("倩 sales", {second}), ("没有这个人", set())):
        rows = client.get(reverse("ui:pick", args=["org.person"]), {"q": text}).json()["rows"]
        assert {int(row["value"]) for row in rows} == {one.pk for one in who}, text
    rows = client.get(reverse("ui:pick", args=["org.person"]), {"q": "李倩"}).json()["rows"]
    assert {row["hint"] for row in rows} == {"财务部", "销售部"}, "namesakes are told apart"


@pytest.mark.django_db
def test_the_answer_is_short_and_costs_few_queries(client, agent, crowd, django_assert_max_num_queries):
    client.force_login(agent)
    for key in ("org.person", "org.staff", "org.contact", "org.customer", "org.site", "work.item"):
        with django_assert_max_num_queries(5):
            answer = client.get(reverse("ui:pick", args=[key]), {"q": ""}).json()
        assert len(answer["rows"]) <= 20
        assert answer["more"] == (key != "work.item")


@pytest.mark.django_db
def test_nobody_finds_what_he_may_not_see(client, requester, agent, two_of_a_name):
    item = open_incident(requester=two_of_a_name[0])
    client.force_login(requester)
    assert _found(client, "org.person", "李倩") == [requester.name]
    assert _found(client, "org.customer", "") == [requester.customer.label]
    assert _found(client, "org.staff", "") == []
    assert _found(client, "work.item", item.number) == []
    asked = client.get(reverse("ui:pick", args=["org.person"]), {"value": agent.pk}).json()
    assert asked["rows"] == [], "the name of an id is told to nobody who may not see it"
    assert client.get(reverse("ui:pick", args=["org.nothing"])).status_code == 404


@pytest.mark.django_db
def test_items_are_found_by_number_and_words(client, agent, requester):
    item = open_incident(requester=requester, title="会议室投影仪不亮")
    client.force_login(agent)
    assert _found(client, "work.item", item.number[-6:]) == [item.number]
    assert _found(client, "work.item", "投影仪") == [item.number]


@pytest.mark.django_db
def test_without_javascript_one_types_into_a_field(client, manager, two_of_a_name):
    url = reverse("org:person_new")
    client.force_login(manager)
    page = client.get(url).content.decode()
    assert '<noscript><input class="form-control mt-1" name="customer-typed"' in page
    sent = {"name": "周明", "email": "zhou@a.example", "language": "zh-hans", "timezone": "Asia/Shanghai", "capacity": 20, "customer": "", "customer-typed": "fin"}
    client.post(url, sent)
    assert User.objects.get(email="zhou@a.example").customer.code == "FIN"
    sent = {**sent, "email": "other@a.example", "customer-typed": "部"}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert not User.objects.filter(email="other@a.example").exists()


@pytest.mark.django_db
def test_the_form_shows_what_is_chosen_and_nothing_else(client, manager, two_of_a_name):
    first, _second = two_of_a_name
    client.force_login(manager)
    page = client.get(reverse("org:person_edit", args=[first.pk])).content.decode()
    assert "财务部 · FIN" in page
    assert "销售部 · SAL" not in page
