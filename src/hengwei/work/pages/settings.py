"""Setting up the desk: categories, priorities, routing, handing out, checklists, remote tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError
from hengwei.core.levels import NAMES
from hengwei.org.models import Customer, Skill, Team, User
from hengwei.ui.kit import Action, Column, Facts, KitForm, KitModelForm, Pages
from hengwei.ui.kit.picked import PickedIds
from hengwei.work import catalogue, kinds, priorities
from hengwei.work import permissions as perms
from hengwei.work.actions import settings as actions
from hengwei.work.clocks.scope import WITHOUT, Scope
from hengwei.work.models import Category, ChecklistTemplate, Level, RemoteTool, RoutingRule, TeamAssignment


class _Kinds(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any):
        super().__init__(choices=lambda: [(kind.key, kind.label) for kind in kinds.every()], required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class CategoryForm(KitModelForm):
    kinds = _Kinds(label=_("for these kinds"), help_text=_("None chosen: for all."))

    class Meta:
        model = Category
        fields = ["name", "name_en", "key", "parent", "kinds", "order"]


class CategoryPages(Pages):
    """The tree of categories."""

    room, name, plural, address = "work", "category", "categories", "settings/categories"
    model, title, one, icon = Category, _("Categories"), _("category"), "category"
    view = change = perms.CONFIGURE
    order = ("order", "id")
    search = ("name", "name_en", "key")
    columns = [
        Column("name", link=True), Column("name_en"), Column("key"), Column("parent"), Column("order", align="right"), Column("archived_at"),
    ]
    form = CategoryForm
    panels = [Facts(_("Facts"), ["key", "parent", "order", "archived_at"])]
    actions = [
        Action("archive", _("Archive"), "archive", perms.CONFIGURE, run=lambda row, by, data: actions.archive_category(row, by=by), when=lambda row: row.archived_at is None, bulk=True),
        Action("restore", _("Offer again"), "archive-off", perms.CONFIGURE, run=lambda row, by, data: actions.archive_category(row, by=by), when=lambda row: row.archived_at is not None),
    ]
    empty = _("No category yet. Every item needs one for its figures.")

    def rows(self, user: Any) -> Any:
        return Category.objects.select_related("parent")

    def save(self, form: Any, *, row: Any, by: Actor) -> Category:
        return actions.save_category(row, by=by, **form.cleaned_data)


class RuleForm(KitForm):
    """A rule with its conditions as lists to choose from."""

    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)
    kind = _Kinds(label=_("only these kinds"))
    priority = forms.TypedMultipleChoiceField(label=_("only these priorities"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple, choices=[*NAMES.items(), (WITHOUT, _("not set"))])
    category = forms.MultipleChoiceField(label=_("only these categories"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}), choices=lambda: [(c.key, c.label) for c in Category.objects.filter(archived_at=None)])
    catalogue = forms.MultipleChoiceField(label=_("only these catalogue entries"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}), choices=lambda: list(catalogue.choices()))
    customer = PickedIds(Customer.objects.current(), label=_("only these customers"), required=False)
    words = forms.CharField(label=_("title or text contains one of"), required=False, help_text=_("Words separated by commas."))
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("team"))
    owner = forms.ModelChoiceField(User.objects.staff(), label=_("person"), required=False, help_text=_("Empty: handed out in the team's own way."))
    set_category = forms.ModelChoiceField(Category.objects.filter(archived_at=None), label=_("set the category to"), required=False)
    skill = forms.ModelChoiceField(Skill.objects.all(), label=_("skill needed"), required=False)

    fieldsets = [
        (_("Rule"), ["name", "name_en", "active"]), (_("If"), ["kind", "priority", "category", "catalogue", "customer", "words"]),
        (_("Then"), ["team", "owner", "set_category", "skill"]),
    ]


def _split(condition: Mapping[str, Any]) -> tuple[Scope | None, list[str]]:
    """The lists and the words of a rule's condition; no lists where it is of another shape."""
    parts = condition.get("all", [condition] if condition else [])
    words = [part for part in parts if part.get("field") == "text" and part.get("op") == "contains"]
    rest = [part for part in parts if part not in words]
    scope = Scope.of({"all": rest} if len(rest) > 1 else rest[0] if rest else {})
    said = words[0].get("value", []) if words else []
    return scope, said if isinstance(said, list) else [said]


