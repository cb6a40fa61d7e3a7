"""What the history says: of one record, at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Q, QuerySet

from hengwei.core.models import Revision

from .tracking import tracked_of


def _selves(row: models.Model) -> list[tuple[str, str]]:
    """The record under each of its tables: a kind of work item is also the work item."""
    family = [type(row), *type(row)._meta.get_parent_list()]
    return [(model._meta.label_lower, str(row.pk)) for model in family if tracked_of(model) is not None]


def of(row: models.Model) -> QuerySet[Revision]:
    """The revisions of a record and of what belongs to it, the newest first."""
    wanted = Q(pk__in=[])
    for label, key in _selves(row):
        wanted |= Q(model=label, object_id=key) | Q(whole_model=label, whole_id=key)
    return Revision.objects.filter(wanted).select_related("actor").order_by("-id")


def as_of(rows: Iterable[models.Model], moment: datetime) -> dict[Any, dict[str, Any] | None]:
    """What the tracked fields of these records held at a moment: {primary key: {field: value}}, None for one not there yet.

    A record's own values walked back through its later revisions. Values are as JSON writes them (moments and dates as
    text); a hidden one is '•'. A record whose making was not tracked counts as always there.
    """
    found: dict[Any, dict[str, Any] | None] = {}
    for row in rows:
        values: dict[str, Any] = {}
        there = True
        for model in [type(row), *type(row)._meta.get_parent_list()]:
            if tracked_of(model) is None:
                continue
            now = _stored(model, row.pk)
            later = Revision.objects.filter(model=model._meta.label_lower, object_id=str(row.pk), at__gt=moment).order_by("-id")
            for revision in later:
                there = there and revision.operation != Revision.Operation.MADE
                now |= {name: before for name, (before, _after) in revision.changes.items()}
            columns = {field.column: field.name for field in model._meta.local_concrete_fields}
            values |= {columns[name]: value for name, value in now.items() if name in columns}
        found[row.pk] = values if there else None
    return found


def _stored(model: type[models.Model], pk: Any) -> dict[str, Any]:
    meta = model._meta
    assert meta.pk is not None
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{meta.db_table}" t WHERE "{meta.pk.column}" = %s', [pk])
        row = cursor.fetchone()
    import json

    return json.loads(row[0]) if row else {}


def erase(row: models.Model, fields: Iterable[str]) -> int:
    """Take the values of a person's fields out of the history, for good: that they changed stays. Returns how many revisions."""
    columns = {row._meta.get_field(name).column for name in fields}  # type: ignore[union-attr]
    count = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hengwei.erasing', 'on', true)")
        for revision in of(row).filter(changes__has_any_keys=sorted(columns)):
            revision.changes |= {name: ["•", "•"] for name in columns & set(revision.changes)}
            revision.save(update_fields=["changes"])
            count += 1
        cursor.execute("SELECT set_config('hengwei.erasing', '', true)")
    return count
