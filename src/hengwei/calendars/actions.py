"""Every change of working time: a new version, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit

from . import permissions as perms
from .events import CalendarChanged
from .models import Calendar, CalendarVersion
from .official import china


def draft(calendar: Calendar, *, at: datetime, by: Actor | None = None, reason: str = "", since: date | None = None, **facts: Any) -> CalendarVersion:
    """The version that a change would publish, checked and not saved. Raises Refused for hours that are impossible.

    `since`: other weekly hours hold from that day, and before it the hours that held so far; None stands for always,
    as if an error were put right.
    """
    last = calendar.versions.order_by("-number").first()
    kept: dict[str, Any] = {"always_open": last.always_open, "week": last.week, "days": last.days, "since": last.since, "earlier": last.earlier} if last else {}
    if last is not None and ({"week", "always_open"} & set(facts)):
        before = [*last.earlier, {"since": last.since.isoformat() if last.since else None, "week": last.week, "always_open": last.always_open}]
        facts["since"] = since
        facts["earlier"] = [one for one in before if one["since"] is None or one["since"] < since.isoformat()] if since else []
    version = CalendarVersion(
        calendar=calendar, number=(last.number + 1) if last else 1, reason=reason, published_by=by.user if by else None, published_at=at,
        **{"timezone": calendar.timezone, **kept, **facts},
    )
    if version.always_open:
        version.week = []
    try:
        version.clean()
    except ValidationError as error:
        raise Refused(error.messages[0], code="bad_hours", field="week") from None
    if not version.compiled().has_open_within(at):
        raise Refused(_("This calendar would have no open time within a year."), code="never_open", field="week")
    return version


def _publish(calendar: Calendar, *, by: Actor, reason: str, at: datetime, since: date | None = None, **facts: Any) -> CalendarVersion:
    """Make a version and tell of it."""
    last = calendar.versions.order_by("-number").first()
    version = draft(calendar, at=at, by=by, reason=reason, since=since, **facts)
    version.save(force_insert=True)
    if last is not None:
        emit(CalendarChanged(calendar_id=calendar.pk, before_id=last.pk, after_id=version.pk, actor=by, at=at))
    return version


@transaction.atomic
def create_calendar(
    *, by: Actor, name: str, key: str = "", name_en: str = "", zone: str = "Asia/Shanghai", week: list[Any] | None = None,
    always_open: bool = False, days: dict[str, Any] | None = None, is_default: bool = False, at: datetime | None = None,
) -> Calendar:
    """A new calendar with its first version. `week`: for each weekday from Monday, pairs of minutes after midnight."""
    by.require(perms.MANAGE)
    key = key or slugify(name_en) or f"calendar-{Calendar.objects.count() + 1}"
    if Calendar.objects.filter(key=key).exists():
        raise Refused(_("There is already a calendar with the key %(key)s.") % {"key": key}, code="taken", field="key")
    if zone not in available_timezones():
        raise Refused(_("There is no time zone %(name)s.") % {"name": zone}, code="invalid", field="timezone")
    if is_default:
        Calendar.objects.filter(is_default=True).update(is_default=False)
    calendar = Calendar.objects.create(key=key, name=name, name_en=name_en, timezone=zone, is_default=is_default)
    _publish(calendar, by=by, reason="", at=at or timezone.now(), week=week or [], always_open=always_open, days=days or {})
    return calendar


@transaction.atomic
def rename_calendar(calendar: Calendar, *, by: Actor, name: str, name_en: str = "", is_default: bool | None = None) -> Calendar:
    """Call it otherwise, or use it where nothing else is named. Its hours stay."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.is_default and is_default is False:
        raise Refused(_("Choose another calendar as the default; then this one is no longer."), code="needed", field="is_default")
    if is_default:
        Calendar.objects.filter(is_default=True).exclude(pk=calendar.pk).update(is_default=False)
        calendar.is_default = True
    calendar.name, calendar.name_en = name, name_en
    calendar.save()
    return calendar


@transaction.atomic
def change_hours(
    calendar: Calendar, *, by: Actor, reason: str, week: list[Any] | None = None, always_open: bool = False, since: date | None = None, zone: str | None = None,
    at: datetime | None = None,
) -> CalendarVersion:
    """Other weekly hours, from the next version on; clocks that run are re-based. With `since` they hold from that day."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if zone is not None and zone != calendar.timezone:
        if zone not in available_timezones():
            raise Refused(_("There is no time zone %(name)s.") % {"name": zone}, code="invalid", field="timezone")
        calendar.timezone = zone
        calendar.save(update_fields=["timezone"])
    return _publish(calendar, by=by, reason=given(reason), at=at or timezone.now(), since=since, week=week or [], always_open=always_open)


def with_days(calendar: Calendar, days: dict[date, dict[str, Any] | None]) -> dict[str, Any]:
    """The dates of a calendar with some changed; None lets a date follow the week again."""
    merged = dict(calendar.current().days)
    for day, facts in days.items():
        if facts is None:
            merged.pop(day.isoformat(), None)
        else:
            merged[day.isoformat()] = {"kind": "holiday", "name": "", "name_en": "", "hours": [], "provisional": False, "own": True, **facts}
    return merged


@transaction.atomic
def set_days(calendar: Calendar, *, by: Actor, days: dict[date, dict[str, Any] | None], reason: str, at: datetime | None = None) -> CalendarVersion:
    """Give dates hours of their own (a holiday has none), or None to let them follow the week again."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    return _publish(calendar, by=by, reason=given(reason), at=at or timezone.now(), days=with_days(calendar, days))


def with_official(calendar: Calendar, years: Iterable[int]) -> dict[str, Any]:
    """The dates of a calendar with China's official days of these years; what the company set itself stays."""
    years, version = list(years), calendar.current()
    hours: list[list[int]] = next((day for day in version.week if day), [])
    kept = {day: facts for day, facts in version.days.items() if int(day[:4]) not in years or facts.get("own")}
    return {**china(years, [list(pair) for pair in hours]), **kept}


@transaction.atomic
def import_official(calendar: Calendar, *, by: Actor, years: Iterable[int], reason: str, at: datetime | None = None) -> CalendarVersion:
    """Take over China's official days; years that are not published yet are flagged provisional."""
    by.require(perms.MANAGE)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    return _publish(calendar, by=by, reason=given(reason), at=at or timezone.now(), days=with_official(calendar, years))


def given(reason: str) -> str:
    """The reason, which must not be empty."""
    if not reason.strip():
        raise Refused(_("Please give the reason: it will explain the figures that change."), code="missing", field="reason")
    return reason.strip()
