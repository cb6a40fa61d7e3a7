"""Steps of escalation of a promise, and the levels that they raise to: who, how, when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.org.models import Team
from hengwei.ui.kit import Column, Inline, KitForm, Pages
from hengwei.ui.kit.forms import dress
from hengwei.ui.kit.picked import CodedChoice, CodedChoices
from hengwei.work import permissions as perms
from hengwei.work.actions import agreements as actions
from hengwei.work.clocks import wording
from hengwei.work.clocks.escalation import ROLES
from hengwei.work.models import EscalationLevel, Target

HOUR = 3600


def _teams() -> list[tuple[str, str]]:
    return [(f"team:{t.pk}", t.label) for t in Team.objects.filter(archived_at=None)]


class StepForm(forms.Form):
    """One step: when, whom it tells, what it does."""

    at = forms.TypedChoiceField(label=_("when"), coerce=str, choices=[("percent", _("at a share of the time (%)")), ("breach", _("at breach")), ("after", _("hours after the breach"))])
    amount = forms.DecimalField(label=_("% or hours"), min_value=0, max_value=10_000, required=False)
    notify = forms.MultipleChoiceField(label=_("tells"), choices=list(ROLES.items()), required=False, widget=forms.CheckboxSelectMultiple)
    named = CodedChoices(label=_("persons and teams"), required=False, key="org.staff", prefix="user:")
    level = forms.TypedChoiceField(label=_("raises to level"), coerce=int, required=False, empty_value="0")
    reassign = CodedChoice(label=_("gives it to"), required=False, key="org.staff", prefix="user:")
    raise_priority = forms.BooleanField(label=_("raises the priority"), required=False)
    urgent = forms.BooleanField(label=_("also outside working hours"), required=False)

    def __init__(self, *args: Any, choices: Mapping[str, list[tuple[Any, Any]]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount = data.get("amount")
        if data.get("at") != "breach" and not amount:
            self.add_error("amount", _t("Please say when."))
        elif data.get("at") == "percent" and amount and amount >= 100:
            self.add_error("amount", _t("Less than 100 %; choose 'at breach' for the end of the time."))
        return data


Steps = forms.formset_factory(StepForm, extra=0, can_delete=True)


class StepsForm(KitForm):
    everywhere = forms.BooleanField(label=_("the same steps for every promise of this version"), required=False)


def _choices() -> dict[str, list[tuple[Any, Any]]]:
    levels = [(0, "—"), *((level.number, f"{level.number} {level.label}") for level in EscalationLevel.objects.all())]
    teams = _teams()
    return {"named": teams, "level": levels, "reassign": [("", "—"), ("lead", _t("the team's lead")), *teams]}


def values_of(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as its form shows it."""
    told = list(step.get("notify", ()))
    at: dict[str, Any] = {"at": "after", "amount": step["after"] / HOUR} if "after" in step else {"at": "percent", "amount": step["percent"]} if step["percent"] < 100 else {"at": "breach"}
    return {
        **at, "notify": [name for name in told if name in ROLES], "named": [name for name in told if name not in ROLES], "level": step.get("level", 0),
        "reassign": step.get("reassign", ""), "raise_priority": step.get("raise_priority", False), "urgent": step.get("urgent", False),
    }


def step_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a filled-in row says."""
    step: dict[str, Any] = {"percent": 100}
    if values["at"] == "percent":
        step = {"percent": int(values["amount"])}
    elif values["at"] == "after":
        step = {"after": int(values["amount"] * HOUR)}
    told = [*values["notify"], *values["named"]]
    more = {"notify": told, "level": int(values["level"] or 0), "reassign": values["reassign"], "raise_priority": values["raise_priority"], "urgent": values["urgent"]}
    return {**step, **{key: value for key, value in more.items() if value}}


@login_required
def steps(request: HttpRequest, pk: int, target: int) -> HttpResponse:
    """Set the steps of a draft's promise."""
    from .agreements import AgreementPages

    if not signed_in(request).may(perms.AGREEMENTS):
        raise Http404
    row = Target.objects.filter(pk=target, version__agreement=pk).select_related("version__agreement").first()
    if row is None or not row.version.is_open:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = StepsForm(data)
    formset = Steps(data, initial=[values_of(step) for step in row.escalation], prefix="steps", form_kwargs={"choices": _choices()})
    for one in formset.forms:
        dress(one)
    form.inlines = [Inline("steps", _("Steps"), formset, help=_("Each step is taken once, also after a standstill of the worker; none while the clock rests. A breach is always on record."))]
    agreement, back = row.version.agreement, f"{row.version.agreement.get_absolute_url()}?v={row.version.number}"
    if data is not None and form.is_valid() and formset.is_valid():
        try:
            actions.set_steps(row, by=current(), steps=[step_of(one) for one in form.inlined("steps")], everywhere=form.cleaned_data["everywhere"])
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _t("Saved."))
            return redirect(back)
    return render(request, "ui/kit/edit.html", {
        "pages": AgreementPages(), "urls": {"list": reverse("work:agreements")}, "row": agreement, "form": form, "back": back,
        "heading": _t("Escalation: %(promise)s within %(time)s") % {"promise": row.get_measure_display(), "time": wording.within(row)},
    }, status=422 if form.errors or form.has_inline_errors else 200)


class LevelForm(KitForm):
    number = forms.IntegerField(label=_("level"), min_value=1, max_value=9)
    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    notify = forms.MultipleChoiceField(label=_("tells"), choices=list(ROLES.items()), required=False, widget=forms.CheckboxSelectMultiple)
    named = CodedChoices(label=_("persons and teams"), required=False, key="org.staff", prefix="user:")
    ways = forms.MultipleChoiceField(label=_("how"), choices=EscalationLevel.Way.choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Besides what each person chose."))
    urgent = forms.BooleanField(label=_("also outside working hours"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["named"].choices = _teams()  # type: ignore[attr-defined]


class LevelPages(Pages):
    room, name, plural, address = "work", "level", "levels", "levels"
    model, title, one, icon = EscalationLevel, _("Escalation levels"), _("escalation level"), "stairs-up"
    view, change = perms.VIEW_AGREEMENTS, perms.AGREEMENTS
    order = ("number",)
    columns = [
        Column("number", align="right"), Column("name", value=lambda row: row.label, link=True),
        Column("notify", value=lambda row: [wording.Names().who(name) for name in row.notify]),
        Column("ways", value=lambda row: [str(EscalationLevel.Way(way).label) for way in row.ways]), Column("urgent"),
    ]
    form = LevelForm
    empty = _("No levels yet. A level says who is told, and how, when a step of escalation raises an item to it.")

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), "notify": [n for n in row.notify if n in ROLES], "named": [n for n in row.notify if n not in ROLES]}

    def save(self, form: Any, *, row: Any, by: Actor) -> EscalationLevel:
        given = dict(form.cleaned_data)
        named = given.pop("named")
        return actions.save_level(row, by=by, **{**given, "notify": [*given["notify"], *named]})
