"""What a declaration gives: list, record, form, deeds, files, REST."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from hengwei.org.models import Team
from hengwei.ui import markdown
from hengwei.ui.kit.diffs import lines
from tests.factories import TeamFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.kit_urls")]


@pytest.fixture
def keeper(department):
    return UserFactory(role="manager", language="en")


@pytest.fixture
def page(keeper) -> Client:
    client = Client()
    client.force_login(keeper)
    return client


@pytest.fixture
def reader(department) -> Client:
    client = Client()
    client.force_login(UserFactory(role="agent", language="en"))
    return client


def form(**facts):
    return {"name": "网络组", "key": "net", "kind": "region", "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0", **facts}


def test_an_empty_list_says_what_to_do_next(page):
    shown = page.get("/kit/teams").content.decode()
    assert "Nothing here yet." in shown
    assert "/kit/teams/new" in shown


def test_the_list_costs_the_same_however_many_rows(page, django_assert_max_num_queries):
    for n in range(60):
        TeamFactory(name=f"组{n:02d}")
    page.get("/kit/teams")
    with django_assert_max_num_queries(12):
        shown = page.get("/kit/teams").content.decode()
    assert shown.count("<tr data-url=") == 50
    assert "cursor=" in shown


def test_words_and_filters_narrow_and_nonsense_is_passed_over(page):
    TeamFactory(name="网络组", key="net", kind="region")
    TeamFactory(name="桌面组", key="desk", kind="product")
    assert "桌面组" not in page.get("/kit/teams?q=网络").content.decode()
    assert "网络组" not in page.get("/kit/teams?kind=product").content.decode()
    assert "网络组" in page.get("/kit/teams?kind=nonsense").content.decode()


def test_columns_are_chosen_and_remembered(page, keeper):
    TeamFactory(name="网络组", key="netkey")
    page.post("/kit/teams/columns", {"column": ["name", "kind"]})
    assert "netkey" not in page.get("/kit/teams").content.decode()


def test_making_one_keeps_its_rows_in_order(page, keeper):
    other = UserFactory()
    answer = page.post("/kit/teams/new", form(**{
        "members-TOTAL_FORMS": "3", "members-0-user": str(keeper.pk), "members-0-ORDER": "2", "members-1-user": str(other.pk), "members-1-ORDER": "1",
        "members-2-user": str(keeper.pk), "members-2-DELETE": "on",
    }))
    team = Team.objects.get(key="net")
    assert answer["Location"] == f"/kit/teams/{team.pk}"
    assert [m.user for m in team.memberships.order_by("id")] == [other, keeper]
    shown = page.get(f"/kit/teams/{team.pk}").content.decode()
    assert "Members" in shown
    assert other.name in shown


def test_a_mistake_keeps_what_was_typed_and_says_where(page):
    answer = page.post("/kit/teams/new", form(name="", name_en="Network people"))
    assert answer.status_code == 422
    assert "Network people" in answer.content.decode()
    assert "nothing is lost" in answer.content.decode()


def test_a_refusal_of_the_action_lands_beside_its_field(page):
    answer = page.post("/kit/teams/new", form(name="不行"))
    assert answer.status_code == 422
    assert 'id="id_name-error"' in answer.content.decode()
    assert not Team.objects.exists()


def test_a_wrong_row_inside_is_said_and_nothing_is_saved(page):
    answer = page.post("/kit/teams/new", form(**{"members-TOTAL_FORMS": "1", "members-0-user": "x"}))
    assert answer.status_code == 422
    assert not Team.objects.exists()


def test_who_may_not_change_sees_no_way_to(reader):
    team = TeamFactory(name="网络组")
    assert "/edit" not in reader.get(f"/kit/teams/{team.pk}").content.decode()
    assert reader.get(f"/kit/teams/{team.pk}/edit").status_code == 404
    assert reader.post(f"/kit/teams/{team.pk}/do/archive").status_code == 404


def test_a_requester_does_not_know_the_page(requester, client):
    client.force_login(requester)
    assert client.get("/kit/teams").status_code == 404


def test_deeds_on_many_say_what_was_refused(page):
    a, kept = TeamFactory(name="甲"), TeamFactory(name="乙", key="kept")
    shown = page.post("/kit/teams/do", {"action": "archive", "rows": [a.pk, kept.pk]}, follow=True).content.decode()
    a.refresh_from_db()
    assert a.archived_at
    assert "This team stays." in shown


def test_a_deed_with_a_form_shows_it_first(page):
    team = TeamFactory(name="甲")
    assert 'name="why"' in page.get(f"/kit/teams/{team.pk}/do/rename").content.decode()
    assert page.post(f"/kit/teams/{team.pk}/do/rename", {"why": ""}).status_code == 422
    page.post(f"/kit/teams/{team.pk}/do/rename", {"why": "丙"})
    team.refresh_from_db()
    assert team.name == "丙"


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_list_can_be_taken_along(page, kind, start):
    TeamFactory(name="=1+1")
    answer = page.get(f"/kit/teams/export.{kind}")
    assert answer.content.startswith(start)
    if kind == "csv":
        assert "'=1+1" in answer.content.decode()


def rest(client: Client, method: str, address: str, **sent):
    answer = getattr(client, method)(f"/kit-api{address}", json.dumps(sent), content_type="application/json")
    return answer.status_code, answer.json()


def test_the_same_over_rest(page, keeper):
    status, made = rest(page, "post", "/kit/teams", name="网络组", key="net", kind="region", members=[{"user": keeper.pk}])
    assert status == 201
    team = Team.objects.get(pk=made["id"])
    assert [m.user for m in team.memberships.all()] == [keeper]
    assert rest(page, "patch", f"/kit/teams/{team.pk}", name="新网络组")[0] == 200
    team.refresh_from_db()
    assert (team.name, team.kind, team.memberships.count()) == ("新网络组", "region", 1)
    assert page.get("/kit-api/kit/teams?q=新").json()["items"][0]["values"]["kind"] == "region"
    status, wrong = rest(page, "patch", f"/kit/teams/{team.pk}", name="不行")
    assert (status, wrong["field"]) == (422, "name")
    assert rest(page, "post", f"/kit/teams/{team.pk}/do/archive")[0] == 200
    assert rest(page, "post", f"/kit/teams/{team.pk}/do/archive")[0] >= 400


def test_markdown_is_clean_and_has_tables():
    shown = markdown.render("# 标题\n\n|a|b|\n|-|-|\n|1|2|\n\n<script>alert(1)</script> [x](javascript:alert(1)) https://example.com\n\n- [x] 完成")
    assert "<table>" in shown
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert 'href="https://example.com"' in shown
    assert 'type="checkbox"' in shown


def test_a_comparison_marks_the_words_that_changed():
    gone, new = lines("应在30分钟内响应", "应在15分钟内响应")
    assert [part.text for part in gone.parts if part.changed] == ["30"]
    assert [part.text for part in new.parts if part.changed] == ["15"]
