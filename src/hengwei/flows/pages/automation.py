"""Rules, what they did, and what they would have done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.i18n import aside, clauses, listed
from hengwei.flows import permissions as perms
from hengwei.flows.automation import actions, deeds, trial
from hengwei.flows.automation import forms as rule_forms
from hengwei.flows.automation.models import AutomationRule, DryRun, RuleFiring
from hengwei.ui.kit import Action, Column, Inline, KitForm, Pages, Part, Table
from hengwei.work import condition_rows, facts
from hengwei.work.models import WorkItem

#: Days over which the list counts firings.
LATELY = 30


def _item(row: RuleFiring) -> Any:
    return format_html('<a href="{}">{}</a>', row.item.get_absolute_url(), row.item.number)


FIRING_COLUMNS = [
    Column("at"), Column("item", _("item"), value=_item, second=lambda row: row.item.title[:60]), Column("outcome"),
    Column("told", _("what it did"), value=lambda row: row.told),
]


def in_words(row: AutomationRule) -> dict[str, Any]:
    """When, if, then: a rule as people read it."""
    amount, unit = rule_forms.amount_of(row.seconds, working=row.working)
    asked = []
    if row.options.get("changed"):
        asked.append(dict(rule_forms.RuleForm.base_fields["changed"].choices)[row.options["changed"]])  # type: ignore[attr-defined]
    if row.options.get("phase"):
        asked.append(facts.PHASES[row.options["phase"]])
    if row.options.get("score"):
        asked.append("★" * int(row.options["score"]))
    if row.options.get("outcome"):
        asked.append(dict(rule_forms.RuleForm.base_fields["outcome"].choices)[row.options["outcome"]])  # type: ignore[attr-defined]
    if amount and row.on_time and row.trigger != "schedule":
        asked.append(f"{amount} {rule_forms.UNITS[unit]}" + (aside(_t("counted in working time")) if row.working else ""))
    if row.trigger == "schedule" and row.at_time:
        days = [str(label) for day, label in rule_forms.WEEKDAYS if day in row.weekdays]
        asked.append(f"{row.at_time:%H:%M} " + (listed(days) or _t("every day")))
    return {
        "when": row.get_trigger_display(), "asked": asked, "conditions": facts.in_words(row.conditions), "any_of": "any" in row.conditions,
        "deeds": [(deeds.DEEDS[one["do"]].label, details_of(one)) for one in row.deeds if one.get("do") in deeds.DEEDS], "rule": row,
    }


def details_of(given: Mapping[str, Any]) -> str:
    """What a deed names, in words."""
    shown = []
    for name in deeds.DEEDS[given["do"]].needs:
        value = given.get(name)
        if value in (None, ""):
            continue
        choices = getattr(rule_forms.DeedRow.base_fields[name], "choices", None)
        shown.append(str({str(key): label for key, label in choices}.get(str(value), value)).strip("　") if choices is not None else str(value))
    return " · ".join(shown)


class RuleFilters(django_filters.FilterSet):
    trigger = django_filters.ChoiceFilter(label=_("runs when"), choices=list(AutomationRule._meta.get_field("trigger").choices or ()))
    active = django_filters.ChoiceFilter(label=_("in use"), choices=[("true", _("yes")), ("false", _("no"))], method="by_active")
    archived = django_filters.ChoiceFilter(label=_("archived"), choices=[("yes", _("also archived ones"))], method="by_archived")

    def by_active(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(active=value == "true")

    def by_archived(self, rows: Any, name: str, value: str) -> Any:
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("archived") else found.filter(archived_at=None)


class RulePages(Pages):
    """When this happens and the item is such, do that."""

    room, name, plural, address = "flows", "rule", "rules", "automation/rules"
    model, title, one, icon = AutomationRule, _("Automation rules"), _("rule"), "robot"
    view, change = perms.VIEW_RULES, perms.AUTOMATE
    order = ("order", "id")
    search = ("name", "name_en", "description")
    columns = [
        Column("order", align="right"), Column("name", link=True, value=lambda row: row.label, second=lambda row: row.description[:80]), Column("trigger"),
        Column("conditions", _("if"), value=lambda row: clauses(facts.in_words(row.conditions)) or "—"),
        Column("deeds", _("does"), value=lambda row: [deeds.DEEDS[one["do"]].label for one in row.deeds if one.get("do") in deeds.DEEDS]),
        Column("active"), Column("lately", _("last 30 days"), value=lambda row: row.lately, align="right"), Column("stopped", _("stopped"), value=lambda row: row.stopped or "", align="right"),
        Column("last_at", _("last"), value=lambda row: row.last_at), Column("owner", default=False), Column("version", default=False, align="right"),
    ]
    filters = RuleFilters
    form = rule_forms.RuleForm
    list_template, edit_template, detail_template = "flows/automation/rules.html", "work/edit_conditions.html", "flows/automation/detail.html"
    panels = [
        Part("flows/automation/rule.html", context=lambda row, request: in_words(row)),
        Table(_("What it did lately"), rows=lambda row, user: row.firings.visible_to(user).select_related("item").order_by("-at", "-id"), columns=FIRING_COLUMNS, empty=_("It has not run yet."),
              more=lambda row: f"{reverse('flows:firings')}?rule={row.pk}"),
    ]
    actions = [
        Action("on", _("Switch on"), "player-play", perms.AUTOMATE, run=lambda row, by, data: actions.switch(row, by=by, on=True), when=lambda row: not row.active and row.archived_at is None, bulk=True, primary=True),
        Action("off", _("Switch off"), "player-pause", perms.AUTOMATE, run=lambda row, by, data: actions.switch(row, by=by, on=False), when=lambda row: row.active, bulk=True),
        Action("archive", _("Archive"), "archive", perms.AUTOMATE, run=lambda row, by, data: actions.archive(row, by=by), when=lambda row: row.archived_at is None, confirm=_("Archive this rule? It stops running; what it did stays on record."), bulk=True),
        Action("restore", _("Use again"), "archive-off", perms.AUTOMATE, run=lambda row, by, data: actions.restore(row, by=by), when=lambda row: row.archived_at is not None),
    ]
    ordering = _("Rules run from the top to the bottom, until one ends it.")
    empty = _("No rule yet. A rule does by itself what people would do every time: send work to the right team, remind, escalate, answer.")

    def put_in_order(self, pks: Sequence[int], *, by: Actor) -> None:
        actions.put_in_order(pks, by=by)

    def rows(self, user: Any) -> Any:
        since = timezone.now() - timedelta(days=LATELY)
        ran, stopped = Q(firings__at__gte=since), Q(firings__outcome__in=RuleFiring.STOPPED)
        return AutomationRule.objects.select_related("owner").annotate(
            lately=Count("firings", filter=ran & ~stopped), stopped=Count("firings", filter=ran & stopped), last_at=Max("firings__at"))

    def heading(self, row: Any) -> str:
        return str(row.label)

    def subtitle(self, row: Any) -> Any:
        state = _t("in use") if row.active else _t("archived") if row.archived_at else _t("not in use")
        return " · ".join([str(row.get_trigger_display()), state, *([_t("no rule after this one")] if row.stop else [])])

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        return [
            condition_rows.inline(row.conditions if row is not None else {}, data, title=_("Conditions"), blank=1, help_text=_("Without one it is for every item. Rows that ask the same of one fact are alternatives.")),
            rule_forms.inline("deeds", _("What it does, in this order"), rule_forms.DeedRow, data, list(row.deeds) if row is not None else [], ""),
        ]

    def values(self, row: Any) -> dict[str, Any]:
        return rule_forms.values_of(row)

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        given = dict(form.cleaned_data)
        any_of, amount, unit = given.pop("any_of") == "any", given.pop("amount") or 0, given.pop("unit") or "hours"
        conditions = condition_rows.condition_of(form.inlined("conditions"), row.conditions if row is not None else {}, any_of=any_of)
        options = {name: given.pop(name) for name in actions.OPTIONS}
        wanted = rule_forms.NEEDS.get(given["trigger"], [])
        return actions.save_rule(
            row, by=by, conditions=conditions, deeds=[rule_forms.DeedRow.read(one) for one in form.inlined("deeds")], options={key: value for key, value in options.items() if key in wanted},
            seconds=rule_forms.seconds_of(amount, unit, working=given["working"]) if "amount" in wanted else 0, **given)

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        stopped = RuleFiring.objects.filter(outcome__in=RuleFiring.STOPPED, at__gte=timezone.now() - timedelta(days=7)).count() if row is None else 0
        return {"stopped": stopped, "choices": condition_rows.choices() if request.resolver_match and request.resolver_match.url_name in ("rule_new", "rule_edit") else []}


class FiringFilters(django_filters.FilterSet):
    rule = django_filters.ModelChoiceFilter(label=_("rule"), queryset=AutomationRule.objects.order_by("order", "id"))
    outcome = django_filters.ChoiceFilter(label=_("outcome"), choices=[*RuleFiring.Outcome.choices, ("stopped", _("stopped: either"))], method="by_outcome")

    def by_outcome(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(outcome__in=RuleFiring.STOPPED) if value == "stopped" else rows.filter(outcome=value)


class FiringPages(Pages):
    """The log: each firing of each rule."""

    room, name, plural, address = "flows", "firing", "firings", "automation/firings"
    model, title, one, icon = RuleFiring, _("What rules did"), _("firing"), "history"
    view = perms.VIEW_RULES
    order = ("-at", "-id")
    columns = [Column("at", link=True), Column("rule", value=lambda row: row.rule), *FIRING_COLUMNS[1:], Column("event", _("set off by"), default=False)]
    filters = FiringFilters
    panels = [Part("flows/automation/firing.html", context=lambda row, request: {"chain": _chain(row)})]
    empty = _("No rule has run yet.")

    def rows(self, user: Any) -> Any:
        return RuleFiring.objects.visible_to(user).select_related("rule", "item", "actor")

    def heading(self, row: Any) -> str:
        return f"{row.rule.label} · {row.item.number}"


def _chain(row: RuleFiring) -> list[AutomationRule]:
    """The rules that led here, oldest first."""
    from hengwei.flows.automation.rules import rule_ids

    ids = rule_ids(row.chain)
    known = AutomationRule.objects.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


class PeriodForm(KitForm):
    begins = forms.DateField(label=_("from"), widget=forms.DateInput())
    ends = forms.DateField(label=_("until, that day included"), widget=forms.DateInput())


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@login_required
def dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a period, read which items would have matched and what would have been done."""
    user = signed_in(request)
    rule = AutomationRule.objects.filter(pk=pk).first()
    if rule is None or not user.may(perms.VIEW_RULES):
        raise Http404
    asked = request.GET.get("run", "")
    shown = rule.dry_runs.filter(pk=int(asked)).first() if asked.isdecimal() else rule.dry_runs.first()
    today = timezone.localdate()
    form = PeriodForm(request.POST or None, initial={"begins": today - timedelta(days=30), "ends": today})
    if request.method == "POST" and form.is_valid():
        try:
            made = trial.begin(rule, by=current(), begins=_midnight(form.cleaned_data["begins"]), ends=_midnight(form.cleaned_data["ends"] + timedelta(days=1)))
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(f"{request.path}?run={made.pk}")
    return render(request, "flows/automation/dry_run.html", {
        "rule": rule, "form": form, "run": shown, "rows": _rows(shown, user) if shown else [], "stale": shown is not None and shown.rule_version != rule.version,
        "earlier": rule.dry_runs.select_related("by")[:8], "most": trial.ROWS,
    }, status=422 if form.errors else 200)


def _rows(run: DryRun, user: Any) -> list[dict[str, Any]]:
    """The rows of items that this reader may see."""
    numbers = [row["number"] for row in run.rows]
    mine = set(WorkItem.objects.visible_to(user).filter(number__in=numbers).values_list("number", flat=True))
    return [{**row, "at": parse_datetime(row["at"]), "url": reverse("work:item", args=[row["number"]])} for row in run.rows if row["number"] in mine]
