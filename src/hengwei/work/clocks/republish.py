"""An agreement published as 'apply to open items': their clocks are handed to its targets, keeping what has elapsed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from hengwei.core.acting import Actor
from hengwei.work.models import Agreement, AgreementVersion, WorkItem
from hengwei.work.models.items import WorkItemQuerySet

from . import engine, matching

#: Items done in one transaction.
BATCH = 200


def touched(version: AgreementVersion) -> WorkItemQuerySet:
    """Open items that the agreement may concern: those of its customer or team, and those that run on another version of it."""
    rows = WorkItem.objects.open()
    agreement: Agreement = version.agreement
    running = Q(clocks__target__version__agreement=agreement, clocks__state__in=("running", "paused"))
    if agreement.customer_id:
        rows = rows.filter(running | Q(customer=agreement.customer_id))
    elif agreement.team_id:
        rows = rows.filter(running | Q(team=agreement.team_id))
    return rows.distinct().order_by("pk")


def apply(version: AgreementVersion, *, at: datetime, by: Actor, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Match the promises of all open items that it concerns anew; returns how many were looked at."""
    matching.forget()
    items = list(touched(version).values_list("pk", flat=True))
    for first in range(0, len(items), BATCH):
        _batch(items[first : first + BATCH], at=at, by=by)
        progress(min(first + BATCH, len(items)), len(items))
    AgreementVersion.objects.filter(pk=version.pk).update(applied_at=at)
    return len(items)


@transaction.atomic
def _batch(items: Sequence[int], *, at: datetime, by: Actor) -> None:
    for item in WorkItem.objects.filter(pk__in=items).order_by("pk").select_for_update(of=("self",)):
        if item.is_open:
            engine.rematch(item, at=at, by=by, why="agreement", reason="agreement_changed")
            item.save(update_fields=["next_due_at", "next_due_measure", "next_due_from", "without_agreement"])