class RulePages(Pages):
    """Routing rules: the first that matches decides."""

    room, name, plural, address = "work", "routing_rule", "routing_rules", "settings/routing"
    model, title, one, icon = RoutingRule, _("Routing rules"), _("routing rule"), "route"
    view = change = perms.CONFIGURE
    order = ("order", "id")
    search = ("name", "name_en")
    columns = [Column("order", default=False, align="right"), Column("name", link=True, value=lambda row: row.label), Column("active"), Column("team"), Column("owner"), Column("skill")]
    form = RuleForm
    panels = [Facts(_("Facts"), ["order", "active", "team", "owner", "category", "skill"])]
    actions = [
        Action("delete", _("Delete"), "trash", perms.CONFIGURE, run=lambda row, by, data: actions.delete_rule(row, by=by), danger=True, confirm=_("Delete this rule? What it decided stays in the timelines.")),
    ]
    empty = _("No rule yet. Everything goes to the customer's team, else to the first team.")

    def rows(self, user: Any) -> Any:
        return RoutingRule.objects.select_related("team", "owner", "category", "skill")

    def put_in_order(self, pks: Sequence[int], *, by: Actor) -> None:
        actions.order_rules(pks, by=by)

    def values(self, row: RoutingRule) -> dict[str, Any]:
        scope, words = _split(row.conditions)
        lists = {name: list(getattr(scope, name)) for name in ("kind", "priority", "category", "catalogue", "customer")} if scope is not None else {}
        return {
            "name": row.name, "name_en": row.name_en, "active": row.active, "team": row.team_id, "owner": row.owner_id,
            "set_category": row.category_id, "skill": row.skill_id, "words": "，".join(words), **lists,
        }

    def save(self, form: Any, *, row: Any, by: Actor) -> RoutingRule:
        given = dict(form.cleaned_data)
        scope = Scope(**{name: tuple(given.pop(name) or ()) for name in ("kind", "priority", "category", "catalogue", "customer")}).condition()
        words = [word.strip() for word in given.pop("words").replace("，", ",").replace("、", ",").split(",") if word.strip()]
        parts = list(scope.get("all", [scope] if scope else []))
        if words:
            parts.append({"field": "text", "op": "contains", "value": words})
        kept = row is not None and _split(row.conditions)[0] is None and not parts
        conditions = row.conditions if kept else {"all": parts} if len(parts) > 1 else parts[0] if parts else {}
        return actions.save_rule(row, by=by, conditions=conditions, category=given.pop("set_category"), **given)


class ChecklistForm(KitModelForm):
    kinds = _Kinds(label=_("for these kinds"), help_text=_("None chosen: for all."))
    points = forms.CharField(label=_("points"), widget=forms.Textarea(attrs={"rows": 10}), help_text=_("One a line. A line that begins with ~ is optional."))

    class Meta:
        model = ChecklistTemplate
        fields = ["name", "name_en", "kinds", "category", "catalogue_key", "automatic", "before_resolving", "active"]

    wide = ("points",)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["points"].initial = "\n".join(("" if point.get("required", True) else "~") + point["text"] for point in self.instance.points)

    def clean_points(self) -> list[dict[str, Any]]:
        lines = [line.strip() for line in self.cleaned_data["points"].splitlines() if line.strip()]
        return [{"text": line.lstrip("~").strip(), "required": not line.startswith("~")} for line in lines]


