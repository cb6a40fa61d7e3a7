"""Articles for tests, as their authors and reviewers would bring them about."""

from __future__ import annotations

from typing import Any

import pytest

from hengwei.core.acting import SYSTEM
from hengwei.knowledge.actions import review, writing
from hengwei.knowledge.models import Article, Audience
from hengwei.org.models import Customer
from tests.factories import CustomerFactory, UserFactory, acting

#: What most tests do not care about.
WORDS = {"title": "打印机卡纸怎么办", "summary": "打开后盖，取出纸张", "body": "## 现象\n\n卡纸，报E05。\n\n## 办法\n\n打开后盖，取出纸张。"}


def written(by: Any = SYSTEM, **facts: Any) -> Article:
    """A draft."""
    words = dict(WORDS) if not {"title", "title_en"} & set(facts) else {"body": WORDS["body"]}
    return writing.create_article(by=by, **{**words, **facts})


def published(by: Any = SYSTEM, reviewer: Any = SYSTEM, **facts: Any) -> Article:
    """An article that readers see."""
    facts.setdefault("audience", Audience.EVERYONE)
    article = written(by, **facts)
    review.submit(article, by=by, private_confirmed=True)
    return review.publish(article, by=reviewer)


@pytest.fixture
def author(agent):
    return acting(agent)


@pytest.fixture
def reviewer(lead):
    return acting(lead)


@pytest.fixture
def manager(department):
    return UserFactory(name="杨经理", role="manager")


@pytest.fixture
def outsider(department):
    """Somebody of a company outside."""
    return UserFactory(name="周工", customer=CustomerFactory(name="华东机电", kind=Customer.Kind.COMPANY), role="requester")


@pytest.fixture
def customer(department):
    """A department of our own."""
    return CustomerFactory(name="财务部", kind=Customer.Kind.DEPARTMENT)
