"""The pages of customers and departments (A11)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.asked import chosen
from hengwei.org import permissions as perms
from hengwei.org.actions.customers import (
    add_note,
    archive_customer,
    merge_customers,
    remove_site,
    restore_customer,
    save_customer,
    save_site,
)
from hengwei.org.forms import CustomerForm, MergeForm, NoteForm, Sites
from hengwei.org.models import Customer, Site, Team
from hengwei.ui.kit import Action, Column, Facts, Inline, Pages, Part, Table

from .people import linked, mail_link


class CustomerFilters(django_filters.FilterSet):
    """Companies or departments, key customers, those no longer served."""

    kind = django_filters.ChoiceFilter(choices=Customer.Kind, label=_("kind"))
    key_account = django_filters.BooleanFilter(label=_("key customer"))
    default_team = django_filters.ModelChoiceFilter(queryset=Team.objects.filter(archived_at=None), label=_("served by"))
    archived = django_filters.BooleanFilter(field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("archived"))


def mark(customer: Customer) -> SafeString | str:
    """What one should know at once: key customer, archived, merged."""
    if customer.merged_into_id:
        return format_html('<span class="state">{}</span>', _t("merged"))
    if customer.archived_at:
        return format_html('<span class="state">{}</span>', _t("archived"))
    return format_html('<span class="state good">{}</span>', _t("key customer")) if customer.key_account else ""


class CustomerPages(Pages):
    """Whom we serve."""

    room, name, plural, address = "org", "customer", "customers", "org/customers"
    model, title, one, icon = Customer, _("Customers and departments"), _("customer"), "building"
    view, change = perms.VIEW_CUSTOMERS, perms.MANAGE_CUSTOMERS
    order = ("name", "id")
    search = ("name", "name_en", "code", "phone")
    columns = [
        Column("name", link=True, value=lambda row: row.label, second=lambda row: row.code), Column("kind"), Column("mark", _("mark"), value=mark), Column("default_team"),
        Column("people", _("people"), value=lambda row: getattr(row, "people_count", None), align="right"), Column("phone"), Column("code", default=False), Column("domains", default=False),
        Column("parent", default=False), Column("created_at", _("since"), default=False),
    ]
    filters = CustomerFilters
    form = CustomerForm
    panels = [
        Facts(_("Facts"), [
            Column("code"), Column("kind"), Column("mark", _("mark"), value=mark), Column("parent", value=lambda row: linked(row.parent, "org:customer")), Column("default_team"),
            Column("phone"), Column("address"), Column("domains"), Column("language"), Column("notes"),
            Column("merged_into", value=lambda row: linked(row.merged_into, "org:customer")),
        ], side=True, order=10),
        Table(
            _("Contacts"), rows=lambda row, user: row.people.filter(is_active=True).order_by("name", "id"), order=50, most=10, empty=_("Nobody yet."),
            more=lambda row: f"{reverse('org:people')}?customer={row.pk}",
            columns=[Column("name", value=lambda p: linked(p, "org:person")), Column("title"), Column("email", value=mail_link), Column("phone"), Column("mobile")],
        ),
        Table(_("Sites"), rows=lambda row, user: row.sites.all(), columns=[Column("name", value=lambda s: s.label), Column("address"), Column("timezone")], order=60),
        Part("org/customer_notes.html", context=lambda row, request: {"notes": row.notes_kept.select_related("author")[:30]}, order=40),
    ]
    actions = [
        Action("note", _("Note"), "note", perms.NOTE_CUSTOMERS, run=lambda row, by, data: add_note(row, by=by, **data) and "", form=NoteForm),
        Action("merge", _("Merge"), "arrow-merge", perms.MANAGE_CUSTOMERS, run=lambda row, by, data: merge_customers(row, into=data["into"], by=by) and "", form=MergeForm, when=lambda row: row.archived_at is None),
        Action("archive", _("Archive"), "archive", perms.MANAGE_CUSTOMERS, run=lambda row, by, data: archive_customer(row, by=by), confirm=_("Archive? Its records stay."), bulk=True, when=lambda row: row.archived_at is None),
        Action("restore", _("Bring back"), "archive-off", perms.MANAGE_CUSTOMERS, run=lambda row, by, data: restore_customer(row, by=by), when=lambda row: row.archived_at is not None and row.merged_into_id is None),
    ]
    empty = _("No customer yet. Add the first one: a company outside, or a department of your own.")

    def rows(self, user: Any) -> Any:
        return Customer.objects.visible_to(user).select_related("default_team", "parent", "merged_into").annotate(people_count=Count("people", filter=Q(people__is_active=True)))

    def narrowed(self, request: HttpRequest, user: Any) -> Any:
        rows, filters = super().narrowed(request, user)
        return (rows if request.GET.get("archived") else rows.filter(archived_at=None)), filters

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        initial = list(row.sites.values("id", "name", "name_en", "address", "timezone")) if row is not None else []
        return [Inline("sites", _("Sites"), Sites(data, initial=initial, prefix="sites"))]

    def save(self, form: Any, *, row: Any, by: Actor) -> Customer:
        customer = save_customer(row, by=by, **form.cleaned_data)
        kept = set()
        for facts in form.inlined("sites"):
            site = Site.objects.filter(customer=customer, pk=chosen(facts, "id")).first()
            kept.add(save_site(site, by=by, customer=customer, **{name: facts[name] for name in ("name", "name_en", "address", "timezone")}).pk)
        for site in customer.sites.exclude(pk__in=kept):
            remove_site(site, by=by)
        return customer
