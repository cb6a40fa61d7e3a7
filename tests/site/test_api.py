"""REST as a program uses it: tokens and scopes, problems, keyset pages, and a key that makes a call happen once."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from hengwei.org.tokens import create_token
from hengwei.work.models import Category, WorkItem
from tests.factories import UserFactory, open_incident

pytestmark = pytest.mark.django_db


class Api:
    """A client with a token."""

    def __init__(self, user, scopes=("read", "write")):
        self.headers = {"Authorization": f"Bearer {create_token(user, name='test', scopes=scopes)[1]}"}
        self.client = Client()

    def call(self, method, path, body=None, **headers):
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body) if body is not None else "", content_type="application/json",
            headers={**self.headers, **headers},
        )


@pytest.fixture
def desk(agent, team):
    Category.objects.create(key="printer", name="打印机")
    return Api(agent)


@pytest.fixture
def portal(requester, team):
    return Api(requester)


def test_a_stranger_gets_a_problem_and_nothing_else(db):
    answer = Client().get("/api/v1/items")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_the_openapi_description_is_served(db):
    description = Client().get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert "/api/v1/items/{number}/replies" in description["paths"]


def test_a_token_reaches_no_further_than_its_scopes(requester, team):
    reading = Api(requester, ["items:read"])
    assert reading.call("GET", "items").status_code == 200
    assert reading.call("POST", "items", {"title": "坏了"}).status_code == 403
    assert not WorkItem.objects.exists()


def test_a_revoked_token_opens_nothing(portal, requester):
    from django.utils import timezone

    requester.tokens.update(revoked_at=timezone.now())
    assert portal.call("GET", "items").status_code == 401


def test_the_whole_job_over_rest(desk, portal):
    made = portal.call("POST", "items", {"title": "打印机卡纸", "description": "E05", "impact": 3, "urgency": 2})
    assert made.status_code == 201
    number = made.json()["number"]
    assert made.json()["due_at"]
    assert desk.call("PATCH", f"items/{number}", {"category": "printer"}).json()["category"]["key"] == "printer"
    assert desk.call("POST", f"items/{number}/assign", {"owner": None, "team": "nowhere"}).json()["field"] == "team"
    assert desk.call("POST", f"items/{number}/transitions", {"transition": "start"}).json()["phase"] == "active"
    assert desk.call("POST", f"items/{number}/notes", {"text": "该报废了"}).status_code == 201
    assert desk.call("POST", f"items/{number}/replies", {"text": "已在路上"}).status_code == 201
    solved = desk.call("POST", f"items/{number}/transitions", {"transition": "resolve", "solution": "更换搓纸轮", "cause": "磨损"})
    assert solved.json()["phase"] == "resolved"
    assert portal.call("POST", f"items/{number}/transitions", {"transition": "close"}).json()["phase"] == "closed"
    texts = [entry["text"] for entry in portal.call("GET", f"items/{number}/timeline").json()["items"]]
    assert "已在路上" in texts and "该报废了" not in texts
    assert {c["state"] for c in desk.call("GET", f"items/{number}/clocks").json()} == {"met"}
    assert portal.call("GET", f"items/{number}/clocks").status_code == 404


def test_another_customers_item_does_not_exist(portal, requester):
    number = open_incident(requester=requester).number
    stranger = Api(UserFactory(role="requester"))
    for method, path, body in (
        ("GET", f"items/{number}", None), ("GET", f"items/{number}/timeline", None), ("POST", f"items/{number}/replies", {"text": "x"}),
        ("POST", f"items/{number}/transitions", {"transition": "close"}), ("PATCH", f"items/{number}", {"title": "x"}),
    ):
        assert stranger.call(method, path, body).status_code == 404, path
    assert stranger.call("GET", "items").json()["items"] == []


def test_a_refusal_names_field_and_code(portal):
    answer = portal.call("POST", "items", {"title": " "})
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == ("missing", "title")
    broken = portal.call("POST", "items", {"title": "x", "impact": 9})
    assert (broken.status_code, broken["Content-Type"], broken.json()["field"]) == (422, "application/problem+json", "impact")


def test_a_stale_version_is_a_conflict(desk, requester):
    number = open_incident(requester=requester).number
    assert desk.call("PATCH", f"items/{number}", {"urgency": 1, "version": 1}).status_code == 200
    answer = desk.call("PATCH", f"items/{number}", {"urgency": 4, "version": 1})
    assert (answer.status_code, answer.json()["detail"]["current"]) == (409, 2)


def test_a_call_with_a_key_happens_once_and_answers_the_same(portal):
    first = portal.call("POST", "items", {"title": "坏了"}, **{"Idempotency-Key": "k1"})
    again = portal.call("POST", "items", {"title": "坏了"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, again.headers.get("Idempotent-Replay")) == (201, 201, "true")
    assert first.json() == again.json()
    assert WorkItem.objects.count() == 1
    other = portal.call("POST", "items", {"title": "别的"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_call_may_be_sent_again_with_its_key(portal):
    assert portal.call("POST", "items", {"title": " "}, **{"Idempotency-Key": "k2"}).status_code == 422
    assert portal.call("POST", "items", {"title": " "}, **{"Idempotency-Key": "k2"}).status_code == 422


@pytest.mark.parametrize("sort", ["newest", "due"])
def test_pages_follow_each_other_without_gap_or_repetition(desk, requester, sort):
    made = {open_incident(requester=requester, impact=1 + n % 4, urgency=1 + n % 3).number for n in range(7)}
    seen, cursor = [], ""
    while True:
        page = desk.call("GET", f"items?limit=3&sort={sort}&cursor={cursor}").json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert set(seen) == made


def test_a_foreign_cursor_is_refused(desk):
    assert desk.call("GET", "items?cursor=nonsense").json()["code"] == "bad_cursor"


def test_a_page_costs_the_same_number_of_queries_however_many_rows(desk, requester, django_assert_max_num_queries):
    open_incident(requester=requester)
    desk.call("GET", "items")
    for _ in range(5):
        open_incident(requester=requester)
    with django_assert_max_num_queries(4):
        assert len(desk.call("GET", "items").json()["items"]) == 6


def test_search_shows_only_what_one_may_see(desk, portal, requester, team):
    mine = open_incident(requester=requester, team=team, title="三楼打印机卡纸")
    open_incident(requester=UserFactory(role="requester"), team=team, title="四楼打印机黑线")
    found = desk.call("GET", "search?q=打印机").json()
    assert len(found["items"]) == 2
    found = portal.call("GET", "search?q=打印机").json()
    assert [(h["title"], h["url"]) for h in found["items"]] == [(f"{mine.number} {mine.title}", mine.get_absolute_url())]
    assert portal.call("GET", "search").status_code == 422
