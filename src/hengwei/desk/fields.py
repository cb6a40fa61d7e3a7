"""The own fields of a catalogue entry, as data: what may be asked, and what an answer must be. Pure.

    [{"key": "system", "type": "choice", "label": "系统", "label_en": "System", "required": true,
      "choices": [{"value": "erp", "label": "ERP系统", "label_en": "ERP"}, "OA"]},
     {"key": "module", "type": "text", "label": "模块", "max_length": 40, "when": {"field": "system", "op": "is", "value": "erp"}}]

A choice is a word, or a value with a label in both languages; the value is what is kept.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.errors import Message
from hengwei.core.i18n import is_chinese
from hengwei.work.conditions import BadCondition, matches, validate

#: What may be asked, as the designer offers it.
TYPES: dict[str, Message] = {
    "text": gettext_lazy("short text"), "long_text": gettext_lazy("long text"), "choice": gettext_lazy("one choice"), "choices": gettext_lazy("several choices"),
    "number": gettext_lazy("number"), "date": gettext_lazy("date"), "moment": gettext_lazy("date and time"), "checkbox": gettext_lazy("yes or no"),
    "person": gettext_lazy("person"), "asset": gettext_lazy("device or system"), "file": gettext_lazy("files"), "explanation": gettext_lazy("explanation"),
}
#: Characters that an answer may have, where the field does not say less.
LONGEST = {"text": 500, "long_text": 10_000, "person": 120, "asset": 200}
#: Fields of one form, choices of one field, files of one answer.
FIELDS_AT_MOST, CHOICES_AT_MOST, FILES_AT_MOST = 60, 200, 20
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KNOWN = {
    "key", "type", "label", "label_en", "help", "help_en", "required", "choices", "min", "max", "min_length", "max_length", "pattern", "when",
}

Definition = Mapping[str, Any]


class BadDefinition(ValueError):
    """The definition cannot be asked; the message says which field and why."""


# --- the definition ----------------------------------------------------------------------------------------------


def check(fields: Sequence[Definition]) -> None:
    """Raise BadDefinition unless every field can be asked and answered."""
    if not isinstance(fields, list | tuple):
        raise BadDefinition(_("A list of fields is expected."))
    if len(fields) > FIELDS_AT_MOST:
        raise BadDefinition(_("A form has at most %(n)d fields.") % {"n": FIELDS_AT_MOST})
    seen: dict[str, Definition] = {}
    for number, field in enumerate(fields, 1):
        if not isinstance(field, Mapping):
            raise BadDefinition(_("Field %(n)d is no field.") % {"n": number})
        key = str(field.get("key", ""))
        if not _KEY.fullmatch(key):
            raise BadDefinition(_("Field %(n)d: the key must be small Latin letters, digits and _.") % {"n": number})
        if key in seen:
            raise BadDefinition(_("The key %(key)s is used twice.") % {"key": key})
        if field.get("type") not in TYPES:
            raise BadDefinition(_("%(key)s: this type does not exist.") % {"key": key})
        if not str(field.get("label", "")).strip():
            raise BadDefinition(_("%(key)s: the label is missing.") % {"key": key})
        unknown = set(field) - _KNOWN
        if unknown:
            raise BadDefinition(_("%(key)s: '%(name)s' means nothing here.") % {"key": key, "name": sorted(unknown)[0]})
        _check_choices(key, field)
        _check_limits(key, field)
        _check_condition(key, field, seen)
        seen[key] = field


def _check_choices(key: str, field: Definition) -> None:
    if field["type"] not in ("choice", "choices"):
        return
    given = field.get("choices")
    if not isinstance(given, list | tuple) or not given:
        raise BadDefinition(_("%(key)s: there is nothing to choose from.") % {"key": key})
    found = values(field)
    if len(found) > CHOICES_AT_MOST or len(set(found)) != len(found) or not all(found):
        raise BadDefinition(_("%(key)s: each choice needs a value of its own.") % {"key": key})


def _check_limits(key: str, field: Definition) -> None:
    for low, high in (("min", "max"), ("min_length", "max_length")):
        given = [field[name] for name in (low, high) if field.get(name) is not None]
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in given):
            raise BadDefinition(_("%(key)s: a limit must be a number.") % {"key": key})
        if len(given) == 2 and given[0] > given[1]:
            raise BadDefinition(_("%(key)s: the lower limit is above the upper.") % {"key": key})
    if field.get("pattern"):
        try:
            re.compile(str(field["pattern"]))
        except re.error as error:
            raise BadDefinition(f"{key}: {error}") from None
        if _runs_away(str(field["pattern"])):
            raise BadDefinition(_("%(key)s: a repetition within a repetition takes too long to check.") % {"key": key})


def _check_condition(key: str, field: Definition, seen: Mapping[str, Definition]) -> None:
    try:
        validate(field.get("when") or {}, set(seen))
    except BadCondition as error:
        raise BadDefinition(f"{key}: {error}") from None


def _runs_away(pattern: str) -> bool:
    """Whether a pattern repeats what repeats, such as (a+)+: such ones can take minutes on a few letters."""
    from re import _parser  # type: ignore[attr-defined]

    def inner(name: str, argument: Any) -> list[Any]:
        if name == "SUBPATTERN":
            return [argument[3]]
        if name in ("ASSERT", "ASSERT_NOT"):
            return [argument[1]]
        return list(argument[1]) if name == "BRANCH" else []

    def within(parsed: Any, repeated: bool) -> bool:
        for op, argument in parsed:
            name = str(op)
            if name in ("MAX_REPEAT", "MIN_REPEAT"):
                low, high, part = argument
                unbounded = high - low > 20
                if (repeated and unbounded) or within(part, repeated or unbounded):
                    return True
            elif name == "GROUPREF" or any(within(part, repeated) for part in inner(name, argument)):
                return True
        return False

    return within(_parser.parse(pattern), False)


# --- showing -----------------------------------------------------------------------------------------------------


def label(field: Definition) -> str:
    """What the field is called in the reader's language."""
    return str(field["label"] if is_chinese() or not field.get("label_en") else field["label_en"])


