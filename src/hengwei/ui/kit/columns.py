"""What a list shows of a row, and a fact of a record: on the page, in a file, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hengwei.core.errors import Message
from hengwei.core.names import name_of
from hengwei.ui.templatetags.ui import icon, when

#: Shown where there is nothing.
NOTHING = "—"


@dataclass(frozen=True)
class Column:
    """One value of a row. Without `value` it is the attribute `name`; without `label` the field's own name.

    `value` may return safe HTML. `default` says whether a list shows it until its reader chooses otherwise.
    `second` is a quieter line under it.
    """

    name: str
    label: Message = ""
    value: Callable[[Any], Any] | None = None
    link: bool = False
    align: str = ""
    default: bool = True
    second: Callable[[Any], Any] | None = None
    #: How people read it, where programs take the value itself: the words of a key.
    words: Callable[[Any], Any] | None = None

    @property
    def has_second(self) -> bool:
        """Whether there is a second line; templates call what can be called, so they ask here."""
        return self.second is not None

    def title(self, model: type[models.Model] | None) -> str:
        """The heading, in the reader's language."""
        if self.label:
            return capfirst(str(self.label))
        field = _field(model, self.name)
        return name_of(field) if field is not None else self.name

    def is_short(self, model: type[models.Model] | None) -> bool:
        """Whether its values are a word or two, which a list does not break: choices, yes or no, days."""
        field = None if self.value is not None or self.words is not None else _field(model, self.name)
        return isinstance(field, models.BooleanField | models.DateField | models.GenericIPAddressField) or bool(getattr(field, "choices", None))

    def raw(self, row: Any) -> Any:
        """The value itself."""
        return self.value(row) if self.value is not None else getattr(row, self.name, None)

    def html(self, row: Any) -> SafeString | str:
        """The value as a page shows it."""
        return _html(self._named(row))

    def text(self, row: Any) -> str:
        """The value as a file shows it: no markup, moments to the minute in the reader's zone."""
        return plain(self._named(row))

    def json(self, row: Any) -> Any:
        """The value for a program: ids of rows, ISO moments, keys of choices."""
        return _json(self.raw(row))

    def _named(self, row: Any) -> Any:
        if self.words is not None:
            return self.words(row)
        if self.value is None:
            display = getattr(row, f"get_{self.name}_display", None)
            if display is not None:
                return display()
        return self.raw(row)


def _json(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, models.Manager | models.QuerySet):
        value = list(value.all())
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if isinstance(value, SafeString):
        return str(value)
    return value if isinstance(value, str | int | float | bool | dict | datetime | date | None) else str(value)


def _field(model: type[models.Model] | None, name: str) -> Any:
    if model is None:
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _html(value: Any) -> SafeString | str:
    if isinstance(value, SafeString):
        return value
    if isinstance(value, bool):
        return icon("check", _("yes")) if value else NOTHING
    if isinstance(value, datetime):
        return when(value)
    if value is None or value == {}:
        return NOTHING
    return conditional_escape(plain(value)) or NOTHING


def plain(value: Any) -> str:
    """A value in words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Manager):
        value = list(value.all())
    if isinstance(value, list | tuple | set | models.QuerySet):
        return _(", ").join(plain(one) for one in value)
    return str(value)
