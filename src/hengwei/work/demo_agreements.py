"""The sample company's agreements: for everybody, for key customers, between teams, with a vendor; one of each standing."""

from __future__ import annotations

import base64
import io
import random
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.org.models import Customer, Team, User
from hengwei.work.actions import agreements as actions
from hengwei.work.actions.agreements import Promised
from hengwei.work.actions.signing import sign
from hengwei.work.clocks import matching, whatif
from hengwei.work.clocks.scope import Scope
from hengwei.work.models import Agreement, AgreementVersion, Measure, Trial, Unit

HOUR = 3600
STEPS = ({"percent": 75, "notify": ["owner"]}, {"percent": 100, "notify": ["owner", "lead"], "level": 1}, {"after": 4 * HOUR, "notify": ["head"], "level": 2, "raise_priority": True})
LEVELS = (
    (1, "组内升级", "Within the team", ["lead"], ["bell"], False), (2, "部门升级", "To the department", ["head", "managers"], ["bell", "mail"], False),
    (3, "重大升级", "Major", ["managers"], ["bell", "mail", "sms"], True),
)
SERVICE = "控制器、伺服系统和产线网络的远程支持与现场服务。\n\n- 7×24小时受理电话和邮件\n- 远程不能解决的，次日到现场\n- 每季度一次巡检并出具报告"
DUTIES = "**我方**：按约定时限响应和解决，每次服务后提交报告。\n\n**客户**：指定联系人，提供远程接入和现场配合，备件损坏须在3日内寄回。"
ASKING = "电话400-800-0000，或发邮件到服务台；紧急故障请打电话。"


