"""The sample company's six weeks of work: made by the same actions as real work, at moments that have passed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from hengwei.calendars.models import Calendar
from hengwei.core import jobs, live
from hengwei.core.acting import Actor
from hengwei.core.sample import progress as told
from hengwei.org.models import Absence, Customer, Membership, Team, User
from hengwei.work import demo_agreements, demo_together, searching
from hengwei.work import demo_texts as texts
from hengwei.work.actions import approvals, assignment, conversation, intake, progress, relations
from hengwei.work.actions import settings as settings_actions
from hengwei.work.clocks import matching
from hengwei.work.clocks.sweep import sweep
from hengwei.work.models import (
    ApprovalVote,
    Category,
    Clock,
    Entry,
    RoutingRule,
    Source,
    TeamAssignment,
    WaitingFor,
    WorkItem,
)
from hengwei.work.workflow import Phase

WEEKS = 6
SOURCES = ((Source.PORTAL, 48), (Source.EMAIL, 27), (Source.PHONE, 20), (Source.AGENT, 5))


def load(rng: random.Random, now: datetime, items: int = 0) -> None:
    """Agreements, routing, and six weeks of items of which the newest are still being worked on."""
    items = items or settings.SAMPLE_ITEMS
    demo_agreements.load(now)
    _routing()
    _approval_plans()
    matching.forget()
    people = _People(rng)
    with jobs.not_now(), live.silent():
        for number, received in enumerate(_moments(rng, now, items), 1):
            _one(rng, people, received, now)
            told(number, items)
        _special(rng, people, now)
        demo_together.load(rng, now)
        _escalate_until(now)
        demo_agreements.finish(now)
    for item in WorkItem.objects.iterator():
        searching.index(item, entries=list(Entry.objects.filter(item=item).order_by("happened_at", "id")))


class _People:
    def __init__(self, rng: random.Random) -> None:
        self.requesters = list(User.objects.filter(is_agent=False, is_active=True).select_related("customer", "site"))
        self.inside = [p for p in self.requesters if p.customer and p.customer.kind == Customer.Kind.DEPARTMENT]
        self.outside = [p for p in self.requesters if p.customer and p.customer.kind == Customer.Kind.COMPANY]
        self.known = next((p for p in self.requesters if p.username == "liqian"), self.requesters[0])
        self.categories = {c.key: c for c in Category.objects.all()}
        self.teams = {t.key: t for t in Team.objects.all()}
        self.members = {
            key: list(User.objects.filter(memberships__team=team, is_active=True).exclude(roles__key="manager")) for key, team in self.teams.items()
        }

    def requester(self, rng: random.Random, scenario: texts.Scenario) -> User:
        if rng.random() < 0.012 and scenario.team != texts.AFTER:
            return self.known
        return rng.choice(self.outside if scenario.team == texts.AFTER and self.outside else self.inside)


def _moments(rng: random.Random, now: datetime, items: int) -> Iterator[datetime]:
    """When requests come: mostly in working hours, some at night and on Sundays; oldest first, the last minutes ago."""
    office = Calendar.objects.get(key="office").current().compiled()
    begin = now - timedelta(weeks=WEEKS)
    whole = office.elapsed(begin, now)
    found = []
    for _n in range(items):
        if rng.random() < 0.93 and whole:
            moment = office.add(begin, rng.randrange(whole))
            found.append(min(moment + timedelta(seconds=rng.randrange(1800)), now - timedelta(minutes=3)))
        else:
            found.append(begin + (now - begin) * rng.random())
    yield from sorted(moment for moment in found if moment < now)


def _fill(rng: random.Random) -> dict[str, str]:
    return {
        "floor": str(rng.randint(1, 6)), "code": rng.choice(("05", "13", "27", "41", "50", "619", "0142", "721")), "order": f"{rng.randint(10000, 99999)}",
        "machine": rng.choice(texts.MACHINES), "amount": str(rng.randint(3, 40)),
    }


def _one(rng: random.Random, people: _People, received: datetime, now: datetime) -> None:
    scenario = rng.choices(texts.SCENARIOS, weights=[1 if s.kind in ("problem", "change", "suggestion", "complaint") else 6 for s in texts.SCENARIOS])[0]
    words = _fill(rng)
    source = rng.choices([s for s, _w in SOURCES], weights=[w for _s, w in SOURCES])[0]
    requester = people.requester(rng, scenario)
    member = rng.choice(people.members[scenario.team])
    agent = Actor(user=member, via="web")
    if scenario.kind in ("problem", "change"):
        requester, source = member, Source.AGENT
    by = agent if source in (Source.PHONE, Source.AGENT) else Actor(user=requester, via="portal" if source == Source.PORTAL else "mail")
    unread = received > now - timedelta(minutes=50) and rng.random() < 0.7
    planned: dict[str, Any] = {
        "plan": "先在测试环境验证，再分批实施，每批之后检查业务。", "back_out": "保留原配置和快照，异常时30分钟内切回。",
        "planned_start": received + timedelta(days=1), "planned_end": received + timedelta(days=1, hours=2),
    } if scenario.kind == "change" else {}
    item = intake.open_item(
        scenario.kind, title=rng.choice(scenario.titles).format(**words), description=scenario.description.format(**words), by=by, requester=requester,
        source=source, category=None if unread and rng.random() < 0.5 else people.categories.get(scenario.category),
        impact=None if unread else scenario.impact, urgency=None if unread else min(4, max(1, scenario.urgency + rng.choice((0, 0, 0, 0, 1, -1)))),
        subject=scenario.subject, team=people.teams[scenario.team], received_at=received, at=received, **planned,
    )
    WorkItem.objects.filter(pk=item.pk).update(acknowledged_at=received + timedelta(seconds=rng.randint(5, 80)))
    if unread:
        return
    office = Calendar.objects.get(key="office").current().compiled()

    def later(low: int, high: int, after: datetime) -> datetime:
        """Some working minutes later, as people work; an emergency is not left for the morning."""
        minutes = rng.randint(low, high)
        if item.priority == 1:
            return after + timedelta(minutes=min(minutes, 12))
        return office.add(after, minutes * 60)

    slow = rng.random() < 0.06
    taken = later(40, 300, received) if slow else later(1, 25, received)
    if taken >= now:
        return
    _escalate_until(taken)
    assignment.assign(item, by=agent, owner=member, at=taken)
    progress.acknowledge(item.locked(), by=agent, at=taken)
    at = later(1, 6, taken)
    _escalate_until(at)
    if scenario.ask and at < now:
        conversation.reply(item, by=agent, text=scenario.ask.format(**words), at=at)
        if rng.random() < 0.3 and later(1, 2, at) < now:
            progress.pend(item.locked(), by=agent, waiting_for=WaitingFor.CUSTOMER, at=later(1, 2, at))
        at = later(8, 200, at)
        if at < now and rng.random() < 0.9:
            conversation.reply(item, by=Actor(user=requester, via="portal"), text=scenario.answer.format(**words), at=at)
            if rng.random() < 0.05:
                chased = later(20, 60, at)
                if chased < now:
                    progress.chase(item, by=Actor(user=requester, via="portal"), at=chased)
    if scenario.note and rng.random() < 0.6 and at < now:
        at = later(2, 20, at)
        if at < now:
            conversation.note(item, by=agent, text=scenario.note.format(**words), at=at)
    if rng.random() < 0.03 and item.kind != "change":
        at = later(5, 20, at)
        if at < now and item.locked().phase != Phase.WAITING:
            progress.pend(item.locked(), by=agent, waiting_for=WaitingFor.SUPPLIER, comment="备件已下单", at=at)
            if received > now - timedelta(days=5) and rng.random() < 0.6:
                return
    at = max(at, later(10, 60 * (30 if slow else 5), at))
    if at >= now:
        return
    _escalate_until(at)
    item = item.locked()
    if item.kind == "change":
        item = _change(item, by=agent, at=at)
        if item.state == "approval":
            return
    if item.phase == Phase.WAITING:
        item = progress.return_from_waiting(item, by=agent, at=at)
    item = progress.resolve(item, by=agent, solution=scenario.solution.format(**words) or "已完成", cause=scenario.cause or "计划内", remotely=rng.random() < 0.72, at=at)
    thanks = later(5, 600, at)
    if thanks >= now:
        return
    if rng.random() < 0.025 and item.kind == "incident":
        item = progress.reopen(item, by=Actor(user=requester, via="portal"), comment="过了一会儿又出现了，请再看一下。", at=thanks)
        again = later(20, 300, thanks)
        if again >= now:
            return
        item = progress.resolve(item, by=agent, solution=scenario.solution.format(**words) + "复查后加固处理。", cause=scenario.cause or "计划内", at=again)
        thanks = later(10, 200, again)
    if thanks >= now:
        return
    closer = Actor(user=requester, via="portal") if rng.random() < 0.6 and not requester.is_agent else agent
    comment = rng.choice(texts.THANKS) if closer.user == requester else "电话回访确认"
    progress.close(item, by=closer, comment=comment, at=thanks)


def _change(item: WorkItem, *, by: Actor, at: datetime) -> WorkItem:
    """A change goes through planning and approval, and is carried out."""
    if item.state == "new":
        item = progress.make_transition(item.locked(), "plan", by=by, at=at)
    if item.state in ("in_progress", "planned"):
        item = progress.make_transition(item.locked(), "submit", by=by, at=at) if item.state == "planned" else item
    for _vote in range(6):
        vote = ApprovalVote.objects.filter(step__approval__item=item, step__state="open", state="open").select_related("step__approval__item", "user").first()
        if vote is None:
            break
        approvals.decide(vote, approve=True, by=Actor(user=vote.user, via="web"), comment="同意，注意回退方案", at=at)
    item = item.locked()
    return progress.make_transition(item, "start", by=by, at=at) if item.state == "approved" else item


def _escalate_until(moment: datetime) -> None:
    """Let every step of escalation that falls due by then happen at its own moment, as the worker would have."""
    while (due := Clock.objects.filter(state=Clock.State.RUNNING, next_step_at__lte=moment).order_by("next_step_at").values_list("next_step_at", flat=True).first()):
        sweep(due)


def _special(rng: random.Random, people: _People, now: datetime) -> None:
    """A major incident with its reports, a duplicate merged, somebody on leave."""
    lead = people.teams[texts.OPS].lead
    if lead is None:
        return
    by = Actor(user=lead, via="web")
    start = now - timedelta(minutes=35)
    major = intake.open_item(
        "incident", title="二号厂房网络中断，多部门无法使用ERP和OA", description="核心到二号厂房的链路中断，正在切换备用链路。", by=by, requester=people.known, source=Source.PHONE, impact=1, urgency=1,
        category=people.categories["network"], team=people.teams[texts.OPS], received_at=start, at=start, major=True, subject="核心网络",
    )
    progress.acknowledge(major.locked(), by=by, at=start + timedelta(minutes=2))
    for n, title in enumerate(("车间系统全部打不开", "OA和ERP都上不去", "二号厂房电话也不通", "扫码入库不能用了")):
        child = intake.open_item(
            "incident", title=title, description=f"{title}，旁边同事也一样。", by=Actor(user=rng.choice(people.inside), via="portal"), category=people.categories["network"],
            impact=3, urgency=2, team=people.teams[texts.OPS], received_at=start + timedelta(minutes=3 + n), at=start + timedelta(minutes=3 + n),
        )
        relations.set_parent(child, major, by=by, at=start + timedelta(minutes=10))
    conversation.reply(major.locked(), by=by, text="已定位到光缆被施工挖断，正在切换备用链路，预计30分钟内恢复。", at=start + timedelta(minutes=12))
    working = list(WorkItem.objects.filter(phase="active", kind="incident", parent=None, requester__is_agent=False).order_by("-id")[:2])
    for first in working[:1]:
        again = intake.open_item(
            "incident", title=f"{first.title}（再报一次）", description="刚才提交过，怕没收到。", by=Actor(user=first.requester, via="portal"), team=first.team,
            category=first.category, impact=3, urgency=3, received_at=now - timedelta(minutes=20), at=now - timedelta(minutes=20),
        )
        relations.merge([again], into=first, by=by, at=now - timedelta(minutes=15))
    for second in working[1:]:
        relations.link(second, working[0], by=by)
    away = people.members[texts.IT][1]
    Absence.objects.create(user=away, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=3), note="年假", deputy=people.members[texts.IT][0])


def _approval_plans() -> None:
    """Who approves changes, and what the catalogue asks for."""
    by = Actor(user=User.objects.get(username="yangjing"), via="web")
    lead, manager = {"by": "team_lead"}, {"by": "role", "key": "manager"}
    owners = [{"by": "head", "key": texts.OPS}, {"by": "head", "key": texts.IT}]
    for name, english, kind, conditions, steps in (
        ("重大变更审批", "Major changes", "change", {"all": [{"field": "impact", "op": "at_most", "value": 2}]}, [
            {"name": "组长", "mode": "any", "approvers": [lead], "remind_hours": 4, "within_hours": 24}, {"name": "会签", "mode": "all", "approvers": owners, "remind_hours": 8},
            {"name": "经理", "mode": "any", "approvers": [manager], "within_hours": 24}]),
        ("一般变更审批", "Other changes", "change", {}, [{"name": "组长", "mode": "any", "approvers": [lead], "within_hours": 24}]),
        ("权限申请审批", "Access rights", "", {}, [
            {"name": "系统负责人", "mode": "any", "approvers": [lead], "remind_hours": 8, "within_hours": 48}, {"name": "经理", "mode": "any", "approvers": [manager], "within_hours": 48}]),
    ):
        settings_actions.save_plan(None, by=by, name=name, name_en=english, kind=kind, conditions=conditions, steps=steps)


def _routing() -> None:
    """Category to team; each team hands out in its own way."""
    teams = {t.key: t for t in Team.objects.all()}
    for order, (name, english, key, words) in enumerate((
        ("网络与业务系统归运维", "Network and systems to operations", texts.OPS, ["network", "erp", "application", "equipment"]),
        ("产品问题归售后", "Products to after-sales", texts.AFTER, ["product"]), ("其余归IT支持", "The rest to IT support", texts.IT, []),
    ), 1):
        condition: dict[str, Any] = {"field": "category", "op": "in", "value": words} if words else {}
        RoutingRule.objects.create(name=name, name_en=english, order=order * 10, team=teams[key], conditions=condition)
    for key, strategy in ((texts.IT, "manual"), (texts.OPS, "manual"), (texts.AFTER, "least_load")):
        TeamAssignment.objects.create(team=teams[key], strategy=strategy)
    Membership.objects.update(last_assigned_at=F("joined_at"))


