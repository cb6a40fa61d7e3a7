"""The sample company's knowledge base: something believable on every page."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from hengwei.knowledge import demo
from hengwei.knowledge.models import Article, ArticleVersion, State, Status, System
from hengwei.org import demo as people

pytestmark = pytest.mark.django_db


def test_the_sample_has_all_states_two_manuals_and_one_overdue_review(department):
    rng, now = random.Random(1), timezone.now()
    people.load(rng, now)
    demo.load(rng, now)
    assert Article.objects.count() >= 40
    assert set(Article.objects.values_list("state", flat=True)) >= {State.DRAFT, State.PUBLISHED, State.SUPERSEDED}
    assert Article.objects.review_overdue(timezone.localdate()).count() == 1
    assert Article.objects.waiting_for_review().count() == 3
    assert Article.objects.exclude(title_en="").count() >= 8
    assert ArticleVersion.objects.filter(number__gte=2, status=Status.PUBLISHED).count() >= 6
    assert Article.objects.published_without_second_person().count() == 1
    assert (System.objects.count(), System.objects.without_manual().count()) == (5, 3)
