"""Putting off, guests, colleagues asked, checklists, time, reports answered together, one deed on many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hengwei.core.errors import Forbidden, Refused
from hengwei.org.models import Membership
from hengwei.work import listing
from hengwei.work.actions import (
    bulk,
    conversation,
    family,
    helping,
    progress,
    relations,
    sharing,
    snoozing,
    views,
)
from hengwei.work.models import (
    Callback,
    Category,
    ChecklistTemplate,
    Entry,
    RemoteTool,
    SavedView,
    Snooze,
    Watcher,
    WorkItem,
)
from tests.factories import TUESDAY, CustomerFactory, TeamFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


def later(minutes: int):
    return TUESDAY + timedelta(minutes=minutes)


@pytest.fixture
def item(requester, team, agent):
    made = open_incident(requester=requester, owner=agent)
    return progress.acknowledge(made, by=acting(agent), at=TUESDAY)


def mine(agent, at):
    return list(listing.of_view(WorkItem.objects.visible_to(agent), "mine", user=agent, now=at))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- putting off --------------------------------------------------------------------------------------------------


def test_what_is_put_off_leaves_the_queue_and_comes_back_by_itself(item, agent):
    snoozing.snooze(item, by=acting(agent), until=later(60), at=later(1))
    assert mine(agent, later(30)) == []
    assert mine(agent, later(61)) == [item]
    assert snoozing.bring_back(later(61)) == 1
    assert not Snooze.objects.exists()


def test_what_waits_for_an_answer_comes_back_with_it(item, agent, requester):
    snoozing.snooze(item, by=acting(agent), until_answered=True, at=later(1))
    assert mine(agent, later(600)) == []
    conversation.reply(item, by=acting(requester, "portal"), text="还是不行", at=later(5))
    assert mine(agent, later(6)) == [item]


# --- one deed on many ---------------------------------------------------------------------------------------------


def test_a_deed_on_many_is_undone_as_it_was(requester, team, agent, lead):
    items = [open_incident(requester=requester, labels=["旧"]) for _n in range(3)]
    outcomes, before = bulk.do_many(items, "label", by=acting(agent), at=later(1), label="月结")
    assert all(one.error is None for one in outcomes)
    assert WorkItem.objects.filter(labels__contains=["月结"]).count() == 3
    bulk.undo_many("label", before, by=acting(agent), at=later(2))
    assert {tuple(labels) for labels in WorkItem.objects.values_list("labels", flat=True)} == {("旧",)}


def test_an_assignment_of_many_is_undone_to_whoever_had_each(requester, team, agent, lead):
    first, second = open_incident(requester=requester, owner=agent), open_incident(requester=requester)
    _outcomes, before = bulk.do_many([first, second], "assign", by=acting(lead), at=later(1), owner=lead, team=None)
    bulk.undo_many("assign", before, by=acting(lead), at=later(2))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (agent, None)


def test_who_may_not_is_told_row_by_row(requester, team, agent):
    item = open_incident(requester=requester)
    done = progress.cancel(open_incident(requester=requester), by=acting(requester), at=later(1))
    outcomes, _before = bulk.do_many([item, done], "resolve", by=acting(agent), at=later(2), solution="好了", cause="磨损", category=Category.objects.create(key="a", name="甲"))
    assert [one.error is None for one in outcomes] == [True, False]


# --- views --------------------------------------------------------------------------------------------------------


def test_a_view_is_shared_with_a_team_and_keeps_only_filters(agent, lead, team):
    Membership.objects.create(team=team, user=lead)
    views.keep_view(by=acting(lead), name="超时", query="view=open&q=is%3Aoverdue&evil=1", team=team)
    shown = SavedView.objects.visible_to(agent).get()
    assert shown.query == "view=open&q=is%3Aoverdue"
    assert not SavedView.objects.visible_to(UserFactory(role="agent")).exists()
    with pytest.raises(Forbidden):
        views.keep_view(by=acting(agent), name="x", query="", team=TeamFactory())


@pytest.mark.parametrize(("question", "found"), [
    ("from:李倩", True), ("from:别人", False), ("owner:me", True), ("is:overdue", False), ("is:open 打印机", True), ("2026-11", True), ("2026-10", False),
    ("created>2026-11-01", True), ("-kind:incident", False), ('"月结单据"', True), ("卡纸 -打印机", False), ("team:IT", True), ("category:none", True),
])
def test_the_quick_search_finds(item, agent, question, found):
    given = {"view": "all", "q": question}
    assert (item in listing.asked_for(given, user=agent, now=later(5))) is found


# --- guests and colleagues ----------------------------------------------------------------------------------------


def test_a_guest_sees_what_was_shown_and_no_note_and_no_more_once_revoked(item, agent):
    guest = UserFactory(name="研发工程师", role="requester")
    conversation.note(item, by=acting(agent), text="内部判断", at=later(1))
    one = sharing.share(item, by=acting(agent), user=guest, note="请看一下", at=later(2))
    assert item.visible_to(guest)
    assert "内部判断" not in signed_in(guest).get(item.get_absolute_url()).content.decode()
    conversation.reply(item, by=acting(guest), text="像是固件问题", at=later(3))
    entry = Entry.objects.get(text="像是固件问题")
    assert entry.public is False
    sharing.revoke(one, by=acting(agent), at=later(4))
    assert not item.visible_to(guest)


def test_a_colleague_reads_notes_but_a_customers_person_never_does(item, agent):
    colleague = UserFactory(role="requester")
    conversation.note(item, by=acting(agent), text="内部判断", at=later(1))
    sharing.share(item, by=acting(agent), user=colleague, as_colleague=True, at=later(2))
    assert "内部判断" in signed_in(colleague).get(item.get_absolute_url()).content.decode()
    outside = UserFactory(role="requester", customer=CustomerFactory(kind="company"))
    with pytest.raises(Refused):
        sharing.share(item, by=acting(agent), user=outside, as_colleague=True)


def test_colleagues_who_are_asked_have_a_time_of_their_own_and_the_customers_runs_on(item, agent):
    research = TeamFactory(name="研发部")
    member = UserFactory(role="requester")
    Membership.objects.create(team=research, user=member)
    one = sharing.hand_over(item, by=acting(agent), question="请分析日志", team=research, business_seconds=2 * 3600, at=later(10))
    item.refresh_from_db()
    assert (item.phase, item.waiting_for) == ("waiting", "colleague")
    assert item.due_at is not None
    assert one.due_at == later(220)  # two working hours, the midday break between them
    assert sharing.tell_late(later(221)) == 1
    assert sharing.tell_late(later(222)) == 0
    signed_in(member).post(f"/hand-overs/{one.pk}", {"text": "是内存泄漏"})
    item.refresh_from_db()
    assert item.phase == "active"
    assert Entry.objects.filter(item=item, public=False, text="是内存泄漏").exists()
    with pytest.raises(Forbidden):
        sharing.answer(one, by=acting(UserFactory(role="requester")), text="x")


def test_watchers_are_added_and_taken_away_by_hand(item, agent, lead, requester):
    sharing.watch(item, user=lead, by=acting(agent))
    sharing.watch(item, user=UserFactory(role="requester", customer=requester.customer), by=acting(agent), kind=Watcher.Kind.CC)
    stranger = UserFactory(role="requester", customer=CustomerFactory())
    with pytest.raises(Refused):
        sharing.watch(item, user=stranger, by=acting(agent), kind=Watcher.Kind.CC)
    sharing.unwatch(item, user=lead, by=acting(agent))
    assert item.watchers.count() == 1


# --- checklists, time, calls, remote help -------------------------------------------------------------------------


def test_nothing_is_resolved_before_its_checklist_is_done(requester, team, agent):
    ChecklistTemplate.objects.create(
        name="验收", kinds=["incident"], automatic=True, before_resolving=True, points=[{"text": "试打一页", "required": True}, {"text": "清洁", "required": False}])
    helping.forget()
    item = open_incident(requester=requester, category=Category.objects.create(key="p", name="打印机"))
    with pytest.raises(Refused) as refusal:
        progress.resolve(item, by=acting(agent), solution="好了", cause="磨损")
    assert "试打一页" in str(refusal.value)
    point = item.checklists.get().points.get(required=True)
    helping.tick(point, by=acting(agent), done=True, at=later(5))
    point.refresh_from_db()
    assert (point.done_by, point.done_at) == (agent, later(5))
    assert progress.resolve(item, by=acting(agent), solution="好了", cause="磨损").phase == "resolved"


def test_minutes_are_summed_by_person_and_kind(item, agent):
    helping.spend_time(item, by=acting(agent), minutes=20)
    wrong = helping.spend_time(item, by=acting(agent), minutes=200)
    helping.spend_time(item, by=acting(agent), minutes=15, kind="travel")
    helping.strike_time(wrong, by=acting(agent))
    assert sorted(row["minutes"] for row in helping.minutes_on(item)) == [15, 20]
    with pytest.raises(Refused):
        helping.spend_time(item, by=acting(agent), minutes=0)


def test_a_promised_call_is_owed_until_it_is_made(item, agent):
    conversation.log_call(item, by=acting(agent), text="下午回电", inbound=True, callback_at=later(60), at=later(1))
    assert helping.callbacks_due(later(30)) == 0
    assert helping.callbacks_due(later(60)) == 1
    assert helping.callbacks_due(later(61)) == 0
    assert item.number in signed_in(agent).get("/callbacks").content.decode()
    helping.callback_made(Callback.objects.get(), by=acting(agent))
    assert not Callback.objects.owed().exists()


def test_remote_help_needs_consent_and_leaves_a_trace(item, agent):
    tool = RemoteTool.objects.create(name="远程桌面", url="https://remote.example/join?ref={{number}}&name={{person}}")
    with pytest.raises(Refused):
        helping.start_remote(item, tool, by=acting(agent), consent_by=" ")
    session = helping.start_remote(item, tool, by=acting(agent), consent_by="李倩", consent_how="电话")
    assert session.url == f"https://remote.example/join?ref={item.number}&name=%E6%9D%8E%E5%80%A9"
    assert Entry.objects.filter(item=item, kind="remote", details__consent_by="李倩").exists()
    with pytest.raises(Refused):
        helping.check_tool_url("javascript:alert(1)")


# --- a major incident and its reports -----------------------------------------------------------------------------


def test_one_update_answers_every_report_and_resolving_takes_them_along(requester, team, agent):
    category = Category.objects.create(key="net", name="网络")
    major = open_incident(requester=requester, category=category)
    reports = [open_incident(requester=UserFactory(role="requester")) for _n in range(3)]
    family.link_reports(major, reports, by=acting(agent), at=later(1))
    family.answer_reports(major, by=acting(agent), text="光缆中断，预计30分钟恢复", at=later(5))
    for report in reports:
        report.refresh_from_db()
        assert report.responded_at == later(5)
        assert Entry.objects.of(report).visible_to(report.requester).filter(text__contains="光缆中断").exists()
    family.resolve_reports(major, by=acting(agent), solution="已恢复", cause="施工挖断", at=later(30))
    assert set(major.children.values_list("phase", flat=True)) == {"resolved"}


def test_a_merge_says_before_who_will_see_what(requester, team, agent, lead):
    target = open_incident(requester=requester)
    stranger = UserFactory(name="外部客户", role="requester", customer=CustomerFactory())
    other = open_incident(requester=stranger)
    shown = relations.preview_merge([other], into=target, by=acting(agent))
    assert (shown.joined, shown.strangers, shown.possible) == ([stranger], [stranger], False)
    assert relations.preview_merge([other], into=target, by=acting(lead)).possible
    page = signed_in(lead).post("/items/merge-preview", {"items": [other.pk], "into": target.number}).content.decode()
    assert "外部客户" in page
    # The same from the item's own dialog, where merging is one choice of several.
    ask = {"items": [other.pk], "other": target.number}
    assert "外部客户" in signed_in(lead).post("/items/merge-preview", ask | {"how": "merge"}).content.decode()
    assert signed_in(lead).post("/items/merge-preview", ask | {"how": "related"}).content.decode() == ""


def test_the_rules_are_tried_on_past_items_and_change_nothing(requester, team, agent):
    from hengwei.work.actions.settings import try_rules
    from hengwei.work.models import RoutingRule

    elsewhere = TeamFactory(name="网络组")
    item = open_incident(requester=requester)
    RoutingRule.objects.create(name="打印机归网络组", team=elsewhere, conditions={"field": "text", "op": "contains", "value": ["打印机"]})
    trial = try_rules(by=acting(UserFactory(role="manager")))
    assert (trial.looked_at, [one[0].number for one in trial.elsewhere]) == (1, [item.number])
    item.refresh_from_db()
    assert item.team == team


def test_settings_are_kept_by_who_may(agent):
    keeper = signed_in(UserFactory(role="manager"))
    for address in ("categories", "routing", "checklists", "remote-tools", "matrix", "strategies"):
        assert keeper.get(f"/settings/{address}").status_code == 200, address
        assert signed_in(agent).get(f"/settings/{address}").status_code == 404, address
    from hengwei.work import priorities

    cells = {f"cell_{i}_{u}": 3 for i in range(1, 5) for u in range(1, 5)}
    keeper.post("/settings/matrix", cells)
    assert priorities.priority_of(1, 1) == 3


# --- reported upwards ---------------------------------------------------------------------------------------------


def test_who_cannot_solve_it_reports_it_upwards_and_the_level_is_told_why(requester, team, agent, lead):
    from hengwei.channels.models import Notice
    from hengwei.work.actions import reporting
    from hengwei.work.models import EscalationLevel

    team.lead = lead
    team.save()
    EscalationLevel.objects.create(number=1, name="组长", notify=["lead"])
    item = open_incident(requester=requester, team=team)
    with pytest.raises(Refused):
        reporting.report_up(item, by=acting(agent), level=1, reason=" ")
    assert reporting.report_up(item, by=acting(agent), level=1, reason="需要厂家支持", at=later(5)) == [lead.name]
    item.refresh_from_db()
    assert item.escalation_level == 1
    assert "需要厂家支持" in signed_in(agent).get(f"/items/{item.number}").content.decode()
    assert Notice.objects.filter(user=lead, item=item, event="escalated").exists()
    # A report that nobody but oneself would get is none.
    with pytest.raises(Refused):
        reporting.report_up(item, by=acting(lead), level=1, reason="我也没办法")
