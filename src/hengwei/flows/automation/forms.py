"""The form of a rule: when, if, then; rows for conditions and deeds, everything chosen from lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hengwei.flows.automation import deeds, rules
from hengwei.org.models import Team, User
from hengwei.ui.kit import Inline, KitForm
from hengwei.ui.kit.picked import PickedId
from hengwei.work import facts, kinds
from hengwei.work.models import ChecklistTemplate, Level, WaitingFor
from hengwei.work.models.items import label_of

NONE = [("", "—")]
UNITS = {"minutes": _("minutes"), "hours": pgettext_lazy("amount of time", "hours"), "days": _("days")}
WEEKDAYS = [(0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday"))]
#: A working day, where days of working time are counted.
WORKING_DAY = 8 * 3600
#: Which fields a trigger asks for beside it; the page shows only those.
NEEDS = {
    "changed": ["changed"], "moved": ["phase"], "rated": ["score"], "approval_decided": ["outcome"], "in_phase": ["phase", "amount", "unit", "working", "also_past"],
    "unanswered": ["amount", "unit", "working", "also_past"], "before_due": ["amount", "unit", "working"], "after_due": ["amount", "unit", "working", "also_past"],
    "schedule": ["at_time", "weekdays"],
}
CHANGEABLE = ("priority", "impact", "urgency", "category", "title", "description", "labels", "subject", "customer", "requester", "site")


def seconds_of(amount: int, unit: str, *, working: bool) -> int:
    """An amount of time as seconds; a day of working time has eight hours."""
    return amount * {"minutes": 60, "hours": 3600}.get(unit, WORKING_DAY if working else 86400)


def amount_of(seconds: int, *, working: bool) -> tuple[int, str]:
    """The contrary, in the largest unit that fits."""
    day = WORKING_DAY if working else 86400
    for unit, size in (("days", day), ("hours", 3600)):
        if seconds and seconds % size == 0:
            return seconds // size, unit
    return seconds // 60, "minutes"


class RuleForm(KitForm):
    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    order = forms.IntegerField(label=_("order"), min_value=0, max_value=100_000, initial=100, help_text=_("Rules run from the smallest number to the largest."))
    owner = forms.ModelChoiceField(User.objects.staff().filter(is_active=True).order_by("name", "id"), label=_("keeper of the rule"), required=False)
    description = forms.CharField(label=_("description"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    trigger = forms.ChoiceField(label=_("runs when"), choices=lambda: [(_t("On events"), list(rules.EVENTS.items())), (_t("On time"), list(rules.TIMES.items()))], widget=forms.Select(attrs={"data-needs": json.dumps(NEEDS)}))
    changed = forms.ChoiceField(label=_("which fact"), required=False, choices=lambda: [("", _t("any")), *((name, label_of(name)) for name in CHANGEABLE)])
    phase = forms.ChoiceField(label=_("which phase"), required=False, choices=lambda: [("", _t("any")), *facts.PHASES.items()])
    score = forms.TypedChoiceField(label=_("verdict at most"), required=False, coerce=int, empty_value=None, choices=[("", _("any")), *((n, "★" * n) for n in range(1, 6))])
    outcome = forms.ChoiceField(label=_("with which outcome"), required=False, choices=[("", _("any")), ("approved", _("approved")), ("refused", _("refused")), ("withdrawn", _("withdrawn"))])
    amount = forms.IntegerField(label=_("for how long"), min_value=0, max_value=100_000, required=False)
    unit = forms.ChoiceField(label=_("unit"), choices=list(UNITS.items()), required=False, initial="hours")
    working = forms.BooleanField(label=_("counted in working time"), required=False, initial=True, help_text=_("Nights and holidays do not count; a day has eight working hours."))
    also_past = forms.BooleanField(label=_("also for items that passed it before the rule was switched on"), required=False)
    at_time = forms.TimeField(label=_("at"), required=False)
    weekdays = forms.TypedMultipleChoiceField(label=_("on"), coerce=int, choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None means every day."))
    any_of = forms.ChoiceField(label=_("conditions"), choices=[("", _("all of them must hold")), ("any", _("one of them is enough"))], required=False)
    stop = forms.BooleanField(label=_("no rule after this one"), required=False)
    per_hour = forms.IntegerField(label=_("at most so often an hour"), min_value=1, max_value=100_000, initial=500)
    active = forms.BooleanField(label=_("in use"), required=False)

    fieldsets = (
        (_("Rule"), ["name", "name_en", "order", "owner", "description"]),
        (_("Runs when"), ["trigger", "changed", "phase", "score", "outcome", "amount", "unit", "working", "also_past", "at_time", "weekdays"]),
        (_("Order and limits"), ["any_of", "stop", "per_hour", "active"]),
    )
    wide = ("description",)


class DeedRow(forms.Form):
    """One thing that the rule does; only the fields that it needs are shown."""

    do = forms.ChoiceField(label=_("does"), choices=lambda: [(key, deed.label) for key, deed in deeds.DEEDS.items()])
    category = forms.ChoiceField(label=_("category"), required=False, choices=lambda: [*NONE, *facts.categories()])
    level = forms.TypedChoiceField(label=_("level"), required=False, coerce=int, empty_value=None, choices=[*NONE, *Level.choices])
    team = forms.TypedChoiceField(label=_("team"), required=False, coerce=int, empty_value=None, choices=lambda: [*NONE, *((row.pk, row.label) for row in Team.objects.filter(archived_at=None).order_by("name", "id"))])
    whom = forms.ChoiceField(label=_("whom"), required=False, choices=lambda: [*NONE, *deeds.whom_choices()])
    approver = forms.ChoiceField(label=_("who approves"), required=False, choices=lambda: [*NONE, *deeds.APPROVERS.items()])
    person = PickedId(User.objects.staff(), label=_("person"), required=False)
    waiting_for = forms.ChoiceField(label=_("waiting for"), required=False, choices=[*NONE, *WaitingFor.choices])
    hours = forms.IntegerField(label=_("for hours"), required=False, min_value=1, max_value=8760)
    number = forms.IntegerField(label=_("escalation level"), required=False, min_value=1, max_value=9)
    kind = forms.ChoiceField(label=_("kind"), required=False, choices=lambda: [*NONE, *((kind.key, kind.label) for kind in kinds.every())])
    checklist = forms.TypedChoiceField(label=_("checklist"), required=False, coerce=int, empty_value=None, choices=lambda: [*NONE, *((row.pk, row.label) for row in ChecklistTemplate.objects.filter(active=True))])
    text = forms.CharField(label=_("text"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Places: {{requester}} {{number}} {{title}} {{team}} {{due}} {{customer}} {{state}} {{link}}"))
    text_en = forms.CharField(label=_("English text"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["do"].widget.attrs["data-needs"] = json.dumps({key: deed.needs for key, deed in deeds.DEEDS.items()})

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as data: the deed and what it needs, nothing else."""
        deed = deeds.DEEDS[row["do"]]
        return {"do": deed.key, **{name: row[name] for name in deed.needs if row.get(name) not in (None, "")}}


def inline(key: str, title: Any, form: type[forms.Form], data: Any, rows: list[dict[str, Any]], help_text: Any) -> Inline:
    """Rows of a form that can be put in order and taken away."""
    made: type[BaseFormSet[Any]] = formset_factory(form, extra=0 if rows else 1, can_order=True, can_delete=True, max_num=20)
    return Inline(key, title, made(data, prefix=key, initial=rows), help=help_text, sortable=True)


def values_of(row: Any) -> dict[str, Any]:
    """A rule as the form shows it."""
    amount, unit = amount_of(row.seconds, working=row.working)
    plain = {name: getattr(row, name) for name in ("name", "name_en", "order", "owner", "description", "trigger", "working", "also_past", "at_time", "weekdays", "stop", "per_hour", "active")}
    return {**plain, **row.options, "amount": amount or None, "unit": unit, "any_of": "any" if "any" in row.conditions else ""}
