"""How the sample company works together: checklists ticked, time spent, shares, questions to R&D, shared views, work put off."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import cycle

from hengwei.core.acting import Actor
from hengwei.org.models import Membership, Team, User
from hengwei.work.actions import conversation, helping, relations, settings, sharing, snoozing, views
from hengwei.work.actions.intake import open_item
from hengwei.work.models import Category, RemoteTool, WorkItem, WorkTime

#: name, English, kinds, category, points (~ is optional), added by itself, before resolving
CHECKLISTS = [
    ("打印机检修", "Printer check", ["incident"], "printer", ["清洁搓纸轮和走纸通道", "检查耗材余量", "打印测试页10张", "~登记印量"], False, False),
    ("网络故障排查", "Network fault", ["incident"], "network", ["确认影响范围", "检查接入交换机端口和光功率", "恢复后观察30分钟", "~更新拓扑图"], False, False),
    ("账号开通", "New account", ["request"], "account", ["核对申请人和审批", "按岗位模板开通", "初始密码交部门文员", "通知申请人"], False, True),
]
QUESTIONS = [
    ("客户询问控制器是否支持双网口冗余，请产品组确认。", ""),
    ("同批次控制器刷写中断已经三例，固件升级流程是否有已知问题？", "已确认：V3.2.0升级包校验缺失，V3.2.1已修复，请优先推送。"),
    ("伺服AL36报警在低温时频繁出现，参数是否需要调整？", "请把P2-15改为80，并反馈一周的报警次数。"),
    ("采集网关日志写满的问题能否在下一版固件里自动轮转？", ""),
]
#: kept by, name, query, shared with his team
VIEWS = [
    ("chenjie", "本组即将超时", "view=open&q=team%3Ame+is%3Asoon", True), ("chenjie", "客户催办过的", "view=open&q=is%3Aurged", True),
    ("zhouchao", "ERP与业务系统", "view=open&q=category%3Aapplication", True), ("wangmin", "我今天的", "view=mine&sort=due", False), ("hejuan", "重点客户未结", "view=open&q=team%3Ame", True),
]
REMARKS = ("远程处理", "现场更换部件", "与客户电话确认", "查日志", "写处理说明", "协调供应商")


def load(rng: random.Random, now: datetime) -> None:
    """All of it, as far as there are items for it: with few items there is less to see, and nothing fails."""
    keeper = Actor(user=User.objects.get(username="yangjing"), via="web")
    items = list(WorkItem.objects.open().filter(owner__isnull=False, merged_into=None).select_related("owner", "category", "team__lead").order_by("-id"))
    _checklists(rng, keeper, items, now)
    _time(rng, now)
    _shares(rng, items, now)
    _questions(items, keeper, now)
    _personal(items, now)
    _merged(rng, now)


def _after(item: WorkItem, at: datetime, now: datetime) -> datetime:
    """The moment, or soon after the item's newest words where it was not there by then."""
    return min(now, max(at, (item.last_entry_at or item.received_at) + timedelta(minutes=2)))


def _checklists(rng: random.Random, keeper: Actor, items: list[WorkItem], now: datetime) -> None:
    categories = {one.key: one for one in Category.objects.all()}
    for name, english, kinds, category, points, automatic, before in CHECKLISTS:
        settings.save_checklist(
            None, by=keeper, name=name, name_en=english, kinds=kinds, category=categories.get(category), automatic=automatic, before_resolving=before, active=True, catalogue_key="",
            points=[{"text": point.lstrip("~"), "required": not point.startswith("~")} for point in points],
        )
    settings.save_tool(None, by=keeper, name="向日葵远程", name_en="Sunlogin", url="https://remote.hengxin.example/start?number={{number}}", consent="请用户点“同意”后再开始，过程中可随时中止。", order=10, active=True)
    tool = RemoteTool.objects.first()
    for n, item in enumerate(items[:40]):
        by, at = Actor(user=item.owner, via="web"), _after(item, now - timedelta(minutes=90 - 2 * n), now)
        for template in helping.templates_for(item)[:1]:
            made = helping.add_checklist(item, template, by=by, at=at)
            for point in list(made.points.all())[: rng.randint(0, 4)]:
                helping.tick(point, by=by, done=True, at=min(now, at + timedelta(minutes=3)))
        if tool is not None and n % 6 == 2 and item.requester is not None and not item.requester.is_agent:
            helping.start_remote(item, tool, by=by, consent_by=item.requester.name, consent_how="电话同意", at=at)


