"""Agreements: list, page, form with its promises inside, deeds. From one declaration, REST too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.levels import NAMES
from hengwei.org.models import Customer, Team, User
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, Pages, Part
from hengwei.ui.kit.picked import PickedIds
from hengwei.work import catalogue, kinds
from hengwei.work import permissions as perms
from hengwei.work.actions import agreements as actions
from hengwei.work.actions import signing
from hengwei.work.clocks import wording
from hengwei.work.clocks.scope import WITHOUT, Scope
from hengwei.work.clocks.seed import ESCALATION
from hengwei.work.models import Agreement, AgreementVersion, Category, Measure, Target, WaitingFor

TEXTS = ("content", "responsibilities", "request_process", "fee", "currency", "fee_period", "effective_from", "effective_to", "apply_to_open")


#: Which field names the other side, by kind of agreement; the page shows only that.
SIDES = {"sla": ["customer"], "ola": ["team"], "underpinning": ["vendor"]}


class AgreementForm(KitForm):
    """An agreement with the text of its open draft."""

    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("kind"), choices=Agreement.Kind.choices, widget=forms.Select(attrs={"data-needs": json.dumps(SIDES)}))
    customer = forms.ModelChoiceField(Customer.objects.filter(archived_at=None), label=_("customer or department"), required=False, empty_label=_("everyone"), help_text=_("For a service-level agreement."))
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("team that promises"), required=False, empty_label=_("every team"), help_text=_("For an operational-level agreement."))
    vendor = forms.CharField(label=_("vendor"), max_length=160, required=False, help_text=_("For an underpinning contract."))
    owner = forms.ModelChoiceField(User.objects.staff(), label=_("keeper of the agreement"), required=False, help_text=_("Is reminded before it ends."))
    remind_days = forms.IntegerField(label=_("remind of renewal, days before"), min_value=1, max_value=365, initial=30)
    order = forms.IntegerField(label=_("order"), min_value=1, max_value=30000, initial=100, help_text=_("Where several agreements fit an item, the lowest number counts."))
    content = forms.CharField(label=_("service"), widget=forms.Textarea(attrs={"rows": 6}), required=False, help_text="Markdown")
    responsibilities = forms.CharField(label=_("responsibilities"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    request_process = forms.CharField(label=_("how to ask for service"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    fee = forms.DecimalField(label=_("fee"), min_value=0, max_digits=14, decimal_places=2, required=False)
    currency = forms.ChoiceField(label=_("currency"), choices=[(c, c) for c in wording.CURRENCIES], initial="CNY", required=False)
    fee_period = forms.ChoiceField(label=_("charged"), choices=AgreementVersion.Period.choices, initial=AgreementVersion.Period.YEAR, required=False)
    effective_from = forms.DateField(label=_("in force from"), required=False, widget=forms.DateInput(), help_text=_("Empty: from the day on which both have signed."))
    effective_to = forms.DateField(label=_("until, that day included"), required=False, widget=forms.DateInput())
    apply_to_open = forms.BooleanField(label=_("apply to open items"), required=False, help_text=_("When it takes effect, open items change to it and keep the time that has elapsed. Otherwise they keep the promise they began with."))

    fieldsets = [
        (_("Agreement"), ["name", "name_en", "kind", "customer", "team", "vendor", "owner", "remind_days", "order"]),
        (_("What it says"), ["content", "responsibilities", "request_process"]), (_("Fees"), ["fee", "currency", "fee_period"]),
        (_("Term"), ["effective_from", "effective_to", "apply_to_open"]),
    ]


class TargetForm(forms.Form):
    """One promise, with the items that it is for as lists to choose from."""

    measure = forms.ChoiceField(label=_("promise"), choices=Measure.choices)
    within = forms.IntegerField(label=_("within"), min_value=1, max_value=100_000)
    counted = forms.ChoiceField(label=_("counted in"), choices=[(key, facts[0]) for key, facts in wording.COUNTED.items()], initial="hours")
    calendar = forms.ModelChoiceField(Calendar.objects.all(), label=_("calendar"))
    same_time = forms.BooleanField(label=_("days end at the clock time of receipt"), required=False)
    pausing = forms.MultipleChoiceField(
        label=_("pauses while"), choices=[c for c in WaitingFor.choices if c[0] != WaitingFor.COLLEAGUE], required=False, widget=forms.CheckboxSelectMultiple,
        initial=[WaitingFor.CUSTOMER, WaitingFor.AGREED_DATE])
    kind = forms.MultipleChoiceField(label=_("only these kinds"), required=False, widget=forms.CheckboxSelectMultiple)
    priority = forms.TypedMultipleChoiceField(label=_("only these priorities"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    category = forms.MultipleChoiceField(label=_("only these categories"), required=False, widget=forms.SelectMultiple(attrs={"size": 4}))
    catalogue = forms.MultipleChoiceField(label=_("only these catalogue entries"), required=False, widget=forms.SelectMultiple(attrs={"size": 4}))
    customer = PickedIds(Customer.objects.current(), label=_("only these customers"), required=False)
    team = forms.TypedMultipleChoiceField(label=_("only these teams"), coerce=int, required=False, widget=forms.SelectMultiple(attrs={"size": 4}))
    #: Kept as they are: edited on a page of their own, or of a shape that lists cannot show.
    escalation = forms.JSONField(required=False, widget=forms.HiddenInput)
    conditions = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Callable[[], Mapping[str, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, offered in choices().items():
            if name == "customer":
                # An agreement with one customer promises nothing to others.
                self.fields[name].disabled = not offered
            elif name == "default":
                self.fields["calendar"].initial = offered
            else:
                self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.fields["escalation"].initial = ESCALATION


Targets = forms.formset_factory(TargetForm, extra=0, can_delete=True, can_order=True)


def scope_choices(row: Agreement | None) -> dict[str, Any]:
    """What a promise may be narrowed to, and the calendar that is offered first."""
    own = row is not None and row.customer_id
    return {
        "default": Calendar.objects.filter(is_default=True).first(),
        "kind": [(kind.key, kind.label) for kind in kinds.every()], "priority": [*NAMES.items(), (WITHOUT, _("not set"))],
        "category": [(c.key, c.label) for c in Category.objects.filter(archived_at=None)], "catalogue": list(catalogue.choices()),
        "customer": not own, "team": [(t.pk, t.label) for t in Team.objects.filter(archived_at=None)],
    }


def target_values(target: Target) -> dict[str, Any]:
    """A promise as its form shows it."""
    amount, unit = wording.counted(target)
    scope = Scope.of(target.conditions)
    chosen = {name: list(getattr(scope, name)) for name in Scope.names()} if scope is not None else {}
    return {
        "measure": target.measure, "within": amount, "counted": unit, "calendar": target.calendar_id, "same_time": target.same_time,
        "pausing": target.pausing, "escalation": target.escalation, "conditions": {} if scope is not None else target.conditions, **chosen,
    }


def promised(values: Mapping[str, Any]) -> actions.Promised:
    """What a filled-in row promises."""
    _name, unit, factor = wording.COUNTED[values["counted"]]
    scope = Scope(**{name: tuple(values.get(name) or ()) for name in Scope.names()}).condition()
    return actions.Promised(
        measure=values["measure"], amount=values["within"] * factor, unit=unit, calendar=values["calendar"], same_time=bool(values.get("same_time")),
        pausing=tuple(values.get("pausing") or ()), conditions=scope or values.get("conditions") or {}, escalation=tuple(values.get("escalation") or ()),
    )


def midnight(day: date | None) -> datetime | None:
    """The local beginning of a day."""
    return timezone.make_aware(datetime.combine(day, time())) if day else None


class AgreementFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Agreement.Kind.choices, empty_label=_("all"))
    customer = django_filters.ModelChoiceFilter(queryset=Customer.objects.filter(agreements__isnull=False).distinct(), empty_label=_("all"), label=_("customer"))
    standing = django_filters.ChoiceFilter(
        label=_("state"), empty_label=_("all"), method="by_standing",
        choices=[("in_force", _("in force")), ("expiring", _("ends within 60 days")), ("negotiating", _("in negotiation")), ("draft", _("draft")), ("ended", _("expired or ended"))])

    class Meta:
        model = Agreement
        fields = ["kind"]

    def by_standing(self, rows: QuerySet[Agreement], _name: str, value: str) -> QuerySet[Agreement]:
        now, versions = timezone.now(), AgreementVersion.objects
        if value == "in_force":
            return rows.filter(versions__in=versions.effective(now)).distinct()
        if value == "expiring":
            return rows.filter(versions__in=versions.expiring(now, now + timedelta(days=60))).distinct()
        if value == "ended":
            return rows.exclude(versions__in=versions.effective(now)).exclude(versions__state__in=("draft", "negotiating"))
        return rows.filter(versions__state=value).distinct()


class ReasonForm(KitForm):
    reason = forms.CharField(label=_("reason"), max_length=300)


def _newest(row: Agreement) -> AgreementVersion:
    found = row.newest()
    assert found is not None  # Each is made with its first version.
    return found


def shown_of(row: Agreement) -> AgreementVersion:
    """The version that a list tells of: the one in force, else the newest. Reads what was fetched with the rows."""
    now, versions = timezone.now(), list(row.versions.all())
    counting = (v for v in versions if v.state == v.State.SIGNED and v.effective_from and v.effective_from <= now and not (v.effective_to and v.effective_to <= now))
    return next(counting, versions[0])


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _last_day(moment: datetime | None) -> date | None:
    return _day(moment - timedelta(seconds=1)) if moment else None


def _is(*states: str) -> Any:
    return lambda row: _newest(row).state in states


def version_parts(row: Agreement, request: HttpRequest) -> dict[str, Any]:
    """What the page shows of the version that was chosen, the one in force, or the newest."""
    now = timezone.now()
    versions = list(row.versions.select_related("agreement").order_by("-number"))
    asked = request.GET.get("v", "")
    version = next((v for v in versions if str(v.number) == asked), None) or row.in_force(now) or versions[0]
    names = wording.Names()
    return {
        "version": version, "versions": [(v, v.standing(now)) for v in versions], "standing": version.standing(now), "fee": wording.fee(version),
        "targets": targets_in_words(version, names), "signatures": version.signatures.select_related("file", "taken_by"), "newest": versions[0],
        "last_day": version.effective_to - timedelta(seconds=1) if version.effective_to else None,
        "editable": version.changeable and request.user.may(perms.AGREEMENTS),  # type: ignore[union-attr]
    }


def targets_in_words(version: AgreementVersion, names: wording.Names) -> list[dict[str, Any]]:
    """Each promise of a version in words."""
    return [
        {
            "target": target, "measure": target.get_measure_display(), "for": names.scope(target.conditions), "within": wording.within(target),
            "calendar": target.calendar.label, "pauses": wording.pauses(target), "steps": [names.step(step) for step in target.escalation],
        }
        for target in version.targets.select_related("calendar")
    ]


class AgreementPages(Pages):
    room, name, plural, address = "work", "agreement", "agreements", "agreements"
    model, title, one, icon = Agreement, _("Agreements"), _("agreement"), "file-certificate"
    view, change = perms.VIEW_AGREEMENTS, perms.AGREEMENTS
    order = ("order", "id")
    search = ("name", "name_en", "key", "customer__name", "vendor")
    columns = [
        Column("name", link=True), Column("kind"), Column("other_side", _("With"), value=lambda row: row.other_side),
        Column("standing", _("State"), value=lambda row: shown_of(row).standing(timezone.now())),
        Column("effective_from", _("From"), value=lambda row: _day(shown_of(row).effective_from)), Column("effective_to", _("Until"), value=lambda row: _last_day(shown_of(row).effective_to)),
        Column("version", _("Version"), value=lambda row: shown_of(row).number, align="right"),
        Column("owner", _("keeper of the agreement")), Column("key", default=False),
    ]
    filters = AgreementFilters
    form = AgreementForm
    detail_template, list_template = "work/agreement.html", "work/agreements.html"
    panels = [
        Part("work/agreement_version.html", context=version_parts),
        Facts("", [
            "kind", Column("other_side", _("With"), value=lambda row: row.other_side), Column("owner", _("keeper of the agreement")),
            Column("remind_days", _("Reminder, days before")), "order", Column("key"),
        ], side=True),
        Part("work/agreement_versions.html", context=version_parts, side=True),
    ]
    actions = [
        Action("negotiate", _("To the other side"), "send", perms.AGREEMENTS, run=lambda row, by, data: bool(actions.negotiate(_newest(row), by=by)), when=_is("draft")),
        Action("withdraw", _("Back to draft"), "arrow-back-up", perms.AGREEMENTS, run=lambda row, by, data: bool(signing.withdraw(_newest(row), by=by)),
               when=_is("negotiating"), confirm=_("Take the text back to change it? A signature given to it counts no more.")),
        Action("new_version", _("New version"), "copy", perms.AGREEMENTS, run=lambda row, by, data: bool(actions.new_version(row, by=by)), when=_is("signed", "ended", "superseded")),
        Action("end", _("End it"), "circle-x", perms.AGREEMENTS, run=lambda row, by, data: bool(actions.end(_newest(row), by=by, reason=data["reason"])),
               when=_is("draft", "negotiating", "signed"), form=ReasonForm, danger=True),
    ]
    empty = _("No agreement yet. With one, each request gets its promised times, and figures show who keeps them.")

    def rows(self, user: Any) -> QuerySet[Agreement]:
        return Agreement.objects.visible_to(user).select_related("customer", "team", "owner").prefetch_related("versions")

    def save(self, form: Any, *, row: Any, by: Actor) -> Agreement:
        given = {name: form.cleaned_data[name] for name in form.fields if name not in TEXTS}
        agreement = actions.save_agreement(row, by=by, **given)
        if "content" not in form.fields:
            return agreement
        texts = {name: form.cleaned_data[name] for name in TEXTS}
        texts["currency"] = texts["currency"] or "CNY"
        texts["fee_period"] = texts["fee_period"] or AgreementVersion.Period.YEAR
        if texts["fee"] is not None:
            texts["fee"] = int(texts["fee"] * 10 ** wording.CURRENCIES[texts["currency"]])
        texts["effective_from"] = midnight(texts["effective_from"])
        texts["effective_to"] = midnight(texts["effective_to"] + timedelta(days=1)) if texts["effective_to"] else None
        try:
            actions.save_version(_newest(agreement), by=by, targets=[promised(one) for one in form.inlined("targets")], **texts)
        except Refused as error:
            raise _at_its_row(form, error) from None
        return agreement

    def values(self, row: Any) -> dict[str, Any]:
        version = _newest(row)
        local = timezone.localtime
        texts = {name: getattr(version, name) for name in TEXTS}
        texts["fee"] = None if version.fee is None else Decimal(version.fee) / 10 ** wording.CURRENCIES.get(version.currency, 2)
        texts["effective_from"] = local(version.effective_from).date() if version.effective_from else None
        texts["effective_to"] = local(version.effective_to).date() - timedelta(days=1) if version.effective_to else None
        return {**super().values(row), **texts}

    def bound(self, data: Any, files: Any, row: Any, initial: dict[str, Any] | None = None) -> Any:
        form = super().bound(data, files, row, initial)
        if row is not None and not _newest(row).changeable:
            for name in TEXTS:
                del form.fields[name]
        return form

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        if row is not None and not _newest(row).changeable:
            return []
        initial = [target_values(target) for target in _newest(row).targets.all()] if row is not None else []
        # Asked once for all rows, and only when there is a row: the API's document is made without a database.
        formset = Targets(data, initial=initial, prefix="targets", form_kwargs={"choices": cache(lambda: scope_choices(row))})
        return [Inline("targets", _("Promises"), formset, sortable=True, help=_("The first promise that fits an item counts. Steps of escalation are set on the agreement's page."))]

    def subtitle(self, row: Any) -> str:
        return f"{row.get_kind_display()} · {row.other_side}"

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        if row is None:
            return {"perms_figures": request.user.may(perms.VIEW_FIGURES)}  # type: ignore[union-attr]
        newest = _newest(row)
        return {"newest": newest, "may_sign": newest.state == AgreementVersion.State.NEGOTIATING and request.user.may(perms.AGREEMENTS)}  # type: ignore[union-attr]


def _at_its_row(form: Any, error: Refused) -> Refused:
    """Put a refusal of a promise beside the field of its row, and return one for the head of the form."""
    parts = (error.field or "").split(".")
    if len(parts) != 3:
        return error
    formset = next(inline.formset for inline in form.inlines if inline.key == "targets")
    filled = [one for one in formset.ordered_forms if one.cleaned_data]
    row = filled[int(parts[1])]
    name = {"amount": "within", "conditions": "kind"}.get(parts[2], parts[2])
    row.add_error(name if name in row.fields and name not in ("escalation", "conditions") else None, str(error))
    return Refused(error.message, code=error.code)
