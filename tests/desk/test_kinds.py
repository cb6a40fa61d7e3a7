"""What each kind of work adds: problems with their incidents, changes with plan and freeze, complaints with consent, suggestions, major incidents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.core.errors import Forbidden, Refused
from hengwei.desk.actions import changes, complaints, majors, problems, suggestions
from hengwei.desk.models import Change, Complaint, Freeze, Incident, Problem, Suggestion
from hengwei.org.models import Customer
from hengwei.work.actions import progress
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.relations import set_parent
from hengwei.work.actions.steps import make_step
from hengwei.work.models import Category, Entry, WorkItem
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def category(db):
    return Category.objects.create(key="printer", name="打印机")


@pytest.fixture
def incident(requester, team, category):
    return open_incident(requester=requester, team=team, category=category)


# --- problems ----------------------------------------------------------------------------------------------------


def test_incidents_are_gathered_under_a_problem_and_all_hear_of_it(incident, requester, team, category, agent):
    other = open_incident(requester=UserFactory(role="requester"), team=team, category=category)
    problem = problems.open_problem([incident, other], by=acting(agent), at=TUESDAY)
    assert set(Problem.objects.get(pk=problem.pk).incidents.all()) == {Incident.objects.get(pk=incident.pk), Incident.objects.get(pk=other.pk)}
    assert (problem.owner, problem.category) == (agent, category)
    problems.describe(problem, by=acting(agent), workaround="先用二楼的打印机", at=TUESDAY)
    assert problems.tell_incidents(problem, by=acting(agent), text="请先用二楼的打印机。", at=TUESDAY) == (2, [])
    assert incident.entries.filter(kind=Entry.Kind.MESSAGE_OUT, public=True).get().text == "请先用二楼的打印机。"
    assert "先用二楼的打印机" in str(problem.entries.filter(kind=Entry.Kind.CHANGE).last().details)


def test_a_known_error_remembers_since_when(agent, team):
    problem = open_item("problem", title="驱动版本不兼容", by=acting(agent), team=team, owner=agent, at=TUESDAY)
    make_step(problem, "start", by=acting(agent))
    make_step(WorkItem.objects.get(pk=problem.pk), "know", by=acting(agent), cause="驱动2.1有缺陷")
    own = Problem.objects.get(pk=problem.pk)
    assert own.known_error_at is not None
    assert own.root_cause == "驱动2.1有缺陷"


def test_a_requester_cannot_touch_a_problem(agent, requester, team):
    problem = open_item("problem", title="x", by=acting(agent), team=team, at=TUESDAY)
    with pytest.raises(Forbidden):
        problems.describe(problem, by=acting(requester, "portal"), workaround="x")


# --- changes -----------------------------------------------------------------------------------------------------


@pytest.fixture
def change(agent, team):
    made = open_item("change", title="升级ERP数据库", by=acting(agent), team=team, owner=agent, at=TUESDAY)
    make_step(made, "plan", by=acting(agent))
    return WorkItem.objects.get(pk=made.pk)


def _planned(change, agent, start=TUESDAY + timedelta(days=2), hours=4, systems=("ERP",)):
    return changes.plan(
        change, by=acting(agent), plan="停服务，升级，验证", back_out="恢复快照", planned_start=start, planned_end=start + timedelta(hours=hours), systems=list(systems), risk="high")


def test_a_change_is_not_submitted_before_its_plan_is_whole(change, agent):
    with pytest.raises(Refused) as refusal:
        make_step(change, "submit", by=acting(agent))
    assert refusal.value.code == "missing"
    _planned(change, agent)
    make_step(WorkItem.objects.get(pk=change.pk), "submit", by=acting(agent))
    assert WorkItem.objects.get(pk=change.pk).state == "approval"
    with pytest.raises(Refused):
        changes.plan(WorkItem.objects.get(pk=change.pk), by=acting(agent), plan="另一个方案")


def test_nothing_is_changed_in_a_freeze_and_shared_systems_collide(change, agent, lead, team):
    own = _planned(change, agent)
    other = open_item("change", title="更换ERP证书", by=acting(agent), team=team, at=TUESDAY)
    _planned(other, agent, start=TUESDAY + timedelta(days=2, hours=3), systems=("erp", "OA"))
    hits = changes.collisions_of(own)
    assert [(hit.other, hit.systems) for hit in hits] == [(other.number, ("ERP",))]
    with pytest.raises(Forbidden):
        changes.save_freeze(None, by=acting(agent), name="月结", starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=7))
    freeze = changes.save_freeze(None, by=acting(lead), name="月结", starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=7), systems=["ERP"])
    with pytest.raises(Refused) as refusal:
        make_step(change, "submit", by=acting(agent))
    assert refusal.value.code == "frozen"
    changes.lift_freeze(freeze, by=acting(lead), at=TUESDAY + timedelta(days=1))
    assert Freeze.objects.get().ends_at == TUESDAY + timedelta(days=1)
    make_step(WorkItem.objects.get(pk=change.pk), "submit", by=acting(agent))


def test_an_end_before_the_start_is_refused(change, agent):
    with pytest.raises(Refused):
        changes.plan(change, by=acting(agent), planned_start=TUESDAY, planned_end=TUESDAY - timedelta(hours=1))
    assert Change.objects.get(pk=change.pk).planned_start is None


# --- complaints --------------------------------------------------------------------------------------------------


@pytest.fixture
def deputy(team):
    team.deputy = UserFactory(name="副组长", role="lead")
    team.save()
    return team.deputy


@pytest.fixture
def complaint(requester, team, deputy, category):
    return open_item("complaint", title="一直没人回电", by=acting(requester, "portal"), team=team, category=category, at=TUESDAY)


def test_a_complaint_is_the_deputy_leads_and_never_the_one_it_is_about(complaint, deputy, lead, agent):
    assert WorkItem.objects.get(pk=complaint.pk).owner == deputy
    complaints.examine(complaint, by=acting(lead), about_person=deputy, cause_kind="attitude", justified=True)
    own = Complaint.objects.get(pk=complaint.pk)
    assert own.owner == lead
    assert (own.cause_kind, own.justified) == ("attitude", True)
    told = own.entries.filter(kind=Entry.Kind.CHANGE).last().details["changes"]
    assert (told["cause_kind"][1], told["justified"][1]) == ("服务态度", "是")
    with pytest.raises(Refused):
        complaints.examine(complaint, by=acting(lead), cause_kind="weather")


def test_it_goes_to_the_deputy_of_the_team_it_is_about(complaint, lead):
    from tests.factories import TeamFactory

    elsewhere = UserFactory(name="运维副组长", role="lead")
    complaints.examine(complaint, by=acting(lead), about_team=TeamFactory(name="运维组", deputy=elsewhere))
    assert WorkItem.objects.get(pk=complaint.pk).owner == elsewhere


def test_consent_is_on_record_when_a_complaint_is_closed(complaint, lead, requester):
    make_step(complaint, "start", by=acting(lead))
    progress.resolve(WorkItem.objects.get(pk=complaint.pk), by=acting(lead), solution="已致歉并安排专人", cause="漏接电话")
    with pytest.raises(Refused):
        progress.close(WorkItem.objects.get(pk=complaint.pk), by=acting(lead))
    progress.close(WorkItem.objects.get(pk=complaint.pk), by=acting(requester, "portal"), comment="可以，谢谢")
    own = Complaint.objects.get(pk=complaint.pk)
    assert (own.consent, own.consent_by) == ("可以，谢谢", requester)
    assert own.consent_at is not None


def test_consent_given_on_the_telephone_is_written_down(complaint, lead):
    with pytest.raises(Refused):
        complaints.record_consent(complaint, by=acting(lead), words=" ")
    own = complaints.record_consent(complaint, by=acting(lead), words="11月24日电话中同意", at=TUESDAY)
    assert (own.consent, own.consent_by, own.consent_at) == ("11月24日电话中同意", lead, TUESDAY)


def test_colleagues_see_each_others_requests_where_their_customer_allows_it_but_no_complaint(complaint, incident, requester, customer):
    colleague = UserFactory(role="requester", customer=customer)
    stranger = UserFactory(role="requester", customer=customer, verified=False)
    assert not incident.visible_to(colleague)
    Customer.objects.filter(pk=customer.pk).update(shares_requests=True)
    customer.refresh_from_db()
    colleague.customer = stranger.customer = customer
    assert incident.visible_to(colleague)
    assert not incident.visible_to(stranger)
    assert not complaint.visible_to(colleague)
    assert complaint.visible_to(requester)


# --- suggestions and major incidents -----------------------------------------------------------------------------


def test_a_decision_is_on_record_and_answered(requester, lead, agent, team):
    idea = open_item("suggestion", title="自助重置密码", by=acting(requester, "portal"), team=team, at=TUESDAY)
    with pytest.raises(Forbidden):
        suggestions.decide(idea, by=acting(agent), outcome="accepted", decision="好")
    with pytest.raises(Refused):
        suggestions.decide(idea, by=acting(lead), outcome="accepted", decision=" ")
    own = suggestions.decide(idea, by=acting(lead), outcome="accepted", decision="下季度上线", at=TUESDAY)
    assert (own.outcome, own.decided_by, own.decided_at) == (Suggestion.Outcome.ACCEPTED, lead, TUESDAY)
    assert "下季度上线" in idea.entries.filter(kind=Entry.Kind.MESSAGE_OUT).get().text


def test_one_update_answers_all_reports_of_a_major_incident(incident, requester, team, category, lead, agent):
    report = open_incident(requester=UserFactory(role="requester"), team=team, category=category)
    set_parent(report, incident, by=acting(agent))
    with pytest.raises(Forbidden):
        majors.declare(incident, by=acting(agent))
    with pytest.raises(Refused):
        majors.update(incident, by=acting(lead), text="x")
    majors.declare(incident, by=acting(lead), words="打印服务中断\n正在抢修", at=TUESDAY)
    from hengwei.desk.notices import notices_for

    assert [one.title for one in notices_for(requester, TUESDAY)] == ["打印服务中断"]
    assert majors.update(incident, by=acting(lead), text="预计12点恢复", public_words="打印服务预计12点恢复", at=TUESDAY) == {"told": 2, "refused": []}
    assert report.entries.filter(kind=Entry.Kind.MESSAGE_OUT).get().text == "预计12点恢复"
    with pytest.raises(Refused):
        majors.revoke(incident, by=acting(lead), why="")
    majors.revoke(incident, by=acting(lead), why="仅影响一台")
    assert notices_for(requester, TUESDAY) == []


def test_leads_hear_of_a_major_incident_and_callers_of_their_follow_up(incident, lead, agent, requester):
    from hengwei.channels.models import Notice
    from hengwei.desk.actions import follow_ups

    other = UserFactory(role="manager")
    majors.declare(incident, by=acting(lead), at=TUESDAY)
    assert set(Notice.objects.filter(event="major").values_list("user", flat=True)) >= {other.pk}
    follow_ups.owe(by=acting(lead), reason="了解情况", owner=agent, due_at=TUESDAY, person=requester)
    assert Notice.objects.get(event="follow_up").user == agent
