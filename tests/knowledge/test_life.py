"""An article's life: written, reviewed by another, published, corrected at once, reviewed again, out of use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from hengwei.core.errors import Conflict, Forbidden, Refused
from hengwei.core.events import _listeners, on
from hengwei.knowledge.actions import review, writing
from hengwei.knowledge.events import ReviewDue
from hengwei.knowledge.jobs import remind
from hengwei.knowledge.models import Article, ArticleVersion, Audience, State, Status
from tests.factories import TUESDAY, UserFactory, acting

from .conftest import published, written

pytestmark = pytest.mark.django_db


def test_a_draft_becomes_public_only_by_another(author, reviewer, requester):
    article = written(author, audience=Audience.EVERYONE)
    assert article.number.startswith("KB-")
    assert not Article.objects.visible_to(requester).exists()
    review.submit(article, by=author)
    with pytest.raises(Forbidden):
        review.publish(article, by=author)
    assert review.publish(article, by=reviewer).state == State.PUBLISHED
    assert Article.objects.visible_to(requester).get() == article


def test_a_reviewer_does_not_publish_what_he_wrote_himself(reviewer, author):
    article = written(reviewer)
    review.submit(article, by=reviewer)
    with pytest.raises(Forbidden):
        review.publish(article, by=reviewer)


def test_nor_what_he_only_edited(author, reviewer):
    article = writing.save_draft(written(author), by=reviewer, body="我改了一个字")
    review.submit(article, by=author)
    with pytest.raises(Forbidden):
        review.publish(article, by=reviewer)


def test_what_is_sent_back_is_kept_and_goes_on_as_a_new_draft(author, reviewer):
    article = written(author)
    review.submit(article, by=author)
    article = review.send_back(article, by=reviewer, reason="缺少图片")
    assert [v.status for v in article.versions.order_by("number")] == [Status.RETURNED, Status.DRAFT]
    assert article.working.body == article.versions.get(number=1).body


def test_a_reason_is_demanded(author, reviewer):
    article = written(author)
    review.submit(article, by=author)
    with pytest.raises(Refused) as refusal:
        review.send_back(article, by=reviewer, reason=" ")
    assert refusal.value.field == "reason"


def test_readers_see_the_published_words_while_new_ones_are_written(author, reviewer):
    article = published(author, reviewer)
    article = writing.save_draft(article, by=author, title="新标题", body="新内容")
    assert article.title == "打印机卡纸怎么办"
    assert "新内容" not in article.published.body
    review.submit(article, by=author)
    article = review.publish(article, by=reviewer)
    assert article.title == "新标题"
    assert article.published.number == 2
    assert article.versions.count() == 2


def test_words_that_were_given_to_review_never_change(author):
    article = written(author)
    review.submit(article, by=author)
    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVersion.objects.filter(article=article).update(body="heimlich geändert")
    with pytest.raises(Refused):
        writing.save_draft(article, by=author, body="x")
    article = review.take_back(article, by=author)
    assert writing.save_draft(article, by=author, body="x").working.body == "x"


def test_two_who_edit_at_once_lose_nothing(author, reviewer):
    article = written(author)
    writing.save_draft(article, by=author, version=1, body="先到")
    with pytest.raises(Conflict):
        writing.save_draft(article, by=reviewer, version=1, body="后到")


def test_an_urgent_correction_goes_out_at_once_and_is_looked_at_by_another(author, reviewer, manager):
    article = published(author, reviewer)
    draft = writing.save_draft(article, by=author, body="还没写完")
    article = review.correct_urgently(draft, by=reviewer, reason="步骤会损坏设备", body="先断电！")
    assert article.published.body == "先断电！"
    assert article.working.body == "还没写完"
    assert list(Article.objects.published_without_second_person()) == [article]
    with pytest.raises(Forbidden):
        review.confirm(article, by=reviewer)
    review.confirm(article, by=acting(manager))
    assert not Article.objects.published_without_second_person().exists()
    with pytest.raises(Forbidden):
        review.correct_urgently(article, by=author, reason="我也要", body="x")


def test_private_data_goes_to_customers_only_when_somebody_says_so(author):
    article = written(author, audience=Audience.EVERYONE, title="VPN", body="打13912345678找李四")
    with pytest.raises(Refused) as refusal:
        review.submit(article, by=author)
    assert refusal.value.code == "private_data"
    review.submit(article, by=author, private_confirmed=True)


def test_colleagues_may_read_private_data(author):
    review.submit(written(author, title="VPN", body="打13912345678找李四", audience=Audience.STAFF), by=author)


def test_reviews_fall_due_are_reminded_of_and_put_off_by_confirming(author, reviewer, agent):
    article = published(author, reviewer, review_days=30)
    on_day = timezone.localdate()
    assert article.next_review_on == on_day + timedelta(days=30)
    heard: list[ReviewDue] = []
    on(ReviewDue)(heard.append)
    now = timezone.now()
    try:
        assert remind(now) == 0
        assert remind(now + timedelta(days=20)) == 1
        assert remind(now + timedelta(days=21)) == 0
        assert remind(now + timedelta(days=31)) == 1
        assert remind(now + timedelta(days=32)) == 0
        assert remind(now + timedelta(days=39)) == 1
    finally:
        _listeners[ReviewDue].remove(heard.append)
    assert [(e.owner_id, e.overdue) for e in heard] == [(agent.pk, False), (agent.pk, True), (agent.pk, True)]
    assert list(Article.objects.review_overdue(on_day + timedelta(days=31))) == [article]
    article = review.confirm(article, by=author, at=now + timedelta(days=31))
    assert not Article.objects.review_overdue(on_day + timedelta(days=31)).exists()


def test_out_of_use_with_a_reason_and_back_again(author, reviewer, requester):
    article, other = published(author, reviewer), published(author, reviewer, title="新版指南")
    with pytest.raises(Forbidden):
        review.archive(article, by=author, reason="旧了")
    article = review.supersede(article, by=reviewer, other=other, reason="设备已更换")
    assert article.superseded_by == other
    assert list(Article.objects.visible_to(requester)) == [other]
    article = review.restore(article, by=reviewer, reason="旧设备还在用")
    assert article.state == State.PUBLISHED
    assert article.is_review_overdue(timezone.localdate() + timedelta(days=1))


def test_a_draft_may_be_archived_by_its_author_and_comes_back_as_a_draft(author, reviewer):
    article = review.archive(written(author), by=author, reason="写重了")
    article = review.restore(article, by=reviewer, reason="没有重")
    assert article.state == State.DRAFT
    assert article.working.status == Status.DRAFT


def test_an_author_does_not_open_a_published_article_to_others(author, reviewer):
    article = published(author, reviewer, audience=Audience.STAFF)
    with pytest.raises(Forbidden):
        writing.set_facts(article, by=author, audience=Audience.EVERYONE)
    assert writing.set_facts(article, by=reviewer, audience=Audience.EVERYONE).audience == Audience.EVERYONE
    assert writing.set_facts(article, by=author, tags=["打印机"]).tags == ["打印机"]


def test_each_language_falls_back_to_the_other():
    article = written(title="中文标题", body="中文", title_en="English title")
    content = article.working.content(chinese=False)
    assert (content.title, content.body, content.other) == ("English title", "中文", True)
    assert not article.working.content(chinese=True).other


def test_the_history_cannot_be_rewritten(author):
    article = written(author, at=TUESDAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        article.changes.update(reason="nie gewesen")


def test_who_may_not_write_does_not_write(department):
    for role in ("requester", "auditor", "security_admin"):
        with pytest.raises(Forbidden):
            written(acting(UserFactory(role=role)))
