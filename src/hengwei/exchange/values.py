"""Texts of other systems as our values. Pure but for the time zone, which is the reader's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import TypeVar

from dateutil import parser
from django.utils import timezone

T = TypeVar("T")

#: Words for a level, as people and other systems write them.
LEVELS = {
    1: ("1", "critical", "urgent", "emergency", "紧急", "特急", "严重", "p1", "very high", "major", "最高"),
    2: ("2", "high", "高", "重要", "p2", "3 high"),
    3: ("3", "medium", "normal", "中", "普通", "一般", "p3", "2 normal"),
    4: ("4", "low", "低", "p4", "very low", "1 low", "minor", "planning"),
}
_BY_WORD = {word: level for level, words in LEVELS.items() for word in words}
#: Words for where an item stands, by phase.
PHASES: Mapping[str, tuple[str, ...]] = {
    "new": ("new", "新建", "未受理", "待处理", "待受理"),
    "active": ("open", "active", "in progress", "processing", "assigned", "planned", "处理中", "进行中", "已受理", "已分派"),
    "waiting": ("waiting", "pending", "on hold", "pending reminder", "pending close", "挂起", "等待", "等待用户", "等待客户"),
    "resolved": ("resolved", "solved", "已解决", "待确认"),
    "closed": ("closed", "merged", "cancelled", "已关闭", "关闭", "完成", "已完成", "结束"),
}
_PHASE = {word: phase for phase, words in PHASES.items() for word in words}
_CHINESE_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?\s*")


def level(text: str) -> int | None:
    """1 (highest) to 4; None for words that mean no level."""
    return _BY_WORD.get(text.strip().casefold())


def phase(text: str) -> str | None:
    """The universal phase that a state's name means; None when nobody can tell."""
    return _PHASE.get(text.strip().casefold())


def moment(text: str) -> datetime | None:
    """A date or moment as people write them, in the reader's zone unless it names one; None when it is none.

    2026-11-24, 2026/11/24 14:05, 2026年11月24日 14:05, 24 Nov 2026, ISO 8601. Day-first forms such as 3/4/2026 are
    too ambiguous to guess: None.
    """
    text = _CHINESE_DATE.sub(r"\1-\2-\3 ", text.strip()).strip()
    if not text or re.match(r"^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", text) or text.isdecimal():
        return None
    try:
        found = parser.parse(text, default=datetime.combine(timezone.localdate(), time.min), yearfirst=True, dayfirst=False)
    except (ValueError, OverflowError):
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def words(text: str) -> list[str]:
    """A list written in one cell."""
    return [part.strip() for part in re.split(r"[,，;；、|\n]+", text) if part.strip()]