def help_text(field: Definition) -> str:
    """What stands under the field in the reader's language."""
    return str(field.get("help", "") if is_chinese() or not field.get("help_en") else field["help_en"])


def choices(field: Definition) -> list[tuple[str, str]]:
    """What can be chosen: (value, label in the reader's language)."""
    return [
        (str(one["value"]), str(one.get("label_en") if not is_chinese() and one.get("label_en") else one.get("label") or one["value"])) if isinstance(one, Mapping) else (str(one), str(one))
        for one in field.get("choices", [])
    ]


def values(field: Definition) -> list[str]:
    """The values that can be chosen."""
    return [str(one.get("value", "")).strip() if isinstance(one, Mapping) else str(one).strip() for one in field.get("choices", [])]


def said(field: Definition, value: Any) -> Any:
    """An answer as people read it: the labels of what was chosen, yes for a tick."""
    if field["type"] in ("choice", "choices"):
        names = dict(choices(field))
        return _(", ").join(names.get(str(one), str(one)) for one in value) if isinstance(value, list) else names.get(str(value), value)
    if field["type"] == "checkbox":
        return _("yes") if value else _("no")
    if field["type"] == "moment":
        return str(value).replace("T", " ")[:16]
    return value


def shown(fields: Sequence[Definition], answers: Mapping[str, Any]) -> list[Definition]:
    """The fields that are asked, given the answers so far: what is not asked itself answers nothing."""
    found: list[Definition] = []
    kept: dict[str, Any] = {}
    for field in fields:
        if matches(field.get("when") or {}, kept):
            found.append(field)
            if field["key"] in answers:
                kept[field["key"]] = answers[field["key"]]
    return found


# --- answers -----------------------------------------------------------------------------------------------------


def clean(fields: Sequence[Definition], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers as they are kept, and what is wrong by field key. Answers to what is not asked are dropped."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if field["type"] == "explanation" or not matches(field.get("when") or {}, answers):
            continue
        key = field["key"]
        try:
            value = _one(field, given.get(key))
        except ValueError as error:
            errors[key] = str(error)
            continue
        if value in (None, "", []) or value is False:
            if field.get("required"):
                errors[key] = _("Please answer this.")
            continue
        answers[key] = value
    return answers, errors


def _one(field: Definition, value: Any) -> Any:
    kind = field["type"]
    if kind in ("choices", "file"):
        chosen = [str(one).strip() for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
        chosen = list(dict.fromkeys(one for one in chosen if one))
        return _files(chosen) if kind == "file" else _chosen(field, chosen)
    if isinstance(value, list):
        value = value[-1] if value else ""
    text = str(value if value is not None else "").strip()
    if kind == "checkbox":
        return text.lower() in ("1", "true", "on", "yes")
    if not text:
        return ""
    if kind == "choice":
        return _chosen(field, [text])[0]
    if kind in ("date", "moment"):
        return _day(field, text) if kind == "date" else _moment(text)
    return _number(field, text) if kind == "number" else _text(field, text)


def _chosen(field: Definition, chosen: list[str]) -> list[str]:
    if set(chosen) - set(values(field)):
        raise ValueError(_("This cannot be chosen."))
    low, high = field.get("min"), field.get("max")
    if field["type"] == "choices" and chosen and ((low is not None and len(chosen) < low) or (high is not None and len(chosen) > high)):
        raise ValueError(_("Please choose the right number of them."))
    return chosen


def _files(chosen: list[str]) -> list[str]:
    if len(chosen) > FILES_AT_MOST:
        raise ValueError(_("These are too many files."))
    try:
        return [str(uuid.UUID(one)) for one in chosen]
    except ValueError:
        raise ValueError(_("This is no file.")) from None


def _day(field: Definition, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(_("This is no date.")) from None


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat(timespec="minutes")
    except ValueError:
        raise ValueError(_("This is no date and time.")) from None


def _number(field: Definition, text: str) -> int | float:
    try:
        amount = float(text)
    except ValueError:
        raise ValueError(_("This is no number.")) from None
    low, high = field.get("min"), field.get("max")
    if amount != amount or abs(amount) > 1e15:
        raise ValueError(_("This is no number."))
    if (low is not None and amount < low) or (high is not None and amount > high):
        raise ValueError(_("Please give a number between %(low)s and %(high)s.") % {"low": low, "high": high} if low is not None and high is not None else _("This number is out of range."))
    return int(amount) if amount.is_integer() else amount


def _text(field: Definition, text: str) -> str:
    longest = min(LONGEST.get(field["type"], 500), int(field.get("max_length") or 10_000))
    if len(text) > longest:
        raise ValueError(_("This is too long: %(n)d characters at most.") % {"n": longest})
    if len(text) < int(field.get("min_length") or 0):
        raise ValueError(_("This is too short: %(n)d characters at least.") % {"n": int(field["min_length"])})
    if field.get("pattern") and not re.fullmatch(str(field["pattern"]), text):
        raise ValueError(help_text(field) or _("This does not have the right form."))
    return text