def load(now: datetime) -> None:
    """What was agreed before the weeks of work begin; signed by both, in force."""
    by = _manager()
    office, always = Calendar.objects.get(key="office"), Calendar.objects.get(key="always")
    long_ago = now - timedelta(days=200)
    AgreementVersion.objects.filter(agreement__key="general").update(effective_from=long_ago, signed_at=long_ago, countersigned_at=long_ago)
    for number, name, english, notify, ways, urgent in LEVELS:
        actions.save_level(by=by, number=number, name=name, name_en=english, notify=notify, ways=ways, urgent=urgent)
    urgent_only = Scope(priority=(1,)).condition()
    for n, customer in enumerate(Customer.objects.filter(kind=Customer.Kind.COMPANY).order_by("id")[:3]):
        made = actions.save_agreement(by=by, name=f"{customer.name}服务协议", name_en=f"Service agreement {customer.code}", customer=customer, owner=by.user, order=10 + n)
        _signed(made, by, now - timedelta(days=340), customer.name, fee=(n + 2) * 60_000_00, ends=now + timedelta(days=(23, 2, 200)[n]), targets=[
            Promised(Measure.FIRST_RESPONSE, HOUR // 2, always, conditions=urgent_only, escalation=STEPS), Promised(Measure.FIRST_RESPONSE, HOUR, office, escalation=STEPS),
            Promised(Measure.RESOLUTION, 4 * HOUR, always, conditions=urgent_only, escalation=STEPS), Promised(Measure.RESOLUTION, 8 * HOUR, office, escalation=STEPS),
            Promised(Measure.NEXT_UPDATE, 4 * HOUR, office),
        ])
    for team, hours in ((Team.objects.get(key="operations"), 6), (Team.objects.get(key="it-support"), 8)):
        made = actions.save_agreement(by=by, name=f"{team.name}内部协议", name_en=f"OLA {team.name_en}", kind=Agreement.Kind.OLA, team=team, owner=team.lead, order=30)
        _signed(made, by, now - timedelta(days=150), str(team.lead or team), targets=[
            Promised(Measure.TEAM_RESOLUTION, hours * HOUR, office, pausing=("customer", "agreed_date", "supplier"), escalation=STEPS[:2])])
    made = actions.save_agreement(
        by=by, name="备件供应支撑合同", name_en="Spare parts contract", kind=Agreement.Kind.UNDERPINNING, vendor="东方备件服务有限公司", owner=by.user, order=40)
    _signed(made, by, now - timedelta(days=120), "东方备件 刘经理", fee=36_000_00, ends=now + timedelta(days=245), targets=[Promised(Measure.SUPPLIER, 3, office, unit=Unit.WORKING_DAYS, escalation=STEPS[:2])])
    matching.forget()


def finish(now: datetime) -> None:
    """What is going on now: one renewed, one in negotiation and tried on the last weeks, one run out while items are open under it."""
    by = _manager()
    first, second, third = Agreement.objects.filter(kind=Agreement.Kind.SLA, customer__kind=Customer.Kind.COMPANY).order_by("order")[:3]
    office = Calendar.objects.get(key="office")
    draft = actions.new_version(third, by=by)
    faster = [
        Promised(Measure.FIRST_RESPONSE, HOUR // 2, office, escalation=STEPS), Promised(Measure.RESOLUTION, 4 * HOUR, office, escalation=STEPS), Promised(Measure.NEXT_UPDATE, 2 * HOUR, office)]
    actions.save_version(draft, by=by, content=SERVICE.replace("次日", "4小时内"), targets=faster, apply_to_open=True)
    actions.negotiate(draft, by=by)
    sign(draft, by=by, side="us", name=str(by.user), post="技术支持部经理", picture=picture(3), at=now - timedelta(hours=20))
    department = Customer.objects.filter(kind=Customer.Kind.DEPARTMENT).order_by("id")[8]
    made = actions.save_agreement(by=by, name=f"{department.name}服务协议", name_en=f"Service agreement {department.name_en}", customer=department, owner=by.user, order=20)
    version = actions.save_version(made.newest() or draft, by=by, content=f"为{department.name}的工作站和仿真集群提供支持。", targets=[Promised(Measure.FIRST_RESPONSE, HOUR, office), Promised(Measure.RESOLUTION, 1, office, unit=Unit.WORKING_DAYS)])
    for tried in (draft, version):
        trial = Trial.objects.create(version=tried, starts_at=now - timedelta(weeks=6), ends_at=now, by=by.user)
        whatif.run(trial.pk, now=now)
    AgreementVersion.objects.filter(agreement=second, state=AgreementVersion.State.SIGNED).update(effective_to=now - timedelta(days=1))
    AgreementVersion.objects.filter(agreement=first).update(reminded_at=now - timedelta(days=7))
    matching.forget()


def _manager() -> Actor:
    return Actor(user=User.objects.filter(roles__key="manager").order_by("id").first(), via="web", address="192.168.10.21")


def _signed(
    agreement: Agreement, by: Actor, at: datetime, other: str, *, targets: list[Promised], fee: int | None = None, ends: datetime | None = None,
) -> None:
    version = agreement.newest()
    assert version is not None
    actions.save_version(
        version, by=by, content=SERVICE if agreement.customer_id else "", responsibilities=DUTIES if agreement.customer_id else "",
        request_process=ASKING if agreement.customer_id else "", fee=fee, effective_from=at, effective_to=ends, targets=targets)
    actions.negotiate(version, by=by)
    sign(version, by=by, side="us", name=str(by.user), post="技术支持部经理", picture=picture(agreement.pk), at=at)
    sign(version, by=by, side="them", name=other, post="", picture=picture(agreement.pk + 100), at=at + timedelta(hours=3))


def picture(seed: int) -> str:
    """Something like a signature, as the browser would send it."""
    rng = random.Random(seed)
    image = Image.new("RGBA", (360, 120), (0, 0, 0, 0))
    pen, x = ImageDraw.Draw(image), 20
    while x < 320:
        points = [(x + step * 12 + rng.randint(-6, 6), 60 + rng.randint(-38, 38)) for step in range(5)]
        pen.line(points, fill=(20, 33, 61, 255), width=3, joint="curve")
        x += rng.randint(50, 80)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
