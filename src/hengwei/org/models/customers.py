"""Whom we serve: companies outside, departments of our own, where they work, and what we noted of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual

if TYPE_CHECKING:
    from .people import User


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> CustomerQuerySet:
        """Staff see all customers; everyone else his own."""
        return self if user.may("org.view_customers") else self.filter(pk=user.customer_id)

    def current(self) -> CustomerQuerySet:
        """Those that we serve today."""
        return self.filter(archived_at=None)


@history.tracked()
class Customer(Bilingual):
    """Somebody we serve: a company outside, or a department of our own."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        DEPARTMENT = "department", _("internal department")

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPANY)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True, verbose_name=_("mail domains"))
    key_account = models.BooleanField(_("key customer"), default=False)
    shares_requests = models.BooleanField(_("its people see each other's requests"), default=False)
    default_team = models.ForeignKey("Team", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("served by"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("merged into"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"]), models.Index(fields=["kind", "name"])]


@history.tracked(part_of="customer")
class Site(Bilingual):
    """A place where a customer works: an address, a time zone."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites", verbose_name=_("customer"))
    address = models.CharField(_("address"), max_length=300, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")

    class Meta:
        verbose_name = _("site")
        ordering = ["name", "id"]


@history.tracked(part_of="customer")
class CustomerNote(models.Model):
    """What we noted of a customer: a visit, a wish, a call (A11). A correction is a new note."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        VISIT = "visit", _("customer visit")
        NEED = "need", _("need")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="notes_kept", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NOTE)
    text = models.TextField(_("text"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("customer note")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "-at"])]
