"""Customers and departments: made, changed, archived, and made one where they were two."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel, OneToOneRel, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.org import permissions as perms
from hengwei.org.events import CustomersMerged
from hengwei.org.models import Customer, CustomerNote, Site

from .checking import checked, take, zone

FACTS = ("code", "name", "name_en", "kind", "parent", "domains", "key_account", "shares_requests", "default_team", "language", "phone", "address", "notes")
_DOMAIN = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")


@transaction.atomic
def save_customer(customer: Customer | None = None, *, by: Actor, **facts: Any) -> Customer:
    """Make a customer, or change one: only the facts that are given. Raises Refused at the field at fault."""
    by.require(perms.MANAGE_CUSTOMERS)
    customer = Customer() if customer is None else Customer.objects.select_for_update().get(pk=customer.pk)
    if "domains" in facts:
        facts["domains"] = _domains(customer, facts["domains"] or [])
    take(customer, facts, FACTS)
    if not customer.code:
        customer.code = _next_code(customer.kind)
    above = customer.parent
    while above is not None:
        if above.pk is not None and above.pk == customer.pk:
            raise Refused(_("A customer is not part of itself, directly or through others."), code="circle", field="parent")
        above = above.parent
    checked(customer)
    customer.save()
    return customer


def _domains(customer: Customer, given: list[str]) -> list[str]:
    domains = list(dict.fromkeys(d.strip().lower().removeprefix("@") for d in given if d.strip()))
    for domain in domains:
        if not _DOMAIN.match(domain):
            raise Refused(_("%(domain)s is no mail domain.") % {"domain": domain}, code="invalid", field="domains")
        other = Customer.objects.filter(domains__contains=[domain], archived_at=None).exclude(pk=customer.pk).first()
        if other is not None:
            raise Refused(_("The domain %(domain)s already belongs to %(customer)s.") % {"domain": domain, "customer": other}, code="taken", field="domains")
    return domains


def _next_code(kind: str) -> str:
    letter = "D" if kind == Customer.Kind.DEPARTMENT else "K"
    used = Customer.objects.filter(code__regex=rf"^{letter}\d+$").values_list("code", flat=True)
    return f"{letter}{max((int(code[1:]) for code in used), default=0) + 1:02d}"


@transaction.atomic
def archive_customer(customer: Customer, *, by: Actor, at: datetime | None = None) -> Customer:
    """Serve it no more; its records stay, and it can be brought back."""
    by.require(perms.MANAGE_CUSTOMERS)
    if customer.archived_at is None:
        customer.archived_at = at or timezone.now()
        customer.save(update_fields=["archived_at"])
    return customer


@transaction.atomic
def restore_customer(customer: Customer, *, by: Actor) -> Customer:
    """Serve it again."""
    by.require(perms.MANAGE_CUSTOMERS)
    if customer.merged_into is not None:
        raise Refused(_("It was merged into %(customer)s.") % {"customer": customer.merged_into}, code="merged")
    customer.archived_at = None
    customer.save(update_fields=["archived_at"])
    return customer


@transaction.atomic
def merge_customers(source: Customer, *, into: Customer, by: Actor, at: datetime | None = None) -> Customer:
    """`source` was a duplicate: all that belongs to it now belongs to `into`; its code and name stay as an archived pointer.

    Every record of every room that names the customer follows, except one that `into` already has (a unique rule) and
    published versions, which never change.
    """
    at = at or timezone.now()
    by.require(perms.MANAGE_CUSTOMERS)
    locked = {c.pk: c for c in Customer.objects.select_for_update().filter(pk__in=[source.pk, into.pk]).order_by("pk")}
    if len(locked) != 2:
        raise Refused(_("Please choose another customer."), code="same", field="into")
    source, into = locked[source.pk], locked[into.pk]
    if source.merged_into_id or into.merged_into_id or into.archived_at:
        raise Refused(_("A customer that is archived or merged takes no others."), code="archived", field="into")
    if source.kind != into.kind:
        raise Refused(_("A company and a department are not the same."), code="kinds", field="into")
    above = into
    while above.parent is not None:
        above = above.parent
        if above.pk == source.pk:
            raise Refused(_("%(customer)s is part of it; merge the other way round.") % {"customer": into}, code="circle", field="into")
    for relation in Customer._meta.related_objects:
        if isinstance(relation, OneToOneRel) or not isinstance(relation, ManyToOneRel) or relation.field.name == "merged_into":
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: source})
        try:
            with transaction.atomic():
                rows.update(**{relation.field.name: into})
        except IntegrityError:
            _one_by_one(rows, relation.field.name, into)
    into.domains = list(dict.fromkeys([*into.domains, *source.domains]))
    into.key_account = into.key_account or source.key_account
    for name in ("phone", "address", "name_en"):
        setattr(into, name, getattr(into, name) or getattr(source, name))
    into.notes = "\n\n".join(filter(None, (into.notes, source.notes)))
    source.domains, source.merged_into, source.archived_at = [], into, at
    source.save()
    into.save()
    emit(CustomersMerged(source_id=source.pk, target_id=into.pk, actor=by, at=at))
    return into


def _one_by_one(rows: Any, name: str, into: Customer) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**{name: into})
        except IntegrityError:
            continue


@transaction.atomic
def save_site(site: Site | None = None, *, by: Actor, **facts: Any) -> Site:
    """A place where a customer works."""
    by.require(perms.MANAGE_CUSTOMERS)
    site = Site() if site is None else Site.objects.select_for_update().get(pk=site.pk)
    take(site, facts, ("customer", "name", "name_en", "address", "timezone"))
    zone(site.timezone)
    checked(site)
    site.save()
    return site


@transaction.atomic
def add_note(customer: Customer, *, by: Actor, text: str, kind: str = CustomerNote.Kind.NOTE, at: datetime | None = None) -> CustomerNote:
    """Note a call, a visit, a need (A11); a correction is a new note."""
    by.require(perms.NOTE_CUSTOMERS)
    if by.user is None:
        raise Refused(_("Only a person notes something."), code="no_person")
    if not text.strip():
        raise Refused(_("Please write what is to be noted."), code="missing", field="text")
    note = CustomerNote(customer=customer, kind=kind, text=text.strip(), author=by.user, at=at or timezone.now())
    checked(note)
    note.save()
    return note


@transaction.atomic
def remove_site(site: Site, *, by: Actor) -> None:
    """Take away a site that no record names."""
    by.require(perms.MANAGE_CUSTOMERS)
    try:
        site.delete()
    except ProtectedError:
        raise Refused(_("Records name the site %(site)s: it stays.") % {"site": site}, code="in_use", field="sites") from None
