"""The sample company's items and knowledge together: what solved what, what is owed, a manual in use."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hengwei.core import jobs, live
from hengwei.core.acting import Actor
from hengwei.knowledge.models import Fault
from hengwei.work.models import WorkItem

from . import articles
from .automation import demo as automation

#: Solved items that are looked at, and how near an article must be to have solved one.
LOOKED_AT, NEAR = 80, 0.9


def load(rng: random.Random, now: datetime) -> None:
    """Articles solved some of the items; a few solutions are worth one that is not written yet; steps of a manual are done."""
    with jobs.not_now(), live.silent():
        solved = WorkItem.objects.filter(phase__in=("resolved", "closed"), owner__isnull=False, merged_into=None).exclude(solution="").select_related("owner", "requester", "customer")
        for item in solved.order_by("-id")[:LOOKED_AT]:
            by, at = Actor(user=item.owner, via="web"), item.resolved_at or now
            found = [one.article for one in articles.suggested(item, user=item.owner, limit=1) if one.score >= NEAR] if item.owner else []
            if found and rng.random() < 0.7:
                articles.solved_by(item, found[0], by=by, at=at)
            elif rng.random() < 0.06:
                articles.mark_reusable(item, by=by, at=at)
        _manual_in_use(now)
    automation.load(rng, now)


def _manual_in_use(now: datetime) -> None:
    fault = Fault.objects.filter(system__name="ERP").prefetch_related("steps").order_by("id").first()
    item = WorkItem.objects.open().filter(owner__isnull=False, category__key="erp").select_related("owner").order_by("-id").first()
    if fault is None or item is None:
        return
    for place, step in enumerate(fault.steps.all()[:2]):
        articles.tick(item, step, by=Actor(user=item.owner, via="web"), as_expected=place == 0, note="" if place == 0 else "有一个运行47分钟的会话", at=now - timedelta(minutes=9 - place * 4))
