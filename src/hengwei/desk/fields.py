"""The own fields of a catalogue entry, as data: what may be asked, and what an answer must be. Pure.

    [{"key": "system", "type": "choice", "label": "系统", "label_en": "System", "required": true, "choices": ["ERP", "OA"]},
     {"key": "module", "type": "text", "label": "模块", "when": {"field": "system", "op": "is", "value": "ERP"}}]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hengwei.work.conditions import BadCondition, matches, validate

TYPES = ("text", "long_text", "choice", "choices", "number", "date", "checkbox", "person", "asset", "file")
#: Characters that an answer may have.
LONGEST = {"text": 500, "long_text": 10_000, "person": 120, "asset": 200}

Definition = Mapping[str, Any]


class BadDefinition(ValueError):
    """The definition cannot be asked; the message says which field and why."""


def check(fields: Sequence[Definition]) -> None:
    """Raise BadDefinition unless every field can be asked and answered."""
    seen: set[str] = set()
    for number, field in enumerate(fields, 1):
        key = field.get("key", "")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", str(key)):
            raise BadDefinition(_("Field %(n)d: the key must be small Latin letters, digits and _.") % {"n": number})
        if key in seen:
            raise BadDefinition(_("The key %(key)s is used twice.") % {"key": key})
        if field.get("type") not in TYPES:
            raise BadDefinition(_("%(key)s: this type does not exist.") % {"key": key})
        if not str(field.get("label", "")).strip():
            raise BadDefinition(_("%(key)s: the label is missing.") % {"key": key})
        if field["type"] in ("choice", "choices") and not field.get("choices"):
            raise BadDefinition(_("%(key)s: there is nothing to choose from.") % {"key": key})
        try:
            validate(field.get("when", {}), seen)
            re.compile(field.get("pattern", ""))
        except (BadCondition, re.error) as error:
            raise BadDefinition(f"{key}: {error}") from None
        seen.add(key)


def shown(fields: Sequence[Definition], answers: Mapping[str, Any]) -> list[Definition]:
    """The fields that are asked, given the answers so far."""
    return [field for field in fields if matches(field.get("when", {}), answers)]


def clean(fields: Sequence[Definition], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers as they are kept, and what is wrong by field key. Answers to what is not asked are dropped."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if not matches(field.get("when", {}), answers):
            continue
        key = field["key"]
        try:
            value = _one(field, given.get(key))
        except ValueError as error:
            errors[key] = str(error)
            continue
        if value in (None, "", [], False):
            if field.get("required"):
                errors[key] = _("Please answer this.")
            continue
        answers[key] = value
    return answers, errors


def _one(field: Definition, value: Any) -> Any:
    kind = field["type"]
    if kind == "choices":
        chosen = [str(v) for v in (value if isinstance(value, list) else [value]) if v not in (None, "")]
        if set(chosen) - set(field["choices"]):
            raise ValueError(_("This cannot be chosen."))
        return chosen
    if isinstance(value, list):
        value = value[-1] if value else ""
    text = str(value if value is not None else "").strip()
    if kind == "checkbox":
        return text.lower() in ("1", "true", "on", "yes")
    if not text:
        return ""
    if kind == "choice" and text not in field["choices"]:
        raise ValueError(_("This cannot be chosen."))
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(_("This is no date.")) from None
    if kind == "number":
        try:
            amount = float(text)
        except ValueError:
            raise ValueError(_("This is no number.")) from None
        low, high = field.get("min"), field.get("max")
        if amount != amount or (low is not None and amount < low) or (high is not None and amount > high):
            raise ValueError(_("This number is out of range."))
        return int(amount) if amount.is_integer() else amount
    if len(text) > LONGEST.get(kind, 500):
        raise ValueError(_("This is too long."))
    if field.get("pattern") and not re.fullmatch(field["pattern"], text):
        raise ValueError(field.get("help") or _("This does not have the right form."))
    return text
