"""Support reports for product improvement, and the decisions taken on them (A12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import is_chinese
from hengwei.org.models import Team, User
from hengwei.work.models import WorkItem

from . import periods
from . import permissions as perms


class SupportReportQuerySet(models.QuerySet["SupportReport"]):
    def visible_to(self, user: User) -> Self:
        """Drafts by those who write; what is published by all who read reports."""
        if user.may(perms.WRITE):
            return self
        return self.filter(state=SupportReport.State.PUBLISHED) if user.may(perms.VIEW) else self.none()

    def published_for(self, start: datetime, end: datetime) -> Self:
        """Published, and about a period that ended within the stretch."""
        return self.filter(state=SupportReport.State.PUBLISHED, period_end__gt=start.date(), period_end__lte=end.date())


class SupportReport(models.Model):
    """Problems, faults, needs and feedback of a period, with conclusions. Its figures are fixed when it is published."""

    class Kind(models.TextChoices):
        MONTH = "month", _("monthly report")
        QUARTER = "quarter", _("quarterly report")
        HALF = "half", _("half-year report")
        YEAR = "year", _("yearly report")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("period"), max_length=10, choices=Kind, default=Kind.MONTH)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("until (not included)"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"), help_text=_("Left empty: the whole department."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    summary = models.TextField(_("summary"), blank=True, default="")
    problems = models.TextField(_("problems and faults"), blank=True, default="")
    needs = models.TextField(_("needs and feedback"), blank=True, default="")
    improvements = models.TextField(_("proposals for improvement"), blank=True, default="")
    #: What the figures said when it was published (documents.py reads them); null while it is a draft.
    figures: Any = models.JSONField(null=True, blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared by"))
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    TEXTS = ("summary", "problems", "needs", "improvements")
    objects = SupportReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("support report")
        constraints = [
            models.UniqueConstraint(fields=["kind", "period_start", "team"], nulls_distinct=False, name="support_report_once"),
            models.CheckConstraint(condition=Q(period_end__gt=models.F("period_start")), name="support_report_forward"),
            models.CheckConstraint(condition=~Q(state="published") | Q(published_at__isnull=False, figures__isnull=False), name="support_report_published_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.get_kind_display()}" if not is_chinese() else f"{self.period}技术支持报告"

    def get_absolute_url(self) -> str:
        return reverse("insight:report", args=[self.pk])

    @property
    def period(self) -> str:
        """What people call its period."""
        return periods.label(self.kind, self.period_start, chinese=is_chinese())

    @property
    def span(self) -> periods.Span:
        return periods.Span(self.period_start, self.period_end)

    def texts(self) -> list[tuple[str, str, str]]:
        """Its texts in their order: name, heading in the reader's language, Markdown."""
        headings = {field.name: str(field.verbose_name) for field in self._meta.fields}
        return [(name, headings[name], getattr(self, name)) for name in self.TEXTS]

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class Decision(models.Model):
    """Something decided on a report: who does it until when, and what came of it."""

    report = models.ForeignKey(SupportReport, models.CASCADE, related_name="decisions")
    text = models.CharField(_("decision"), max_length=500)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who sees to it"))
    due_on = models.DateField(_("until"))
    item = models.ForeignKey(WorkItem, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("work item"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.TextField(_("result"), blank=True, default="")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(done_at=None) | ~Q(result=""), name="decision_done_has_result")]
        indexes = [models.Index(fields=["due_on"], name="decision_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return self.text
