"""Changing the facts that a kind adds to an item, with the timeline as for any other fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import NotFound
from hengwei.work.actions.writing import Log, changes_in_each, writing
from hengwei.work.models import Entry, WorkItem


def own_of(item: WorkItem, model: type[models.Model]) -> Any:
    """The item as the row of its kind; NotFound when it is of another."""
    found = model._default_manager.filter(pk=item.pk).first()
    if found is None:
        raise NotFound(f"{item.number}: {model._meta.verbose_name}?", code="other_kind")
    return found


def _shown(field: Any, value: Any) -> Any:
    """A value as the timeline tells it: the word of a choice, yes or no, a moment to the minute."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value


def amend(item: WorkItem, *, by: Actor, at: datetime, version: int | None = None, why: str = "", **values: Any) -> dict[str, tuple[Any, Any]]:
    """Set facts of the item's own kind on the locked row; returns what changed by name, before and after.

    Asks no rights: the action that calls it does, and checks its rule.
    """
    item = item.locked(version)
    own = item.specific()
    changes = {name: (getattr(own, name), value) for name, value in values.items() if getattr(own, name) != value}
    if not changes:
        return {}
    with writing(item, by=by, at=at) as log:
        write(log, own, changes, why=why)
    return changes


def write(log: Log, own: models.Model, changes: dict[str, tuple[Any, Any]], *, why: str = "") -> None:
    """Store the changes and tell the timeline, inside `writing`. Only the kind's own columns are touched."""
    # Not save(): the row of the work item is written by `writing`, once.
    type(own)._default_manager.filter(pk=own.pk).update(**{name: after for name, (_before, after) in changes.items()})
    told = {
        name: pair for name, pair in changes.items() if not name.endswith("_by") and name not in ("decided_at", "consent_at", "major_at", "known_error_at")
    }
    log.record(Entry.Kind.CHANGE, text=why, details=changes_in_each(told, lambda name, one: _shown(own._meta.get_field(name), one)))
