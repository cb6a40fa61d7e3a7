"""Clocks: one row per item and promise, and the segments that explain each figure."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.calendars.models import CalendarVersion
from hengwei.org.models import Team, User

from .agreements import Measure, Target
from .items import WorkItem

__all__ = ["Clock", "Firing", "Rebase", "Segment"]


class ClockQuerySet(models.QuerySet["Clock"]):
    def live(self) -> Self:
        """Still to be decided."""
        return self.filter(state__in=Clock.LIVE)

    def with_step_due(self, now: datetime) -> Self:
        return self.filter(state=Clock.State.RUNNING, next_step_at__lte=now).order_by("next_step_at")

    def counted(self) -> Self:
        """Those that a figure may count: decided, and of an item that counts."""
        return self.filter(state__in=(Clock.State.MET, Clock.State.BREACHED), item__in=WorkItem.objects.counted())


class Clock(models.Model):
    """A promise running on one item. Every figure of it is a fold over its segments (clocks/rules.py)."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("met")
        BREACHED = "breached", _("breached")
        CANCELLED = "cancelled", _("cancelled")
        MERGED = "merged", _("merged")

    LIVE = (State.RUNNING, State.PAUSED)

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="clocks")
    measure = models.CharField(_("promise"), max_length=20, choices=Measure)
    target = models.ForeignKey(Target, models.PROTECT, related_name="clocks")
    calendar_version = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")
    pausing = ArrayField(models.CharField(max_length=20), default=list)
    #: Seconds of working time that the promise allows.
    allowed = models.PositiveIntegerField()
    #: The allowance before another item with an earlier due moment was merged into this one.
    allowed_before_merge = models.PositiveIntegerField(null=True, blank=True)
    #: Seconds used up in all running segments that have ended.
    elapsed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    #: '' or the change by which alone it came to be breached: 'target_changed', 'calendar_changed'.
    breach_cause = models.CharField(max_length=20, blank=True, default="")
    reopened = models.BooleanField(default=False)
    next_step_at = models.DateTimeField(null=True, blank=True)
    #: Whose it was when it ended, so that figures do not move when the item does.
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "measure"], condition=Q(state__in=("running", "paused")), name="clock_one_live"),
            models.CheckConstraint(
                condition=Q(state="running", due_at__isnull=False, running_since__isnull=False) | (~Q(state="running") & Q(due_at=None, next_step_at=None)),
                name="clock_due_while_running",
            ),
            models.CheckConstraint(condition=Q(state__in=("running", "paused")) | Q(stopped_at__isnull=False), name="clock_ended_has_time"),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], name="clock_step", condition=Q(state="running", next_step_at__isnull=False)),
            models.Index(fields=["due_at"], name="clock_due", condition=Q(state="running")),
            models.Index(fields=["stopped_at"], name="clock_stopped", condition=Q(stopped_at__isnull=False)),
            models.Index(fields=["calendar_version", "item"], name="clock_on_calendar", condition=Q(state__in=("running", "paused"))),
        ]


class Segment(models.Model):
    """A stretch in which a clock ran or stood still, and why. An ended one never changes."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="segments")
    running = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    business_seconds = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=30)
    # Read with their clock only: an index of each would be a third of what a stretch costs.
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    target = models.ForeignKey(Target, models.PROTECT, related_name="+", db_index=False)
    calendar_version = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(ends_at=None), name="segment_one_open"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=models.F("starts_at")), name="segment_forward"),
        ]
        triggers = [pgtrigger.Protect(name="segment_fixed_once_ended", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ends_at__isnull=False))]


class Firing(models.Model):
    """A step of a clock's escalation that was taken: once ever."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="firings")
    target = models.ForeignKey(Target, models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    planned_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    #: False where the step was passed already when a change moved the due moment further away: nobody is told again.
    told = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "target", "step"], name="firing_once")]


class Rebase(models.Model):
    """A calendar was corrected while the clock was open: what it had used up and when it is due, before and after.

    The clock's elapsed time is the sum of its ended running segments plus these differences.
    """

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="rebases")
    before = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")
    after = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    elapsed_before = models.PositiveIntegerField()
    elapsed_after = models.PositiveIntegerField()
    allowed_before = models.PositiveIntegerField()
    allowed_after = models.PositiveIntegerField()
    due_before = models.DateTimeField(null=True, blank=True)
    due_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["clock", "after"], name="rebase_once")]

    @property
    def difference(self) -> int:
        """Seconds of working time by which what had been used up changed."""
        return self.elapsed_after - self.elapsed_before
