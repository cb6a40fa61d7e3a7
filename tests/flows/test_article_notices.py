"""Who is told what happens to articles and regulations, in his language, with the way to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from hengwei.channels.models import Notice
from hengwei.channels.notice_words import sentence
from hengwei.core.acting import Actor
from hengwei.core.events import emit
from hengwei.knowledge.actions.review import send_back, submit
from hengwei.knowledge.actions.writing import create_article
from hengwei.knowledge.events import ReviewDue
from tests.factories import TUESDAY, UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(agent):
    return create_article(by=acting(agent), title="VPN连不上怎么办", body="先检查网络。", at=TUESDAY)


def test_the_reviewer_and_then_the_author_are_told(article, agent, lead):
    article = submit(article, by=acting(agent), asked=lead, at=TUESDAY)
    told = Notice.objects.get(user=lead)
    assert (told.event, told.params["url"]) == ("article", article.get_absolute_url())
    send_back(article, by=acting(lead), reason="缺少截图", at=TUESDAY + timedelta(hours=1))
    assert "缺少截图" in Notice.objects.get(user=agent).params["reason"]["zh-hans"]


def test_a_notice_leads_to_what_it_is_about(article, agent, lead):
    submit(article, by=acting(agent), asked=lead, at=TUESDAY)
    client = Client()
    client.force_login(lead)
    shown = client.get("/notices").content.decode()
    assert "VPN连不上怎么办" in shown
    assert client.get(f"/notices/{Notice.objects.get(user=lead).pk}")["Location"] == article.get_absolute_url()


def test_an_overdue_review_is_said_in_the_keepers_language(article, department):
    keeper = UserFactory(role="lead", language="en")
    emit(ReviewDue(article_id=article.pk, owner_id=keeper.pk, overdue=True, actor=Actor(), at=TUESDAY))
    notice = Notice.objects.get(user=keeper)
    for language, said in (("en", "its day has passed"), ("zh-hans", "已逾期")):
        with translation.override(language):
            assert said in sentence(notice.event, notice.params)[1]
