"""A revision in the reader's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from hengwei.core.i18n import is_chinese
from hengwei.core.models import Revision
from hengwei.core.names import name_of

from .tracking import model_of
from .words import Telling, plainly

HIDDEN = "•"
#: The ways in which somebody acts (core.acting.Via), and past the product.
WAYS: dict[str, Any] = {
    "web": _l("by the pages"), "portal": _l("by the portal"), "api": _l("by the API"), "mail": _l("by e-mail"), "chat": _l("by chat"), "import": _l("by an import"),
    "cli": _l("from the command line"), "automation": _l("by a rule"), "system": _l("by itself"), "database": _l("directly in the database"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One revision: what it was, and each field with the words before and after."""

    revision: Revision
    subject: str
    fields: list[tuple[str, str, str]]

    @property
    def way(self) -> str:
        """By which way it was changed, in words."""
        return str(WAYS.get(self.revision.via, self.revision.via))


def shown(revisions: Iterable[Revision]) -> list[Shown]:
    """Revisions in words; records that they point at are read once for all."""
    rows = list(revisions)
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for row in rows:
        for field, before, after in _fields(row):
            if isinstance(field, models.ForeignKey):
                wanted[field.related_model] |= {value for value in (before, after) if value not in (None, HIDDEN)}  # type: ignore[index]
    names = {(model, pk): str(one) for model, pks in wanted.items() for pk, one in model._default_manager.in_bulk(list(pks)).items()}
    telling = Telling()
    return [Shown(row, _subject(row), [
        (_label(field), *_pair(field, before, after, names, telling)) for field, before, after in _fields(row) if not _is_own_link(row, field)
    ]) for row in rows]


def _pair(field: Any, before: Any, after: Any, names: dict[tuple[type[models.Model], Any], str], telling: Telling) -> tuple[str, str]:
    """A field before and after. Of data with many parts those that are the same are left out."""
    data = isinstance(field, models.JSONField) and any(isinstance(value, dict | list) for value in (before, after))
    if not data and not telling.knows(field):
        return _said(field, before, names), _said(field, after, names)
    was, now = ([] if value in (None, "", [], {}) else [_said(field, value, names)] if value == HIDDEN else telling.lines(field, value) for value in (before, after))
    gone, come = [line for line in was if line not in now], [line for line in now if line not in was]
    # Only their order changed, or how they are joined: shown whole.
    return ("\n".join(gone), "\n".join(come)) if gone or come else ("\n".join(was), "\n".join(now))


def _model(row: Revision) -> type[models.Model] | None:
    try:
        return model_of(row.model)
    except LookupError:
        return None


def _fields(row: Revision) -> list[tuple[Any, Any, Any]]:
    model = _model(row)
    known = {field.column: field for field in model._meta.local_concrete_fields} if model else {}
    # As they stand in the model, which is the order in which people fill them in.
    order = {column: place for place, column in enumerate(known)}
    return [(known.get(name, name), before, after) for name, (before, after) in sorted(row.changes.items(), key=lambda pair: order.get(pair[0], 999))]


def _is_own_link(row: Revision, field: Any) -> bool:
    """The key of a row, and its link to the record whose history is read, say nothing to a reader."""
    if isinstance(field, str):
        return False
    return bool(field.primary_key) or (isinstance(field, models.ForeignKey) and bool(row.whole_model) and field.related_model._meta.label_lower == row.whole_model)  # type: ignore[union-attr]


def _subject(row: Revision) -> str:
    model = _model(row)
    if model is None:
        return row.model
    if model._meta.auto_created:
        whole: Any = model._meta.auto_created
        for field in whole._meta.many_to_many:
            if field.remote_field.through is model:
                return name_of(field)
    return name_of(model._meta)


def _label(field: Any) -> str:
    return field if isinstance(field, str) else name_of(field)


def _said(field: Any, value: Any, names: dict[tuple[type[models.Model], Any], str]) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if value == HIDDEN:
        return _("(not shown)")
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), f"#{value}")  # type: ignore[arg-type]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(field, "flatchoices", ()) or ())
    if isinstance(value, str | int) and value in choices:
        return str(choices[value])
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else str(value)
    if isinstance(field, models.DateField):
        return str(parse_date(str(value)) or value)
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return ("、" if is_chinese() else ", ").join(map(str, value))
    if isinstance(value, dict | list):
        return "\n".join(plainly(value))
    return str(value)
