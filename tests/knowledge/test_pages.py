"""What people see of the knowledge base: its start, an article, the editor, the lists, for staff and in the portal."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from hengwei.core.files import store
from hengwei.core.models import Task
from hengwei.core.tasks import run_task
from hengwei.knowledge.actions import keeping, manual, reading, review, writing
from hengwei.knowledge.models import (
    Article,
    ArticleFile,
    Audience,
    Correction,
    Deflection,
    Fault,
    SearchGap,
    State,
    Status,
    System,
)
from tests.factories import UserFactory, acting

from .conftest import WORDS, published, written

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(agent) -> Client:
    return signed_in(agent)


@pytest.fixture
def portal(requester) -> Client:
    return signed_in(requester)


FACTS = {"kind": "faq", "audience": "staff", "review_days": "90"}


def test_the_start_of_staff_shows_what_waits(desk, author, reviewer):
    waiting = written(author, title="等人看的")
    review.submit(waiting, by=author)
    late = published(title="该复审的")
    Article.objects.filter(pk=late.pk).update(next_review_on="2020-01-01")
    page = desk.get("/knowledge/").content.decode()
    assert "等人看的" in page
    assert "该复审的" in page
    assert "全部文章" in page


def test_the_start_of_requesters_shows_only_what_is_theirs(portal, manager):
    keeping.save_category(None, by=acting(manager), key="inner", name="内部分类", audience=Audience.STAFF)
    keeping.save_category(None, by=acting(manager), key="open", name="公开分类")
    published(title="内部文章", audience=Audience.STAFF)
    published(title="公开文章")
    page = portal.get("/knowledge/").content.decode()
    assert "公开文章" in page
    assert "公开分类" in page
    assert "内部文章" not in page
    assert "内部分类" not in page


def test_an_article_is_read_counted_and_answered(portal, requester):
    article = published(title="打印机卡纸", body="## 一\n\n甲\n\n## 二\n\n见 KB-2026-000077")
    page = portal.get(article.get_absolute_url()).content.decode()
    assert 'href="#一"' in page
    assert "/knowledge/KB-2026-000077" in page
    portal.post(f"{article.get_absolute_url()}/say/not_helped", {"words": "少了一步"})
    portal.post(f"{article.get_absolute_url()}/say/correct", {"words": "型号应为M5"})
    article.refresh_from_db()
    assert (article.views, article.not_helped) == (1, 1)
    assert Correction.objects.get().text == "型号应为M5"


def test_what_is_not_theirs_does_not_exist(portal, desk):
    draft, inner = written(), published(title="内部", audience=Audience.STAFF)
    for address in (draft.get_absolute_url(), inner.get_absolute_url(), f"{inner.get_absolute_url()}/versions", f"{inner.get_absolute_url()}/print", f"{inner.get_absolute_url()}/edit"):
        assert portal.get(address).status_code == 404
    assert desk.get(inner.get_absolute_url()).status_code == 200


def test_leaving_satisfied_from_a_question_counts_as_saved(portal):
    article = published(title="打印机卡纸怎么办")
    assert "打印机卡纸怎么办" in portal.get("/knowledge/suggestions?q=打印机卡纸").content.decode()
    assert "解决了，不用再提交" in portal.get(f"{article.get_absolute_url()}?asked=打印机卡纸").content.decode()
    answer = portal.post(f"{article.get_absolute_url()}/say/helped", {"asked": "打印机卡纸"})
    assert answer["Location"] == "/portal/"
    assert Deflection.objects.get().question == "打印机卡纸"


def test_a_search_in_vain_is_remembered_and_typing_is_not(portal):
    portal.get("/knowledge/search?q=量子打印", headers={"HX-Request": "true"})
    assert not SearchGap.objects.exists()
    assert "不记录您的姓名" in portal.get("/knowledge/search?q=量子打印").content.decode()
    assert SearchGap.objects.get().text == "量子打印"


def test_writing_an_article_from_the_page(desk, agent, lead):
    answer = desk.post("/knowledge/new", {**FACTS, **WORDS, "title_en": "Paper jam", "body_en": "Open the back.", "tags": "打印机，卡纸", "owner": agent.pk, "then": ""})
    article = Article.objects.get()
    assert answer["Location"] == article.get_absolute_url()
    assert (article.tags, article.owner, article.title_en) == (["打印机", "卡纸"], agent, "Paper jam")
    desk.post(f"{article.get_absolute_url()}/edit", {**FACTS, **WORDS, "body": "改了", "owner": agent.pk, "version": article.version, "then": "submit", "note": "更正"})
    article.refresh_from_db()
    assert article.working.status == Status.IN_REVIEW
    signed_in(lead).post(f"{article.get_absolute_url()}/do/publish", {"reason": "好"})
    article.refresh_from_db()
    assert article.published.body == "改了"


def test_what_was_typed_stays_when_something_is_wrong(desk):
    answer = desk.post("/knowledge/new", {**FACTS, "audience": "some_customers", "body": "写了很久的内容", "title": "标题"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "写了很久的内容" in page
    assert "请至少选择一个客户" in page
    assert not Article.objects.exists()


def test_a_conflict_shows_what_is_stored_and_keeps_what_was_typed(desk, author):
    article = written(author)
    writing.save_draft(article, by=author, body="同事的话")
    answer = desk.post(f"{article.get_absolute_url()}/edit", {**FACTS, **WORDS, "body": "我的话", "version": 1})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "同事" in page
    assert "我的话" in page
    assert desk.post(f"{article.get_absolute_url()}/edit", {**FACTS, **WORDS, "body": "我的话", "version": 2}).status_code == 302


def test_private_data_is_flagged_and_taken_out(desk, author):
    article = written(author, title="VPN", body="打13912345678", audience=Audience.EVERYONE)
    assert "<mark>13912345678</mark>" in desk.get(f"{article.get_absolute_url()}/edit").content.decode()
    desk.post(f"{article.get_absolute_url()}/edit", {**FACTS, "audience": "everyone", "title": "VPN", "body": "打13912345678", "version": article.version, "then": "mask"})
    article.refresh_from_db()
    assert article.working.body == "打（电话）"


def test_the_preview_runs_nothing(desk):
    page = desk.post("/knowledge/preview", {"which": "body", "body": "# 你好\n\n<script>alert(1)</script> [x](javascript:alert(1)) 13912345678"}).content.decode()
    assert "<h1" in page
    assert "<script" not in page
    assert "href=\"javascript" not in page
    assert "<mark>13912345678</mark>" in page


def test_a_correction_is_urgent_only_for_reviewers(desk, lead, author):
    article = published(author, title="旧")
    form = {**FACTS, "audience": "everyone", "title": "旧", "body": "先断电", "version": article.version, "then": "urgent", "note": "危险"}
    assert desk.post(f"{article.get_absolute_url()}/edit", form).status_code == 422
    assert signed_in(lead).post(f"{article.get_absolute_url()}/edit", form).status_code == 302
    article.refresh_from_db()
    assert article.published.urgent
    assert article.published.body == "先断电"


def test_versions_show_what_changed(desk, author, reviewer):
    article = published(author, reviewer)
    writing.save_draft(article, by=author, body="全新的内容")
    page = desk.get(f"{article.get_absolute_url()}/versions?new=2&old=1").content.decode()
    assert "全新的内容" in page
    assert "卡纸，报E05。" in page


def test_an_article_prints_as_pdf_with_its_pictures(desk, agent):
    import base64

    dot = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    picture = store(dot, "点.png", user=agent)
    article = written(acting(agent), title="带图", body=f"![图]({picture.get_absolute_url()})")
    answer = desk.get(f"{article.get_absolute_url()}/print")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert ArticleFile.objects.get().listed is False


def test_the_manual_is_written_with_steps_and_read(manager, desk):
    keeper = signed_in(manager)
    keeper.post("/knowledge/systems/new", {"name": "ERP", "aliases": "用友，U9", "category_keys": "erp"})
    system = System.objects.get()
    assert list(System.objects.without_manual()) == [system]
    steps = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-text": "看服务", "steps-0-expected": "在运行", "steps-0-check_only": "on", "steps-0-ORDER": "1",
             "steps-1-text": "重启", "steps-1-expected": "可登录", "steps-1-ORDER": "2"}
    answer = keeper.post("/knowledge/faults/new", {"system": system.pk, "title": "登录慢", "symptoms": "转圈", "order": "100", **steps})
    fault = Fault.objects.get()
    assert answer["Location"] == fault.get_absolute_url()
    page = desk.get(f"/knowledge/systems/{system.pk}").content.decode()
    assert "登录慢" in page
    assert "可登录" in page
    assert System.objects.named("用友系统") == [system]
    assert System.objects.named("", categories=["erp"]) == [system]
    assert System.objects.named("打印机") == []
    missing = {**steps, "steps-1-expected": ""}
    assert keeper.post(f"/knowledge/faults/{fault.pk}/edit", {"system": system.pk, "title": "登录慢", "symptoms": "转圈", "version": "1", **missing}).status_code == 422
    swapped = {**steps, "steps-0-ORDER": "2", "steps-1-ORDER": "1"}
    assert keeper.post(f"/knowledge/faults/{fault.pk}/edit", {"system": system.pk, "title": "登录慢", "symptoms": "转圈", "version": "1", **swapped}).status_code == 302
    assert [s.text for s in fault.steps.filter(withdrawn_at=None)] == ["重启", "看服务"]
    assert fault.steps.count() == 2


def test_the_team_that_keeps_a_system_writes_its_manual(author, team, agent, manager):
    mine = manual.save_system(None, by=acting(manager), name="门禁", team=team)
    other = manual.save_system(None, by=acting(manager), name="机床")
    steps = [{"text": "重启", "expected": "亮灯"}]
    assert manual.save_fault(None, by=author, system=mine, title="不开门", symptoms="红灯", steps=steps)
    from hengwei.core.errors import Forbidden

    with pytest.raises(Forbidden):
        manual.save_fault(None, by=author, system=other, title="不转", symptoms="红灯", steps=steps)


def test_files_become_drafts_after_a_look_and_go_out_again(manager):
    keeper = signed_in(manager)
    document = Document()
    document.add_heading("投影仪无信号", 0)
    document.add_heading("办法", 1)
    document.add_paragraph("检查线缆", style="List Number")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "线", "灯"
    word = io.BytesIO()
    document.save(word)
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as folder:
        folder.writestr("vpn.zh.md", "---\nkind: how_to\ntags: VPN，远程\nsummary: 三步连上\n---\n# VPN怎么连\n\n打开客户端。")
        folder.writestr("vpn.en.md", "# How to connect\n\nOpen the client.")
        folder.writestr("leer.md", "# 空的")
    word.seek(0)
    word.name = "投影仪.docx"
    bundle.seek(0)
    bundle.name = "set.zip"
    looked = keeper.post("/knowledge/import", {"given": [word, bundle], "audience": "staff", "then": "look"})
    assert "它没有正文" in looked.content.decode()
    assert not Article.objects.exists()
    keeper.post("/knowledge/import", {"files": [str(f.pk) for f in looked.context["files"]], "audience": "staff", "then": "make"})
    # A worker does it, with progress; begun anew, it makes none twice.
    running = Task.objects.get(key="knowledge.import")
    for _time in range(2):
        run_task.func(running.pk)
        running.refresh_from_db()
        assert (running.state, running.done, running.total, running.failed_rows) == ("done", 3, 3, 1)
        Task.objects.filter(pk=running.pk).update(state="waiting", failed_rows=0)
    assert Article.objects.count() == 2
    vpn, projector = Article.objects.get(title="VPN怎么连"), Article.objects.get(title="投影仪无信号")
    assert (vpn.kind, vpn.tags, vpn.title_en, vpn.summary) == ("how_to", ["VPN", "远程"], "How to connect", "三步连上")
    assert "## 办法" in projector.working.body
    assert "1. 检查线缆" in projector.working.body
    assert "| 线 | 灯 |" in projector.working.body
    out = keeper.get("/knowledge/export.zip")
    with zipfile.ZipFile(io.BytesIO(out.content)) as folder:
        assert f"{vpn.number}.en.md" in folder.namelist()
        assert "打开客户端。" in folder.read(f"{vpn.number}.zh.md").decode()
    again = keeper.post("/knowledge/import", {"given": [_named(out.content, "again.zip")], "audience": "staff", "then": "look"})
    assert f"已存在：{vpn.number}" in again.content.decode()


def _named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_corrections_and_gaps_are_settled_on_their_lists(desk, author, requester, agent):
    article = published(author)
    correction = reading.suggest_correction(article, by=acting(requester), text="型号不对")
    gap = reading.found_nothing("扫码枪", user=requester, at=timezone.now())
    assert "型号不对" in desk.get("/knowledge/corrections").content.decode()
    desk.post(f"/knowledge/corrections/{correction.pk}/do/accept", {"answer": "改了"})
    desk.post(f"/knowledge/gaps/{gap.pk}/do/settle")
    correction.refresh_from_db()
    gap.refresh_from_db()
    assert correction.state == "accepted"
    assert gap.settled_at


def test_each_role_where_it_may(author):
    article = published(author)
    may = {
        "requester": {"/knowledge/"}, "auditor": {"/knowledge/", "/knowledge/articles", "/knowledge/systems"}, "agent": {"/knowledge/", "/knowledge/articles", "/knowledge/new", "/knowledge/gaps"},
        "system_admin": {"/knowledge/", "/knowledge/categories", "/knowledge/import", "/knowledge/synonyms"}, "manager": {"/knowledge/new", "/knowledge/import", "/knowledge/categories"},
    }
    every = {"/knowledge/", "/knowledge/articles", "/knowledge/systems", "/knowledge/new", "/knowledge/gaps", "/knowledge/categories", "/knowledge/import", "/knowledge/synonyms"}
    for role, allowed in may.items():
        client = signed_in(UserFactory(role=role))
        for address in allowed:
            assert client.get(address).status_code == 200, f"{role} {address}"
        if role in ("requester", "auditor", "agent"):
            forbidden = every - allowed - ({"/knowledge/systems"} if role == "agent" else set())
            for address in forbidden:
                assert client.get(address).status_code == 404, f"{role} {address}"
        answer = client.post(f"{article.get_absolute_url()}/do/archive", {"reason": "x"})
        if role in ("requester",):
            assert answer.status_code == 404
    article.refresh_from_db()
    assert article.state == State.ARCHIVED  # by the manager, the last


def test_a_page_asks_little_however_much_there_is(desk, portal, author, reviewer, manager, django_assert_max_num_queries):
    category = keeping.save_category(None, by=acting(manager), key="a", name="甲")
    for n in range(12):
        published(author, reviewer, title=f"文章{n}", category=category)
    article = Article.objects.order_by("pk")[0]
    for client, address, most in (
        (desk, "/knowledge/", 24), (portal, "/knowledge/", 14), (desk, "/knowledge/articles", 12), (portal, "/knowledge/in/a", 13), (portal, "/knowledge/search?q=文章", 16),
        (desk, article.get_absolute_url(), 34), (portal, article.get_absolute_url(), 20), (desk, "/knowledge/systems", 12),
    ):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_who_looks_over_an_article_is_found_by_name(agent, lead, author, reviewer):
    """Of those who may; the page carries none of them."""
    article = written(author, title="谁来看")
    writer = signed_in(author.user)
    shown = writer.get(article.get_absolute_url()).content.decode()
    assert 'data-find="/pick/knowledge.reviewer"' in shown
    found = {row["value"] for row in writer.get("/pick/knowledge.reviewer?q=").json()["rows"]}
    assert str(lead.pk) in found
    assert str(author.user.pk) not in found
    writer.post(f"{article.get_absolute_url()}/do/submit", {"asked": lead.pk})
    article.refresh_from_db()
    assert article.working.asked == lead
