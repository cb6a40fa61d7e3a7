"""Working time over REST: calendars, their days, sums on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.rest import actor_of

from .actions import change_hours, import_official, set_days
from .business_time import NeverOpens
from .models import Calendar, CalendarVersion
from .pages import CalendarPages, sum_of

router = Router(tags=["calendars"])


class VersionOut(Schema):
    """A published state of a calendar. `week`: pairs of minutes after midnight by weekday, Monday first."""

    number: int
    timezone: str
    always_open: bool
    week: list[Any]
    days: dict[str, Any]
    since: date | None
    reason: str
    published_at: datetime


class HoursIn(Schema):
    """Weekly hours: pairs of minutes after midnight for each weekday from Monday; an end past 1440 is on the next day."""

    week: list[list[tuple[int, int]]] = Field(default_factory=list, max_length=7)
    always_open: bool = False
    since: date | None = None
    timezone: str | None = None
    reason: str


class DayIn(Schema):
    """What a date becomes; null lets it follow the week again."""

    kind: Literal["holiday", "make_up", "half", "other"] = "holiday"
    name: str = ""
    hours: list[tuple[int, int]] = Field(default_factory=list)


class DaysIn(Schema):
    days: dict[str, DayIn | None]
    reason: str


class OfficialIn(Schema):
    years: list[int] = Field(max_length=10)
    reason: str


class SumOut(Schema):
    """Where a promise of so much ends, in UTC."""

    end: datetime
    open_at_start: bool


class ElapsedOut(Schema):
    """Whole seconds of open time; negative when `b` is before `a`."""

    business_seconds: int


def _find(request: HttpRequest, pk: int) -> Calendar:
    if not signed_in(request).is_agent:
        raise Forbidden(_("You do not have the right to do this."))
    row = Calendar.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is nothing here that you may see."))
    return row


@router.get("/calendars/{int:pk}/versions", response=list[VersionOut], summary="Published versions, the newest first")
def versions(request: HttpRequest, pk: int) -> Any:
    """Each stays as it was: clocks refer to it."""
    return _find(request, pk).versions.all()


@router.get("/calendars/{int:pk}/add", response=SumOut, summary="A moment and so much working time")
def add(request: HttpRequest, pk: int, start: AwareDatetime, amount: int, unit: Literal["hours", "minutes", "days", "days_same_time"] = "hours") -> Any:
    """For example: from now, eight working hours."""
    version = _find(request, pk).current()
    if not 0 < amount < 10**6:
        raise Refused(_("Please give a moment and an amount."), code="invalid", field="amount")
    return {"end": sum_of(version, start, amount, unit), "open_at_start": version.compiled().is_open(start)}


@router.get("/calendars/{int:pk}/elapsed", response=ElapsedOut, summary="Working time between two moments")
def elapsed(request: HttpRequest, pk: int, a: AwareDatetime, b: AwareDatetime) -> Any:
    """In whole seconds, half-open."""
    try:
        return {"business_seconds": _find(request, pk).current().compiled().elapsed(a, b)}
    except (NeverOpens, ValueError, OverflowError):
        raise Refused(_("This moment lies outside of what calendars reach."), code="invalid", field="b") from None


@router.post("/calendars/{int:pk}/hours", response=VersionOut, summary="Other weekly hours")
def hours(request: HttpRequest, pk: int, payload: HoursIn) -> CalendarVersion:
    """A new version; open clocks are counted anew on it."""
    row = _find(request, pk)
    return change_hours(row, by=actor_of(request), week=[[list(pair) for pair in day] for day in payload.week], always_open=payload.always_open, since=payload.since, zone=payload.timezone, reason=payload.reason)


@router.post("/calendars/{int:pk}/days", response=VersionOut, summary="Dates with hours of their own")
def days(request: HttpRequest, pk: int, payload: DaysIn) -> CalendarVersion:
    """Holidays, make-up days, half days."""
    row, found = _find(request, pk), {}
    for text, facts in payload.days.items():
        try:
            day = parse_date(text)
        except ValueError:
            day = None
        if day is None:
            raise Refused(_("%(text)s is no date.") % {"text": text}, code="invalid", field="days")
        found[day] = None if facts is None else {"kind": facts.kind, "name": facts.name, "hours": [list(pair) for pair in facts.hours]}
    return set_days(row, by=actor_of(request), days=found, reason=payload.reason)


@router.post("/calendars/{int:pk}/official", response=VersionOut, summary="China's official days")
def official(request: HttpRequest, pk: int, payload: OfficialIn) -> CalendarVersion:
    """What the company set itself stays."""
    years = [year for year in payload.years if 2004 <= year <= 2100]
    return import_official(_find(request, pk), by=actor_of(request), years=years, reason=payload.reason)


router.add_router("", CalendarPages.router())
