"""Rows of forms that stand for data: fields of a catalogue entry, questions of a survey, steps of a macro."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import is_chinese
from hengwei.desk import fields, macros, surveys
from hengwei.ui.kit import Inline
from hengwei.work import kinds
from hengwei.work.models import Category, Level, WaitingFor

#: What a condition of a field may ask of an earlier one.
OPERATORS = (("is", _("is")), ("is_not", _("is not")), ("contains", _("contains")), ("is_set", _("is answered")), ("at_least", _("at least")), ("at_most", _("at most")))


def labelled(keys: Mapping[str, Any], *, empty: Any = None) -> list[tuple[str, Any]]:
    """Choices of a select, with an empty one first where it is named."""
    return ([("", empty)] if empty is not None else []) + list(keys.items())


def choices_of(text: str) -> list[Any]:
    """Choices as they are typed, one a line: a word, or `value | 中文 | English`."""
    found: list[Any] = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 1 and parts[0]:
            found.append(parts[0])
        elif len(parts) > 1 and parts[0]:
            found.append({"value": parts[0], "label": parts[1] or parts[0], **({"label_en": parts[2]} if len(parts) > 2 and parts[2] else {})})
    return found


def typed_choices(choices: list[Any]) -> str:
    """The contrary."""
    return "\n".join(" | ".join(filter(None, (one["value"], one.get("label", ""), one.get("label_en", "")))) if isinstance(one, Mapping) else str(one) for one in choices)


class FieldRow(forms.Form):
    """One field of a catalogue entry."""

    key = forms.CharField(label=_("key"), max_length=40, required=False, help_text=_("empty: given by itself"))
    type = forms.ChoiceField(label=_("type"), choices=lambda: labelled(fields.TYPES))
    label = forms.CharField(label=_("label"), max_length=200)
    label_en = forms.CharField(label=_("English label"), max_length=200, required=False)
    required = forms.BooleanField(label=_("must be answered"), required=False)
    help = forms.CharField(label=_("help"), max_length=500, required=False)
    help_en = forms.CharField(label=_("English help"), max_length=500, required=False)
    choices = forms.CharField(label=_("choices, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("a word, or value | 中文 | English"))
    min = forms.FloatField(label=_("at least"), required=False)
    max = forms.FloatField(label=_("at most"), required=False)
    max_length = forms.IntegerField(label=_("characters at most"), required=False, min_value=1)
    pattern = forms.CharField(label=_("form (regular expression)"), max_length=200, required=False)
    when_field = forms.CharField(label=_("only if the field"), max_length=200, required=False, help_text=_("label or key of a field above"))
    when_op = forms.ChoiceField(label=_("condition"), choices=[("", "—"), *OPERATORS], required=False)
    when_value = forms.CharField(label=_("value"), max_length=200, required=False)

    @staticmethod
    def shown(field: Mapping[str, Any]) -> dict[str, Any]:
        """A field as the row shows it."""
        when = field.get("when") or {}
        return {
            **{name: value for name, value in field.items() if name not in ("when", "choices")}, "choices": typed_choices(field.get("choices", [])),
            "when_field": when.get("field", ""), "when_op": when.get("op", ""), "when_value": when.get("value", ""),
        }

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as a field."""
        field: dict[str, Any] = {"key": row["key"].strip(), "type": row["type"], "label": row["label"].strip()}
        for name in ("label_en", "help", "help_en", "pattern", "required", "max_length"):
            if row.get(name):
                field[name] = row[name]
        if row["type"] in ("choice", "choices"):
            field["choices"] = choices_of(row.get("choices", ""))
        for name in ("min", "max"):
            if row.get(name) is not None:
                field[name] = int(row[name]) if float(row[name]).is_integer() else row[name]
        if row.get("when_field"):
            op, value = row.get("when_op") or "is", row.get("when_value", "")
            condition: dict[str, Any] = {"field": row["when_field"].strip(), "op": op}
            if op not in ("is_set",):
                condition["value"] = _number(value) if op in ("at_least", "at_most") else True if value.strip().lower() in ("true", "yes", "是") else value
            field["when"] = condition
        return field


def keyed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fields as they are kept: each with a key, a condition's field and choice by theirs where their labels were typed."""
    taken = {field["key"] for field in found}
    free = (f"field_{n}" for n in range(1, len(found) + len(taken) + 1) if f"field_{n}" not in taken)
    above: dict[str, dict[str, Any]] = {}
    for field in found:
        field["key"] = field["key"] or next(free)
        when = field.get("when")
        named = above.get(when["field"]) if when else None
        if when and named is not None:
            when["field"] = named["key"]
            values = {label: one["value"] for one in named.get("choices", []) if isinstance(one, dict) for label in (one["label"], one.get("label_en")) if label}
            if isinstance(when.get("value"), str):
                when["value"] = values.get(when["value"], when["value"])
        for name in (field["key"], field.get("label_en"), field["label"]):
            if name:
                above[name] = field
    return found


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


