"""Classifying, prioritising and correcting what an item says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.core.i18n import Words
from hengwei.work import jobs, priorities
from hengwei.work import permissions as perms
from hengwei.work.clocks import engine as clocks
from hengwei.work.events import ItemChanged
from hengwei.work.models import Entry, Level, WorkItem

from .writing import changes_in_each, moment, said, writing

#: What a person may change on an item besides its state, owner and team.
CHANGEABLE = (
    "title", "description", "impact", "urgency", "priority", "category", "subject", "labels", "customer", "site", "requester",
    "cause", "solution", "catalogue_key", "form", "resolved_remotely",
)
#: Changes after which the agreement's targets are matched again.
PROMISES = {"priority", "category", "customer", "catalogue_key", "site", "subject"}


def _stored(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value


@transaction.atomic
def change(item: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None, why: Words = "", **values: Any) -> WorkItem:
    """Change facts of an item; impact or urgency set the priority by the matrix, unless a priority is given too.

    Targets are matched again where the promise depends on what changed (clocks.md). Unknown fields raise TypeError.
    """
    at = moment(at)
    unknown = set(values) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    by.require(perms.CLASSIFY)
    item = item.locked(version)
    if "title" in values:
        values["title"] = " ".join(str(values["title"]).split())
        if not values["title"]:
            raise Refused(_("Please say in a few words what it is about."), code="missing", field="title")
    for name in ("impact", "urgency", "priority"):
        if values.get(name) is not None and values[name] not in Level.values:
            raise Refused(_("This level does not exist."), code="invalid", field=name)
    if ({"impact", "urgency"} & set(values)) and "priority" not in values:
        found = priorities.priority_of(values.get("impact", item.impact), values.get("urgency", item.urgency))
        if found is not None:
            values["priority"] = found
    changes: dict[str, tuple[Any, Any]] = {}
    pairs: dict[str, tuple[Any, Any]] = {}
    for name, value in values.items():
        before = getattr(item, name)
        if before != value:
            changes[name] = (_stored(before), _stored(value))
            pairs[name] = (before, value)
    if not changes:
        return item
    with writing(item, by=by, at=at) as log:
        for name in changes:
            setattr(item, name, values[name])
        if item.classified_at is None and item.category_id and item.priority:
            item.classified_at = at
        text, reason = said(why)
        log.record(Entry.Kind.CHANGE, text=text, details={**changes_in_each(pairs, lambda _name, one: _shown(one)), **reason})
        if PROMISES & set(changes):
            clocks.rematch(item, at=at, by=by, why=", ".join(sorted(PROMISES & set(changes))))
    jobs.reindex_soon(item)
    emit(ItemChanged(item_id=item.pk, changes=changes, actor=by, at=at))
    return item
