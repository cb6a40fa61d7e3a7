"""The sample company's problems, changes, complaints, suggestions, surveys, follow-up plans, macros and standards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hengwei.core.acting import Actor
from hengwei.desk.actions import (
    changes,
    complaints,
    department,
    follow_ups,
    macros,
    majors,
    problems,
    suggestions,
    surveys,
)
from hengwei.desk.models import Incident, Invitation
from hengwei.org.models import Customer, Team, User
from hengwei.work.actions import approvals, progress
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.steps import make_step
from hengwei.work.models import ApprovalVote, Category, WorkItem

#: title, root cause, workaround, category, whether a known error
PROBLEMS = [
    ("二楼到五楼打印机频繁掉线", "打印服务器驱动2.1版内存泄漏，运行约三天后服务停止", "掉线时在打印机上重新登录一次；急用请改用一楼文印室", "printer", True),
    ("ERP月结期间单据保存缓慢", "月结任务与夜间统计同时运行，数据库锁等待过长", "月结期间请在17:30前保存大单据", "erp", True),
    ("会议室无线时断时续", "", "靠窗座位信号较好，重要会议请接网线", "network", False),
    ("VPN客户端升级后无法自动重连", "客户端5.4版与系统休眠不兼容", "断线后退出客户端重新登录", "vpn", True),
]
#: title, systems, risk, days from now, hour, hours, plan, way back, how far it is
CHANGES: list[tuple[str, list[str], str, int, int, int, str, str, str]] = [
    ("ERP数据库升级到15.8", ["ERP", "数据库集群"], "high", 3, 20, 4, "停服务，备份，升级，校验余额表，开放", "恢复升级前快照，约40分钟", "approval"),
    ("更换ERP前端证书", ["ERP"], "low", 3, 22, 1, "替换证书并重载网关", "换回旧证书", "planned"),
    ("核心交换机固件升级", ["核心网络"], "high", 6, 21, 3, "先备后主，逐台升级并验证", "回退固件，切回主机", "approval"),
    ("文件服务器扩容", ["文件服务器"], "medium", 1, 19, 2, "在线扩容存储池", "停止扩容，原卷不受影响", "planned"),
    ("MES采集网关替换", ["MES"], "medium", 9, 12, 2, "并行运行一周后切换", "切回旧网关", "new"),
    ("邮件网关反垃圾规则调整", ["邮箱"], "low", -4, 19, 1, "导入新规则，观察误判", "恢复上一版规则", "done"),
    ("OA服务器补丁", ["OA"], "medium", -8, 20, 2, "逐台安装补丁并重启", "卸载补丁", "done"),
]
#: title, cause, justified, measures, how far it is
COMPLAINTS: list[tuple[str, str, bool | None, str, str]] = [
    ("报修两天没有人联系我", "slow", True, "早会通报，值班表增加一人", "closed"),
    ("同一台打印机一个月修了四次", "not_solved", True, "更换打印机，供应商复盘", "closed"),
    ("电话里态度不好", "attitude", True, "当事人致歉，安排沟通培训", "closed"),
    ("停机前没有通知我们车间", "information", True, "维护公告增加车间群通知", "resolved"),
    ("换下来的键盘还是坏的", "quality", None, "", "active"),
    ("服务费与报价不一致", "cost", False, "核对合同，向客户说明", "closed"),
    ("设备用了三个月就报警", "product", None, "", "new"),
    ("承诺的上门时间一改再改", "slow", True, "派单前先与客户确认时间", "closed"),
]
SUGGESTIONS = [
    ("门户增加自助重置密码", "accepted", "纳入下季度计划，由IT支持组实施。"), ("扫码报修，设备上贴二维码", "accepted", "先在二号厂房试点。"),
    ("每月发一次常见问题汇总", "partly", "改为在知识库首页滚动展示。"), ("报修后能看到工程师的位置", "declined", "涉及个人位置信息，暂不提供。"), ("产品支持热线延长到21点", "", ""),
]
STANDARD = """# 服务规范

## 一、受理
- 受理渠道：服务热线、邮件、门户，任何渠道的请求都登记为工单并告知编号。
- 工作时间内**15分钟**内首次答复；紧急故障随时电话受理。

## 二、分派
- 按业务线分派到IT支持组、系统运维组、售后支持组，任何工单不得无人负责。
- 组长负责组内调配，副组长在组长不在时代行其职。

## 三、处理
- 先远程，后现场；挂起必须写明等待原因。
- 超时自动上报组长，再上报经理。

## 四、反馈
- 处理结果告知请求人，经确认或五个工作日无异议后关单。
- 关单后邀请评价，低分两个工作日内回访；投诉由副组长处理，经客户同意方可关单。

