"""The sample company's catalogue, replies kept ready, and verdicts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from hengwei.core import jobs, live
from hengwei.core.acting import Actor
from hengwei.desk import demo_kinds
from hengwei.desk.actions import catalogue
from hengwei.desk.models import CannedReply, CatalogueEntry, FollowUp, Rating
from hengwei.org.models import Team, User
from hengwei.work.actions import approvals
from hengwei.work.models import ApprovalPlan, ApprovalVote, Category, Entry, WorkItem

_SYSTEMS = ["ERP", "OA", "MES", "邮箱", "文件服务器"]
#: key, Chinese, English, explanation, English explanation, icon, kind, category, team, fields
ENTRIES: list[tuple[str, str, str, str, str, str, str, str, str, list[dict[str, Any]]]] = [
    ("printer", "打印机、复印机报修", "Printer or copier fault", "卡纸、花纹、扫描发送失败", "Jams, streaks, failed scans", "printer", "incident", "printer", "it-support", [
        {"key": "place", "type": "text", "label": "设备位置", "label_en": "Where it stands", "required": True, "help": "楼层和房间，例如3楼财务室"}, {"key": "code", "type": "text", "label": "面板上的代码", "label_en": "Code on the panel"}]),
    ("computer", "电脑故障", "Computer fault", "开不了机、很慢、蓝屏", "Does not start, slow, crashes", "device-laptop", "incident", "computer", "it-support", [
        {"key": "asset", "type": "asset", "label": "资产编号", "label_en": "Asset number"}, {"key": "others", "type": "checkbox", "label": "同事也有同样的问题", "label_en": "Colleagues have it too"}]),
    ("network", "网络、无线故障", "Network or Wi-Fi fault", "上不了网、时断时续", "No connection, drops out", "wifi-off", "incident", "network", "operations", [
        {"key": "place", "type": "text", "label": "位置", "label_en": "Where", "required": True}, {"key": "scope", "type": "choice", "label": "影响范围", "label_en": "Who is affected", "choices": ["只有我", "整个房间", "整个楼层", "整栋楼"], "required": True}]),
    ("vpn", "VPN账号申请", "VPN account", "在外访问公司系统", "Reach company systems from outside", "shield-lock", "request", "vpn", "it-support", [
        {"key": "systems", "type": "choices", "label": "需要访问的系统", "label_en": "Systems needed", "choices": _SYSTEMS, "required": True}, {"key": "until", "type": "date", "label": "使用到", "label_en": "Until"}, {"key": "approver", "type": "person", "label": "批准人", "label_en": "Approved by", "required": True}]),
    ("newcomer", "新员工账号与电脑", "Accounts and computer for a newcomer", "入职前三个工作日提交", "Three working days before they start", "user-plus", "request", "account", "it-support", [
        {"key": "name", "type": "text", "label": "姓名", "label_en": "Name", "required": True}, {"key": "number", "type": "text", "label": "工号", "label_en": "Employee number"}, {"key": "start", "type": "date", "label": "入职日期", "label_en": "First day", "required": True}, {"key": "laptop", "type": "checkbox", "label": "需要笔记本电脑", "label_en": "Needs a laptop"}]),
    ("password", "密码与账号解锁", "Password and locked account", "登录不了、被锁定", "Cannot sign in, locked out", "lock-open", "incident", "account", "it-support", [
        {"key": "system", "type": "choice", "label": "哪个系统", "label_en": "Which system", "choices": ["域账号", *_SYSTEMS], "required": True}]),
    ("erp-rights", "ERP权限申请", "ERP rights", "新增、变更、收回权限", "Grant, change, withdraw", "key", "request", "erp", "operations", [
        {"key": "module", "type": "choice", "label": "模块", "label_en": "Module", "choices": ["采购", "销售", "库存", "财务", "生产"], "required": True}, {"key": "right", "type": "choice", "label": "权限", "label_en": "Right", "choices": ["只读", "录入", "审核"], "required": True}, {"key": "why", "type": "long_text", "label": "理由", "label_en": "Reason", "required": True}]),
    ("erp-fault", "业务系统故障", "Business system fault", "ERP、OA、MES报错或打不开", "ERP, OA or MES fails", "database-exclamation", "incident", "application", "operations", [
        {"key": "system", "type": "choice", "label": "系统", "label_en": "System", "choices": _SYSTEMS, "required": True}, {"key": "document", "type": "text", "label": "单据号", "label_en": "Document number"}]),
    ("equipment", "生产设备报修", "Production equipment fault", "停机、报警、数据采集中断", "Stops, alarms, lost data", "settings-exclamation", "incident", "equipment", "operations", [
        {"key": "machine", "type": "asset", "label": "设备", "label_en": "Machine", "required": True}, {"key": "alarm", "type": "text", "label": "报警代码", "label_en": "Alarm code"}, {"key": "stopped", "type": "checkbox", "label": "产线已停", "label_en": "The line stands still"}]),
    ("device", "办公设备申领", "Office equipment", "显示器、键盘、扩展坞", "Monitor, keyboard, dock", "device-desktop-plus", "request", "hardware", "it-support", [
        {"key": "what", "type": "choice", "label": "设备", "label_en": "Device", "choices": ["显示器", "键盘鼠标", "扩展坞", "耳机", "其他"], "required": True}, {"key": "other", "type": "text", "label": "请说明", "label_en": "Please describe", "required": True, "when": {"field": "what", "op": "is", "value": "其他"}}]),
    ("product", "产品技术支持", "Product support", "已购设备的故障与使用", "Faults and use of what you bought", "tool", "incident", "product", "after-sales", [
        {"key": "serial", "type": "text", "label": "序列号", "label_en": "Serial number", "required": True, "pattern": "[0-9A-Za-z-]{4,30}", "help": "铭牌上的序列号，4至30位字母或数字"}, {"key": "onsite", "type": "checkbox", "label": "希望现场服务", "label_en": "On-site service wanted"}]),
    ("complaint", "投诉", "Complaint", "由副组长亲自处理", "Handled by the deputy lead in person", "mood-sad", "complaint", "other", "it-support", []),
]
REPLIES = [
    ("已收到，正在处理", "Received, working on it", "{{requester}}您好，您的{{number}}已收到，我是{{agent}}，正在处理，有进展马上告诉您。", "Hello {{requester}}, we have your request {{number}}. I am {{agent}} and working on it; you will hear from me."),
    ("请补充信息", "Please tell us more", "{{requester}}您好，为了尽快定位，请补充：1. 出现的时间；2. 完整的提示或截图；3. 同事是否也有。", "Hello {{requester}}, to find the cause quickly please add: 1. since when; 2. the full message or a screenshot; 3. whether colleagues have it too."),
    ("远程协助", "Remote help", "{{requester}}您好，方便的话我现在远程看一下，请在弹出的窗口里点“同意”，过程中您可以随时中止。", "Hello {{requester}}, if it suits you I will look remotely now. Please accept in the window that opens; you can stop at any time."),
    ("已解决，请确认", "Solved, please confirm", "{{requester}}您好，{{number}}已处理完成，请验证。如仍有问题，直接回复即可重开。", "Hello {{requester}}, {{number}} is done; please check. If anything is still wrong just answer and we take it up again."),
    ("需要上门", "We will come by", "{{requester}}您好，这个问题需要到现场处理，我今天下午到，到之前给您打电话。", "Hello {{requester}}, this needs a visit. I will come this afternoon and call before."),
    ("等待备件", "Waiting for a part", "{{requester}}您好，需要更换的备件已下单，到货后第一时间安排，预计{{due}}前完成。", "Hello {{requester}}, the spare part is on order; we expect to finish by {{due}}."),
    ("已转交专业团队", "Handed to the specialists", "{{requester}}您好，问题已转交{{team}}，由他们继续跟进，时限不变。", "Hello {{requester}}, {{team}} has taken this over; what we promised stays the same."),
]


#: What some entries ask for beside their form: approval, checklist, tasks.
STEPS: dict[str, dict[str, Any]] = {
    "vpn": {"approvals": [{"name": "直属上级", "mode": "any", "approvers": [{"by": "superior"}]}], "checklist": [{"text": "开通账号"}, {"text": "绑定动态口令"}, {"text": "告知用户登录方法"}]},
    "newcomer": {
        "checklist": [{"text": "建域账号与邮箱"}, {"text": "加入部门共享盘"}, {"text": "安装常用软件"}, {"text": "资产登记"}],
        "tasks": [{"title": "开通ERP、OA账号", "kind": "request", "team": "operations"}, {"title": "准备电脑与工位网络", "kind": "request", "team": "it-support"}],
    },
    "erp-rights": {"plan": "权限申请审批"},
}
#: What was asked for of entries that need approval: entry, title, answers, days ago, what was decided step by step.
ASKED: list[tuple[str, str, dict[str, Any], float, list[str]]] = [
    ("erp-rights", "采购审核权限", {"module": "采购", "right": "审核", "why": "接替调岗同事的审核工作"}, 0.2, []),
    ("erp-rights", "库存查询权限", {"module": "库存", "right": "只读", "why": "盘点需要"}, 1.1, ["yes"]),
    ("erp-rights", "财务过账权限", {"module": "财务", "right": "审核", "why": "月结加班"}, 3, ["yes", "no"]),
    ("erp-rights", "生产报工录入", {"module": "生产", "right": "录入", "why": "新班组长"}, 6, ["yes", "yes"]),
    ("erp-rights", "销售订单录入", {"module": "销售", "right": "录入", "why": "新入职"}, 2.5, ["yes"]),
]


def _steps(key: str) -> dict[str, Any]:
    steps = dict(STEPS.get(key, {}))
    if "plan" in steps:
        steps["plan"] = ApprovalPlan.objects.get(name=steps["plan"])
    return steps


def _asked(rng: random.Random, now: datetime) -> None:
    """Requests that wait for approval, were approved, or refused; by people who can sign in, too."""
    people = list(User.objects.filter(is_agent=False, is_active=True, customer__kind="department").order_by("id")[:30])
    known = [one for one in people if one.username in ("liqian", "emma")]
    for n, (key, title, answers, days, decided) in enumerate(ASKED):
        person, at = known[n % len(known)] if known and n < 3 else rng.choice(people), now - timedelta(days=days)
        item = catalogue.submit(catalogue.offered(key, person), by=Actor(user=person, via="portal"), title=title, answers=answers, at=at, received_at=at)
        for hours, word in enumerate(decided, 1):
            vote = ApprovalVote.objects.filter(step__approval__item=item, state="open", step__state="open").select_related("user", "step__approval__item").first()
            if vote is not None:
                approvals.decide(vote, approve=word == "yes", by=Actor(user=vote.user, via="web"), comment="" if word == "yes" else "请由财务部门经理重新提出", at=at + timedelta(hours=hours))


def load(rng: random.Random, now: datetime) -> None:
    """Twelve things to ask for, replies, and how content people were with what was closed."""
    manager = Actor(user=User.objects.get(username="yangjing"), via="web")
    categories, teams = {c.key: c for c in Category.objects.all()}, {t.key: t for t in Team.objects.all()}
    for order, (key, name, english, about, about_en, icon, kind, category, team, fields) in enumerate(ENTRIES, 1):
        entry = CatalogueEntry.objects.create(key=key, name=name, name_en=english, description=about, description_en=about_en, icon=icon, order=order * 10)
        level = (3, 3) if kind == "incident" else (2, 3) if kind == "complaint" else (4, 3)
        catalogue.publish(
            entry, by=manager, fields=fields, kind=kind, category=categories.get(category), team=teams[team], impact=level[0], urgency=level[1], at=now - timedelta(weeks=8),
            **_steps(key),
        )
    CannedReply.objects.bulk_create(CannedReply(name=n, name_en=e, text=t, text_en=te) for n, e, t, te in REPLIES)
    ratings, entries, follow_ups = [], [], []
    for item in WorkItem.objects.filter(phase="closed", merged_into=None, requester__is_agent=False).exclude(kind__in=("problem", "change")).select_related("requester", "team", "customer"):
        if rng.random() > 0.42:
            continue
        late = item.clocks.filter(state="breached").exists()
        score = rng.choices((5, 4, 3, 2, 1), weights=(20, 30, 25, 15, 10) if late else (62, 27, 8, 2, 1))[0]
        closed: datetime = item.closed_at or now
        at = min(now, closed + timedelta(hours=rng.randint(1, 30)))
        comment = {5: "很快，谢谢", 4: "", 3: "希望能快一点", 2: "等得太久了", 1: "一直没有人联系我"}[score]
        ratings.append(Rating(item=item, score=score, comment=comment, by=item.requester, via="mail", at=at))
        entries.append(Entry(item=item, kind=Entry.Kind.RATING, public=True, author=item.requester, via="mail", text=comment, details={"score": score}, happened_at=at))
        if score <= Rating.LOW:
            done = at < now - timedelta(days=4) and rng.random() < 0.85
            follow_ups.append(FollowUp(
                item=item, customer=item.customer, **FollowUp.because({"zh-hans": f"评分{score}分（满分5分）", "en": f"rated {score} of 5"}), owner=item.team.lead if item.team else None, due_at=at + timedelta(days=2),
                done_at=at + timedelta(days=1) if done else None, done_by=item.team.lead if done and item.team else None, result="已致电说明情况，客户表示理解。" if done else "",
            ))
    Rating.objects.bulk_create(ratings)
    Entry.objects.bulk_create(entries)
    FollowUp.objects.bulk_create(follow_ups)
    with jobs.not_now(), live.silent():
        _asked(rng, now)
        demo_kinds.load(rng, now)