class ChecklistPages(Pages):
    """Templates of checklists."""

    room, name, plural, address = "work", "checklist_template", "checklist_templates", "settings/checklists"
    model, title, one, icon = ChecklistTemplate, _("Checklists"), _("checklist template"), "list-check"
    view = change = perms.CONFIGURE
    order = ("id",)
    search = ("name", "name_en")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("category"), Column("automatic"), Column("before_resolving"),
        Column("points", _("points"), value=lambda row: len(row.points), align="right"), Column("active"),
    ]
    form = ChecklistForm
    panels = [Facts(_("Facts"), ["category", "catalogue_key", "automatic", "before_resolving", "active"])]
    empty = _("No checklist yet.")

    def rows(self, user: Any) -> Any:
        return ChecklistTemplate.objects.select_related("category")

    def save(self, form: Any, *, row: Any, by: Actor) -> ChecklistTemplate:
        return actions.save_checklist(row, by=by, **form.cleaned_data)


class ToolForm(KitModelForm):
    class Meta:
        model = RemoteTool
        fields = ["name", "name_en", "url", "consent", "order", "active"]


class ToolPages(Pages):
    """Tools for remote help."""

    room, name, plural, address = "work", "remote_tool", "remote_tools", "settings/remote-tools"
    model, title, one, icon = RemoteTool, _("Remote help"), _("remote-help tool"), "screen-share"
    view = change = perms.CONFIGURE
    order = ("order", "id")
    columns = [Column("name", link=True, value=lambda row: row.label), Column("url"), Column("active"), Column("order", align="right")]
    form = ToolForm
    panels = [Facts(_("Facts"), ["url", "consent", "order", "active"])]
    empty = _("No tool yet. Give the address that starts a session of the tool your department uses.")

    def save(self, form: Any, *, row: Any, by: Actor) -> RemoteTool:
        return actions.save_tool(row, by=by, **form.cleaned_data)


# --- pages of their own -------------------------------------------------------------------------------------------


def _keeper(request: HttpRequest) -> None:
    if not signed_in(request).may(perms.CONFIGURE):
        raise Http404


@login_required
def matrix(request: HttpRequest) -> HttpResponse:
    """Impact × urgency → priority, sixteen cells to choose."""
    _keeper(request)
    if request.method == "POST":
        try:
            cells = {(i, u): chosen(request.POST, f"cell_{i}_{u}") for i in Level.values for u in Level.values}
            actions.save_matrix(cells, by=current())
            messages.success(request, _t("Saved."))
        except ActionError as refusal:
            messages.error(request, str(refusal))
        return redirect("work:matrix")
    now = priorities.matrix()
    return render(request, "work/matrix.html", {
        "levels": Level.choices, "rows": [(label, [(f"cell_{i}_{u}", now[i, u]) for u in Level.values]) for i, label in Level.choices],
    })


@login_required
def strategies(request: HttpRequest) -> HttpResponse:
    """How each team hands out what reaches it."""
    _keeper(request)
    teams = Team.objects.filter(archived_at=None).select_related("assignment")
    if request.method == "POST":
        try:
            for team in teams:
                if request.POST.get(f"team_{team.pk}"):
                    actions.set_strategy(team, request.POST[f"team_{team.pk}"], by=current())
            messages.success(request, _t("Saved."))
        except ActionError as refusal:
            messages.error(request, str(refusal))
        return redirect("work:strategies")
    return render(request, "work/strategies.html", {
        "teams": [(team, getattr(team, "assignment", None)) for team in teams], "strategies": TeamAssignment.Strategy.choices,
    })


@login_required
@require_POST
def try_rules(request: HttpRequest) -> HttpResponse:
    """What the rules would have done with the newest items; nothing is changed."""
    _keeper(request)
    trial = actions.try_rules(by=current())
    return render(request, "work/routing_trial.html", {"trial": trial, "n": len(trial.elsewhere), "shown": trial.elsewhere[:100]})
