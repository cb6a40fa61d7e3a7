"""What people see and do in a browser, without one: every page answers its own, and refuses with words."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hengwei.core.files import store
from hengwei.core.models import AuditRecord
from hengwei.work.actions import conversation
from hengwei.work.models import Category, Draft, Entry, WorkItem
from hengwei.work.seed import install as categories
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def item(requester, team):
    categories()
    return open_incident(requester=requester)


@pytest.fixture
def desk(agent) -> Client:
    return signed_in(agent)


@pytest.fixture
def portal(requester) -> Client:
    return signed_in(requester)


@pytest.mark.parametrize("address", ["/", "/items", "/board", "/portal/", "/search?q=x", "/palette", "/desk/new", "/items/INC-2026-000001"])
def test_a_stranger_is_asked_to_sign_in(client, department, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_each_role_has_its_own_start(desk, portal, lead):
    assert desk.get("/")["Location"] == "/items"
    assert portal.get("/")["Location"] == "/portal/"
    assert signed_in(lead).get("/")["Location"] == "/board"


def test_pages_speak_the_persons_language(desk, agent, item):
    assert "工单队列" in desk.get("/items").content.decode()
    agent.language = "en"
    agent.save()
    page = desk.get("/items?view=open").content.decode()
    assert "Queue" in page
    assert "工单队列" not in page


def test_the_language_and_appearance_are_kept(desk, agent):
    desk.post("/language", {"language": "en", "next": "https://elsewhere.example/"})
    desk.post("/theme", {"theme": "dark"})
    agent.refresh_from_db()
    assert (agent.language, agent.theme) == ("en", "dark")


def test_a_page_never_leads_elsewhere(desk):
    assert desk.post("/language", {"language": "en", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_no_page_allows_foreign_or_inline_scripts(desk, item):
    policy = desk.get(f"/items/{item.number}")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("view", ["mine", "unassigned", "soon", "waiting", "open", "all"])
def test_every_view_of_the_queue_answers(desk, item, view):
    assert desk.get(f"/items?view={view}").status_code == 200


def test_the_queue_costs_the_same_however_many_rows(desk, requester, item, django_assert_max_num_queries):
    desk.get("/items?view=open")
    for _ in range(6):
        open_incident(requester=requester)
    with django_assert_max_num_queries(23):
        assert desk.get("/items?view=open").content.decode().count("data-item=") == 7


def test_an_items_page_asks_little_and_the_same_however_long_the_talk(desk, agent, item, django_assert_max_num_queries):
    desk.get(f"/items/{item.number}")
    for n in range(5):
        conversation.note(item, by=acting(agent), text=f"note {n}")
    with django_assert_max_num_queries(44):
        assert "note 4" in desk.get(f"/items/{item.number}").content.decode()


def test_what_a_requester_began_to_write_is_there_when_he_comes_back(portal, item):
    portal.post(f"/items/{item.number}/draft", {"text": "The panel also shows"})
    assert "The panel also shows" in portal.get(f"/items/{item.number}").content.decode()


def test_filters_narrow_and_nonsense_is_passed_over(desk, requester, item):
    assert item.number in desk.get("/items?view=open&kind=incident&priority=x").content.decode()
    assert item.number not in desk.get("/items?view=open&kind=request").content.decode()


def test_own_views_are_kept_and_forgotten(desk, agent):
    desk.post("/items/views", {"name": "高优先", "query": "view=open&priority=2"})
    assert "高优先" in desk.get("/items").content.decode()
    desk.post("/items/views", {"query": "", "forget": agent.saved_views.get().pk})
    assert "高优先" not in desk.get("/items").content.decode()


def test_bulk_assignment_says_what_was_refused(desk, agent, requester, item):
    from hengwei.work.actions.progress import cancel
    from tests.factories import acting

    gone = open_incident(requester=requester)
    cancel(gone, by=acting(requester))
    page = desk.post("/items/bulk", {"items": [item.pk, gone.pk], "owner": agent.pk, "here": "view=open"}, follow=True).content.decode()
    item.refresh_from_db()
    assert item.owner == agent
    assert gone.number in page


@pytest.mark.parametrize(("form", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_list_can_be_taken_along_and_the_audit_log_says_by_whom(desk, agent, item, form, start):
    answer = desk.get(f"/items/export.{form}?view=open")
    assert answer.content.startswith(start)
    assert "attachment" in answer["Content-Disposition"]
    taken = AuditRecord.objects.get(action="export")
    assert (taken.actor, taken.details) == (agent, {"what": "items", "form": form})


def test_a_cell_is_never_a_formula(desk, requester):
    open_incident(requester=requester, title="=HYPERLINK(\"http://x\")")
    assert "\"'=HYPERLINK" in desk.get("/items/export.csv?view=all").content.decode("utf-8-sig")


def test_the_whole_job_in_pages(desk, portal, agent, requester, item):
    at = f"/items/{item.number}"
    assert desk.get(at).status_code == 200
    assert desk.post(f"{at}/take").status_code == 302
    assert desk.post(f"{at}/step", {"transition": "start"}).status_code == 302
    assert desk.post(f"{at}/say", {"mode": "note", "text": "机器该报废了"}).status_code == 302
    assert desk.post(f"{at}/say", {"mode": "reply", "text": "正在处理", "then": "pend"}).status_code == 302
    # It goes out, and waits, once it can no longer be taken back.
    assert ">正在处理<" not in portal.get(at).content.decode()
    conversation.let_out(item.entries.held().get(), at=timezone.now() + timedelta(minutes=1))
    item.refresh_from_db()
    assert (item.owner, item.phase, item.waiting_for) == (agent, "waiting", "customer")
    seen = portal.get(at).content.decode()
    assert "正在处理" in seen
    assert "机器该报废了" not in seen
    portal.post(f"{at}/say", {"text": "好的"})
    item.refresh_from_db()
    assert item.phase == "active"
    printer = Category.objects.get(key="printer")
    desk.post(f"{at}/step", {"transition": "resolve", "solution": "换了搓纸轮", "cause": "磨损", "category": printer.pk})
    portal.post(f"{at}/step", {"transition": "close", "comment": "可以了"})
    item.refresh_from_db()
    assert (item.phase, item.category, item.cause) == ("closed", printer, "磨损")
    portal.post(f"/portal/{item.number}/rate", {"score": "2"})
    assert item.rating.score == 2
    assert item.follow_ups.get().owner == item.team.lead


def test_what_was_typed_survives_a_refusal(desk, item):
    answer = desk.post(f"/items/{item.number}/step", {"transition": "resolve", "solution": "换了搓纸轮", "cause": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "换了搓纸轮" in answer.content.decode()
    item.refresh_from_db()
    assert item.phase == "new"


def test_sending_twice_sends_once(desk, item):
    form = {"mode": "reply", "text": "在路上", "key": str(uuid.uuid4())}
    for _ in range(2):
        desk.post(f"/items/{item.number}/say", form)
    assert Entry.objects.filter(item=item, text="在路上").count() == 1


def test_a_draft_waits_on_the_server(desk, agent, item):
    desk.post(f"/items/{item.number}/draft", {"text": "写到一半", "mode": "note"})
    assert "写到一半" in desk.get(f"/items/{item.number}").content.decode()
    desk.post(f"/items/{item.number}/draft", {"text": " "})
    assert not Draft.objects.exists()


def test_two_people_see_each_other(desk, lead, item):
    signed_in(lead).post(f"/items/{item.number}/presence", {"typing": "1"})
    assert lead.name in desk.post(f"/items/{item.number}/presence").content.decode()


def test_a_clock_explains_itself(desk, item):
    clock = item.clocks.first()
    page = desk.get(f"/items/{item.number}/clocks/{clock.pk}")
    assert "clock-axis" in page.content.decode()


def test_merging_and_its_undoing_by_page(desk, requester, item):
    other = open_incident(requester=requester)
    desk.post(f"/items/{other.number}/link", {"other": item.number.lower(), "how": "merge"})
    other.refresh_from_db()
    assert other.merged_into_id == item.pk
    desk.post(f"/items/{other.number}/unmerge")
    other.refresh_from_db()
    assert other.merged_into_id is None


def test_a_file_is_read_by_those_who_see_its_item_only(desk, portal, agent, item):
    file = store(b"secret", "plan.txt", user=agent)
    desk.post(f"/items/{item.number}/say", {"mode": "note", "text": "见附件", "files": [str(file.pk)]})
    assert desk.get(file.get_absolute_url()).status_code == 200
    assert portal.get(file.get_absolute_url()).status_code == 404
    assert signed_in(UserFactory(role="requester")).get(file.get_absolute_url()).status_code == 404


def test_a_refused_upload_says_why(desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = desk.post("/files", {"file": SimpleUploadedFile("x.txt", b"")})
    assert answer.status_code == 422
    assert "x.txt" in answer.json()["title"]


def test_another_customers_item_does_not_exist_on_any_page(item):
    stranger = signed_in(UserFactory(role="requester"))
    at = f"/items/{item.number}"
    assert stranger.get(at).status_code == 404
    for verb in ("say", "step", "chase", "assign", "take", "link"):
        assert stranger.post(f"{at}/{verb}", {"text": "x"}).status_code == 404
    assert stranger.get("/items").status_code == 404
    assert stranger.get("/board").status_code == 403


def test_logging_a_call_finds_the_caller_by_number(desk, agent, requester, team):
    requester.phone = "8120"
    requester.save()
    found = desk.get("/pick/org.person?q=812").json()["rows"]
    assert [(row["value"], row["label"]) for row in found] == [(str(requester.pk), requester.name)]
    assert (found[0]["hint"].endswith(" · 8120"), found[0]["full"].endswith("8120")) == (True, False)
    assert "8120" in desk.get(f"/desk/caller?requester={requester.pk}").content.decode()
    assert not desk.get("/desk/caller?requester=0").content
    refused = desk.post("/desk/new", {"title": "电话报修", "description": "说了很多", "kind": "incident"})
    assert refused.status_code == 422
    assert "说了很多" in refused.content.decode()
    desk.post("/desk/new", {"title": "电话报修", "kind": "incident", "requester": requester.pk, "source": "phone", "take": "1", "impact": "2", "urgency": "2"})
    made = WorkItem.objects.get(title="电话报修")
    assert (made.requester, made.owner, made.source, made.priority) == (requester, agent, "phone", 2)
    # Without a script the number is typed, and means the one who has it.
    desk.post("/desk/new", {"title": "打印机", "kind": "incident", "requester": "", "requester-typed": "8120"})
    assert WorkItem.objects.get(title="打印机").requester == requester


def test_the_palette_finds_pages_items_and_people(desk, requester, item):
    assert item.number in desk.get(f"/palette?q={item.number}").content.decode()
    assert requester.name in desk.get(f"/palette?q={requester.name}").content.decode()
    assert "/items" in desk.get("/palette").content.decode()
