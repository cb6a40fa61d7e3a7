"""What every test may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from hengwei.org.models import Customer, Team, User

# A slow machine is no failure.
settings.register_profile("hengwei", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hengwei")


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """No test speaks the language of the one before it."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def department(db: None) -> None:
    """A new installation: roles, calendars, the general agreement; nothing remembered from the test before."""
    from hengwei.calendars import models as calendars
    from hengwei.calendars import seed as calendars_seed
    from hengwei.channels.actions import notices, webhooks
    from hengwei.core import search
    from hengwei.flows.automation import engine as automation
    from hengwei.org import policy
    from hengwei.org import seed as org_seed
    from hengwei.work import categories, priorities, routing
    from hengwei.work.actions import helping
    from hengwei.work.clocks import matching
    from hengwei.work.clocks import seed as clocks_seed

    for forget in (helping.forget, categories.forget, priorities.forget, routing.forget, matching.forget, search.forget, automation.forget, webhooks.forget, notices.forget, calendars.compiled.cache_clear):
        forget()
    policy.forget()
    org_seed.install()
    calendars_seed.install()
    clocks_seed.install()


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
