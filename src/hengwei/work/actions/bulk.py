"""One deed on many items: each is done or refused by itself, and what can be undone is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Refused
from hengwei.org.models import Team, User
from hengwei.work.models import Category, WorkItem

from . import assignment, progress, relations, snoozing, triage
from .assignment import Outcome

#: What is kept of an item so that the deed can be undone; deeds that are not here cannot be.
UNDOABLE: dict[str, tuple[str, ...]] = {
    "assign": ("team_id", "owner_id"), "category": ("category_id",), "priority": ("impact", "urgency", "priority"), "label": ("labels",),
    "unlabel": ("labels",), "parent": ("parent_id",), "merge": (), "snooze": (),
}
#: One deed on more is a job for an automation rule.
AT_MOST = 500


def _labels(item: WorkItem, label: str, *, add: bool) -> list[str]:
    without = [one for one in item.labels if one != label]
    return [*without, label] if add else without


def _deeds(by: Actor, at: datetime, given: dict[str, Any]) -> dict[str, Callable[[WorkItem], Any]]:
    into: WorkItem | None = given.get("into")

    def needs_target() -> WorkItem:
        if into is None:
            raise Refused(_("Please give the number of the other item."), code="missing", field="into")
        return into

    return {
        "assign": lambda item: assignment.assign(item, by=by, owner=given.get("owner"), team=given.get("team"), reason=given.get("reason", ""), at=at),
        "take": lambda item: assignment.take(item, by=by, at=at),
        "category": lambda item: triage.change(item, by=by, category=given.get("category"), at=at),
        "priority": lambda item: triage.change(item, by=by, priority=given.get("priority"), at=at),
        "label": lambda item: triage.change(item, by=by, labels=_labels(item, given["label"], add=True), at=at),
        "unlabel": lambda item: triage.change(item, by=by, labels=_labels(item, given["label"], add=False), at=at),
        "resolve": lambda item: progress.resolve(
            _classified(item, by, at, given.get("category")), by=by, solution=given.get("solution", ""), cause=given.get("cause", ""), at=at),
        "close": lambda item: progress.close(item, by=by, comment=given.get("comment", ""), at=at),
        "merge": lambda item: relations.merge([item], into=needs_target(), by=by, at=at),
        "parent": lambda item: relations.set_parent(item, needs_target(), by=by, at=at),
        "snooze": lambda item: snoozing.snooze(item, by=by, until=given.get("until"), until_answered=bool(given.get("until_answered")), at=at),
    }


def _classified(item: WorkItem, by: Actor, at: datetime, category: Category | None) -> WorkItem:
    return triage.change(item, by=by, category=category, at=at) if category is not None and item.category_id is None else item


#: The deeds by name, for pages and REST.
DEEDS = ("assign", "take", "category", "priority", "label", "unlabel", "resolve", "close", "merge", "parent", "snooze")


def do_many(items: Sequence[WorkItem], what: str, *, by: Actor, at: datetime, **given: Any) -> tuple[list[Outcome], list[dict[str, Any]]]:
    """Do it with each; one that is refused does not hold up the others. Returns the outcomes and what undoing needs."""
    if what not in DEEDS:
        raise Refused(_("Please choose what to do."), code="unknown", field="do")
    if len(items) > AT_MOST:
        raise Refused(_("At most %(n)d at a time.") % {"n": AT_MOST}, code="too_many", field="items")
    if what in ("label", "unlabel") and not str(given.get("label", "")).strip():
        raise Refused(_("Please give a label."), code="missing", field="label")
    deed = _deeds(by, at, given)[what]
    outcomes, before = [], []
    for item in items:
        kept = {name: getattr(item, name) for name in UNDOABLE.get(what, ())}
        try:
            with transaction.atomic():
                deed(item)
            outcomes.append(Outcome(item, None))
            before.append({"item": item.pk, **kept})
        except ActionError as error:
            outcomes.append(Outcome(item, error))
    return outcomes, before if what in UNDOABLE else []


def undo_many(what: str, before: Sequence[dict[str, Any]], *, by: Actor, at: datetime) -> list[Outcome]:
    """Put back what `do_many` changed, item by item, by the same rules; what others changed since is put back too, and logged."""
    outcomes = []
    for kept in before:
        item = WorkItem.objects.filter(pk=kept["item"]).first()
        if item is None:
            continue
        try:
            with transaction.atomic():
                _undo(what, item, kept, by=by, at=at)
            outcomes.append(Outcome(item, None))
        except ActionError as error:
            outcomes.append(Outcome(item, error))
    return outcomes


def _undo(what: str, item: WorkItem, kept: dict[str, Any], *, by: Actor, at: datetime) -> None:
    if what == "assign":
        owner = User.objects.filter(pk=kept["owner_id"]).first()
        team = Team.objects.filter(pk=kept["team_id"]).first()
        assignment.put_back(item, owner=owner, team=team, by=by, at=at)
    elif what == "category":
        triage.change(item, by=by, category=Category.objects.filter(pk=kept["category_id"]).first(), at=at)
    elif what == "priority":
        triage.change(item, by=by, impact=kept["impact"], urgency=kept["urgency"], priority=kept["priority"], at=at)
    elif what in ("label", "unlabel"):
        triage.change(item, by=by, labels=kept["labels"], at=at)
    elif what == "parent":
        relations.set_parent(item, WorkItem.objects.filter(pk=kept["parent_id"]).first(), by=by, at=at)
    elif what == "merge":
        relations.unmerge(item, by=by, at=at)
    elif what == "snooze":
        snoozing.wake(item, by=by)
