"""From a pasted text to a regulation in force: kept text, approval by named persons, readers, figures, frozen months."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from hengwei.core import controls
from hengwei.core.acting import Actor
from hengwei.core.controls import Control, Findings
from hengwei.core.errors import Forbidden, Refused
from hengwei.governance import board, packs, periods
from hengwei.governance.actions import binding, correcting, life, packing, running, writing
from hengwei.governance.models import (
    Acknowledgement,
    Binding,
    Clause,
    ControlRun,
    CorrectiveAction,
    Regulation,
)
from hengwei.governance.texts import parse
from hengwei.org.models import Role
from hengwei.work.actions.approvals import decide
from hengwei.work.models import ApprovalVote, WorkItem
from tests.factories import UserFactory, acting, open_incident

from .conftest import NOW
from .lives import approved, in_force, keys
from .test_reading import RUN_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def regulation(manager, boss):
    version = writing.import_document(parse(RUN_ON), by=acting(manager), source=RUN_ON, at=NOW)
    Regulation.objects.get().reader_roles.set(Role.objects.filter(key="agent"))
    return in_force(version, manager, boss).regulation


def test_a_regulation_is_approved_by_named_persons_and_then_fixed(regulation, manager, agent):
    version = regulation.published()
    assert version.approved_at
    assert version.effective_from
    assert version.approval_items.get().state == "published"
    with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
        Clause.objects.filter(version=version).update(text="改了")
    with pytest.raises(Refused):
        writing.change_clause(version, keys(version)["第一条"], by=acting(manager), text="改了")


def test_a_refusal_sends_it_back(manager, boss):
    version = writing.import_document(parse(RUN_ON), by=acting(manager), at=NOW)
    with pytest.raises(Refused):
        life.submit(version, approvers=[manager], by=acting(manager))
    life.submit(version, approvers=[boss], by=acting(manager), at=NOW)
    with pytest.raises(Refused):
        life.publish(version, by=acting(manager))
    decide(ApprovalVote.objects.get(), approve=False, comment="第三条要写明时限", by=acting(boss), at=NOW)
    version.refresh_from_db()
    assert version.state == "draft"
    writing.change_clause(version, keys(version)["第一条"], by=acting(manager), text="为规范技术支持工作。")
    assert in_force(version, manager, boss).state == "published"


def test_clauses_keep_their_ids_from_version_to_version(regulation, manager, boss):
    before = keys(regulation.published())
    text = RUN_ON.replace("第四条工程师应当在30分钟内响应。", "第四条工程师应当在20分钟内响应并登记。").replace("第六条自发布", "第六条投诉由副组长处理。第七条自发布")
    version = writing.import_document(parse(text), by=acting(manager), regulation=regulation, at=NOW)
    after = keys(version)
    assert after["第四条"] == before["第四条"]
    assert after["第七条"] == before["第六条"]
    assert after["第六条"] not in before.values()
    in_force(version, manager, boss)
    assert regulation.versions.get(number=1).state == "superseded"


def test_the_tree_is_corrected_by_hand(manager):
    version = writing.import_document(parse("第一章 总则\n第一条 目的。\n第二条 范围。第二章附则第三条 施行。"), by=acting(manager), at=NOW)
    by, at = acting(manager), keys(version)
    second = writing.split_clause(version, at["第一条"], by=by, at=1)
    assert (Clause.objects.get(pk=second.pk).text, Clause.objects.get(key=at["第一条"]).text) == ("的。", "目")
    writing.merge_clause(version, second.key, by=by)
    assert Clause.objects.get(key=at["第一条"]).text == "目的。"
    writing.move_clause(version, at["第三条"], by=by, parent=at["第一章"], after=at["第一条"])
    assert [c.number for c in version.tree()] == ["第一章", "第一条", "第三条", "第二条", "第二章"]
    assert writing.renumber(version, by=by) == 2
    assert [c.number for c in version.tree()] == ["第一章", "第一条", "第二条", "第三条", "第二章"]
    with pytest.raises(Refused):
        writing.move_clause(version, at["第一章"], by=by, parent=at["第一条"])
    writing.remove_clause(version, at["第二章"], by=by)
    assert version.clauses.count() == 4


def test_a_version_for_a_day_to_come_waits_and_then_comes_into_force_by_itself(regulation, manager, boss, agent):
    version = approved(writing.start_draft(regulation, by=acting(manager), at=NOW), manager, boss)
    day = NOW + timedelta(days=10)
    assert life.publish(version, by=acting(manager), effective_from=day, at=NOW).is_scheduled
    assert regulation.published().number == 1
    with pytest.raises(Refused):
        writing.change_clause(version, keys(version)["第一条"], by=acting(manager), text="改了")
    assert life.enter_into_force(day - timedelta(seconds=1)) == 0
    assert life.enter_into_force(day) == 1
    assert life.enter_into_force(day) == 0
    now_in_force = regulation.published()
    assert (now_in_force.number, now_in_force.published_by, now_in_force.effective_from) == (2, manager, day)
    assert regulation.versions.get(number=1).superseded_at == day
    assert now_in_force.acknowledgements.get().user == agent


def test_what_waits_for_its_day_can_be_taken_back(regulation, manager, boss):
    version = approved(writing.start_draft(regulation, by=acting(manager), at=NOW), manager, boss)
    life.publish(version, by=acting(manager), effective_from=NOW + timedelta(days=10), at=NOW)
    assert life.take_back(version, by=acting(manager)).is_draft
    assert life.enter_into_force(NOW + timedelta(days=11)) == 0


def test_readers_are_asked_reminded_and_acknowledge(manager, boss, agent):
    version = writing.import_document(parse(RUN_ON), by=acting(manager), at=NOW)
    version.regulation.reader_roles.set(Role.objects.filter(key="agent"))
    in_force(version, manager, boss)
    row = Acknowledgement.objects.get()
    assert row.user == agent
    assert life.remind(NOW + timedelta(days=1)) == 0
    newcomer = UserFactory(role="agent")
    assert life.remind(NOW + timedelta(days=2)) == 1
    assert life.remind(NOW + timedelta(days=20)) == 2
    assert life.remind(NOW + timedelta(days=20)) == 0
    life.acknowledge(version, by=acting(agent), at=NOW)
    assert set(Acknowledgement.objects.missing().values_list("user", flat=True)) == {newcomer.pk}


def test_the_keeper_is_told_of_a_review_once(regulation):
    from hengwei.core.events import on
    from hengwei.governance.events import ReviewDue

    told = []
    on(ReviewDue)(told.append)
    life.remind(NOW + timedelta(days=340))
    assert not [e for e in told if e.regulation_id == regulation.pk]
    life.remind(NOW + timedelta(days=360))
    life.remind(NOW + timedelta(days=361))
    assert len(told) == 1


def test_suggestions_name_the_control_and_its_time(regulation):
    clause = Clause.objects.get(number="第四条")
    found = binding.suggested(clause)
    assert found[0][0].key == "work.first_response"
    clause.text = "服务台应当在收到请求后15分钟内向请求人确认受理。"
    control, params, _why = next(s for s in binding.suggested(clause) if s[0].key == "work.confirmed")
    assert params == {"minutes": 15}
    assert control.plain(params)


def test_all_clauses_are_bound_in_one_go(regulation, manager):
    counts = binding.accept_best(regulation.published(), by=acting(manager), rest="sort")
    assert counts["control"] >= 2
    assert counts["explanation"] >= 2
    found = board.build(regulation.published(), now=NOW)
    assert found.totals.get("nothing", 0) == 0
    assert sum(part["n"] for part in found.coverage) == found.clauses


def bound(regulation, manager, number="第四条", control="work.unowned", **facts):
    return binding.bind(regulation, keys(regulation.published())[number], by=acting(manager), control=control, **facts)


def test_green_red_and_not_enough(regulation, manager, requester, team, agent):
    row = bound(regulation, manager)
    assert running.run(row, now=NOW).state == "insufficient"
    item = open_incident(requester=requester, at=NOW - timedelta(minutes=30), team=team, automatic=False)
    assert running.run(row, now=NOW).state == "green"
    run = running.run(row, now=NOW + timedelta(days=1))
    assert (run.state, run.exceptions, run.people) == ("red", 1, [[None, 1]])
    assert ControlRun.objects.filter(binding=row).count() == 1
    WorkItem.objects.filter(pk=item.pk).update(owner=agent)
    assert running.run(row, now=NOW + timedelta(days=1)).state == "green"


def test_a_control_that_fails_is_red_for_cannot_tell_and_never_green(regulation, manager, monkeypatch):
    row = bound(regulation, manager)

    def broken(self, period, params):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    monkeypatch.setattr(type(controls.get("work.unowned")), "evaluate", broken)
    run = running.run(row, now=NOW)
    assert (run.state, board.MARKS[run.state][2]) == ("error", "bad")
    assert run.message
    monkeypatch.setattr(type(controls.get("work.unowned")), "evaluate", lambda self, period, params: Findings(1, 2))
    assert running.run(row, now=NOW).state == "error"
    Binding.objects.filter(pk=row.pk).update(control="work.gone")
    row.refresh_from_db()
    assert running.run(row, now=NOW).state == "error"
    with pytest.raises(DatabaseError), transaction.atomic():
        ControlRun.objects.filter(pk=run.pk).update(state="green", population=0, compliant=0)


def test_the_trend_is_told_from_the_records_and_a_past_moment_too(regulation, manager, requester, team):
    row = bound(regulation, manager, control="work.recorded", span="week")
    open_incident(requester=requester, at=NOW - timedelta(weeks=3), team=team)
    open_incident(requester=requester, at=NOW - timedelta(minutes=5), team=team)
    running.run_all(NOW, hourly=False)
    assert row.runs.count() == running.TREND
    assert list(row.runs.order_by("period_start").values_list("population", flat=True)) == [0] * 8 + [1, 0, 0, 1]
    past = running.as_of([row], NOW - timedelta(weeks=3) + timedelta(hours=1), now=NOW)[row.pk]
    assert (past.population, past.state) == (1, "green")
    assert row.runs.count() == running.TREND


def test_an_attestation_holds_for_its_time_and_a_no_is_red(regulation, manager, lead, agent):
    key = keys(regulation.published())["第五条"]
    row = binding.bind(regulation, key, by=acting(manager), kind="attestation", attester=lead, attest_days=30, at=NOW)

    def state(at):
        return next(r for r in board.build(regulation.published(), now=at).rows if r.clause.key == key).state

    assert state(NOW) == "due"
    with pytest.raises(Forbidden):
        binding.attest(row, by=acting(agent), kept=True, statement="好", at=NOW)
    binding.attest(row, by=acting(lead), kept=True, statement="抽查了十张工单", at=NOW)
    assert state(NOW + timedelta(days=30)) == "attested"
    assert state(NOW + timedelta(days=30, seconds=1)) == "due"
    binding.attest(row, by=acting(lead), kept=False, statement="没有解释", at=NOW + timedelta(days=31))
    assert state(NOW + timedelta(days=31)) == "red"


def test_corrective_actions_open_after_the_grace_and_close_when_green(regulation, manager, requester, team, agent):
    row = bound(regulation, manager, control="work.unowned", params={"minutes": 30}, correct="exception", grace_hours=24)
    items = [open_incident(requester=requester, at=NOW - timedelta(days=1), team=team, automatic=False) for _ in range(2)]
    run = running.run(row, now=NOW)
    assert correcting.follow(row, run, now=NOW) == (0, 0)
    later = NOW + timedelta(hours=24)
    run = running.run(row, now=later)
    assert correcting.follow(row, run, now=later) == (2, 0)
    assert correcting.follow(row, run, now=later) == (0, 0)
    action = CorrectiveAction.objects.first()
    assert action.number.startswith("CAR-")
    assert action.clocks.exists()
    WorkItem.objects.filter(pk=items[0].pk).update(owner=agent)
    run = running.run(row, now=later)
    assert correcting.follow(row, run, now=later) == (0, 1)
    WorkItem.objects.filter(pk=items[1].pk).update(owner=agent)
    run = running.run(row, now=later)
    assert correcting.follow(row, run, now=later) == (0, 1)
    assert set(CorrectiveAction.objects.values_list("state", flat=True)) == {"closed"}


@pytest.mark.parametrize(("correct", "count"), [("person", 2), ("control", 1), ("never", 0)])
def test_corrective_actions_one_for_each_person_or_for_the_control(regulation, manager, requester, team, agent, lead, correct, count):
    row = bound(regulation, manager, control="work.classified", params={"minutes": 0}, correct=correct, grace_hours=0)
    for owner in (agent, agent, lead):
        item = open_incident(requester=requester, at=NOW - timedelta(days=1), team=team, automatic=False)
        WorkItem.objects.filter(pk=item.pk).update(owner=owner, category=None)
    run = running.run(row, now=NOW)
    assert correcting.follow(row, run, now=NOW) == (count, 0)
    assert CorrectiveAction.objects.count() == count


def test_the_built_in_regulations_answer_every_requirement_and_are_bound(manager, boss):
    for pack in packs.every():
        version = packing.adopt(pack.key, by=acting(manager), at=NOW)
        assert board.build(version, now=NOW).totals.get("nothing", 0) == 0
        for clause in version.clauses.all():
            assert clause.text_en or clause.title_en
    answered = {r for clause in Clause.objects.all() for r in clause.requirements}
    assert answered >= {*(f"A{n}" for n in range(1, 14)), "B1", "B2", "B3", "C1", "C2", "C3", "C4"}
    with pytest.raises(Refused):
        packing.adopt("service-desk", by=acting(manager))
    for row in Binding.objects.filter(kind="control"):
        assert running.run(row, now=NOW).state in ("green", "insufficient", "red")


def test_only_who_may(regulation, agent, lead, requester):
    for user in (agent, lead, requester):
        with pytest.raises(Forbidden):
            writing.start_draft(regulation, by=acting(user))
        with pytest.raises(Forbidden):
            binding.accept_best(regulation.published(), by=acting(user))
    assert not Regulation.objects.visible_to(requester).exists()
    assert Regulation.objects.visible_to(agent).exists()


def test_periods_join_without_a_gap():
    for kind in ("day", "week", "month", "quarter"):
        for back in range(30):
            start, _end = periods.span_of(kind, NOW, running.zone(), back)
            _start, end = periods.span_of(kind, NOW, running.zone(), back + 1)
            assert start == end
            assert periods.label(kind, start, running.zone())


def test_two_controls_never_share_a_key():
    with pytest.raises(ValueError, match="two controls"):
        @controls.register
        class Other(Control):
            key = "work.unowned"
            title = explanation = "x"

            def evaluate(self, period, params):
                return Findings(0, 0)


def test_the_system_may_run_everything(regulation):
    assert Actor().may("governance.manage")
