"""How content people were, and what was done where they were not (A9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Avg, Count, Q
from django.utils.translation import gettext_lazy as _

from hengwei.org.models import User
from hengwei.work.models import WorkItem

__all__ = ["Rating", "RatingRequest"]


class RatingQuerySet(models.QuerySet["Rating"]):
    def within(self, start: datetime, end: datetime) -> Self:
        return self.filter(at__gte=start, at__lt=end)

    def low(self) -> Self:
        return self.filter(score__lte=Rating.LOW)

    def summary(self) -> dict[str, Any]:
        """How many, on average, and how many of them low."""
        return self.aggregate(count=Count("pk"), average=Avg("score"), low=Count("pk", filter=Q(score__lte=Rating.LOW)))


class Rating(models.Model):
    """A requester's verdict on one item: 1 to 5, once, changeable for some days."""

    #: A score up to this opens a follow-up.
    LOW = 2

    item = models.OneToOneField(WorkItem, models.CASCADE, related_name="rating")
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    via = models.CharField(max_length=12, default="portal")
    at = models.DateTimeField()

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__range=(1, 5)), name="rating_range")]
        indexes = [models.Index(fields=["at"])]


class RatingRequest(models.Model):
    """A person was asked for a verdict by mail: so that nobody is asked too often."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    item = models.OneToOneField(WorkItem, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"])]
