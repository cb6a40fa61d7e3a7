"""Items and knowledge together: drafts from items, what solved them, the manual ticked off, requests saved and asked after all."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hengwei.core.errors import Forbidden, Refused
from hengwei.desk.suggestions import suggestions_for
from hengwei.flows import articles
from hengwei.flows.models import ItemArticle, StepDone, solved_without_article
from hengwei.knowledge.actions import manual, reading
from hengwei.knowledge.models import Article, Audience, System
from hengwei.work.actions import progress, triage
from hengwei.work.models import Category, Entry
from tests.factories import TUESDAY, UserFactory, acting, hear, open_incident
from tests.knowledge.conftest import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(requester, team):
    return open_incident(requester=requester, team=team, description="李倩的打印机卡纸，电话13912345678，报E05。")


@pytest.fixture
def desk(agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def resolved(item, by, at=None):
    category = Category.objects.get_or_create(key="printer", defaults={"name": "打印机"})[0]
    item = triage.change(item, by=by, category=category, impact=3, urgency=3)
    return progress.resolve(item, by=by, solution="打开后盖取出碎纸", cause="定影单元残留碎纸", at=at)


def test_one_step_makes_a_draft_with_problem_cause_and_solution(item, agent, desk):
    resolved(item, acting(agent))
    answer = desk.post(f"/knowledge/for/{item.number}/draft")
    article = Article.objects.get()
    assert answer["Location"] == f"/knowledge/{article.number}/edit"
    body = article.working.body
    assert [line for line in body.splitlines() if line.startswith("## ")] == ["## 问题", "## 原因", "## 解决方案"]
    assert "打开后盖取出碎纸" in body
    assert article.audience == Audience.STAFF
    assert "<mark>13912345678</mark>" in desk.get(answer["Location"]).content.decode()
    with pytest.raises(Refused):
        articles.draft_from_item(item, by=acting(agent))


def test_who_does_not_write_makes_no_draft(item):
    with pytest.raises(Forbidden):
        articles.draft_from_item(item, by=acting(UserFactory(role="auditor")))


def test_articles_are_suggested_while_reading_and_while_writing(item, desk):
    published(title="打印机卡纸怎么办")
    vpn = published(title="VPN连接失败", audience=Audience.STAFF)
    assert "打印机卡纸怎么办" in desk.get(f"/knowledge/for/{item.number}").content.decode()
    page = desk.get(f"/knowledge/for/{item.number}?text=您的VPN连接失败请重试").content.decode()
    assert vpn.title in page
    # The requester may not read it: it does not go into a reply.
    assert "data-into-reply" not in page
    assert 'id="kb-suggested"' in desk.get(f"/items/{item.number}").content.decode()


def test_what_solved_it_is_counted_until_it_is_reopened(item, agent, requester):
    by, article = acting(agent), published(title="打印机卡纸怎么办")
    item = resolved(item, by)
    assert articles.solved_by(item, article, by=by)
    assert not articles.solved_by(item, article, by=by)
    article.refresh_from_db()
    assert article.solved == 1
    assert len([entry for entry in Entry.objects.filter(item=item, kind="relation") if article.number in entry.words]) == 1
    progress.reopen(item, by=acting(requester, "portal"), comment="又卡了")
    article.refresh_from_db()
    assert article.solved == 0
    assert ItemArticle.objects.get().undone_at


def test_a_reusable_solution_owes_an_article(item, agent):
    by, now = acting(agent), timezone.now()
    item = resolved(item, by)
    since, until = now - timedelta(days=400), now + timedelta(days=1)
    assert not solved_without_article(since, until).exists()
    articles.mark_reusable(item, by=by)
    assert list(solved_without_article(since, until)) == [item]
    articles.draft_from_item(item, by=by)
    assert not solved_without_article(since, until).exists()


def test_the_manual_opens_by_system_or_category_and_goes_into_the_log(item, agent, desk, manager_of_manual):
    system = System.objects.get()
    step = system.faults.get().steps.first()
    assert articles.systems_of(item) == []
    triage.change(item, by=acting(agent), subject="三楼打印服务器")
    item.refresh_from_db()
    assert articles.systems_of(item) == [system]
    assert "看指示灯" in desk.get(f"/knowledge/for/{item.number}/manual").content.decode()
    desk.post(f"/knowledge/for/{item.number}/steps/{step.pk}", {"how": "other", "note": "灯不亮"})
    done = StepDone.objects.get()
    assert (done.as_expected, done.note) == (False, "灯不亮")
    entry = Entry.objects.filter(item=item, kind="relation").latest("id")
    assert "看指示灯 → 灯不亮" in entry.words
    assert not entry.public
    desk.post(f"/knowledge/for/{item.number}/steps/{step.pk}", {"how": "undo"})
    assert not StepDone.objects.filter(undone_at=None).exists()


@pytest.fixture
def manager_of_manual(department):
    by = acting(UserFactory(role="manager"))
    system = manual.save_system(None, by=by, name="打印服务", aliases=["打印服务器"], category_keys=["printing"])
    return manual.save_fault(None, by=by, system=system, title="不出纸", symptoms="队列停住", steps=[{"text": "看指示灯", "expected": "绿色", "check_only": True}])


def test_before_asking_articles_are_offered_and_asking_anyway_undoes_the_saving(requester):
    article = published(title="打印机卡纸怎么办")
    offered = suggestions_for("打印机卡纸", requester)
    assert offered[0].title == article.title
    assert "asked=" in offered[0].url
    reading.left_satisfied(article, by=acting(requester, "portal"), question="卡纸", at=TUESDAY - timedelta(minutes=5))
    open_incident(requester=requester, at=TUESDAY)
    hear()
    article.refresh_from_db()
    assert article.deflected == 0


def test_requesters_get_nothing_of_it(item, requester):
    client = Client()
    client.force_login(requester)
    for address in (f"/knowledge/for/{item.number}", f"/knowledge/for/{item.number}/manual"):
        assert client.get(address).status_code == 404
    assert client.post(f"/knowledge/for/{item.number}/draft").status_code == 404
    assert "kb-suggested" not in client.get(f"/items/{item.number}").content.decode()


def test_all_of_it_over_rest(item, agent, lead, desk, manager_of_manual):
    def call(client, method, address, **payload):
        answer = getattr(client, method)(f"/api/v1{address}", json.dumps(payload), content_type="application/json")
        return answer.status_code, answer.json()

    reviewer = Client()
    reviewer.force_login(lead)
    status, made = call(desk, "post", "/knowledge/articles", title="打印机卡纸怎么办", body="取出碎纸", audience="everyone", tags=["打印机"], owner=agent.pk)
    assert status == 201, made
    number = made["number"]
    assert call(desk, "patch", f"/knowledge/articles/{number}", title_en="Paper jam", body_en="Take it out", version=made["version"])[0] == 200
    assert call(desk, "patch", f"/knowledge/articles/{number}", body="x", version=made["version"])[0] == 409
    assert call(desk, "post", f"/knowledge/articles/{number}/submit")[0] == 200
    assert call(desk, "post", f"/knowledge/articles/{number}/publish")[0] == 403
    assert call(reviewer, "post", f"/knowledge/articles/{number}/publish", reason="好")[1]["published"]["title_en"] == "Paper jam"
    assert desk.get("/api/v1/knowledge/search?q=卡纸").json()[0]["number"] == number
    assert desk.get(f"/api/v1/items/{item.number}/articles").json()["suggested"][0]["article"]["number"] == number
    assert call(desk, "post", f"/items/{item.number}/articles/{number}", how="solved")[1]["used"][0]["how"] == "solved"
    assert call(desk, "post", f"/items/{item.number}/article")[0] == 201
    triage.change(item, by=acting(agent), subject="打印服务")
    step = desk.get(f"/api/v1/items/{item.number}/manual").json()[0]["steps"][0]
    assert call(desk, "post", f"/items/{item.number}/manual/{step['id']}", as_expected=True)[1][0]["steps"][0]["done"]
    assert len(desk.get(f"/api/v1/knowledge/articles/{number}/versions").json()) == 1
    requester = Client()
    requester.force_login(item.requester)
    assert requester.get(f"/api/v1/knowledge/articles/{number}").json()["working"] is None
    assert requester.get(f"/api/v1/knowledge/articles/{number}/versions").status_code == 404
    assert call(requester, "post", "/knowledge/articles", title="x")[0] == 403
    assert call(requester, "post", f"/knowledge/articles/{number}/feedback", helped=True, asked="卡纸")[1]["helped"] == 1
    assert requester.get("/api/v1/knowledge/systems").status_code == 403
    assert desk.get("/api/v1/knowledge/systems").json()["items"][0]["name"] == "打印服务"
