"""Evidence: runs of controls, attestations, acknowledgements, and months that were frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import is_chinese
from hengwei.org.models import User

from .regulations import Binding, Regulation, RegulationVersion

__all__ = ["Acknowledgement", "Attestation", "ControlRun", "ExceptionRecord", "Snapshot"]


class ControlRun(models.Model):
    """What a control found for a period, newest look at it; a failed run is kept as such and shown red."""

    class State(models.TextChoices):
        GREEN = "green", _("complies")
        RED = "red", _("exceptions")
        INSUFFICIENT = "insufficient", _("not enough data")
        ERROR = "error", _("cannot tell")

    binding = models.ForeignKey(Binding, models.CASCADE, related_name="runs")
    control = models.CharField(max_length=60)
    params: Any = models.JSONField(default=dict, blank=True)
    threshold = models.PositiveSmallIntegerField()
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    as_of = models.DateTimeField()
    ran_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    population = models.PositiveIntegerField(default=0)
    compliant = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State)
    #: Why it cannot be told, in both languages: a run is kept for every reader.
    message = models.CharField(max_length=500, blank=True, default="")
    message_en = models.CharField(max_length=500, blank=True, default="")
    #: Exceptions by person: [[user id or null, times], …], the most first.
    people: Any = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-period_start", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["binding", "period_start", "period_end"], name="control_run_once"),
            models.CheckConstraint(condition=Q(compliant__lte=models.F("population")), name="control_run_compliant_within"),
            # What could not be told is never told to be green.
            models.CheckConstraint(condition=~Q(state="green") | Q(population__gt=0), name="control_run_green_needs_records"),
        ]

    @property
    def exceptions(self) -> int:
        return self.population - self.compliant

    @property
    def said(self) -> str:
        """Its message in the reader's language."""
        return self.message if is_chinese() or not self.message_en else self.message_en

    @property
    def share(self) -> float | None:
        """Percent that complies; None where nothing can be told."""
        return self.compliant * 100 / self.population if self.population and self.state in (self.State.GREEN, self.State.RED) else None


class Attestation(models.Model):
    """A person's word that a clause is kept, or is not, for a time."""

    binding = models.ForeignKey(Binding, models.PROTECT, related_name="attestations")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("attested by"))
    at = models.DateTimeField()
    kept = models.BooleanField(_("the clause is kept"))
    statement = models.TextField(_("what was seen"))
    valid_until = models.DateTimeField(_("valid until"))
    file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence"))

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["binding", "-at"], name="attestation_newest")]
        triggers = [pgtrigger.Protect(name="attestation_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def missing(self) -> Self:
        return self.filter(at=None, version__state=RegulationVersion.State.PUBLISHED)

    def overdue(self, now: datetime) -> Self:
        return self.missing().filter(due_at__lt=now)


class Acknowledgement(models.Model):
    """That a reader is to read a version, and when he said that he did."""

    version = models.ForeignKey(RegulationVersion, models.CASCADE, related_name="acknowledgements")
    user = models.ForeignKey(User, models.CASCADE, related_name="regulation_readings")
    due_at = models.DateTimeField(_("due"))
    at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="acknowledgement_once")]
        indexes = [models.Index(fields=["user"], name="acknowledgement_missing", condition=Q(at=None))]


class Snapshot(models.Model):
    """A regulation's board as it was at the end of a month, frozen with its evidence."""

    regulation = models.ForeignKey(Regulation, models.PROTECT, related_name="snapshots")
    version = models.ForeignKey(RegulationVersion, models.PROTECT, related_name="+")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    #: The board: totals and, clause by clause, text, state, figures, attestations.
    board: Any = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-period_start", "-id"]
        constraints = [models.UniqueConstraint(fields=["regulation", "period_start"], name="snapshot_once_a_month")]
        triggers = [pgtrigger.Protect(name="snapshot_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]


class ExceptionRecord(models.Model):
    """An exception of a frozen month, as it was then."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="exceptions")
    clause_key = models.SlugField(max_length=40)
    control = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    record = models.CharField(max_length=400)
    url = models.CharField(max_length=300, blank=True, default="")
    why = models.CharField(max_length=500)
    person = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="exception_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]
