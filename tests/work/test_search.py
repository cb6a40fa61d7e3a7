"""Finding work: words of both languages, misspelt ones, and nothing that one may not see."""

from __future__ import annotations

import pytest

from hengwei.core import search
from hengwei.core.search import learn_words
from hengwei.work.actions import conversation
from hengwei.work.jobs import reindex_item
from hengwei.work.models import WorkItem
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(requester, team):
    for number in range(8):
        open_incident(requester=requester, team=team, title=f"Printer on floor {number} jams", description="打印机卡纸，重启后还是E05")
    return open_incident(requester=requester, team=team, title="VPN连不上", description="提示证书过期 certificate expired")


def titles(text, user):
    return [hit.title.split(" ", 1)[1] for hit in search.search(text, user=user).hits]


def test_a_frequent_and_a_rare_word_newest_first(items, agent):
    assert titles("printer", agent) == [f"Printer on floor {n} jams" for n in range(7, -1, -1)]
    assert titles("证书过期", agent) == ["VPN连不上"]
    assert titles("certificates", agent) == ["VPN连不上"]


def test_a_word_that_is_nowhere_finds_nothing_and_breaks_nothing(items, agent):
    assert titles("xylophone", agent) == []
    assert titles("不存在的词", agent) == []


def test_a_misspelt_word_finds_what_was_meant_and_says_so(items, agent):
    assert learn_words() > 5
    found = search.search("printr", user=agent)
    assert len(found.hits) == 8
    assert found.instead.startswith("print")


def test_internal_words_are_found_and_suggested_to_nobody_outside(items, agent, requester):
    item = WorkItem.objects.get(pk=items.pk)
    conversation.note(item, by=acting(agent), text="suspect sabotage")
    reindex_item.func(item_id=item.pk)
    learn_words()
    assert titles("sabotage", agent) == ["VPN连不上"]
    assert titles("sabotage", requester) == []
    assert search.search("sabotag", user=requester).instead == ""


def test_pages_follow_each_other_without_gap(items, agent):
    first = search.search("printer", user=agent, limit=3)
    rest = search.search("printer", user=agent, limit=10, cursor=first.cursor)
    assert [h.title[-7:] for h in (*first.hits, *rest.hits)] == [f" {n} jams" for n in range(7, -1, -1)]


def test_another_customers_words_are_not_found(items):
    assert titles("printer", UserFactory(role="requester")) == []
