"""What every test may use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from hengwei.org.models import Customer, Team, User

# A slow machine is no failure.
settings.register_profile("hengwei", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hengwei")
#: A file with more tests than this is a large one.
LARGE = 12


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both-languages", action="store_true", help="Make every walk in a browser in both languages, not only the main job.")


def pytest_configure(config: pytest.Config) -> None:
    """Files are handed to the workers in the order below, not those with most tests first."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Large files first, then the walks in a browser, for which the sample company is loaded meanwhile, then small files: the workers end together."""
    sizes = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        size = sizes[item.path]
        walks = item.get_closest_marker("browser") is not None
        return (1 if walks else 0 if size > LARGE else 2), -size, str(item.path)

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """No test speaks the language of the one before it."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def department(db: None) -> None:
    """A new installation: roles, calendars, the general agreement; nothing remembered from the test before."""
    from hengwei.calendars import models as calendars
    from hengwei.channels.actions import notices, webhooks
    from hengwei.core import search
    from hengwei.flows.automation import engine as automation
    from hengwei.org import policy
    from hengwei.work import categories, priorities, routing
    from hengwei.work.actions import helping
    from hengwei.work.clocks import matching
    from tests import seeded

    for forget in (helping.forget, categories.forget, priorities.forget, routing.forget, matching.forget, search.forget, automation.forget, webhooks.forget, notices.forget, calendars.compiled.cache_clear):
        forget()
    policy.forget()
    seeded.install()


@pytest.fixture
def customer(department: None) -> Customer:
    from tests.factories import CustomerFactory

    return CustomerFactory(name="财务部")


@pytest.fixture
def requester(customer: Customer) -> User:
    from tests.factories import UserFactory

    return UserFactory(name="李倩", customer=customer, role="requester")


@pytest.fixture
def agent(department: None) -> User:
    from tests.factories import UserFactory

    return UserFactory(name="王敏", role="agent")


@pytest.fixture
def lead(department: None) -> User:
    from tests.factories import UserFactory

    return UserFactory(name="陈组长", role="lead")


@pytest.fixture
def team(agent: User, lead: User) -> Team:
    from hengwei.org.models import Membership
    from tests.factories import TeamFactory

    team = TeamFactory(name="IT支持组", lead=lead)
    Membership.objects.create(team=team, user=agent)
    return team
