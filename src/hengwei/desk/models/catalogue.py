"""The service catalogue: what people may ask for, each with its own form (A1, A2)."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, is_chinese
from hengwei.org.models import Customer, Team, User
from hengwei.work.models import ApprovalPlan, Category, Level, WorkItem

__all__ = ["Asked", "CatalogueEntry", "CatalogueVersion"]


class CatalogueEntryQuerySet(models.QuerySet["CatalogueEntry"]):
    def offered_to(self, user: User) -> Self:
        """What this person may ask for: published, not archived, and meant for him."""
        rows = self.filter(archived_at=None, published__isnull=False)
        meant = Q(audience="everyone") | Q(audience="customers", customers=user.customer_id)
        if user.is_agent:
            meant = ~Q(audience="teams") | Q(teams__in=user.team_ids)
        elif user.customer_id is not None:
            meant |= Q(audience="clients") if user.customer.kind == Customer.Kind.COMPANY else Q(pk=None)  # type: ignore[union-attr]
        return rows.filter(meant).distinct()

    def offered_to_strangers(self) -> Self:
        """What people who are not signed in may ask for."""
        return self.filter(archived_at=None, published__isnull=False, audience="everyone")


@history.tracked(leave_out=["draft", "draft_by", "draft_at"], audited=True)
class CatalogueEntry(Bilingual):
    """One thing that may be asked for."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        STAFF = "staff", _("our own staff")
        CLIENTS = "clients", _("all customers outside")
        CUSTOMERS = "customers", _("certain customers or departments")
        TEAMS = "teams", _("certain teams")

    key = models.SlugField(_("key"), unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    description_en = models.CharField(_("English description"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="help-circle")
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    audience = models.CharField(_("for"), max_length=12, choices=Audience, default=Audience.EVERYONE)
    customers = models.ManyToManyField(Customer, blank=True, related_name="+", verbose_name=_("these customers"))
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("these teams"))
    #: What is being designed and not published yet, in the shape of `design.Draft`; None when nothing is.
    draft: Any = models.JSONField(null=True, blank=True)
    draft_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    draft_at = models.DateTimeField(null=True, blank=True)
    published = models.ForeignKey("CatalogueVersion", models.PROTECT, null=True, blank=True, related_name="+")
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = CatalogueEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue entry")
        ordering = ["order", "id"]

    @property
    def explanation(self) -> str:
        return self.description if is_chinese() or not self.description_en else self.description_en


@history.tracked(part_of="entry", audited=True)
class CatalogueVersion(models.Model):
    """One published state of an entry; items keep the version they were made with."""

    entry = models.ForeignKey(CatalogueEntry, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=30, default="request")
    fields: Any = models.JSONField(_("fields"), default=list, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, default=Level.LOW)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Level, default=Level.MEDIUM)
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("labels"))
    #: The department's plan by which its approval goes, as the plan is when it is asked for; else steps of its own.
    plan = models.ForeignKey(ApprovalPlan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approval plan"))
    #: Who must agree before work begins, as `work.actions.approvals` takes it.
    approvals: Any = models.JSONField(_("approval steps"), default=list, blank=True)
    #: [{"text": "…", "text_en": "…"}]: what is ticked off while it is carried out.
    checklist: Any = models.JSONField(_("checklist"), default=list, blank=True)
    #: [{"title": "…", "kind": "request", "team": "it-support"}]: items opened below it, after approval where there is one.
    tasks: Any = models.JSONField(_("tasks"), default=list, blank=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True, default="")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="catalogue_version_once")]
        triggers = [pgtrigger.Protect(name="catalogue_version_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.entry} v{self.number}"


class Asked(models.Model):
    """What a person answered to the form of an entry, and the version it was asked with."""

    item = models.OneToOneField(WorkItem, models.CASCADE, related_name="asked")
    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="asked")
    answers: Any = models.JSONField(default=dict, blank=True)
    #: When the version's tasks were opened; None while its approval is awaited.
    begun_at = models.DateTimeField(null=True, blank=True)
