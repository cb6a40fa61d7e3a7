"""A record's own rules, asked before it is saved: what they refuse is told at the field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from hengwei.core.errors import Refused


def checked(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Raise Refused, at the first field at fault, when the record breaks a rule of its model."""
    try:
        row.full_clean(exclude=set(exclude))
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], code="invalid", field=None if field == NON_FIELD_ERRORS else field) from None


def take(row: models.Model, facts: dict[str, Any], allowed: Iterable[str]) -> list[str]:
    """Set the facts that are given on the record; returns the names of those that differ. Raises Refused for one it does not have."""
    names = set(allowed)
    changed = []
    for name, value in facts.items():
        if name not in names:
            raise Refused(_("There is no such fact: %(name)s.") % {"name": name}, code="unknown_fact", field=name)
        if isinstance(value, str):
            value = value.strip()
        if getattr(row, name, None) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def zone(name: str) -> None:
    """Raise Refused unless it is a time zone."""
    if name not in available_timezones():
        raise Refused(_("There is no time zone %(name)s.") % {"name": name}, code="invalid", field="timezone")
