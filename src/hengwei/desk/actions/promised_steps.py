"""What a catalogue entry promises beside its form: approval first, then a checklist and tasks of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.desk.models import Asked
from hengwei.org.models import Team
from hengwei.work.actions.approvals import start_approval
from hengwei.work.actions.intake import open_item
from hengwei.work.models import Checklist, ChecklistPoint, WorkItem


def begin(asked: Asked, *, by: Actor, at: datetime) -> None:
    """Ask for the approval that the version demands; where it demands none, begin at once."""
    version = asked.version
    steps = version.plan.steps if version.plan is not None else version.approvals
    if steps:
        start_approval(asked.item, steps, by=Actor().caused_by("catalogue"), name=version.entry.names, at=at)
    else:
        carry_out(asked, at=at)


def carry_out(asked: Asked, *, at: datetime) -> list[WorkItem]:
    """Hang the checklist on the item and open its tasks below it, once. The house does it, not the requester."""
    if asked.begun_at is not None:
        return []
    asked.begun_at = at
    asked.save(update_fields=["begun_at"])
    item, version = asked.item, asked.version
    if version.checklist:
        made = Checklist.objects.create(item=item, name=version.entry.name, added_at=at)
        ChecklistPoint.objects.bulk_create(
            ChecklistPoint(checklist=made, order=order, text=str(step["text"])[:300], required=bool(step.get("required", True)))
            for order, step in enumerate(version.checklist, 1)
        )
    return [_task(item, task, at) for task in version.tasks]


def _task(item: WorkItem, task: dict[str, Any], at: datetime) -> WorkItem:
    description = str(task.get("description") or "") or _("Part of %(number)s: %(title)s") % {"number": item.number, "title": item.title}
    return open_item(
        task.get("kind", "request"), title=str(task["title"]), description=description, by=Actor().caused_by("catalogue"), requester=item.requester, customer=item.customer,
        site=item.site, category=item.category, impact=item.impact, urgency=item.urgency, team=Team.objects.filter(key=task.get("team") or None).first(), parent=item,
        subject=item.subject, labels=item.labels, at=at,
    )
