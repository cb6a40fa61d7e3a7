"""Approvals: who is asked, in what order, what his word does, and that nothing passes by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.events import _listeners
from hengwei.org.models import Absence, Post
from hengwei.work.actions import approvals, progress
from hengwei.work.actions.intake import open_item
from hengwei.work.events import ApprovalAsked, ApprovalStuck
from hengwei.work.models import Approval, ApprovalPlan, ApprovalVote, Entry, SignOff
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def later(minutes: int):
    return TUESDAY + timedelta(minutes=minutes)


def person(user) -> dict:
    return {"by": "person", "id": user.pk}


def vote_of(approval, user) -> ApprovalVote:
    return ApprovalVote.objects.select_related("step__approval__item", "user").get(step__approval=approval, user=user)


@pytest.fixture
def heard():
    """The events that were emitted."""
    found: list = []
    for kind in (ApprovalAsked, ApprovalStuck):
        _listeners[kind].append(found.append)
    yield found
    for kind in (ApprovalAsked, ApprovalStuck):
        _listeners[kind].remove(found.append)


@pytest.fixture
def item(requester, team):
    return open_incident(requester=requester)


@pytest.fixture
def boss(department):
    return UserFactory(name="赵主任", role="manager")


def start(item, agent, *steps, **more):
    return approvals.start_approval(item, list(steps), by=acting(agent), at=TUESDAY, **more)


def test_steps_are_asked_in_turn(item, agent, lead, boss):
    approval = start(item, agent, {"approvers": [person(lead)]}, {"approvers": [person(boss)]})
    assert not ApprovalVote.objects.filter(user=boss).exists()
    approvals.decide(vote_of(approval, lead), approve=True, by=acting(lead), at=later(1))
    assert vote_of(approval, boss).state == "open"
    approvals.decide(vote_of(approval, boss), approve=True, by=acting(boss), at=later(2))
    approval.refresh_from_db()
    assert (approval.state, approval.decided_at) == ("approved", later(2))


def test_the_first_word_decides_where_any_may(item, agent, lead, boss):
    approval = start(item, agent, {"mode": "any", "approvers": [person(lead), person(boss)]})
    approvals.decide(vote_of(approval, boss), approve=True, by=acting(boss))
    approval.refresh_from_db()
    assert approval.state == "approved"
    with pytest.raises(Refused):
        approvals.decide(vote_of(approval, lead), approve=False, by=acting(lead), comment="晚了")


def test_a_joint_approval_ends_with_the_first_refusal_which_says_why(item, agent, lead, boss, requester):
    approval = start(item, agent, {"mode": "all", "approvers": [person(lead), person(boss)]})
    approvals.decide(vote_of(approval, lead), approve=True, by=acting(lead))
    with pytest.raises(Refused) as refusal:
        approvals.decide(vote_of(approval, boss), approve=False, by=acting(boss))
    assert refusal.value.field == "comment"
    approvals.decide(vote_of(approval, boss), approve=False, by=acting(boss), comment="预算不足")
    approval.refresh_from_db()
    assert approval.state == "refused"
    assert Entry.objects.of(item).visible_to(requester).filter(text="预算不足").exists()


def test_nobody_approves_his_own_request(item, requester, agent, lead, boss, heard):
    agent.roles.add(*requester.roles.all())
    approval = start(item, agent, {"approvers": [person(requester)]})
    step = approval.steps.get()
    assert step.missing
    assert not step.votes.exists()
    assert any(isinstance(event, ApprovalStuck) for event in heard)
    with pytest.raises(Refused):
        approvals.add_approver(approval, user=agent, by=acting(boss))
    approvals.add_approver(approval, user=lead, by=acting(boss))
    step.refresh_from_db()
    assert step.missing == []


def test_an_approver_who_cannot_be_found_holds_a_joint_approval_up(item, agent, lead, boss):
    Post.objects.create(key="empty", name="空缺岗位")
    approval = start(item, agent, {"mode": "all", "approvers": [person(lead), {"by": "post", "key": "empty"}]})
    approvals.decide(vote_of(approval, lead), approve=True, by=acting(lead))
    approval.refresh_from_db()
    assert approval.state == "open"
    page = signed_in(lead).get(item.get_absolute_url()).content.decode()
    assert "空缺岗位" in page
    approvals.add_approver(approval, user=boss, by=acting(boss))
    approvals.decide(vote_of(approval, boss), approve=True, by=acting(boss))
    approval.refresh_from_db()
    assert approval.state == "approved"


@pytest.mark.parametrize(("way", "who"), [("lead", "team"), ("superior", "superior"), ("team_lead", "lead"), ("role", "boss"), ("post", "boss"), ("head", "lead")])
def test_approvers_are_found_by_what_they_are(item, agent, lead, boss, requester, team, way, who):
    superior = UserFactory(name="财务经理")
    requester.manager = superior
    requester.save()
    Post.objects.create(key="head", name="主任").holders.add(boss)
    key = {"role": "manager", "post": "head", "head": team.key}.get(way)
    approval = start(item, agent, {"approvers": [{"by": way, **({"key": key} if key else {})}]})
    expected = {"team": superior, "superior": superior, "lead": lead, "boss": boss}[who]
    assert approval.steps.get().votes.get().user == expected


def test_a_part_is_handed_on_and_then_the_other_decides(item, agent, lead, boss):
    approval = start(item, agent, {"approvers": [person(lead)]})
    approvals.hand_on(vote_of(approval, lead), to=boss, by=acting(lead), comment="你更清楚")
    with pytest.raises(Refused):
        approvals.decide(vote_of(approval, lead), approve=True, by=acting(lead))
    approvals.decide(vote_of(approval, boss), approve=True, by=acting(boss))
    approval.refresh_from_db()
    assert approval.state == "approved"


def test_an_approver_may_ask_one_more(item, agent, lead, boss):
    approval = start(item, agent, {"mode": "all", "approvers": [person(lead)]})
    approvals.add_approver(approval, user=boss, by=acting(lead))
    approvals.decide(vote_of(approval, lead), approve=True, by=acting(lead))
    approval.refresh_from_db()
    assert approval.state == "open"
    with pytest.raises(Forbidden):
        approvals.add_approver(approval, user=UserFactory(), by=acting(agent))


def test_who_stands_in_decides_while_the_approver_is_away(item, agent, lead, boss):
    approval = start(item, agent, {"approvers": [person(boss)]})
    with pytest.raises(Forbidden):
        approvals.decide(vote_of(approval, boss), approve=True, by=acting(lead), at=later(5))
    Absence.objects.create(user=boss, deputy=lead, starts_at=later(10), ends_at=later(100))
    assert list(ApprovalVote.objects.waiting_for(lead, later(20))) == [vote_of(approval, boss)]
    approvals.decide(vote_of(approval, boss), approve=True, by=acting(lead), at=later(20))
    vote = vote_of(approval, boss)
    assert (vote.state, vote.decided_by) == ("approved", lead)


def test_the_requester_does_not_decide_as_anybodys_deputy(item, agent, boss, requester):
    approval = start(item, agent, {"approvers": [person(boss)]})
    Absence.objects.create(user=boss, deputy=requester, starts_at=TUESDAY, ends_at=later(100))
    assert not ApprovalVote.objects.waiting_for(requester, later(20)).exists()
    with pytest.raises(Forbidden):
        approvals.decide(vote_of(approval, boss), approve=True, by=acting(requester), at=later(20))


def test_it_is_withdrawn_by_who_asked(item, agent, lead, boss):
    approval = start(item, agent, {"approvers": [person(boss)]})
    with pytest.raises(Forbidden):
        approvals.withdraw_approval(approval, by=acting(UserFactory(role="agent")))
    approvals.withdraw_approval(approval, by=acting(agent))
    with pytest.raises(Refused):
        approvals.decide(vote_of(approval, boss), approve=True, by=acting(boss))


def test_those_who_have_not_spoken_are_reminded_once_in_each_interval(item, agent, lead, heard):
    start(item, agent, {"approvers": [person(lead)], "remind_hours": 2})
    heard.clear()
    assert approvals.remind(later(60)) == 0
    assert approvals.remind(later(121)) == 1
    assert approvals.remind(later(122)) == 0
    assert approvals.remind(later(242)) == 1
    assert [event.again for event in heard] == [True, True]


@pytest.mark.parametrize("steps", [
    [], [{"approvers": []}], [{"approvers": [{"by": "magic"}]}], [{"mode": "most", "approvers": [{"by": "lead"}]}],
    [{"approvers": [{"by": "person", "id": 10**9}]}], [{"approvers": [{"by": "role", "key": "none"}]}], [{"approvers": [{"by": "lead"}], "quorum": -1}],
])
def test_steps_that_cannot_work_are_refused_when_they_are_written(item, agent, steps):
    with pytest.raises(Refused):
        approvals.start_approval(item, steps, by=acting(agent))


# --- the workflow waits for the outcome ---------------------------------------------------------------------------


@pytest.fixture
def change(agent, team):
    made = open_item(
        "change", title="升级核心交换机", by=acting(agent), team=team, at=TUESDAY, plan="停机升级", back_out="换回旧设备", planned_start=later(9), planned_end=later(11),
    )
    return progress.make_transition(made, "plan", by=acting(agent), at=TUESDAY)


def test_a_change_is_approved_by_its_approval_and_by_no_hand(change, agent, lead, boss):
    item = progress.make_transition(change, "submit", by=acting(agent), at=later(1))
    with pytest.raises(Refused):
        progress.make_transition(item, "approve", by=acting(boss))
    assert "approve" not in {step.key for step in item.possible_transitions(acting(boss))}
    approval = item.approvals.get()
    approvals.decide(vote_of(approval, lead), approve=True, by=acting(lead), at=later(2))
    approvals.decide(vote_of(approval, boss), approve=True, by=acting(boss), at=later(3))
    item.refresh_from_db()
    assert item.state == "approved"


def test_a_refused_change_goes_back_to_planning_and_may_be_submitted_again(change, agent, lead):
    item = progress.make_transition(change, "submit", by=acting(agent))
    approvals.decide(vote_of(item.approvals.get(), lead), approve=False, by=acting(lead), comment="没有回退方案")
    item.refresh_from_db()
    assert item.state == "planned"
    item = progress.make_transition(item, "submit", by=acting(agent))
    assert item.approvals.filter(state="open").count() == 1


def test_the_departments_plan_says_who_approves_a_change(change, agent, boss):
    ApprovalPlan.objects.create(kind="change", name="重大变更", steps=[{"name": "变更委员会", "mode": "all", "approvers": [person(boss)]}])
    item = progress.make_transition(change, "submit", by=acting(agent))
    assert item.approvals.get().name == "重大变更"
    assert item.approvals.get().steps.get().votes.get().user == boss


def test_nothing_is_resolved_while_its_approval_is_open(item, agent, lead):
    start(item, agent, {"approvers": [person(lead)]})
    with pytest.raises(Refused) as refusal:
        progress.resolve(item, by=acting(agent), solution="好了", cause="x")
    assert refusal.value.code in ("hindered", "missing")


def test_a_refusal_may_cancel_what_was_asked_for(item, agent, lead):
    approval = start(item, agent, {"approvers": [person(lead)]}, on_refused="cancel")
    approvals.decide(vote_of(approval, lead), approve=False, by=acting(lead), comment="不符合规定")
    item.refresh_from_db()
    assert (item.phase, item.closure) == ("closed", "cancelled")


# --- pages, links, REST -------------------------------------------------------------------------------------------


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_approver_who_does_not_work_at_the_desk_decides_on_his_page(item, agent, requester):
    superior = UserFactory(name="财务经理", role="requester")
    requester.manager = superior
    requester.save()
    approval = start(item, agent, {"approvers": [{"by": "superior"}]})
    page = signed_in(superior)
    assert item.number in page.get("/approvals").content.decode()
    vote = vote_of(approval, superior)
    assert page.post(f"/approvals/{vote.pk}", {"decision": "refuse"}).status_code == 422
    assert page.post(f"/approvals/{vote.pk}", {"decision": "approve"}).status_code == 302
    approval.refresh_from_db()
    assert approval.state == "approved"
    assert signed_in(UserFactory(role="requester")).get(f"/approvals/{vote.pk}").status_code == 404


def test_an_approver_who_does_not_work_at_the_desk_finds_it_at_the_start_of_the_portal(item, agent, requester):
    superior = UserFactory(name="财务经理", role="requester")
    page = signed_in(superior)
    assert 'href="/approvals"' not in page.get("/portal/").content.decode()
    vote = vote_of(start(item, agent, {"approvers": [person(superior)]}), superior)
    assert f'href="/approvals/{vote.pk}"' in page.get("/portal/").content.decode()
    page.post(f"/approvals/{vote.pk}", {"decision": "approve"})
    after = page.get("/portal/").content.decode()
    assert f'href="/approvals/{vote.pk}"' not in after
    assert 'href="/approvals"' in after


def test_the_board_says_who_stands_in(lead, agent, boss, item):
    Absence.objects.create(user=agent, deputy=boss, starts_at=TUESDAY - timedelta(days=400), ends_at=TUESDAY + timedelta(days=4000))
    assert f"{boss.name}" in signed_in(lead).get("/board", headers={"accept-language": "zh-hans"}).content.decode().split("data-board", 1)[1]


def test_the_link_of_a_mail_shows_a_page_and_only_sending_it_decides(item, agent, boss, client):
    approval = start(item, agent, {"approvers": [person(boss)]})
    vote = vote_of(approval, boss)
    at = f"/approve/{approvals.link_token(vote, boss)}"
    assert item.title in client.get(at).content.decode()
    vote.refresh_from_db()
    assert vote.state == "open"
    assert client.post(at, {"decision": "approve"}).status_code == 200
    vote.refresh_from_db()
    assert (vote.state, vote.decided_by) == ("approved", boss)
    assert client.get(f"{at}x").status_code == 404
    with pytest.raises(NotFound):
        approvals.of_token("nonsense")


def test_many_are_approved_at_once(agent, requester, team, lead):
    made = [start(open_incident(requester=requester), agent, {"approvers": [person(lead)]}) for _n in range(3)]
    votes = [vote_of(approval, lead).pk for approval in made]
    signed_in(lead).post("/approvals/many", {"votes": votes})
    assert set(Approval.objects.values_list("state", flat=True)) == {"approved"}


def test_a_signature_is_kept_as_it_was_given(item, agent, requester):
    import io

    from django.db import DatabaseError, transaction
    from PIL import Image

    from hengwei.core.files import store
    from hengwei.work.actions.sign_offs import sign

    raw = io.BytesIO()
    Image.new("RGB", (300, 100), "white").save(raw, "PNG")
    picture = store(raw.getvalue(), "sign.png", user=agent)
    made = sign(item, by=acting(agent), statement="设备已修复，验收合格", signer="李倩", picture=picture, way="drawn", at=later(5))
    assert made.sha256 == picture.sha256
    for attempt in (lambda: SignOff.objects.filter(pk=made.pk).update(signer="别人"), lambda: SignOff.objects.filter(pk=made.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert "验收合格" in signed_in(requester).get(made.get_absolute_url()).content.decode()
    assert signed_in(requester).get(picture.get_absolute_url()).status_code == 200
    with pytest.raises(Refused):
        sign(item, by=acting(agent), statement="x", signer="y", picture=store(b"no picture", "x.png", user=agent), way="uploaded")
