"""The sample company's reports: last month's published, this month's drafted."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hengwei.core.acting import Actor
from hengwei.org.models import User

from . import actions, periods

DECISIONS = (
    ("三楼两台打印机超过服役年限，列入明年一季度更换计划", 20, "已列入2027年设备更新预算。"),
    ("ERP过账锁表问题请研发中心给出补丁", 25, ""),
    ("把“VPN频繁掉线”的处理步骤写成知识文章", 10, "已发布，并在门户置顶。"),
)


def load(rng: random.Random, now: datetime) -> None:
    """Reports by the real actions, as the manager makes them."""
    manager = User.objects.get(username="yangjing")
    by = Actor(user=manager, via="web")
    today = timezone.localtime(now).date()
    last = periods.named("month", today).before
    report = actions.begin_report(by=by, kind="month", day=last.first)
    staff: list[Any] = list(User.objects.staff().order_by("id")[:6])
    for number, (text, days, result) in enumerate(DECISIONS):
        decision = actions.decide(report, by=by, text=text, owner=staff[number % len(staff)], due_on=last.end + timedelta(days=days))
        if result:
            actions.finish_decision(decision, by=by, result=result, at=now - timedelta(days=2))
    actions.publish_report(report, by=by, at=now - timedelta(days=max(0, (today - last.end).days - 3)))
    actions.begin_report(by=by, kind="month", day=today)
