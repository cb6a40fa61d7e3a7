"""Plans of approval: which steps an item goes through when it is submitted, or an entry of the catalogue is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.i18n import clauses
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, Pages, Part
from hengwei.work import approval_rows, condition_rows, facts, kinds
from hengwei.work import permissions as perms
from hengwei.work.actions import settings as actions
from hengwei.work.models import ApprovalPlan


def _kinds() -> list[tuple[str, Any]]:
    return [("", _t("only where the catalogue names this plan")), *((kind.key, kind.label) for kind in kinds.every() if kind.workflow.asks_approval)]


def _kind(row: ApprovalPlan) -> str:
    return str(kinds.get(row.kind).label) if row.kind else _t("only where the catalogue names this plan")


class PlanForm(KitForm):
    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("submitted items of"), choices=_kinds, required=False, help_text=_("The first plan that fits is taken; where none fits, the lead of the item's team decides and then a manager."))

    fieldsets = ((_("Approval plan"), ("name", "name_en", "kind")),)


class ApprovalPlanPages(Pages):
    """Which steps an approval takes."""

    room, name, plural, address = "work", "approval_plan", "approval_plans", "settings/approval-plans"
    model, title, one, icon = ApprovalPlan, _("Approval plans"), _("approval plan"), "rubber-stamp"
    view = change = perms.CONFIGURE
    order = ("order", "id")
    search = ("name", "name_en")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("kind", value=_kind),
        Column("conditions", _("if"), value=lambda row: clauses(facts.in_words(row.conditions)) or "—"),
        Column("steps", _("steps"), value=lambda row: [step["name"] or "、".join(step["who"]) for step in approval_rows.in_words(row.steps)]), Column("active"),
    ]
    form = PlanForm
    edit_template = "work/edit_conditions.html"
    panels = [
        Part("work/approval_plan.html", context=lambda row, request: {"steps": approval_rows.in_words(row.steps), "conditions": facts.in_words(row.conditions), "any_of": "any" in row.conditions}),
        Facts(_("Approval plan"), [Column("kind", value=_kind), "active"], side=True),
    ]
    actions = [
        Action("archive", _("Archive"), "archive", perms.CONFIGURE, run=lambda row, by, data: actions.archive_plan(row, by=by), when=lambda row: row.active, bulk=True, confirm=_("Archive this plan? Approvals that run go on.")),
        Action("restore", _("Use again"), "archive-off", perms.CONFIGURE, run=lambda row, by, data: actions.archive_plan(row, by=by), when=lambda row: not row.active),
    ]
    empty = _("No plan yet: the lead of the item's team decides, then a manager. Make one where others should: by risk, by customer, by system.")

    def put_in_order(self, pks: Sequence[int], *, by: Actor) -> None:
        actions.order_plans(pks, by=by)

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        conditions = row.conditions if row is not None else {}
        return [
            condition_rows.inline(conditions, data, title=_("For which items"), help_text=_("Without one it is for every item. Rows that ask the same of one fact are alternatives.")),
            approval_rows.inline(row.steps if row is not None else [], data, blank=1, help_text=_("The steps are asked in turn, from the top. Nobody approves his own request.")),
        ]

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        editing = request.resolver_match and request.resolver_match.url_name in ("approval_plan_new", "approval_plan_edit")
        return {"choices": condition_rows.choices() if editing else []}

    def save(self, form: Any, *, row: Any, by: Actor) -> ApprovalPlan:
        conditions = condition_rows.condition_of(form.inlined("conditions"), row.conditions if row is not None else {}, any_of=row is not None and "any" in row.conditions)
        return actions.save_plan(row, by=by, conditions=conditions, steps=[approval_rows.read(one) for one in form.inlined("steps")], **form.cleaned_data)
