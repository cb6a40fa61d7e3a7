"""Survey campaigns: asked, reminded once, answered once; anonymous ones keep nothing that leads to a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.events import _listeners
from hengwei.desk.actions import surveys
from hengwei.desk.actions.catalogue import Unanswered
from hengwei.desk.events import SurveySent
from hengwei.desk.models import Answer, FollowUp, Invitation
from hengwei.desk.survey_results import results_of
from hengwei.work.actions import progress
from hengwei.work.models import Category, WorkItem
from tests.factories import TUESDAY, CustomerFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
QUESTIONS = [
    {"key": "overall", "type": "csat", "label": "总体满意度", "required": True}, {"key": "again", "type": "nps", "label": "会推荐吗"}, {"key": "words", "type": "text", "label": "想说的话"},
]


@pytest.fixture
def heard(monkeypatch):
    events = []
    monkeypatch.setitem(_listeners, SurveySent, [events.append])
    return events


def _campaign(lead, customers=(), teams=(), **facts):
    return surveys.save_campaign(None, by=acting(lead), customers=customers, teams=teams, **{"name": "季度满意度", "questions": QUESTIONS, "ends_at": TUESDAY + timedelta(days=14), **facts})


def test_only_those_it_is_meant_for_are_asked(lead, requester, customer, team, agent):
    UserFactory(role="requester", customer=CustomerFactory())
    UserFactory(role="requester", customer=customer, email="")
    UserFactory(role="requester", customer=customer, mail_blocked_at=TUESDAY)
    assert list(surveys.audience(_campaign(lead, customers=[customer]))) == [requester]
    served = _campaign(lead, teams=[team], served_from=date(2026, 11, 1), served_until=date(2026, 11, 24))
    assert list(surveys.audience(served)) == []
    item = open_incident(requester=requester, team=team, category=Category.objects.create(key="p", name="打印机"))
    progress.resolve(WorkItem.objects.get(pk=item.pk), by=acting(agent), solution="s", cause="c", at=TUESDAY)
    assert list(surveys.audience(served)) == [requester]
    with pytest.raises(Forbidden):
        _campaign(agent)


def test_a_survey_is_sent_once_reminded_once_and_answered_once(lead, requester, customer, heard):
    campaign = _campaign(lead, customers=[customer])
    surveys.start(campaign, by=acting(lead), at=TUESDAY)
    with pytest.raises(Refused):
        surveys.start(campaign, by=acting(lead), at=TUESDAY)
    with pytest.raises(Refused):
        surveys.save_campaign(campaign.__class__.objects.get(), by=acting(lead), questions=QUESTIONS[:1])
    invitation = Invitation.objects.get()
    assert surveys.remind(TUESDAY + timedelta(days=4)) == 0
    assert surveys.remind(TUESDAY + timedelta(days=5)) == 1
    assert surveys.remind(TUESDAY + timedelta(days=6)) == 0
    assert [(event.again, event.invitation_ids) for event in heard] == [(False, (invitation.pk,)), (True, (invitation.pk,))]
    found, same, ticket = surveys.of_link(surveys.link_of(campaign, invitation))
    assert (found, same, ticket) == (campaign, invitation, "")
    with pytest.raises(Unanswered):
        surveys.answer(found, {"again": "3"}, invitation=same, at=TUESDAY)
    surveys.answer(found, {"overall": "5", "again": "9", "words": "不错"}, invitation=same, at=TUESDAY)
    with pytest.raises(Refused):
        surveys.answer(found, {"overall": "1"}, invitation=Invitation.objects.get(), at=TUESDAY)
    results = results_of(campaign)
    assert (results.asked, results.answered, results.rate) == (1, 1, 1.0)
    assert results.groups["customer"][0].label == "财务部"
    assert not surveys.waiting_for(requester, TUESDAY).exists()


def test_a_low_score_owes_a_follow_up(lead, requester, customer, team):
    customer.default_team = team
    customer.save()
    campaign = surveys.start(_campaign(lead, customers=[customer]), by=acting(lead), at=TUESDAY)
    surveys.answer(campaign, {"overall": "2"}, invitation=Invitation.objects.get(), at=TUESDAY)
    owed = FollowUp.objects.get()
    assert (owed.person, owed.customer, owed.owner) == (requester, customer, lead)
    with translation.override("zh-hans"):
        chinese = owed.why
    with translation.override("en"):
        assert chinese != owed.why and owed.why.endswith(": rated 2 of 5")


def test_an_anonymous_answer_leads_to_nobody(lead, customer, requester, heard):
    people = [UserFactory(role="requester", customer=customer) for _n in range(5)]
    campaign = surveys.start(_campaign(lead, customers=[customer], anonymous=True), by=acting(lead), at=TUESDAY)
    assert not Invitation.objects.exclude(team=None, category=None, served_by=None).exists()
    links = {surveys.link_of(campaign, invitation) for invitation in Invitation.objects.all()}
    assert len(links) == 6
    before = list(Invitation.objects.order_by("pk").values())
    for n, link in enumerate(sorted(links)[:4]):
        found, invitation, ticket = surveys.of_link(link)
        assert invitation is None
        surveys.answer(found, {"overall": "1"}, invitation=None, ticket=ticket, at=TUESDAY + timedelta(hours=n))
        with pytest.raises(Refused):
            surveys.answer(found, {"overall": "5"}, invitation=None, ticket=ticket, at=TUESDAY)
    assert results_of(campaign).withheld
    assert results_of(campaign).figures == []
    _c, _i, ticket = surveys.of_link(sorted(links)[4])
    surveys.answer(campaign, {"overall": "1"}, invitation=None, ticket=ticket, at=TUESDAY)
    results = results_of(campaign)
    assert (results.withheld, results.answered, results.groups) == (False, 5, {})
    # Nothing of the invited has changed, nothing of the answers names them, and the day is all that is known of the time.
    assert list(Invitation.objects.order_by("pk").values()) == before
    assert set(Answer.objects.values_list("invitation", "on").distinct()) == {(None, date(2026, 11, 24))}
    assert FollowUp.objects.count() == 0
    assert not surveys.waiting_for(people[0], TUESDAY).exists()
    # Those who answered are not known: the reminder goes to all, and brings no second link.
    assert surveys.remind(TUESDAY + timedelta(days=5)) == 6
    assert not Invitation.objects.exclude(reminded_at=None).exists()


def test_a_forged_link_and_a_survey_that_is_over_are_refused(lead, requester, customer):
    campaign = surveys.start(_campaign(lead, customers=[customer]), by=acting(lead), at=TUESDAY)
    with pytest.raises(NotFound):
        surveys.of_link("forged")
    invitation = Invitation.objects.get()
    with pytest.raises(Refused):
        surveys.answer(campaign, {"overall": "5"}, invitation=invitation, at=TUESDAY + timedelta(days=15))
    assert surveys.end_what_is_over(TUESDAY + timedelta(days=15)) == 1
    campaign.refresh_from_db()
    assert campaign.state == "ended"


def test_an_improvement_comes_of_the_results(lead, customer):
    campaign = _campaign(lead, customers=[customer])
    assert surveys.suggest_from(campaign, by=acting(lead), title="缩短电话等待").kind == "suggestion"


def test_nobody_is_asked_for_a_verdict_too_often(requester, team):
    from hengwei.desk.actions.satisfaction import ask_for_verdict

    first, second, third = (open_incident(requester=requester, team=team) for _n in range(3))
    assert ask_for_verdict(first, TUESDAY)
    assert ask_for_verdict(first, TUESDAY + timedelta(hours=1))
    assert not ask_for_verdict(second, TUESDAY + timedelta(days=6))
    assert ask_for_verdict(third, TUESDAY + timedelta(days=8))
