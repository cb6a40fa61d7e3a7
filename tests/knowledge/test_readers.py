"""Who sees what; what readers say; what is found and suggested."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bench.data import publish_many
from django.utils import timezone

from hengwei.core import search
from hengwei.core.errors import NotFound, Refused
from hengwei.core.files import may_read, store
from hengwei.core.models import SynonymGroup, Vocabulary
from hengwei.knowledge.actions import keeping, links, reading, review, writing
from hengwei.knowledge.models import Article, Audience, Category, Deflection, Link, SearchGap
from hengwei.knowledge.suggesting import asked_for, related, suggest
from hengwei.org.models import Membership
from tests.factories import CustomerFactory, TeamFactory, UserFactory, acting

from .conftest import published, written

pytestmark = pytest.mark.django_db


def seen(user) -> set[str]:
    return set(Article.objects.visible_to(user).values_list("title", flat=True))


def test_each_audience_reads_its_own(requester, outsider, agent, manager):
    other_team = TeamFactory()
    published(title="全员", audience=Audience.EVERYONE)
    published(title="外部", audience=Audience.CUSTOMERS)
    published(title="财务", audience=Audience.SOME_CUSTOMERS, customers=[requester.customer])
    published(title="内部", audience=Audience.STAFF)
    published(title="运维", audience=Audience.TEAMS, teams=[other_team])
    assert seen(requester) == {"全员", "财务"}
    assert seen(outsider) == {"全员", "外部"}
    assert seen(agent) == {"全员", "外部", "财务", "内部"}
    Membership.objects.create(team=other_team, user=agent)
    del agent.team_ids
    assert "运维" in seen(agent)
    assert seen(manager) == {"全员", "外部", "财务", "内部", "运维"}


def test_a_hidden_branch_hides_its_leaves_and_their_titles_everywhere(requester, agent, manager):
    by = acting(manager)
    root = keeping.save_category(None, by=by, key="secret", name="机房机密", audience=Audience.STAFF)
    leaf = keeping.save_category(None, by=by, key="leaf", name="柜门密码", parent=root)
    article = published(title="柜门怎么开", body="密码在保险箱 skeletonkey", category=leaf)
    assert not Category.objects.visible_to(requester).exists()
    assert seen(requester) == set()
    assert not search.search("柜门", user=requester).hits
    assert not suggest("柜门怎么开", user=requester)
    assert not asked_for("柜门", user=requester)
    assert search.search("柜门", user=agent).hits[0].title == "柜门怎么开"
    assert suggest("柜门怎么开", user=agent)[0].article == article
    search.learn_words()
    assert not Vocabulary.objects.filter(word__startswith="skeleton").exists()


def test_validity_ends_and_begins(requester, agent):
    today = timezone.localdate()
    published(title="过期", valid_until=today - timedelta(days=1))
    published(title="未来", valid_from=today + timedelta(days=1))
    published(title="现在", valid_from=today, valid_until=today)
    assert seen(requester) == {"现在"}
    assert "过期" in seen(agent)
    assert not search.search("过期", user=agent, kinds=["article"]).hits


def test_pictures_are_read_by_who_reads_the_article(agent, requester, outsider):
    author = acting(agent)
    picture = store(b"\x89PNG\r\n\x1a\n" + b"0" * 20, "a.png", user=agent)
    article = written(author, title="带图", body=f"![图]({picture.get_absolute_url()})", audience=Audience.CUSTOMERS)
    assert not may_read(outsider, picture)
    review.submit(article, by=author)
    review.publish(article, by=acting(UserFactory(role="lead")))
    assert may_read(outsider, picture)
    assert not may_read(requester, picture)


def test_a_guessed_address_opens_no_file_of_another(agent, requester):
    secret = store(b"salaries", "pay.txt", user=requester)
    written(acting(agent), title="偷看", body=f"[x]({secret.get_absolute_url()})")
    assert not may_read(agent, secret)


def test_feedback_counts_once_a_person_and_may_change(requester):
    article, by = published(), acting(requester)
    reading.say_whether_it_helped(article, by=by, helped=False, words="第二步看不懂")
    reading.say_whether_it_helped(article, by=by, helped=True)
    article.refresh_from_db()
    assert (article.helped, article.not_helped, article.help_share) == (1, 0, 100)


def test_a_request_saved_is_taken_back_when_he_asks_after_all(requester):
    article, now = published(), timezone.now()
    reading.left_satisfied(article, by=acting(requester), question="卡纸", at=now)
    reading.left_satisfied(article, by=acting(requester), question="卡纸", at=now)
    article.refresh_from_db()
    assert article.deflected == 1
    assert reading.asked_after_all(requester.pk, at=now + timedelta(minutes=10)) == 1
    article.refresh_from_db()
    assert article.deflected == 0
    assert Deflection.objects.get().undone_at
    assert reading.asked_after_all(requester.pk, at=now + timedelta(hours=3)) == 0


def test_a_reader_suggests_and_the_owner_answers(author, reviewer, requester, agent):
    article = published(author, reviewer)
    correction = reading.suggest_correction(article, by=acting(requester), text="型号不对")
    with pytest.raises(Refused):
        reading.decide_correction(correction, by=author, accept=False)
    assert reading.decide_correction(correction, by=author, accept=False, answer="型号没错").answer == "型号没错"


def test_nobody_says_anything_about_what_he_may_not_read(requester):
    article = published(audience=Audience.STAFF)
    with pytest.raises(NotFound):
        reading.say_whether_it_helped(article, by=acting(requester), helped=True)
    with pytest.raises(NotFound):
        reading.suggest_correction(article, by=acting(requester), text="x")


def test_what_found_nothing_is_kept_without_the_person(requester, author):
    now = timezone.now()
    for _n in range(2):
        gap = reading.found_nothing(" 扫码枪 13912345678 连不上 ", user=requester, at=now)
    gap.refresh_from_db()
    assert gap.times == 2
    assert "139" not in gap.text
    assert not {f.name for f in SearchGap._meta.get_fields()} & {"user", "author", "requester"}
    reading.settle_gap(gap, by=author)
    reading.found_nothing("扫码枪 13912345678 连不上", user=requester, at=now)
    gap.refresh_from_db()
    assert gap.settled_at is None


def test_links_that_lead_nowhere_are_found(reviewer):
    target = published(title="目标")
    article = published(title="指路", body=f"见 {target.number}，也见 KB-2026-999999、[页](/nowhere/at/all) 和 [外](https://example.com/x)")
    assert set(Link.objects.filter(article=article, broken=True).values_list("target", flat=True)) == {"/knowledge/KB-2026-999999", "/nowhere/at/all"}
    review.archive(target, by=reviewer, reason="旧")
    assert links.check_inside(timezone.now()) == 3
    asked: list[str] = []
    now = timezone.now()
    links.check_outside(now, lambda address: asked.append(address) or "HTTP 404", older_than=now - timedelta(days=30))
    assert asked == ["https://example.com/x"]
    assert Article.objects.with_broken_links().get() == article


def test_an_address_outside_is_broken_only_when_it_is_surely_gone(monkeypatch):
    from hengwei.core import outgoing
    from hengwei.knowledge.jobs import ask

    def call(method, url, **options):
        if "gone" in url:
            return outgoing.Answer(404, b"")
        if "login" in url:
            return outgoing.Answer(401, b"")
        if "dead" in url:
            raise outgoing.Unreachable("no such name")
        return outgoing.Answer(200, b"ok")

    assert ask("http://127.0.0.1:9/intranet") == ""  # not ours to look at, so not called broken
    monkeypatch.setattr(outgoing, "call", call)
    assert [ask(f"https://example.com/{page}") for page in ("fine", "gone", "login", "dead")] == ["", "HTTP 404", "", "no such name"]


def test_suggestions_come_by_rare_words_not_by_common_ones(requester):
    jam = published(title="打印机卡纸怎么办", tags=["打印机"])
    published(title="怎么办理入职手续", body="入职当天到人力资源部。")
    vpn = published(title="VPN连接失败", title_en="VPN does not connect", body="检查网络。", body_en="Check the network.")
    assert [s.article for s in suggest("三楼的打印机又卡纸了，怎么办", user=requester)] == [jam]
    assert suggest("my vpn connection does not connect", user=requester)[0].article == vpn
    assert suggest("", user=requester) == []
    assert related(jam, user=requester) == []


def test_synonyms_lead_to_the_same(requester, manager):
    jam = published(title="打印机卡纸怎么办")
    assert suggest("printer", user=requester) == []
    keeping.save_synonyms(None, by=acting(manager), words=["printer", "打印机"])
    assert [s.article for s in suggest("printer", user=requester)] == [jam]
    assert asked_for("printer", user=requester) == [jam]
    with pytest.raises(Refused):
        keeping.save_synonyms(None, by=acting(manager), words=["printer", "复印机"])
    assert SynonymGroup.objects.count() == 1


def test_a_changed_category_hides_from_the_search_at_once(requester, manager):
    category = keeping.save_category(None, by=acting(manager), key="open", name="公开")
    published(title="打印机卡纸怎么办", category=category)
    assert search.search("卡纸", user=requester).hits
    keeping.save_category(category, by=acting(manager), key="open", name="公开", audience=Audience.SOME_CUSTOMERS, customers=[CustomerFactory()])
    assert not search.search("卡纸", user=requester).hits


def test_categories_form_no_circle(manager):
    by = acting(manager)
    upper = keeping.save_category(None, by=by, key="a", name="甲")
    lower = keeping.save_category(None, by=by, key="b", name="乙", parent=upper)
    with pytest.raises(Refused):
        keeping.save_category(upper, by=by, key="a", name="甲", parent=lower)


def test_a_draft_is_found_by_no_search(agent, author):
    writing.save_draft(written(author, title="秘密草稿"), by=author, body="zzz")
    assert not search.search("秘密草稿", user=agent).hits
    assert not suggest("秘密草稿", user=agent)


def test_a_suggestion_among_many_articles_costs_a_few_questions_and_finds_the_one(requester, django_assert_max_num_queries):
    """What it costs among ten thousand is measured in bench/."""
    subjects, signs = ["打印机", "邮箱", "网络", "ERP系统", "扫码枪", "投影仪", "考勤机", "VPN"], ["无法启动", "连接超时", "提示错误", "经常断开", "速度很慢"]
    rows = publish_many(f"{subjects[n % 8]}{signs[n % 5]}{n}号{chr(0x4E00 + n)}" for n in range(300))
    asked = f"我的{rows[123].title}，重启后还是不行，请帮忙检查电源和线缆"
    suggest(asked, user=requester)
    with django_assert_max_num_queries(6):
        found = suggest(asked, user=requester)
    assert found[0].article == rows[123]
    assert len(found) <= 5