def _time(rng: random.Random, now: datetime) -> None:
    for item in WorkItem.objects.filter(owner__isnull=False).select_related("owner").order_by("-id")[:200]:
        if rng.random() > 0.5 or item.owner is None:
            continue
        at = min(now, item.resolved_at or now)
        for kind in rng.sample([WorkTime.Kind.WORK, WorkTime.Kind.WORK, WorkTime.Kind.TALK, WorkTime.Kind.TRAVEL], rng.randint(1, 2)):
            helping.spend_time(item, by=Actor(user=item.owner, via="web"), minutes=rng.choice((5, 10, 15, 20, 30, 45, 60, 90)), kind=kind, remark=rng.choice(REMARKS), at=at)


def _shares(rng: random.Random, items: list[WorkItem], now: datetime) -> None:
    people = list(User.objects.filter(is_agent=False, is_active=True, customer__kind="department").order_by("id")[:40])
    known = [one for one in people if one.username in ("liqian", "emma")] or people[:1]
    wanted = [one for one in items if one.requester_id and one.requester_id not in {k.pk for k in known}]
    for n, (item, person) in enumerate(zip(wanted[3:9], cycle([*known, *rng.sample(people, min(3, len(people)))]), strict=False)):
        if person.pk != item.requester_id:
            sharing.share(item, by=Actor(user=item.owner, via="web"), user=person, as_colleague=n % 3 == 1, note="请了解进展" if n % 2 else "你们部门也受影响", at=_after(item, now - timedelta(hours=2 + n), now))


def _questions(items: list[WorkItem], keeper: Actor, now: datetime) -> None:
    """R&D is a team of its own that the desk asks, with a time of its own; one answer is late."""
    developers = list(User.objects.filter(is_agent=False, is_active=True, customer__code="D09").order_by("id")[:3])
    research = Team.objects.create(key="rnd", name="研发中心产品组", name_en="R&D products", lead=developers[0] if developers else None)
    for person in developers:
        Membership.objects.create(team=research, user=person)
    about = [one for one in items if one.phase == "active" and one.kind == "incident" and one.parent_id is None]
    for n, (item, (question, reply)) in enumerate(zip(about[::2], QUESTIONS, strict=False)):
        at = _after(item, now - timedelta(days=(0, 3, 2, 4)[n], hours=3), now)
        asked = sharing.hand_over(WorkItem.objects.get(pk=item.pk), by=Actor(user=item.owner, via="web"), question=question, team=research, business_seconds=(8, 16, 8, 4)[n] * 3600, at=at)
        if reply and developers:
            sharing.answer(asked, by=Actor(user=developers[0], via="portal"), text=reply, at=min(now, asked.asked_at + timedelta(minutes=90)))
    sharing.tell_late(now)


def _personal(items: list[WorkItem], now: datetime) -> None:
    staff = {person.username: person for person in User.objects.staff()}
    for username, name, query, shared in VIEWS:
        person = staff[username]
        views.keep_view(by=Actor(user=person, via="web"), name=name, query=query, team=Team.objects.filter(memberships__user=person).first() if shared else None)
    busiest = [pk for pk, _n in Counter(item.owner_id for item in items).most_common(1)]
    for pk in dict.fromkeys([staff["wangmin"].pk, staff["zhaolei"].pk, *busiest]):
        mine = [one for one in items if one.owner_id == pk]
        for n, item in enumerate(mine[1:4] or mine):
            snoozing.snooze(item, by=Actor(user=item.owner, via="web"), until=now + timedelta(hours=20 + 6 * n) if n < 2 else None, until_answered=n == 2, at=now - timedelta(minutes=20))
        for item in mine[:1]:
            conversation.log_call(item, by=Actor(user=item.owner, via="web"), text="来电询问进度，答应下班前回电。", inbound=True, callback_at=now + timedelta(hours=2), at=_after(item, now - timedelta(minutes=50), now))


def _merged(rng: random.Random, now: datetime) -> None:
    """The same thing reported again: merged; one of them by mistake, which was undone."""
    wanted = WorkItem.objects.open().filter(kind="incident", owner__isnull=False, parent=None, merged_into=None, requester__is_agent=False, received_at__lt=now - timedelta(hours=1))
    for n, item in enumerate(wanted.select_related("owner", "requester", "team", "category").order_by("-id")[2:6]):
        at, by = now - timedelta(minutes=48 - 4 * n), Actor(user=item.owner, via="web")
        again = open_item(
            "incident", title=item.title, description="同样的问题，我这里也有。" if n % 2 else "再报一次，麻烦尽快。", by=Actor(user=item.requester, via="portal"), team=item.team, category=item.category,
            impact=3, urgency=3, received_at=at, at=at,
        )
        relations.merge([again], into=item, by=by, at=at + timedelta(minutes=2))
        if n == 3:
            relations.unmerge(WorkItem.objects.get(pk=again.pk), by=by, at=at + timedelta(minutes=3))
