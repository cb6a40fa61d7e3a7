"""Pages of regulations: what a reader finds on them, that a filter is in the address, and that none asks the database more for more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hengwei.core.files import store
from hengwei.governance import packs
from hengwei.governance.actions import binding, freezing, running, writing
from hengwei.governance.models import Acknowledgement, Regulation
from hengwei.governance.texts import parse
from hengwei.org.models import Membership, Role
from hengwei.work.models import WorkItem
from tests.factories import TeamFactory, UserFactory, acting, open_incident

from .lives import in_force, keys

pytestmark = pytest.mark.django_db

TEXT = "值班管理制度第一章总则第一条为规范值班工作，制定本制度。第二章处理{articles}第三章附则第九十条本制度由服务台解释。"


def imported(manager, count: int):
    """A draft with this many articles that oblige."""
    articles = "".join(f"第{number}条工单不得无人处理，应当有责任人。" for number in ("二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")[:count])
    return writing.import_document(parse(TEXT.format(articles=articles)), by=acting(manager), at=timezone.now() - timedelta(days=3))


@pytest.fixture
def page(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def running_regulation(manager, boss, lead, agent, requester, team):
    """In force: a red clause of the agent, a red one of nobody, one that a lead attests."""
    version = imported(manager, 3)
    found = keys(version)
    now = timezone.now()
    regulation = version.regulation
    regulation.body = team
    regulation.save()
    regulation.reader_roles.set(Role.objects.filter(key="agent"))
    binding.bind(regulation, found["第二条"], by=acting(manager), control="work.unowned", params={"minutes": 0})
    binding.bind(regulation, found["第三条"], by=acting(manager), control="work.recorded_whole", corrector=manager)
    binding.bind(regulation, found["第四条"], by=acting(manager), kind="attestation", attester=lead)
    in_force(version, manager, boss, at=now - timedelta(days=2))
    mine = open_incident(requester=requester, at=now - timedelta(minutes=5), team=team, automatic=False)
    WorkItem.objects.filter(pk=mine.pk).update(owner=agent, description="短")
    open_incident(requester=requester, at=now - timedelta(days=3), team=team, automatic=False)
    running.run_all(now, hourly=False)
    return regulation


def test_who_attests_hangs_his_evidence_on_it_for_all_who_read_the_board(running_regulation, lead, agent, requester):
    row = running_regulation.bindings.get(kind="attestation")
    paper = store(b"%PDF-1.4 minutes of the check", "抽查记录.pdf", user=lead)
    client = Client()
    client.force_login(lead)
    client.post(reverse("governance:attest", args=[running_regulation.pk, row.pk]), {"kept": "yes", "statement": "抽查了十张工单", "files": [str(paper.pk)]})
    assert row.attestations.get().file == paper
    client.force_login(agent)
    assert "抽查记录.pdf" in client.get(reverse("governance:clause", args=[running_regulation.pk, row.clause_key]), headers={"HX-Request": "true"}).content.decode()
    assert client.get(paper.get_absolute_url()).status_code == 200
    client.force_login(requester)
    assert client.get(paper.get_absolute_url()).status_code == 404


def test_a_board_shows_colour_figure_and_trend_of_each_clause(page, running_regulation):
    row = running_regulation.bindings.get(control="work.unowned")
    run = row.runs.get()
    for back in (1, 2, 3):
        row.runs.create(
            control=row.control, threshold=100, period_start=run.period_start - timedelta(days=31 * back), period_end=run.period_end - timedelta(days=31 * back), as_of=run.as_of,
            ran_at=run.ran_at, duration_ms=1, population=10, compliant=10 - back, state="red")
    shown = page.get(running_regulation.get_absolute_url()).content.decode()
    assert 'class="mark bad"' in shown
    assert "1/2" in shown
    assert 'class="spark"' in shown


def marks(page, regulation, **query):
    """The numbers of the clauses with a mark on the board, and the whole page."""
    import re

    shown = page.get(regulation.get_absolute_url(), query).content.decode()
    document = shown[shown.index('<div class="document">'):]
    return re.findall(r'class="clause d\d[^"]*bound[^"]*".*?<b>(.*?)</b>', document, re.DOTALL), shown


def test_a_board_is_filtered_by_owner_team_state_and_person_in_the_address(page, running_regulation, manager, lead, agent, team):
    everything, _shown = marks(page, running_regulation)
    assert everything == ["第二条", "第三条", "第四条"]
    assert marks(page, running_regulation, state="red")[0] == ["第二条", "第三条"]
    assert marks(page, running_regulation, state="due")[0] == ["第四条"]
    assert marks(page, running_regulation, owner=lead.pk)[0] == ["第四条"]
    assert marks(page, running_regulation, owner=manager.pk)[0] == ["第二条", "第三条"]
    assert marks(page, running_regulation, team=team.pk)[0] == everything
    assert marks(page, running_regulation, person=agent.pk)[0] == ["第三条"]
    both, shown = marks(page, running_regulation, state="red", person=agent.pk)
    assert both == ["第三条"]
    # Its chapter stays, the others' do not; the state's chip keeps the person.
    assert "第二章" in shown
    assert "第三章" not in shown[shown.index('<div class="document">'):]
    assert f"person={agent.pk}&amp;state=due" in shown or f"state=due&amp;person={agent.pk}" in shown


def test_a_filter_that_nothing_fits_says_so_and_leads_back(page, running_regulation):
    found, shown = marks(page, running_regulation, state="error")
    assert found == []
    assert "没有符合筛选的条款" in shown
    assert f'href="{running_regulation.get_absolute_url()}"' in shown


def test_a_team_is_concerned_by_a_clause_of_its_own_and_by_exceptions_of_its_people(page, running_regulation, agent, team):
    other, third = TeamFactory(), TeamFactory()
    Membership.objects.create(team=other, user=agent)
    running_regulation.bindings.filter(kind="attestation").update(team=third)
    assert marks(page, running_regulation, team=other.pk)[0] == ["第三条"]
    assert marks(page, running_regulation, team=third.pk)[0] == ["第四条"]
    assert marks(page, running_regulation, team=team.pk)[0] == ["第二条", "第三条"]


def test_who_may_not_see_the_exceptions_of_others_cannot_ask_for_them(running_regulation, agent, requester):
    other = UserFactory(role="agent")
    client = Client()
    client.force_login(other)
    found, shown = marks(client, running_regulation, person=agent.pk)
    assert found == ["第二条", "第三条", "第四条"]
    assert 'name="person"' not in shown
    row = running_regulation.bindings.get(control="work.recorded_whole")
    listed = client.get(reverse("governance:exceptions", args=[running_regulation.pk, row.pk]), {"person": agent.pk}).content.decode()
    assert "没有例外" in listed or "没有这个人的例外" in listed
    client.force_login(agent)
    assert "INC-" in client.get(reverse("governance:exceptions", args=[running_regulation.pk, row.pk])).content.decode()


def test_exceptions_are_a_list_with_pages_and_files(page, running_regulation, requester, team, agent):
    for _ in range(52):
        open_incident(requester=requester, at=timezone.now() - timedelta(minutes=5), team=team, automatic=False)
    row = running_regulation.bindings.get(control="work.unowned")
    address = reverse("governance:exceptions", args=[running_regulation.pk, row.pk])
    first, second = (page.get(address, {"page": number}).content.decode() for number in (1, 2))
    assert first.count("data-head") > second.count("data-head") > 0
    assert "page=2" in first
    assert "page=3" not in second
    lines = page.get(f"{address}.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 54
    assert page.get(f"{address}.xlsx").status_code == 200
    assert page.get(f"{address}.zip").status_code == 404


def test_the_list_of_regulations_is_filtered(page, running_regulation, manager, lead):
    draft = imported(manager, 1).regulation
    draft.owner = lead
    draft.name = "另一份制度"
    draft.save()

    def listed(**query):
        shown = page.get(reverse("governance:regulations"), query).content.decode()
        return {regulation.pk for regulation in (running_regulation, draft) if f'href="{regulation.get_absolute_url()}"' in shown}

    assert listed() == {running_regulation.pk, draft.pk}
    assert listed(state="in_force") == listed(state="red") == listed(state="unread") == {running_regulation.pk}
    assert listed(state="draft") == listed(owner=lead.pk) == {draft.pk}
    assert listed(body=running_regulation.body_id) == {running_regulation.pk}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_built_in_regulations_speak_the_readers_language_and_are_adopted_in_both(page, manager, lead, team, language):
    manager.language = language
    manager.save()
    pack = packs.get("knowledge")
    shown = page.get(reverse("governance:packs")).content.decode()
    here, there = (pack.scope.en, pack.scope.zh) if language == "en" else (pack.scope.zh, pack.scope.en)
    assert here in shown
    assert there not in shown
    assert ("Article 3" in shown) is (language == "en")
    for words in (pack.name, pack.purpose, pack.body, pack.definitions, pack.legal_basis):
        assert words.zh
        assert words.en
    answer = page.post(reverse("governance:packs"), {"pack": "knowledge", "knowledge-body": team.pk, "knowledge-owner": manager.pk, "knowledge-attester": lead.pk})
    assert answer.status_code == 302
    regulation = Regulation.objects.get(pack="knowledge")
    assert (regulation.scope, regulation.scope_en) == (pack.scope.zh, pack.scope.en)
    assert regulation.body == team
    assert regulation.bindings.get(kind="attestation").attester == lead
    assert here in page.get(regulation.get_absolute_url()).content.decode()
    assert f'href="{regulation.get_absolute_url()}"' in page.get(reverse("governance:packs")).content.decode()


def test_adopting_without_a_keeper_keeps_the_page_and_says_so(page):
    answer = page.post(reverse("governance:packs"), {"pack": "knowledge", "knowledge-owner": ""})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()


# --- what pages cost --------------------------------------------------------------------------------------------------


def grown(manager, boss, lead, count: int, suffix: str):
    """A regulation in force with a number of bound clauses, runs, attestations, readers and frozen months."""
    version = imported(manager, count)
    regulation = version.regulation
    for place, clause in enumerate(c for c in version.tree() if c.kind == "article" and c.number not in ("第一条", "第九十条")):
        if place % 2:
            row = binding.bind(regulation, clause.key, by=acting(manager), kind="attestation", attester=lead)
        else:
            binding.bind(regulation, clause.key, by=acting(manager), control="work.unowned", params={"minutes": 0})
    in_force(version, manager, boss, at=timezone.now() - timedelta(days=2))
    for row in regulation.bindings.filter(kind="attestation"):
        binding.attest(row, by=acting(lead), kept=True, statement="看过")
    Acknowledgement.objects.bulk_create([
        Acknowledgement(version=version, user=UserFactory(role="agent"), due_at=timezone.now()) for _ in range(count)])
    running.run_all(timezone.now(), hourly=False, regulation=regulation)
    freezing.freeze(regulation, by=acting(manager), at=timezone.now())
    return regulation


PAGES = ("regulation", "life", "bind", "read", "compare")


@pytest.mark.parametrize("name", [*PAGES, "snapshot", "regulations", "coverage", "readings", "packs", "controls", "exceptions", "draft"])
def test_a_page_asks_no_more_for_more_rows(name, page, manager, boss, lead, requester, team):
    for _ in range(2):
        item = open_incident(requester=requester, at=timezone.now() - timedelta(days=1), team=team, automatic=False)
        WorkItem.objects.filter(pk=item.pk).update(owner=None)
    counts = []
    for count in (2, 10):
        regulation = grown(manager, boss, lead, count, str(count))
        Acknowledgement.objects.get_or_create(version=regulation.published(), user=manager, defaults={"due_at": timezone.now()})
        for extra in range(count // 3):
            item = open_incident(requester=requester, at=timezone.now() - timedelta(days=1, minutes=extra), team=team, automatic=False)
        if name == "draft":
            writing.start_draft(regulation, by=acting(manager))
        arguments = {"snapshot": [regulation.pk, regulation.snapshots.get().pk], "exceptions": [regulation.pk, regulation.bindings.filter(kind="control").first().pk]}.get(
            name, [regulation.pk] if name in (*PAGES, "draft") else [])
        address = reverse(f"governance:{name}", args=arguments)
        page.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert page.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[1] <= counts[0], counts
    assert counts[1] <= 40


def test_approvers_are_found_by_name_and_only_who_may_approve_is_one(page, manager, boss, agent):
    """As many as there may be: the page carries none of them, and what was chosen stays when something else is wrong."""
    version = imported(manager, 1)
    pk = version.regulation_id
    found = [row["value"] for row in page.get("/pick/governance.approver?q=").json()["rows"]]
    assert str(boss.pk) in found
    assert not {str(manager.pk), str(agent.pk)} & set(found)
    shown = page.get(reverse("governance:life", args=[pk])).content.decode()
    assert 'data-find="/pick/governance.approver"' in shown
    assert boss.name not in shown
    at = reverse("governance:live", args=[pk, "submit"])
    assert page.post(at, {"approvers": [agent.pk]}).status_code == 422
    assert page.post(at, {"approvers": [manager.pk]}).status_code == 422
    refused = page.post(at, {"approvers": [boss.pk, agent.pk]}).content.decode()
    assert f'value="{boss.pk}" selected' in refused
    # Without a script a name is typed.
    page.post(at, {"approvers-typed": boss.name})
    version.refresh_from_db()
    assert version.state == "approval"
