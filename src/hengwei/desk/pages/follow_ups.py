"""Follow-up calls and visits (回访): owed, done, by plan; customers that nobody heard of."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.i18n import clauses, in_each_language
from hengwei.desk import permissions as perms
from hengwei.desk.actions import follow_ups as actions
from hengwei.desk.contacts import without_contact
from hengwei.desk.models import DeskSettings, FollowUp, FollowUpPlan
from hengwei.org.models import Customer, User
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, KitModelForm, Pages
from hengwei.work import condition_rows, facts

from .common import staff

#: The lists of the page.
WHOSE = ("mine", "overdue", "all", "done", "silent")


class OweForm(KitForm):
    reason = forms.CharField(label=_("reason"), max_length=300)
    customer = forms.ModelChoiceField(Customer.objects.filter(archived_at=None), label=_("customer"), required=False)
    person = forms.ModelChoiceField(User.objects.filter(is_active=True, is_agent=False), label=_("whom to call"), required=False)
    owner = forms.ModelChoiceField(User.objects.staff(), label=_("who calls"), required=False)
    due_at = forms.DateTimeField(label=_("due"))


class ResultForm(KitForm):
    way = forms.ChoiceField(label=_("how"), choices=FollowUp.Way.choices, initial=FollowUp.Way.CALL)
    reached = forms.TypedChoiceField(label=_("reached"), choices=[("1", _("yes")), ("0", _("no"))], coerce=lambda value: value == "1", initial="1")
    result = forms.CharField(label=_("outcome of the call"), widget=forms.Textarea(attrs={"rows": 4}))
    next_at = forms.DateTimeField(label=_("next one, or tried again"), required=False)
    next_reason = forms.CharField(label=_("what the next one is for"), max_length=300, required=False)
    give_up = forms.BooleanField(label=_("give up: tried often enough"), required=False)


class HandOverForm(KitForm):
    owner = forms.ModelChoiceField(User.objects.staff(), label=_("who calls"))


class FollowUpFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("state"), method="by_state", choices=[("due", _("owed")), ("overdue", _("overdue")), ("done", _("done"))])
    mine = django_filters.BooleanFilter(label=_("mine"), method="by_mine", widget=forms.CheckboxInput)
    plan = django_filters.ModelChoiceFilter(label=_("follow-up plan"), queryset=FollowUpPlan.objects.all())

    class Meta:
        model = FollowUp
        fields = ("customer",)

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(done_at__isnull=False) if value == "done" else rows.overdue(timezone.now()) if value == "overdue" else rows.due()

    def by_mine(self, rows: Any, name: str, value: bool) -> Any:
        return rows.of(self.request.user) if value and self.request else rows


class FollowUpPages(Pages):
    """Every follow-up, with filters."""

    room, name, plural, address = "desk", "follow_up", "all_follow_ups", "desk/follow-ups/all"
    model, title, one, icon = FollowUp, _("All follow-ups"), _("follow-up"), "phone-check"
    view, change = perms.FOLLOW_UP, perms.FOLLOW_UP
    order = ("due_at", "id")
    search = ("reason", "result", "customer__name", "person__name", "item__number")
    columns = [
        Column("reason", link=True, value=lambda row: row.why), Column("customer"), Column("person", value=lambda row: row.person), Column("owner"), Column("due_at"), Column("done_at"), Column("reached"),
        Column("way", default=False), Column("attempts", default=False, align="right"), Column("result", default=False), Column("plan", _("follow-up plan"), default=False),
    ]
    filters = FollowUpFilters
    form = OweForm
    panels = [Facts(_("Follow-up"), ["customer", "person", Column("phone", _("telephone"), value=lambda row: " ".join(filter(None, (row.person.phone, row.person.mobile))) if row.person else ""), "owner", "due_at", Column("plan", _("follow-up plan")),
                                     Column("questions", _("what to ask"), value=lambda row: row.plan.questions if row.plan else ""), Column("item", _("item")), "attempts", "way", "reached", "done_at", "done_by", "result", "next"])]
    actions = [
        Action("complete", _("Record the result"), "check", perms.FOLLOW_UP, run=lambda row, by, data: actions.complete(row, by=by, **data) and "", when=lambda row: row.done_at is None, form=ResultForm, primary=True),
        Action("hand-over", _("Hand over…"), "user-share", perms.FOLLOW_UP, run=lambda row, by, data: actions.hand_over(row, by=by, **data) and "", when=lambda row: row.done_at is None, form=HandOverForm),
    ]
    empty = _("No follow-up yet. Plans bring them up, or owe one by hand.")

    def rows(self, user: Any) -> Any:
        return FollowUp.objects.select_related("customer", "person", "owner", "plan", "item", "done_by", "next")

    def may_change(self, user: Any, row: Any) -> bool:
        return row is None and user.may(perms.FOLLOW_UP)

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return actions.owe(by=by, **form.cleaned_data)


class PlanForm(KitModelForm):
    class Meta:
        model = FollowUpPlan
        fields = ("name", "name_en", "occasion", "every_months", "key_accounts_only", "within_days", "owner_rule", "owner", "team", "questions", "active")
        widgets = {
            "questions": forms.Textarea(attrs={"rows": 4}), "occasion": forms.Select(attrs={"data-needs": json.dumps({"regular": ["every_months", "key_accounts_only"]})}),
            "owner_rule": forms.Select(attrs={"data-needs": json.dumps({"person": ["owner"]})}),
        }

    fieldsets = ((_("Follow-up plan"), ("name", "name_en", "active", "questions")), (_("When"), ("occasion", "every_months", "key_accounts_only", "within_days")), (_("Who makes it"), ("owner_rule", "owner", "team")))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.staff()  # type: ignore[attr-defined]


def _conditions(row: FollowUpPlan) -> str:
    words = facts.in_words(row.conditions)
    return (f" {_t('or')} ".join(words) if "any" in row.conditions else clauses(words)) or "—"


def _if_regular(name: str) -> Column:
    return Column(name, value=lambda row: getattr(row, name) if row.occasion == FollowUpPlan.Occasion.REGULAR else None)


_REGULAR = [_if_regular("every_months"), _if_regular("key_accounts_only")]


class PlanPages(Pages):
    """By what rule follow-ups come up."""

    room, name, plural, address = "desk", "plan", "plans", "desk/follow-up-plans"
    model, title, one, icon = FollowUpPlan, _("Follow-up plans"), _("follow-up plan"), "calendar-repeat"
    view, change = perms.PLANS, perms.PLANS
    order = ("id",)
    search = ("name", "name_en")
    columns = [Column("name", link=True, value=lambda row: row.label), Column("occasion"), Column("conditions", _("if"), value=_conditions), Column("owner_rule"), Column("within_days", align="right"), Column("active")]
    form = PlanForm
    edit_template = "work/edit_conditions.html"
    panels = [Facts(_("Follow-up plan"), ["occasion", Column("conditions", _("if"), value=_conditions), *_REGULAR, "within_days", "owner_rule", "owner", "team", "questions", "active"])]
    empty = _("No plan yet: after each severe incident, each month for key customers, after a complaint…")

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        words = _("After closing: which items. Regularly: which customers. Without one it is for all; rows that ask the same of one fact are alternatives.")
        return [condition_rows.inline(row.conditions if row is not None else {}, data, title=_("Conditions"), help_text=words)]

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        editing = request.resolver_match and request.resolver_match.url_name in ("plan_new", "plan_edit")
        return {"choices": condition_rows.choices() if editing else []}

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        kept = row.conditions if row is not None else {}
        return actions.save_plan(row, by=by, conditions=condition_rows.condition_of(form.inlined("conditions"), kept, any_of="any" in kept), **form.cleaned_data)


@login_required
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Calls owed, the most overdue first: mine, everybody's, done lately, customers without contact."""
    user, now = staff(request), timezone.now()
    whose = request.GET.get("whose", "mine")
    rows = FollowUp.objects.select_related("item", "item__requester", "customer", "owner", "person", "plan")
    days = DeskSettings.current().contact_within_days
    context: dict[str, Any] = {"whose": whose, "now": now, "days": days, "ways": FollowUp.Way.choices, "counts": {
        "mine": FollowUp.objects.due().of(user).count(), "all": FollowUp.objects.due().count(), "overdue": FollowUp.objects.overdue(now).count()}}
    if whose == "silent":
        context["customers"] = without_contact(days, now)[:100]
    elif whose == "done":
        context["rows"] = rows.filter(done_at__isnull=False).order_by("-done_at")[:100]
    else:
        due = rows.due() if whose == "all" else rows.overdue(now) if whose == "overdue" else rows.due().of(user)
        context["rows"] = due.order_by("due_at", "id")[:100]
    return render(request, "desk/follow_ups.html", context)


@login_required
@require_POST
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what came of a call."""
    staff(request)
    reached = request.POST.get("reached", "1") == "1"
    way = request.POST.get("way") or FollowUp.Way.CALL
    actions.complete(get_object_or_404(FollowUp, pk=pk), by=current(), result=request.POST.get("result", ""), reached=reached, way=way)
    # Back to the list one was in.
    whose = request.POST.get("whose", "")
    return redirect(f"{reverse('desk:follow_ups')}{f'?whose={whose}' if whose in WHOSE else ''}")


@login_required
@require_POST
def owe_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Owe a call to a customer that nobody heard of."""
    user = staff(request)
    customer = get_object_or_404(Customer.objects.select_related("default_team__lead"), pk=pk)
    lead = customer.default_team.acting_lead(timezone.now()) if customer.default_team else None
    person = customer.people.filter(is_active=True, is_agent=False).order_by("id").first()
    actions.owe(by=current(), reason=in_each_language(lambda: _t("No contact for a long time")), owner=lead or user, due_at=timezone.now() + timedelta(days=3), customer=customer, person=person)
    return redirect("desk:follow_ups")
