"""Who leaves or is away hands over all that he answers for, in one step, with the list shown before."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from hengwei.desk.models import FollowUp, FollowUpPlan
from hengwei.flows.automation.models import AutomationRule
from hengwei.knowledge.actions import review, writing
from hengwei.knowledge.models import Article, ArticleChange
from hengwei.org import duty
from hengwei.org.actions.duty import hand_over_absence, save_absence
from hengwei.org.actions.people import deactivate, hand_over_all
from hengwei.org.models import Rota, Shift
from hengwei.work.actions import conversation
from hengwei.work.actions.approvals import start_approval
from hengwei.work.actions.assignment import assign
from hengwei.work.models import Agreement, ApprovalVote, Callback, HandOver
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(department):
    return UserFactory(role="manager", name="经理")


@pytest.fixture
def world(agent, lead, requester, team, manager):
    """One of each that the agent answers for."""
    now = timezone.now()
    item = assign(open_incident(requester=requester, team=team), by=acting(agent), owner=agent)
    conversation.log_call(item, by=acting(agent), text="答应回电", inbound=True, callback_at=now + timedelta(hours=2))
    other = assign(open_incident(requester=requester, team=team), by=acting(lead), owner=manager)
    approval = start_approval(other, [{"mode": "any", "approvers": [{"by": "person", "id": agent.pk}]}], by=acting(manager), name="领用")
    HandOver.objects.create(item=other, to_user=agent, question="谁知道？", asked_at=now, business_seconds=3600, due_at=now + timedelta(hours=1))
    FollowUp.objects.create(item=other, owner=agent, customer=requester.customer, reason="severe", due_at=now + timedelta(days=1))
    plan = FollowUpPlan.objects.create(name="月访", occasion="regular", owner_rule="person", owner=agent)
    rule = AutomationRule.objects.create(name="催", trigger="moved", owner=agent, deeds=[])
    soon, late = (
        writing.create_article(by=acting(agent), kind="how_to", title=title, body="步骤", owner=agent) for title in ("月结", "年结"))
    Article.objects.filter(pk=soon.pk).update(next_review_on=timezone.localdate() + timedelta(days=2))
    Article.objects.filter(pk=late.pk).update(next_review_on=timezone.localdate() + timedelta(days=200))
    rota = Rota.objects.create(name="夜班", team=team)
    shift = Shift.objects.create(rota=rota, user=agent, first_day=timezone.localdate() - timedelta(days=30), starts=time(0), minutes=24 * 60, rule="FREQ=DAILY")
    agreement = Agreement.objects.first()
    Agreement.objects.filter(pk=agreement.pk).update(owner=agent)
    return {"item": item, "approval": approval, "soon": soon, "late": late, "plan": plan, "rule": rule, "shift": shift, "agreement": agreement, "team": team}


def test_who_leaves_gives_all_of_it(world, agent, lead, manager):
    deactivate(agent, by=acting(manager), deputy=lead)
    for key in ("item", "soon", "late", "plan", "rule", "agreement"):
        world[key].refresh_from_db()
        assert world[key].owner == lead, key
    assert Callback.objects.get().owner == lead
    assert HandOver.objects.get().to_user == lead
    assert FollowUp.objects.filter(done_at=None, owner=agent).count() == 0
    assert ApprovalVote.objects.get(user=lead).state == "open"
    assert ApprovalVote.objects.get(user=agent).state == "handed_on"
    assert ArticleChange.objects.filter(article=world["late"], details__changes__owner=[agent.name, lead.name]).exists()
    # His turns of the past stay his, those to come are the other's, without a gap.
    coming = timezone.now() + timedelta(days=3)
    assert duty.on_duty(world["team"], coming) == [lead]
    assert {s.user_id for s in Shift.objects.all()} == {agent.pk, lead.pk}


def test_who_is_away_gives_what_falls_due_before_he_is_back(world, agent, lead):
    absence = save_absence(by=acting(agent), user=agent, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=7), deputy=lead)
    hand_over_absence(absence, by=acting(agent))
    for key, owner in (("item", lead), ("soon", lead), ("late", agent), ("plan", agent), ("rule", agent), ("agreement", agent)):
        world[key].refresh_from_db()
        assert world[key].owner == owner, key
    assert FollowUp.objects.get(done_at=None).owner == lead
    assert {s.user_id for s in Shift.objects.all()} == {agent.pk}


def test_what_the_other_may_not_take_stays_and_is_named(world, agent, manager):
    # The manager asked for the approval himself.
    handed = hand_over_all(agent, by=acting(manager), deputy=manager)
    assert [row.pk for row, _why in handed.stayed] == [ApprovalVote.objects.get(user=agent).pk]
    world["item"].refresh_from_db()
    assert world["item"].owner == manager


def test_the_list_is_shown_before_on_the_page_and_by_the_api(client, world, agent, lead, manager):
    client.force_login(manager)
    page = client.get(f"/org/people/{agent.pk}").content.decode()
    assert world["late"].number in page
    assert "待其审批" in page
    titles = {row["title"]: row["count"] for row in client.get(f"/api/v1/org/people/{agent.pk}/holdings").json()}
    assert len(titles) >= 9
    absence = save_absence(by=acting(agent), user=agent, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=7), deputy=lead)
    client.force_login(agent)
    page = client.get(f"/org/absences/{absence.pk}").content.decode()
    assert world["soon"].number in page
    assert world["late"].number not in page
    stranger = UserFactory()
    client.force_login(stranger)
    assert client.get(f"/api/v1/org/people/{agent.pk}/holdings").status_code == 404


def test_a_review_that_was_asked_of_him_goes_to_one_who_may(agent, lead, manager):
    article, other = (writing.create_article(by=acting(author), kind="how_to", title="打印", body="步骤") for author in (agent, manager))
    for one, author in ((article, agent), (other, manager)):
        review.submit(one, by=acting(author), asked=lead)
    hand_over_all(lead, by=acting(manager), deputy=manager)
    article.refresh_from_db()
    other.refresh_from_db()
    assert article.working.asked == manager
    # What he wrote himself he does not review: nobody in particular is asked.
    assert other.working.asked is None


def test_who_has_left_without_naming_anybody_still_hands_over_by_a_click(client, world, agent, lead, manager):
    deactivate(agent, by=acting(manager))
    client.force_login(manager)
    answer = client.post(f"/org/people/{agent.pk}/do/hand_over", {"deputy": lead.pk}, follow=True)
    assert answer.status_code == 200
    world["item"].refresh_from_db()
    assert world["item"].owner == lead