class QuestionRow(forms.Form):
    """One question of a survey."""

    key = forms.CharField(label=_("key"), max_length=40)
    type = forms.ChoiceField(label=_("type"), choices=lambda: labelled(surveys.TYPES))
    label = forms.CharField(label=_("question"), max_length=300)
    label_en = forms.CharField(label=_("question in English"), max_length=300, required=False)
    required = forms.BooleanField(label=_("must be answered"), required=False)
    choices = forms.CharField(label=_("choices, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("a word, or value | 中文 | English"))

    @staticmethod
    def shown(question: Mapping[str, Any]) -> dict[str, Any]:
        return {**question, "choices": typed_choices(question.get("choices", []))}

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"key": row["key"].strip(), "type": row["type"], "label": row["label"].strip()}
        found |= {name: row[name] for name in ("label_en", "required") if row.get(name)}
        if row["type"] in ("choice", "choices"):
            found["choices"] = choices_of(row.get("choices", ""))
        return found


class ChecklistRow(forms.Form):
    """One step of a checklist."""

    text = forms.CharField(label=_("step"), max_length=300)

    @staticmethod
    def shown(step: Mapping[str, Any]) -> dict[str, Any]:
        return dict(step)

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        return {"text": row["text"].strip()}


def _team_choices() -> list[tuple[str, str]]:
    from hengwei.org.models import Team

    return [("", "—"), *((team.key, team.label) for team in Team.objects.filter(archived_at=None))]


class TaskRow(forms.Form):
    """One item to be opened below the request."""

    title = forms.CharField(label=_("title"), max_length=300)
    kind = forms.ChoiceField(label=_("kind"), choices=lambda: [(kind.key, kind.label) for kind in kinds.every() if kind.for_requesters])
    team = forms.ChoiceField(label=_("team"), choices=_team_choices, required=False)

    @staticmethod
    def shown(task: Mapping[str, Any]) -> dict[str, Any]:
        return dict(task)

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        return {"title": row["title"].strip(), "kind": row["kind"], "team": row.get("team", "")}


class StepRow(forms.Form):
    """One step of a macro. `what` is the fact, the team, the label or the step of the workflow; `value` what it becomes."""

    do = forms.ChoiceField(label=_("what"), choices=lambda: labelled(macros.DEEDS))
    what = forms.CharField(label=_("of which"), max_length=60, required=False, help_text=_("fact, step, or key of a team"))
    value = forms.CharField(label=_("value"), max_length=300, required=False)
    text = forms.CharField(label=_("text"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    text_en = forms.CharField(label=_("words in English"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    @staticmethod
    def shown(step: Mapping[str, Any]) -> dict[str, Any]:
        deed = step.get("do", "")
        what, value = {
            "change": (step.get("field", ""), step.get("value", "")), "labels": ("", ",".join(step.get("add", []))), "assign": (step.get("team") or "", step.get("owner") or ""),
            "step": (step.get("transition", ""), (step.get("facts") or {}).get("waiting_for") or (step.get("facts") or {}).get("closure") or ""),
        }.get(deed, ("", ""))
        facts = step.get("facts") or {}
        return {"do": deed, "what": what, "value": value, "text": step.get("text") or facts.get("solution") or facts.get("comment") or "", "text_en": step.get("text_en", "")}

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        deed, what, value, text = row["do"], row.get("what", "").strip(), row.get("value", "").strip(), row.get("text", "").strip()
        if deed == "change":
            return {"do": deed, "field": what, "value": int(value) if what in macros.LEVELS and value.isdecimal() else value}
        if deed == "labels":
            return {"do": deed, "add": [one.strip() for one in value.replace("，", ",").split(",") if one.strip()]}
        if deed == "assign":
            return {"do": deed, **({"team": what} if what else {}), **({"owner": value} if value else {})}
        if deed in ("reply", "note"):
            return {"do": deed, "text": text, **({"text_en": row["text_en"].strip()} if row.get("text_en", "").strip() else {})}
        facts: dict[str, Any] = {}
        if value:
            facts["waiting_for" if value in WaitingFor.values else "closure"] = value
        if text:
            facts["solution" if what == "resolve" else "comment"] = text
        return {"do": deed, "transition": what, **({"facts": facts} if facts else {})}


def inline(key: str, title: Any, row: Any, data: Any, present: list[Mapping[str, Any]], help_text: Any = "") -> Inline:
    """Rows in a form for a list of data, put in order by dragging."""
    factory: type[BaseFormSet[Any]] = formset_factory(row, extra=0, can_order=True, can_delete=True)
    return Inline(key, title, factory(data, prefix=key, initial=[row.shown(one) for one in present]), help=help_text, sortable=True)


def rows_of(inlines: list[Inline], key: str, row: Any) -> list[dict[str, Any]]:
    """The data of an inline, in order."""
    return next([row.read(one) for one in each.rows()] for each in inlines if each.key == key)


def level_choices() -> list[tuple[int, Any]]:
    """Impact and urgency."""
    return list(Level.choices)


def category_choices() -> list[tuple[str, str]]:
    """Categories by key, in the reader's language."""
    return [("", "—"), *((one.key, ("　" if one.parent_id else "") + one.label) for one in Category.objects.filter(archived_at=None))]


def team_choices() -> list[tuple[str, str]]:
    """Teams by key, in the reader's language."""
    return _team_choices()


def both(chinese: str, english: str) -> str:
    """The text in the reader's language."""
    return chinese if is_chinese() or not english else english
