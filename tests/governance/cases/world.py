"""What cases are made of: a department with its people, and records as if they had come about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hengwei.org.models import Customer, Team, User
from hengwei.work.models import Clock, WorkItem
from tests.factories import UserFactory, acting, open_incident

from ..conftest import NOW


def key(record: Any, name: str = "item") -> str:
    """How an exception names a record."""
    return f"{name}:{record.pk}"


class World:
    """One requester, one agent, one lead and their team."""

    def __init__(self, *, requester: User, agent: User, lead: User, team: Team, customer: Customer):
        self.requester, self.agent, self.lead, self.team, self.customer = requester, agent, lead, team, customer

    @staticmethod
    def ago(minutes: float = 0, **span: float) -> datetime:
        """A moment before now."""
        return NOW - timedelta(minutes=minutes, **span)

    def incident(self, minutes: float = 60, *, received_at: datetime | None = None, **facts: Any) -> str:
        """An incident recorded so many minutes ago; its key."""
        return key(self.item(minutes, received_at=received_at, **facts))

    def item(self, minutes: float = 60, *, kind: str = "incident", received_at: datetime | None = None, **facts: Any) -> WorkItem:
        """The same, or another kind of work, as a record."""
        from hengwei.work.actions.intake import open_item

        at = received_at or self.ago(minutes)
        asked = facts.pop("by", self.requester)
        if kind == "incident":
            made = open_incident(requester=asked, at=at, automatic=False, team=self.team)
        else:
            made = open_item(kind, title="不满意", description="一直没有人联系", by=acting(asked, "portal"), at=at, automatic=False, team=self.team)
        if facts:
            type(made).objects.filter(pk=made.pk).update(**facts)
            made.refresh_from_db()
        return made

    def closed(self, at: datetime | None = None, **facts: Any) -> WorkItem:
        """A closed incident; its key is made of it."""
        ended = at or self.ago(5)
        whole = {"cause": "磨损", "solution": "更换搓纸轮", "told_at": ended, "closure": "solved", **facts}
        return self.item(received_at=ended - timedelta(days=1), phase="closed", state="closed", closed_at=ended, resolved_at=ended, **whole)

    def resolved(self, at: datetime | None = None, **facts: Any) -> WorkItem:
        """An incident that was resolved."""
        ended = at or self.ago(5)
        return self.item(received_at=ended - timedelta(days=1), phase="resolved", state="resolved", resolved_at=ended, **facts)

    def clock(self, measure: str = "resolution", minutes: float = 180, **facts: Any) -> Clock:
        """The only clock of a new incident, of one measure."""
        item = self.item(minutes)
        item.clocks.exclude(pk=item.clocks.earliest("pk").pk).delete()
        item.clocks.update(measure=measure, **facts)
        return item.clocks.get()

    def stranger(self, **facts: Any) -> User:
        """Another requester."""
        return UserFactory(role="requester", customer=self.customer, **facts)