| 岗位 | 职责 |
| --- | --- |
| 服务台 | 受理、登记、首次答复 |
| 工程师 | 诊断、处理、记录原因与方案 |
| 组长、副组长 | 调配、升级、投诉处理 |
| 经理 | 规范、考核、改进 |
"""
STANDARD_EN = """# Service standards

## 1. Reception
- By telephone, mail or portal; every request gets a number at once.
- First answer within **15 minutes** of working time; urgent faults at any time by telephone.

## 2. Assignment
- To the team of the business line; nothing stays unowned.

## 3. Handling
- Remotely first, then on site; waiting always has a stated reason.
- What is overdue is escalated to the lead, then to the manager.

## 4. Feedback
- The result is told to the requester; closed after confirmation, or after five working days without objection.
- Low scores are called back within two working days; complaints are closed with the customer's consent only.
"""
QUESTIONS = [
    {"key": "overall", "type": "csat", "label": "您对我们的服务总体满意吗？", "label_en": "How content are you with our service?", "required": True},
    {"key": "speed", "type": "scale", "label": "响应速度", "label_en": "Speed of response"}, {"key": "recommend", "type": "nps", "label": "您会向同事推荐我们的服务吗？", "label_en": "Would you recommend us to a colleague?"},
    {"key": "what", "type": "choices", "label": "最希望改进的方面", "label_en": "What should become better", "choices": [{"value": "speed", "label": "速度", "label_en": "Speed"}, {"value": "words", "label": "沟通", "label_en": "Communication"}, {"value": "skill", "label": "技术水平", "label_en": "Skill"}, {"value": "tools", "label": "自助工具", "label_en": "Self-service"}]},
    {"key": "words", "type": "text", "label": "想对我们说的话", "label_en": "Anything else"},
]
WORDS = ["响应很快，继续保持", "希望周末也有人值班", "打印机问题反复出现", "工程师讲得很清楚", "门户比打电话方便", "最好提前通知停机", "Quick and friendly, thank you."]
MACROS: list[tuple[str, str, str, list[str], list[dict[str, Any]]]] = [
    ("请补充信息并等待", "Ask for more and wait", "i", ["incident", "request"], [
        {"do": "reply", "text": "{{requester}}您好，为了尽快定位，请补充：1. 出现的时间；2. 完整的提示或截图；3. 同事是否也有。", "text_en": "Hello {{requester}}, please add: 1. since when; 2. the full message or a screenshot; 3. whether colleagues have it too."},
        {"do": "step", "transition": "pend", "facts": {"waiting_for": "customer"}}]),
    ("转运维并说明", "To operations, with a word", "o", ["incident"], [
        {"do": "assign", "team": "operations"}, {"do": "reply", "text": "{{requester}}您好，{{number}}已转系统运维组处理，时限不变。", "text_en": "Hello {{requester}}, operations has taken over {{number}}; what we promised stays the same."}]),
    ("等待备件", "Waiting for a part", "b", [], [
        {"do": "labels", "add": ["等备件"]}, {"do": "note", "text": "备件已下单，{{agent}}跟进。"}, {"do": "step", "transition": "pend", "facts": {"waiting_for": "supplier"}}]),
    ("我来处理", "Mine", "w", [], [{"do": "assign", "owner": "me"}]),
]


def load(rng: random.Random, now: datetime) -> None:
    """Everything of the desk beside the daily requests. Made by the actions, at moments that have passed."""
    users = {user.username: user for user in User.objects.filter(is_agent=True)}
    manager, people = Actor(user=users["yangjing"], via="web"), list(User.objects.filter(is_agent=False, is_active=True, verified=True).select_related("customer").order_by("id"))
    teams, categories = {team.key: team for team in Team.objects.select_related("lead", "deputy")}, {one.key: one for one in Category.objects.all()}
    Customer.objects.filter(pk__in=list(Customer.objects.filter(kind="company").order_by("id").values_list("pk", flat=True)[:6])).update(key_account=True)
    Customer.objects.filter(pk__in=list(Customer.objects.filter(kind="company").order_by("id").values_list("pk", flat=True)[:2])).update(shares_requests=True)
    _macros(manager)
    _plans(manager, now)
    _problems(rng, teams, categories, now)
    _changes(rng, manager, teams, now)
    _complaints(rng, people, teams, categories, now)
    _suggestions(rng, manager, people, teams, now)
    _surveys(rng, manager, now)
    department.publish_standard(by=manager, text=STANDARD.replace("15分钟", "30分钟"), text_en=STANDARD_EN, note="首次发布", at=now - timedelta(days=200))
    department.publish_standard(by=manager, text=STANDARD, text_en=STANDARD_EN, note="首次答复由30分钟改为15分钟", at=now - timedelta(days=40))
    major = Incident.objects.filter(major=True).open().first()
    if major is not None:
        words = "二号厂房网络中断\n正在切换备用链路，ERP、OA和电话受影响，预计30分钟内恢复。"
        majors.declare(WorkItem.objects.get(pk=major.pk), by=manager, words=words, at=now - timedelta(minutes=20))


def _macros(manager: Actor) -> None:
    for name, english, key, kinds, steps in MACROS:
        macros.save_macro(None, by=manager, scope="all", name=name, name_en=english, key=key, kinds=kinds, steps=steps)


def _plans(manager: Actor, now: datetime) -> None:
    for facts in (
        {"name": "重大故障后回访", "name_en": "After each severe incident", "occasion": "closed", "conditions": {"all": [{"field": "kind", "op": "is", "value": "incident"}, {"field": "priority", "op": "at_most", "value": 1}]}, "within_days": 2, "questions": "恢复后是否稳定？\n通知是否及时？"},
        {"name": "重点客户月度回访", "name_en": "Key customers, each month", "occasion": "regular", "every_months": 1, "within_days": 10, "questions": "近期使用情况？\n有没有新的需求？"},
        {"name": "投诉关单后回访", "name_en": "After a complaint", "occasion": "complaint", "owner_rule": "deputy", "within_days": 5, "questions": "整改是否落实？"},
    ):
        follow_ups.save_plan(None, by=manager, **facts)
    follow_ups.by_calendar(now - timedelta(days=12))
    results = ("运行稳定，客户希望安排一次培训。", "客户反馈报表导出较慢，已转运维组。", "客户很满意，计划明年续签。")
    for owed, result in zip(follow_ups.FollowUp.objects.filter(plan__occasion="regular", owner__isnull=False).order_by("id")[:3], results, strict=False):
        follow_ups.complete(owed, by=Actor(user=owed.owner, via="web"), result=result, way="visit" if "培训" in result else "call", at=now - timedelta(days=6))


def _problems(rng: random.Random, teams: dict[str, Team], categories: dict[str, Category], now: datetime) -> None:
    for number, (title, cause, workaround, category, known) in enumerate(PROBLEMS):
        team = teams["operations" if category in ("erp", "network") else "it-support"]
        by, at = Actor(user=team.lead, via="web"), now - timedelta(days=20 - 4 * number)
        problem = open_item("problem", title=title, description="同类故障多次出现，需要找出根本原因。", by=by, category=categories.get(category), team=team, owner=team.lead, impact=2, urgency=3, received_at=at, at=at)
        make_step(problem, "start", by=by)
        incidents = list(WorkItem.objects.filter(kind="incident", category__key=category, received_at__gt=now - timedelta(days=30)).order_by("-id")[: rng.randint(2, 6)])
        problems.link_incidents(WorkItem.objects.get(pk=problem.pk), incidents, by=by, at=at)
        problems.describe(WorkItem.objects.get(pk=problem.pk), by=by, root_cause=cause, workaround=workaround, at=at)
        if known:
            make_step(WorkItem.objects.get(pk=problem.pk), "know", by=by, cause=cause[:300])


def _changes(rng: random.Random, manager: Actor, teams: dict[str, Team], now: datetime) -> None:
    team = teams["operations"]
    member = User.objects.filter(memberships__team=team, is_active=True).exclude(pk__in=[team.lead_id, team.deputy_id]).order_by("id").first()
    by = Actor(user=member, via="web")
    local = timezone.localtime(now)
    for title, systems, risk, days, hour, hours, plan, back_out, far in CHANGES:
        start = (local + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        at = min(now, start) - timedelta(days=5)
        change = open_item("change", title=title, description=plan, by=by, team=team, owner=member, impact=2, urgency=3, received_at=at, at=at, risk=risk)
        item = WorkItem.objects.get(pk=change.pk)
        if far == "new":
            changes.plan(item, by=by, plan=plan, back_out=back_out, systems=systems, planned_start=start, planned_end=start + timedelta(hours=hours), at=at)
            continue
        make_step(item, "plan", by=by)
        changes.plan(WorkItem.objects.get(pk=change.pk), by=by, plan=plan, back_out=back_out, systems=systems, planned_start=start, planned_end=start + timedelta(hours=hours), at=at)
        if far in ("approval", "done"):
            make_step(WorkItem.objects.get(pk=change.pk), "submit", by=by)
        if far == "done":
            _carry_out(change.pk, by)
    month_end = (local.replace(day=28) + timedelta(days=4)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    changes.save_freeze(None, by=manager, name="月末结账", name_en="Closing of the books", starts_at=month_end - timedelta(days=2), ends_at=month_end + timedelta(days=1), systems=["ERP"], reason="财务结账期间ERP不得变更")


def _carry_out(pk: int, by: Actor) -> None:
    """Approved by all who are asked, done, closed."""
    while vote := ApprovalVote.objects.filter(step__approval__item=pk, state="open", step__state="open").select_related("user", "step__approval__item").first():
        approvals.decide(vote, approve=True, by=Actor(user=vote.user, via="web"))
    for step in ("start", "resolve", "close"):
        item = WorkItem.objects.get(pk=pk)
        if step in {one.key for one in item.workflow.possible(item.state)}:
            make_step(item, step, by=by, solution="按方案完成，验证正常。")


def _complaints(rng: random.Random, people: list[User], teams: dict[str, Team], categories: dict[str, Category], now: datetime) -> None:
    keys = ("it-support", "operations", "after-sales")
    for number, (title, cause, justified, measures, far) in enumerate(COMPLAINTS):
        requester, team, at = rng.choice(people), teams[keys[number % 3]], now - timedelta(days=36 - 4 * number, hours=rng.randint(1, 6))
        item = open_item("complaint", title=title, description=f"{title}，请给个说法。", by=Actor(user=requester, via="portal"), team=team, category=categories.get("other"), impact=2, urgency=2, received_at=at, at=at)
        if far == "new":
            continue
        item = WorkItem.objects.select_related("owner", "team__lead").get(pk=item.pk)
        by = Actor(user=item.owner or team.lead, via="web")
        progress.acknowledge(item, by=by, at=at + timedelta(hours=1))
        complaints.examine(WorkItem.objects.get(pk=item.pk), by=by, about_team=team, cause_kind=cause, justified=justified, measures=measures, at=at + timedelta(hours=5))
        if far in ("resolved", "closed"):
            progress.resolve(WorkItem.objects.get(pk=item.pk), by=by, solution=f"已向客户说明并致歉。{measures}", cause="服务过程不到位", at=at + timedelta(days=1))
        if far == "closed":
            progress.close(WorkItem.objects.get(pk=item.pk), by=Actor(user=requester, via="portal"), comment="同意关单，谢谢。", at=at + timedelta(days=2))


def _suggestions(rng: random.Random, manager: Actor, people: list[User], teams: dict[str, Team], now: datetime) -> None:
    for number, (title, outcome, decision) in enumerate(SUGGESTIONS):
        at = now - timedelta(days=25 - 4 * number)
        item = open_item("suggestion", title=title, description=f"建议{title}，可以减少来回沟通。", by=Actor(user=rng.choice(people), via="portal"), team=teams["it-support"], impact=4, urgency=4, received_at=at, at=at)
        if outcome:
            suggestions.decide(WorkItem.objects.get(pk=item.pk), by=manager, outcome=outcome, decision=decision, at=at + timedelta(days=2))


def _surveys(rng: random.Random, manager: Actor, now: datetime) -> None:
    teams = list(Team.objects.filter(key__in=("it-support", "operations", "after-sales")))
    spans = (("季度服务满意度调查", "Quarterly satisfaction survey", False, 14, 3, 0.55), ("服务台改进匿名调查", "Anonymous survey on the service desk", True, 30, -4, 0.4))
    for name, english, anonymous, begun, left, share in spans:
        start, end = now - timedelta(days=begun), now + timedelta(days=left)
        campaign = surveys.save_campaign(
            None, by=manager, teams=teams, name=name, name_en=english, introduction="感谢您一直以来的支持，请花两分钟告诉我们做得怎么样。", introduction_en="Thank you for working with us. Please tell us in two minutes how we are doing.",
            questions=QUESTIONS, anonymous=anonymous, served_from=(start - timedelta(days=28)).date(), served_until=now.date(), ends_at=end, remind_after_days=5)
        if not surveys.audience(campaign).exists():
            continue
        surveys.start(campaign, by=manager, at=start)
        for invitation in list(Invitation.objects.filter(campaign=campaign).order_by("id")):
            if rng.random() > share:
                continue
            at = start + timedelta(hours=rng.randint(2, 24 * (begun if left > 0 else begun + left) - 2))
            overall = rng.choices((5, 4, 3, 2, 1), weights=(45, 32, 14, 6, 3))[0]
            given: dict[str, Any] = {"overall": overall, "speed": max(1, overall - rng.choice((0, 0, 1))), "recommend": min(10, overall * 2 + rng.choice((-2, -1, 0, 0))), "what": rng.sample(["speed", "words", "skill", "tools"], rng.randint(0, 2))}
            if rng.random() < 0.25:
                given["words"] = rng.choice(WORDS)
            found, who, ticket = surveys.of_link(surveys.link_of(campaign, invitation))
            surveys.answer(campaign.__class__.objects.get(pk=found.pk), given, invitation=who, ticket=ticket, at=at)
    surveys.end_what_is_over(now)
