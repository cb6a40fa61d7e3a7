"""What was learnt of the department's own history, and what it suggests."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.org.models import User
from hengwei.work.models import WorkItem

__all__ = ["Learnable", "LearningSetting", "Suggestion", "TrainedModel"]


class Learnable(models.TextChoices):
    """What can be suggested."""

    CATEGORY = "category", _("category")
    TEAM = "team", _("team")
    PRIORITY = "priority", _("priority")


@history.tracked(audited=True)
class LearningSetting(models.Model):
    """From which probability on the department wants to see a suggestion, and from which on it is applied by itself."""

    field = models.CharField(_("what"), max_length=10, choices=Learnable, primary_key=True)
    active = models.BooleanField(_("suggestions are made"), default=True)
    show_above = models.PositiveSmallIntegerField(_("shown from (percent)"), default=60)
    apply_above = models.PositiveSmallIntegerField(_("applied by itself from (percent)"), null=True, blank=True)

    class Meta:
        verbose_name = _("learnt suggestion")
        constraints = [
            models.CheckConstraint(condition=Q(show_above__range=(1, 100)), name="learning_show_range"),
            models.CheckConstraint(condition=Q(apply_above=None) | Q(apply_above__range=(50, 100), apply_above__gte=models.F("show_above")), name="learning_apply_above_show"),
        ]

    def __str__(self) -> str:
        return str(self.get_field_display())


class TrainedModel(models.Model):
    """One training: how good it was on the newest items, which it had not seen. Only the newest of a field keeps its weights."""

    field = models.CharField(max_length=10, choices=Learnable)
    trained_at = models.DateTimeField()
    examples = models.PositiveIntegerField()
    classes = models.JSONField(default=list)
    weights = models.BinaryField(default=bytes)
    tested = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    #: {"60": [suggested, right]}
    curve = models.JSONField(default=dict)
    #: [[was, suggested, how often]] of the most frequent classes.
    confusion = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["field", "-id"], name="trained_newest")]

    def __str__(self) -> str:
        return f"{self.field} {self.trained_at:%Y-%m-%d}"

    @property
    def accuracy(self) -> int | None:
        """Right of a hundred on items that it had not seen."""
        return round(100 * self.right / self.tested) if self.tested else None


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def open(self) -> Self:
        return self.filter(state=Suggestion.State.OPEN)


class Suggestion(models.Model):
    """What the model says of one item; what became of it is what the next training learns from."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        APPLIED = "applied", _("applied by itself")

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="learnt_suggestions")
    field = models.CharField(max_length=10, choices=Learnable)
    value = models.CharField(max_length=60)
    percent = models.PositiveSmallIntegerField()
    model = models.ForeignKey(TrainedModel, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "field"], name="suggestion_once")]
        indexes = [models.Index(fields=["field", "state"], name="suggestion_feedback")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.field} {self.value}"
