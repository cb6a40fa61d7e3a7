"""Teams in a tree, who belongs to them, and the posts with their duty sheets (J1)."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual

from .people import User


@history.tracked(audited=["lead", "deputy"])
class Team(Bilingual):
    """A group of the department: by business line, product or region; teams form a tree."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("department")
        BUSINESS = "business", _("business line")
        PRODUCT = "product", _("product")
        REGION = "region", _("region")
        OTHER = "other", _("other")

    key = models.SlugField(_("key"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.BUSINESS)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    lead = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="leads", verbose_name=_("team lead"))
    deputy = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="deputises", verbose_name=_("deputy lead"))
    members: models.ManyToManyField[User, Membership] = models.ManyToManyField("User", through="Membership", related_name="teams", verbose_name=_("members"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("team")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"])]
        constraints = [models.CheckConstraint(condition=Q(deputy=None) | ~Q(deputy=models.F("lead")), name="team_deputy_is_another")]

    @property
    def path(self) -> str:
        """The team with those it is part of: 技术支持部 / IT支持组. Asks once for each floor."""
        return f"{self.parent.path} / {self.label}" if self.parent else self.label

    def acting_lead(self, at: datetime) -> User | None:
        """The lead, or the deputy while the lead is away (S5b-2)."""
        if self.lead and self.lead.is_active and not self.lead.is_away(at):
            return self.lead
        if self.deputy and self.deputy.is_active and not self.deputy.is_away(at):
            return self.deputy
        return self.lead


@history.tracked(leave_out=["last_assigned_at"], part_of="team")
class Membership(models.Model):
    """A person in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    assignable = models.BooleanField(_("takes part in automatic assignment"), default=True)
    last_assigned_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]


@history.tracked(m2m=["holders"])
class Post(Bilingual):
    """A post of the department with its duty sheet: head, lead, deputy, engineer, supervisor (J1)."""

    key = models.SlugField(_("key"), unique=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="posts", verbose_name=_("team"))
    #: The draft; what holds is the newest DutySheet.
    duties = models.TextField(_("duty sheet"), blank=True, help_text=_("Markdown"))
    holders = models.ManyToManyField(User, blank=True, related_name="posts", verbose_name=_("holders"))

    class Meta:
        verbose_name = _("post")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"])]

    def current_sheet(self) -> DutySheet | None:
        """The duty sheet in force; None while none was published."""
        return self.sheets.order_by("-number").first()


@history.tracked(part_of="post")
class DutySheet(models.Model):
    """One published version of a post's duties: fixed for good, acknowledged by those who hold the post."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="sheets")
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("duties"))
    published_at = models.DateTimeField(_("published on"))
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("duty sheet")
        ordering = ["post", "-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="duty_sheet_once")]
        triggers = [pgtrigger.Protect(name="duty_sheet_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.post} v{self.number}"


class DutyAcknowledgement(models.Model):
    """A holder has read a duty sheet and says so."""

    sheet = models.ForeignKey(DutySheet, models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "user"], name="duty_acknowledged_once")]
