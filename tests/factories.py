"""People, customers and work for tests, with only what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory

from hengwei.core.acting import Actor
from hengwei.org.models import Customer, Role, Team, User
from hengwei.work.models import WorkItem

#: A Tuesday, 10:00 in Shanghai: within office hours.
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class CustomerFactory(factory.django.DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    code = factory.Sequence(lambda n: f"C{n:03d}")
    name = factory.Sequence(lambda n: f"客户{n}")


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"李{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@customer.example")

    @factory.post_generation
    def role(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if extracted:
            self.roles.add(Role.objects.get(key=extracted))  # type: ignore[attr-defined]
            if extracted != "requester":
                self.is_agent = True
                self.save(update_fields=["is_agent"])  # type: ignore[attr-defined]


class TeamFactory(factory.django.DjangoModelFactory[Team]):
    class Meta:
        model = Team

    key = factory.Sequence(lambda n: f"team-{n}")
    name = factory.Sequence(lambda n: f"支持{n}组")


def acting(user: User, via: Any = "web") -> Actor:
    """The person, acting."""
    return Actor(user=user, via=via)


def open_incident(*, requester: User, at: datetime = TUESDAY, **facts: Any) -> WorkItem:
    """An incident that the requester reported on the portal."""
    from hengwei.work.actions.intake import open_item

    facts = {"title": "三楼打印机卡纸", "description": "月结单据无法打印，重启后还是E05。", **facts}
    return open_item("incident", by=Actor(user=requester, via="portal"), at=at, **facts)


def hear() -> int:
    """Tell what waits in the outbox, as a worker does; returns how many events that were."""
    from hengwei.core import outbox

    told = 0
    while now := outbox.deliver():
        told += now
    return told
