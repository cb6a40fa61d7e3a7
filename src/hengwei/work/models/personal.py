"""What is one person's own about lists and items: kept views, what he has read, what he put off."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.org.models import Team, User

from .items import WorkItem

__all__ = ["SavedView", "Seen", "Snooze"]


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and what was shared with one's teams."""
        return self.filter(Q(owner=user) | Q(team__in=user.team_ids))


class SavedView(models.Model):
    """Filters under a name: one's own, or shared with a team."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("kept by"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shared with"))
    name = models.CharField(_("name"), max_length=40)
    #: The address bar's query, checked when it is kept.
    query = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class Seen(models.Model):
    """How far a person has read an item; the newest are his recent items."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="seen_items")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "item"], name="seen_once")]
        indexes = [models.Index(fields=["user", "-seen_at"], name="seen_recent")]


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def asleep(self, user: User, at: datetime) -> Self:
        """What this person has put off and what has not come back yet."""
        return self.filter(user=user).filter(Q(until__gt=at) | Q(until=None))


class Snooze(models.Model):
    """An item put off: out of the person's queue until a moment, or until the requester answers."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="snoozes")
    user = models.ForeignKey(User, models.CASCADE, related_name="snoozed")
    until = models.DateTimeField(_("until"), null=True, blank=True)
    until_answered = models.BooleanField(_("until the requester answers"), default=False)
    created_at = models.DateTimeField()

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "item"], name="snooze_once"),
            models.CheckConstraint(condition=Q(until__isnull=False) | Q(until_answered=True), name="snooze_ends"),
        ]
        indexes = [models.Index(fields=["until"], name="snooze_due", condition=Q(until__isnull=False))]
