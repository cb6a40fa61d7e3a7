"""Every change of working time: a new version, with a reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit

from . import permissions as perms
from .events import CalendarChanged
from .models import Calendar, CalendarVersion


def _publish(calendar: Calendar, *, by: Actor, reason: str, at: datetime, **facts: Any) -> CalendarVersion:
    """Make and check a version; raises Refused where its hours are impossible or never open within a year."""
    last = calendar.versions.order_by("-number").first()
    version = CalendarVersion(
        calendar=calendar, number=(last.number + 1) if last else 1, timezone=calendar.timezone, reason=reason, published_by=by.user,
        published_at=at,
        **({"always_open": last.always_open, "week": last.week, "days": last.days} if last else {}) | facts,
    )
    try:
        version.clean()
    except ValidationError as error:
        raise Refused(error.messages[0], code="bad_hours", field="week") from None
    if not version._compile().has_open_within(at):
        raise Refused(_("This calendar would have no open time within a year."), code="never_open", field="week")
    version.save(force_insert=True)
    if last is not None:
        emit(CalendarChanged(calendar_id=calendar.pk, before_id=last.pk, after_id=version.pk, actor=by, at=at))
    return version


@transaction.atomic
def create_calendar(
    *, by: Actor, key: str, name: str, name_en: str = "", zone: str = "Asia/Shanghai", week: list[Any] | None = None,
    always_open: bool = False, days: dict[str, Any] | None = None, is_default: bool = False, at: datetime | None = None,
) -> Calendar:
    """A new calendar with its first version. `week`: for each weekday from Monday, pairs of minutes after midnight."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.create(key=key, name=name, name_en=name_en, timezone=zone, is_default=is_default)
    _publish(calendar, by=by, reason="", at=at or timezone.now(), week=week or [], always_open=always_open, days=days or {})
    return calendar


@transaction.atomic
def change_hours(calendar: Calendar, *, by: Actor, week: list[Any], reason: str, at: datetime | None = None) -> CalendarVersion:
    """Other weekly hours, from the next version on; clocks that run are re-based."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    return _publish(calendar, by=by, reason=_given(reason), at=at or timezone.now(), week=week)


@transaction.atomic
def set_days(calendar: Calendar, *, by: Actor, days: dict[date, dict[str, Any] | None], reason: str, at: datetime | None = None) -> CalendarVersion:
    """Give dates hours of their own (a holiday has none), or None to let them follow the week again."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    merged = dict(calendar.current().days)
    for day, facts in days.items():
        if facts is None:
            merged.pop(day.isoformat(), None)
        else:
            merged[day.isoformat()] = {"kind": "holiday", "name": "", "name_en": "", "hours": [], "provisional": False, **facts}
    return _publish(calendar, by=by, reason=_given(reason), at=at or timezone.now(), days=merged)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Please give the reason: it will explain the figures that change."), code="missing", field="reason")
    return reason.strip()
