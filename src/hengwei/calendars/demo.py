"""The sample company's working time: a hotline with long hours beside the office, and a day that the company took off."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hengwei.core.acting import Actor

from .actions import create_calendar, set_days
from .official import china

#: 8:00 to 20:00, and Saturdays until noon, in minutes after midnight.
LONG, SATURDAY = [[480, 1200]], [[540, 720]]


def load(rng: random.Random, now: datetime) -> None:
    """A support calendar by the hour, a night shift, and a stock-taking to come."""
    by, today = Actor(), now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    hotline = create_calendar(
        by=by, key="hotline", name="售后热线时间", name_en="Hotline", week=[LONG] * 5 + [SATURDAY, []], days=china(range(today.year - 1, today.year + 2), LONG), at=now - timedelta(days=90),
    )
    create_calendar(by=by, key="night", name="夜班", name_en="Night shift", week=[[[1320, 1800]]] * 5 + [[], []], at=now - timedelta(days=90))
    stock = today + timedelta(days=(5 - today.weekday()) % 7 + 21)
    set_days(hotline, by=by, days={stock: {"kind": "holiday", "name": "年终盘点"}}, reason="年终盘点，热线停一天，已提前公告", at=now - timedelta(days=2))
