"""What live records prove: for each control one who complies, one who does not, one at the edge, and nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.core import controls
from hengwei.core.controls import Period, state_of
from hengwei.core.errors import Refused
from hengwei.desk.models import FollowUp, Rating
from hengwei.org.models import Customer
from hengwei.work.models import Agreement, AgreementVersion, Category, Clock, Entry, Firing, WorkItem
from tests.factories import CustomerFactory, acting, open_incident

from .conftest import NOVEMBER, NOW, judge, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(requester, team, agent):
    """An incident recorded so many minutes ago, with facts set as if they had come about."""

    def made(minutes: int = 60, kind: str = "incident", **facts):
        from hengwei.work.actions.intake import open_item

        at = NOW - timedelta(minutes=minutes)
        if kind == "incident":
            item = open_incident(requester=requester, at=at, automatic=False, team=team)
        else:
            item = open_item(kind, title="不满意", description="一直没有人联系", by=acting(requester, "portal"), at=at, automatic=False, team=team)
        if facts:
            WorkItem.objects.filter(pk=item.pk).update(**facts)
        return item

    return made


def key(item):
    return f"item:{item.pk}"


def test_nobody_proves_nothing(department):
    for control in controls.every():
        if control.key.startswith(("work.", "desk.")) and control.key != "work.agreements_renewed":
            findings = judge(control.key)
            assert (findings.population, findings.exceptions) == (0, 0), control.key
            assert state_of(findings, 100) == "insufficient"
            assert list(findings.rows(0, 10)) == []
            assert findings.people() == []


def test_every_control_explains_itself_in_both_languages():
    from django.utils import translation

    seen = set()
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for control in controls.every():
                said = control.plain({})
                assert said
                assert "%" not in said
                assert control.proves
                assert control.keywords
                seen.add((control.key, str(control.title)))
    assert len(seen) == 2 * len(controls.every())


def test_parameters_refuse_what_they_cannot_mean():
    control = controls.get("work.confirmed")
    assert control.clean({}) == {"minutes": 30}
    assert control.clean({"minutes": "45"}) == {"minutes": 45}
    for given in ({"minutes": "soon"}, {"minutes": 0}, {"hours": 3}):
        with pytest.raises(Refused):
            control.clean(given)
    with pytest.raises(Refused):
        controls.get("desk.customers_contacted").clean({"whom": "nobody"})


def test_recorded_with_channel_and_requester(make):
    make()
    nameless = make(requester=None)
    findings = judge("work.recorded")
    assert (findings.population, wrong(findings)) == (2, {key(nameless)})


def test_recorded_whole(make, requester):
    make(description="四个字的")
    short = make(description="坏了啊")
    assert wrong(judge("work.recorded_whole")) == {key(short)}
    type(requester).objects.filter(pk=requester.pk).update(email="", phone="", mobile="")
    assert judge("work.recorded_whole").exceptions == 2


def test_confirmed_within_minutes(make, ago):
    make(60, acknowledged_at=ago(55))
    make(60, acknowledged_at=ago(30))
    late = make(60, acknowledged_at=ago(29))
    never = make(120)
    make(5)
    findings = judge("work.confirmed", minutes=30)
    assert findings.population == 4
    assert wrong(findings) == {key(late), key(never)}
    assert state_of(findings, 50) == "green"
    assert state_of(findings, 51) == "red"


def test_no_open_item_without_category_and_priority(make):
    printer = Category.objects.create(key="printer", name="打印机")
    make(500, category=printer, priority=3)
    unclassified = make(500)
    make(60)
    closed = make(500, phase="closed", closed_at=NOW)
    findings = judge("work.classified", minutes=60)
    assert wrong(findings) == {key(unclassified)}
    assert key(closed) not in wrong(findings)


def test_classified_and_assigned_within_working_minutes(make, ago, agent):
    # 15:00 to 17:00 on a working day: wall time and working time are the same.
    make(120, classified_at=ago(60), assigned_at=ago(60), owner=agent)
    late = make(120, classified_at=ago(59), assigned_at=ago(59), owner=agent)
    never = make(120)
    make(30)
    for control in ("work.classified_in_time", "work.owned_in_time"):
        findings = judge(control, minutes=60)
        assert (findings.population, wrong(findings)) == (3, {key(late), key(never)})


def test_nights_do_not_count_as_working_minutes(make, ago):
    # Monday 17:50 to Tuesday 9:05: fifteen working minutes.
    monday = (NOW - timedelta(days=1)).replace(hour=9, minute=50)
    item = make(int((NOW - monday).total_seconds() // 60), assigned_at=NOW.replace(hour=1, minute=5))
    assert judge("work.owned_in_time", minutes=15).exceptions == 0
    assert wrong(judge("work.owned_in_time", minutes=14)) == {key(item)}


def test_unowned(make, agent):
    make(300, owner=agent)
    nobody = make(300)
    make(120)
    assert wrong(judge("work.unowned", minutes=120)) == {key(nobody)}


@pytest.mark.parametrize(("measure", "control"), [("first_response", "work.first_response"), ("resolution", "work.resolution"), ("team_resolution", "work.team_resolution"), ("next_update", "work.next_update")])
def test_promises_kept_broken_and_at_the_edge(make, ago, measure, control):
    def clock(**facts):
        item = make(180)
        item.clocks.exclude(measure=measure).delete()
        if not item.clocks.exists():
            template = make(180).clocks.first()
            template.item.clocks.exclude(pk=template.pk).delete()
            Clock.objects.filter(pk=template.pk).update(item=item, measure=measure)
        Clock.objects.filter(item=item).update(**facts)
        return item

    ended = {"due_at": None, "next_step_at": None, "running_since": None}
    clock(state="met", stopped_at=ago(60), **ended)
    broken = clock(state="breached", stopped_at=ago(60), breached_at=ago(90), elapsed=7300, **ended)
    overdue = clock(due_at=ago(1))
    clock(due_at=NOW)
    clock(state="cancelled", stopped_at=ago(60), **ended)
    changed = clock(state="breached", stopped_at=ago(60), breached_at=ago(60), breach_cause="target_changed", **ended)
    findings = judge(control)
    assert (findings.population, wrong(findings)) == (3, {key(broken), key(overdue)})
    assert wrong(judge(control, count_changed=True)) == {key(broken), key(overdue), key(changed)}


def test_a_past_moment_is_told_by_the_clock(make, ago):
    item = make(180)
    item.clocks.exclude(measure="first_response").delete()
    Clock.objects.update(state="breached", stopped_at=ago(10), breached_at=ago(60), due_at=None, next_step_at=None, running_since=None)
    before = Period(NOVEMBER.start, NOVEMBER.end, ago(90), past=True)
    after = Period(NOVEMBER.start, NOVEMBER.end, ago(30), past=True)
    assert judge("work.first_response", before).population == 0
    assert wrong(judge("work.first_response", after)) == {key(item)}
    assert judge("work.unowned", after).insufficient


def test_remote_on_site_and_its_reason(make, ago):
    make(300, resolved_at=ago(10), resolved_remotely=True, cause="磨损")
    on_site = make(300, resolved_at=ago(10), resolved_remotely=False, cause="")
    unknown = make(300, resolved_at=ago(10))
    make(300)
    assert wrong(judge("work.how_resolved")) == {key(unknown)}
    assert wrong(judge("work.remote_share")) == {key(on_site)}
    assert wrong(judge("work.on_site_reason")) == {key(on_site)}
    WorkItem.objects.filter(pk=on_site.pk).update(cause="需要更换部件")
    assert judge("work.on_site_reason").exceptions == 0


def test_every_breach_is_escalated(make, ago):
    items = [make(600), make(600), make(600)]
    for item, fired in zip(items, (ago(86), ago(85), ago(84)), strict=True):
        item.clocks.exclude(measure="resolution").delete()
        clock = item.clocks.get()
        Clock.objects.filter(pk=clock.pk).update(breached_at=ago(100), state="breached", stopped_at=ago(20), due_at=None, next_step_at=None, running_since=None)
        Firing.objects.create(clock=clock, target=clock.target, step="breach", planned_at=ago(100), fired_at=fired)
    assert wrong(judge("work.breach_escalated", minutes=15)) == {key(items[2])}


def test_waiting_on_other_departments(make, ago, agent):
    def waiting(minutes, reason):
        item = make(6000, phase="waiting", state="pending", waiting_for=reason, owner=agent)
        Entry.objects.create(item=item, kind="transition", happened_at=NOW - timedelta(minutes=minutes), by_staff=True)
        return item

    waiting(120, "supplier")
    waiting(60, "colleague")
    late = waiting(121, "change")
    waiting(5000, "customer")
    findings = judge("work.waiting_on_departments", hours=2)
    assert (findings.population, wrong(findings)) == (3, {key(late)})


def test_nothing_open_is_forgotten(make):
    make(60)
    quiet = make(60, updated_at=NOW - timedelta(days=8), last_entry_at=NOW - timedelta(days=8))
    assert wrong(judge("work.untouched", days=3)) == {key(quiet)}


def test_closed_with_cause_solution_and_feedback(make, ago):
    closed = {"phase": "closed", "state": "closed", "closed_at": ago(5), "closure": "solved"}
    make(**closed, cause="磨损", solution="更换", told_at=ago(6))
    bare = make(**closed, cause="磨损", solution="", told_at=None)
    make(**{**closed, "closure": "cancelled"})
    make(**{**closed, "closure": "duplicate"})
    assert wrong(judge("work.cause_and_solution")) == {key(bare)}
    assert wrong(judge("work.result_told")) == {key(bare)}
    again = make(**closed, reopened_count=2)
    assert wrong(judge("work.solved_for_good")) == {key(again)}
    assert judge("work.solved_for_good", times=2).exceptions == 0


def test_open_items_under_an_unsigned_or_expired_agreement(make):
    make()
    without = make(without_agreement=True)
    assert wrong(judge("work.under_agreement")) == {key(without)}
    version = AgreementVersion.objects.get()
    AgreementVersion.objects.filter(pk=version.pk).update(effective_from=NOW - timedelta(days=9), effective_to=NOW + timedelta(seconds=1))
    assert judge("work.under_agreement").exceptions == 1
    AgreementVersion.objects.filter(pk=version.pk).update(effective_to=NOW)
    assert judge("work.under_agreement").exceptions == 2


def test_agreements_are_renewed_in_time(department):
    version = AgreementVersion.objects.get()
    AgreementVersion.objects.filter(pk=version.pk).update(effective_from=NOW - timedelta(days=300), effective_to=NOW + timedelta(days=30, seconds=1))
    assert judge("work.agreements_renewed", days=30).exceptions == 0
    AgreementVersion.objects.filter(pk=version.pk).update(effective_to=NOW + timedelta(days=30))
    assert wrong(judge("work.agreements_renewed", days=30)) == {f"agreement:{version.agreement_id}"}
    Agreement.objects.create(key="draft", name="草案")
    assert judge("work.agreements_renewed").exceptions == 2


def test_clocks_are_explained_by_their_segments(make, agent):
    from hengwei.work.actions.conversation import reply

    item = make(120)
    reply(item, by=acting(agent), text="已在处理", at=NOW - timedelta(minutes=30))
    findings = judge("work.clocks_explained")
    assert (findings.population, findings.exceptions) == (1, 0)
    Clock.objects.filter(item=item, measure="first_response").update(elapsed=1)
    assert wrong(judge("work.clocks_explained")) == {key(item)}
    assert judge("work.pauses_stated").exceptions == 0
    item.clocks.get(measure="first_response").segments.filter(ends_at=None).update(reason="colleague")
    assert wrong(judge("work.pauses_stated")) == {key(item)}


# --- the desk's -------------------------------------------------------------------------------------------------------


def test_satisfaction(make, ago, requester):
    closed = {"phase": "closed", "state": "closed", "closed_at": ago(600), "closure": "solved"}
    good, edge, bad, silent = (make(2000, **closed) for _ in range(4))
    for item, score in ((good, 5), (edge, 4), (bad, 2)):
        Rating.objects.create(item=item, score=score, by=requester, at=ago(500))
    assert wrong(judge("desk.response_rate")) == {key(silent)}
    assert wrong(judge("desk.score", score=4)) == {key(bad)}


def test_low_scores_are_followed_up(make, requester, ago):
    day = 24 * 60
    called, late, edge = (make(9 * day) for _ in range(3))
    fresh = make(2 * day)
    for item in (called, late, edge):
        Rating.objects.create(item=item, score=1, at=ago(8 * day))
    Rating.objects.create(item=fresh, score=1, at=ago(day))
    FollowUp.objects.create(item=called, reason="1", due_at=NOW, done_at=ago(7 * day), result="致电")
    FollowUp.objects.create(item=edge, reason="1", due_at=NOW, done_at=ago(5 * day), result="致电")
    FollowUp.objects.create(item=late, reason="1", due_at=NOW, done_at=ago(5 * day - 1), result="致电")
    findings = judge("desk.low_scores_followed_up", days=3)
    assert (findings.population, wrong(findings)) == (3, {key(late)})


def test_complaints(make, ago, requester, agent, lead, team):
    answered = make(200, "complaint", responded_at=ago(80), owner=lead)
    late = make(200, "complaint", responded_at=ago(79), owner=agent)
    open_yet = make(60, "complaint", owner=lead)
    findings = judge("desk.complaints_answered", hours=2)
    assert (findings.population, wrong(findings)) == (2, {key(late)})
    assert wrong(judge("desk.complaints_owned")) == {key(late)}
    for item in (answered, late, open_yet):
        WorkItem.objects.filter(pk=item.pk).update(phase="closed", state="closed", closed_at=ago(1))
    Entry.objects.create(item=answered, kind="transition", author=requester, details={"after": "closed"}, happened_at=ago(1))
    type(late).objects.filter(pk=late.pk).update(consent_at=ago(1), consent="电话同意")
    assert wrong(judge("desk.complaints_consent")) == {key(open_yet)}


def test_customers_without_contact(make, requester, customer):
    Customer.objects.filter(pk=customer.pk).update(kind="company", created_at=NOW - timedelta(days=400))
    lonely = CustomerFactory(name="孤单")
    Customer.objects.filter(pk=lonely.pk).update(created_at=NOW - timedelta(days=400))
    item = make(60)
    assert wrong(judge("desk.customers_contacted", days=30)) == {f"customer:{lonely.pk}"}
    WorkItem.objects.filter(pk=item.pk).update(received_at=NOW - timedelta(days=30))
    assert judge("desk.customers_contacted", days=30).exceptions == 1
    WorkItem.objects.filter(pk=item.pk).update(received_at=NOW - timedelta(days=30, seconds=1))
    assert judge("desk.customers_contacted", days=30).exceptions == 2
    FollowUp.objects.create(customer=lonely, reason="走访", due_at=NOW, done_at=NOW - timedelta(days=1), result="良好")
    assert judge("desk.customers_contacted", days=30).exceptions == 1
    assert judge("desk.customers_contacted", whom="key").population == 0


def test_follow_ups_when_due(agent):
    def call(due, done):
        return FollowUp.objects.create(reason="回访", owner=agent, due_at=NOW - timedelta(hours=due), done_at=NOW - timedelta(hours=done) if done else None, result="好" if done else "")

    call(10, 10)
    late, never = call(10, 9), call(10, None)
    call(-5, None)
    findings = judge("desk.follow_ups_done")
    assert (findings.population, wrong(findings)) == (3, {f"follow_up:{late.pk}", f"follow_up:{never.pk}"})


def test_recurring_faults_are_analysed(make, agent):
    from hengwei.work.actions.intake import open_item

    printer, network = Category.objects.create(key="printer", name="打印机"), Category.objects.create(key="network", name="网络")
    for category, times in ((printer, 2), (network, 3)):
        for _ in range(times):
            make(60, category=category)
    assert wrong(judge("desk.recurring_analysed", times=3)) == {f"category:{network.pk}"}
    assert judge("desk.recurring_analysed", times=2).population == 2
    open_item("problem", title="网络反复中断", by=acting(agent), category=network, at=NOW - timedelta(minutes=5))
    assert judge("desk.recurring_analysed", times=3).exceptions == 0
