"""What satisfaction, complaints and care for customers prove (A9 to A12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengwei.desk.models import FollowUp, Rating
from hengwei.org.models import Customer, Team
from hengwei.work.models import Category, Entry, WorkItem
from tests.factories import CustomerFactory, UserFactory, acting

from ..conftest import NOVEMBER, NOW
from . import Steps, case, complies, edge, fails, nobody, outside, past
from .world import World, key

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@case("desk.response_rate", days=1)
def response_rate(w: World) -> Steps:
    def closed(at: datetime, *, rated: bool) -> str:
        item = w.closed(at)
        if rated:
            Rating.objects.create(item=item, score=5, by=w.requester, at=NOW)
        return key(item)

    yield nobody()
    yield complies(closed(NOW - 2 * DAY, rated=True))
    yield fails(closed(NOW - 2 * DAY, rated=False))
    yield edge(closed(NOW - DAY - SECOND, rated=True))
    yield past(closed(NOW - DAY - SECOND, rated=False))
    yield outside(closed(NOW - DAY, rated=False))


@case("desk.score", score=4)
def score(w: World) -> Steps:
    def rated(score: int) -> str:
        item = w.closed()
        Rating.objects.create(item=item, score=score, at=w.ago(3))
        return key(item)

    yield nobody()
    yield complies(rated(5))
    yield fails(rated(1))
    yield edge(rated(4))
    yield past(rated(3))


@case("desk.low_scores_followed_up", days=3)
def low_scores_followed_up(w: World) -> Steps:
    def low(rated: datetime, called: datetime | None, score: int = 1) -> str:
        item = w.closed(rated - DAY)
        Rating.objects.create(item=item, score=score, at=rated)
        if called is not None:
            FollowUp.objects.create(item=item, reason="低分回访", due_at=NOW, done_at=called, result="致电")
        return key(item)

    week = NOW - 8 * DAY
    yield nobody()
    yield complies(low(week, week + DAY))
    yield fails(low(week, None))
    yield edge(low(week, week + 3 * DAY))
    yield past(low(week, week + 3 * DAY + SECOND))
    yield outside(low(NOW - 3 * DAY, None))
    yield outside(low(week, None, score=3))


@case("desk.complaints_answered", hours=2)
def complaints_answered(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.item(200, kind="complaint", responded_at=w.ago(150))))
    yield fails(key(w.item(200, kind="complaint")))
    yield edge(key(w.item(200, kind="complaint", responded_at=w.ago(80))))
    yield past(key(w.item(200, kind="complaint", responded_at=w.ago(80) + SECOND)))
    yield outside(key(w.item(120, kind="complaint")))


@case("desk.complaints_consent")
def complaints_consent(w: World) -> Steps:
    def closed(at: datetime, **facts: object) -> WorkItem:
        from hengwei.desk.models import Complaint

        item = w.item(received_at=at - DAY, kind="complaint", phase="closed", state="closed", closed_at=at)
        Complaint.objects.filter(pk=item.pk).update(**facts)
        return item

    consent = {"consent_at": w.ago(30), "consent": "电话同意"}
    yield nobody()
    yield complies(key(closed(w.ago(5), **consent)))
    yield fails(key(closed(w.ago(5), consent="")))
    by_requester = closed(w.ago(5), consent="")
    Entry.objects.create(item=by_requester, kind="transition", author=w.requester, details={"after": "closed"}, happened_at=w.ago(5))
    yield complies(key(by_requester))
    yield edge(key(closed(NOVEMBER.start, **consent)))
    yield outside(key(closed(NOVEMBER.start - SECOND, consent="")))


@case("desk.complaints_owned")
def complaints_owned(w: World) -> Steps:
    deputy = UserFactory(role="agent", name="副组长")
    Team.objects.filter(pk=w.team.pk).update(deputy=deputy)
    yield nobody()
    yield complies(key(w.item(kind="complaint", owner=w.lead)))
    yield complies(key(w.item(kind="complaint", owner=deputy)))
    yield fails(key(w.item(kind="complaint", owner=w.agent)))
    yield fails(key(w.item(kind="complaint", owner=None)))
    yield edge(key(w.item(kind="complaint", received_at=NOVEMBER.start, owner=w.lead)))
    yield outside(key(w.item(kind="complaint", received_at=NOVEMBER.start - SECOND, owner=w.agent)))


@case("desk.customers_contacted", days=30)
def customers_contacted(w: World) -> Steps:
    def company(called: datetime | None) -> str:
        made = CustomerFactory(kind=Customer.Kind.COMPANY)
        Customer.objects.filter(pk=made.pk).update(created_at=NOW - 400 * DAY)
        if called is not None:
            FollowUp.objects.create(customer=made, reason="走访", due_at=NOW, done_at=called, result="良好")
        return key(made, "customer")

    Customer.objects.filter(pk=w.customer.pk).update(kind=Customer.Kind.DEPARTMENT)
    yield nobody()
    yield complies(company(NOW - DAY))
    yield fails(company(None))
    yield edge(company(NOW - 30 * DAY))
    yield past(company(NOW - 30 * DAY - SECOND))


@case("desk.follow_ups_done", days=1)
def follow_ups_done(w: World) -> Steps:
    def call(due: datetime, done: datetime | None) -> str:
        return key(FollowUp.objects.create(reason="回访", owner=w.agent, due_at=due, done_at=done, result="好" if done else ""), "follow_up")

    due = NOW - 3 * DAY
    yield nobody()
    yield complies(call(due, due))
    yield fails(call(due, None))
    yield edge(call(due, due + DAY))
    yield past(call(due, due + DAY + SECOND))
    yield outside(call(NOW - DAY, None))


@case("desk.recurring_analysed", times=3)
def recurring_analysed(w: World) -> Steps:
    from hengwei.work.actions.intake import open_item

    def recurring(name: str, times: int, *, problem: bool) -> str:
        category = Category.objects.create(key=name, name=name)
        for _ in range(times):
            w.item(category=category)
        if problem:
            open_item("problem", title="反复中断", by=acting(w.agent), category=category, at=w.ago(5))
        return key(category, "category")

    yield nobody()
    yield complies(recurring("printer", 4, problem=True))
    yield fails(recurring("network", 5, problem=False))
    yield outside(recurring("phone", 2, problem=False))
    yield past(recurring("mail", 3, problem=False))
