"""Working calendars, versioned: a published version never changes, so a clock can always explain its figure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual

from .business_time import BusinessCalendar, Week


@history.tracked(audited=True)
class Calendar(Bilingual):
    """A calendar that promises run on: working hours, round the clock, a shift."""

    key = models.SlugField(_("key"), unique=True)
    timezone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    is_default = models.BooleanField(_("used where nothing else is named"), default=False)

    class Meta:
        verbose_name = _("calendar")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar")]

    def current(self) -> CalendarVersion:
        """The version that is in force."""
        return self.versions.latest("number")


@history.tracked(part_of="calendar", audited=True)
class CalendarVersion(models.Model):
    """One state of a calendar. `week` holds minutes after midnight by weekday, Monday first; `days` the dates that differ."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    timezone = models.CharField(max_length=60)
    always_open = models.BooleanField(default=False)
    week = models.JSONField(default=list, blank=True)
    #: The day from which `week` holds; None: for ever. Before it the weeks of `earlier` do, each with its own `since`.
    since = models.DateField(_("holds from"), null=True, blank=True)
    earlier = models.JSONField(default=list, blank=True)
    #: {"2026-10-01": {"kind": "holiday", "name": "国庆节", "hours": [], "provisional": false}}
    days = models.JSONField(default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["calendar", "-number"]
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once")]
        triggers = [pgtrigger.Protect(name="calendar_version_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.calendar} v{self.number}"

    def clean(self) -> None:
        try:
            self._compile()
        except (ValueError, KeyError, TypeError) as error:
            raise ValidationError(_("These hours are not possible: %(error)s") % {"error": error}) from error

    def compiled(self) -> BusinessCalendar:
        """The pure calendar; kept in memory, since a version never changes. That of one not saved yet is kept with it."""
        if self.pk is not None:
            return compiled(self.pk)
        if not hasattr(self, "_unsaved"):
            self._unsaved = self._compile()
        return self._unsaved

    def _compile(self) -> BusinessCalendar:
        exceptions = {date.fromisoformat(day): _pairs(facts["hours"]) for day, facts in self.days.items()}
        if self.always_open and not self.earlier:
            return BusinessCalendar.round_the_clock(self.timezone)
        weeks = [_week(one["week"], one["always_open"], date.fromisoformat(one["since"]) if one["since"] else None) for one in self.earlier]
        weeks.append(_week(self.week, self.always_open, self.since))
        return BusinessCalendar(tuple(weeks), ZoneInfo(self.timezone), exceptions)


def _week(week: list[Any], always_open: bool, since: date | None) -> Week:
    return Week(always_open=True, since=since) if always_open else Week.of({weekday: _pairs(hours) for weekday, hours in enumerate(week)}, since=since)


def _pairs(hours: list[Any]) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(end)) for start, end in hours)


@lru_cache(maxsize=256)
def compiled(version_id: int) -> BusinessCalendar:
    """The pure calendar of a version."""
    return CalendarVersion.objects.get(pk=version_id)._compile()
