"""How the history tells forms, checklists, macros and surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hengwei.core.history import Teller, tells
from hengwei.core.i18n import aside, is_chinese
from hengwei.core.levels import NAMES
from hengwei.org.models import Team, User
from hengwei.work import facts, kinds
from hengwei.work.history_words import approval_steps, conditions
from hengwei.work.models import Category, Closure, WaitingFor, WorkItem

from . import fields as form
from . import macros, surveys
from .models import Campaign, CatalogueVersion, FollowUpPlan, Macro

tells(FollowUpPlan, "conditions")(conditions)
tells(CatalogueVersion, "approvals")(approval_steps)


def _fields(types: Mapping[str, Any]) -> Teller:
    def line(number: int, field: Mapping[str, Any]) -> str:
        labels = {one["key"]: form.label(one) for one in given}
        more = [str(types.get(field["type"], field["type"]))]
        if field.get("required"):
            more.append(_("required"))
        if field.get("choices"):
            more.append(" / ".join(label for _value, label in form.choices(field)))
        when = field.get("when") or {}
        if when.get("field"):
            more.append(_("asked when %(condition)s") % {"condition": _when(when, labels, given)})
        return _("%(field)s: %(values)s") % {"field": f"{number}. {form.label(field)}", "values": _("; ").join(more)}

    given: Sequence[Mapping[str, Any]] = []

    def lines(value: Any) -> list[str]:
        nonlocal given
        given = value
        return [line(number, field) for number, field in enumerate(value, 1)]

    return lines


def _when(when: Mapping[str, Any], labels: Mapping[str, str], fields: Sequence[Mapping[str, Any]]) -> str:
    """A condition of a field: another field's label, what is asked of it, the label of what was chosen."""
    asked = next((one for one in fields if one["key"] == when["field"]), None)
    value = when.get("value")
    said = [str(form.said(asked, one) if asked is not None else one) for one in (value if isinstance(value, list) else [value]) if one is not None]
    op = facts.OPERATORS.get({"in": "is"}.get(when.get("op", ""), when.get("op", "")), when.get("op", ""))
    return f"{labels.get(when['field'], when['field'])} {op} {' / '.join(said)}".strip()


@tells(CatalogueVersion, "fields")
def fields_of_entry() -> Teller:
    """Each field by its label, with its sort, its choices and when it is asked."""
    return _fields(form.TYPES)


@tells(Campaign, "questions")
def questions() -> Teller:
    """Each question with its sort and its choices."""
    return _fields(surveys.TYPES)


def _in_language(one: Mapping[str, Any], name: str) -> str:
    return str(one.get(name, "") if is_chinese() or not one.get(f"{name}_en") else one[f"{name}_en"])


@tells(CatalogueVersion, "checklist")
def checklist() -> Teller:
    """Each point."""
    return lambda value: [f"{number}. {_in_language(one, 'text')}" for number, one in enumerate(value, 1)]


@tells(CatalogueVersion, "tasks")
def tasks() -> Teller:
    """Each task with its kind and team."""
    teams = {row.key: row.label for row in Team.objects.all()}
    names = {kind.key: str(kind.label) for kind in kinds.every()}

    def lines(value: Any) -> list[str]:
        return [
            f"{number}. {_in_language(one, 'title')}{aside(_('; ').join(filter(None, [names.get(one.get('kind', 'request'), ''), teams.get(one.get('team'), '')])))}" for number, one in enumerate(value, 1)
        ]

    return lines


@tells(CatalogueVersion, "kind")
@tells(Macro, "kinds")
def kinds_of_work() -> Teller:
    """Kinds of work by their names."""
    names = {kind.key: str(kind.label) for kind in kinds.every()}
    return lambda value: [_(", ").join(names.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))]


@tells(Macro, "steps")
def steps_of_macro() -> Teller:
    """Each thing that the macro does."""
    teams = {row.key: row.label for row in Team.objects.all()}
    categories = {row.key: row.label for row in Category.objects.all()}
    people = {row.username: row.name for row in User.objects.staff()} | {"me": _("who uses it")}
    choices = {"closure": dict(Closure.choices), "waiting_for": dict(WaitingFor.choices)}

    def said(step: Mapping[str, Any]) -> str:
        deed = step.get("do")
        if deed == "change":
            name, value = step.get("field", ""), step.get("value")
            shown = categories.get(str(value), value) if name == "category" else NAMES.get(int(value or 0), value) if name in macros.LEVELS else value
            return f"{_field(name)} → {shown}"
        if deed == "labels":
            return _("; ").join(filter(None, [" ".join(f"+{one}" for one in step.get("add", [])), " ".join(f"−{one}" for one in step.get("remove", []))]))
        if deed == "assign":
            return _(", ").join(filter(None, [teams.get(step.get("team", ""), step.get("team") or ""), people.get(step.get("owner", ""), step.get("owner") or "")]))
        if deed in ("reply", "note"):
            return macros.words(step, english=not is_chinese())
        given = [_("%(field)s: %(values)s") % {"field": _field(name), "values": choices.get(name, {}).get(value, value)} for name, value in (step.get("facts") or {}).items()]
        key = str(step.get("transition", ""))
        return _("; ").join([transitions.get(key, key), *given])

    transitions = {step.key: str(step.label) for kind in kinds.every() for step in kind.workflow.transitions}
    return lambda value: [
        _("%(field)s: %(values)s") % {"field": f"{number}. {macros.DEEDS.get(step.get('do'), step.get('do'))}", "values": said(step)} for number, step in enumerate(value, 1)
    ]


def _field(name: str) -> str:
    try:
        return str(WorkItem._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except LookupError:
        return {"comment": _("why")}.get(name, name)
