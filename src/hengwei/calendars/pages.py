"""The pages of working calendars: weekly hours, a year on the wall, what a change would mean, and a sum to try."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.i18n import is_chinese
from hengwei.core.ics import Entry, ics
from hengwei.ui.kit import Column, KitForm, Pages, Part

from . import permissions as perms
from . import previews
from .actions import (
    change_hours,
    create_calendar,
    draft,
    import_official,
    rename_calendar,
    set_days,
    with_days,
    with_official,
)
from .business_time import NeverOpens
from .forms import WEEKDAYS, CalendarForm, DaysForm, OfficialForm, WeekForm
from .hours import differing, show, year_of
from .models import Calendar, CalendarVersion
from .official import published_until

#: Years that a year's view reaches from today, either way.
REACH = 15
#: Dates that a preview names.
NAMED = 14


def year_asked(request: HttpRequest) -> int:
    """The year in the address, else this one."""
    this, asked = timezone.localdate().year, request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else this
    return max(this - REACH, min(year, this + REACH))


def _year(row: Calendar, request: HttpRequest) -> dict[str, Any]:
    version, year = row.current(), year_asked(request)
    return {
        "version": version, "months": year_of(version.compiled(), version.days, year), "year": year, "today": timezone.localdate(), "zh": is_chinese(),
        "heads": [str(one)[-1:] if is_chinese() else str(one)[:2] for one in WEEKDAYS], "provisional": year > published_until() and any(day[:4] == str(year) for day in version.days),
    }


def hours_of(version: CalendarVersion) -> list[tuple[Any, str]]:
    """The weekly hours by weekday, in words."""
    if version.always_open:
        return [(_("Every day"), "00:00-24:00")]
    return [(WEEKDAYS[n], show(version.week[n]) if n < len(version.week) and version.week[n] else "") for n in range(7)]


def _hours(row: Calendar, request: HttpRequest) -> dict[str, Any]:
    version = row.current()
    earlier = [(one["since"], [(WEEKDAYS[n], show(day)) for n, day in enumerate(one["week"]) if day]) for one in reversed(version.earlier)]
    return {"version": version, "hours": hours_of(version), "earlier": earlier, "may_change": signed_in(request).may(perms.MANAGE)}


UNITS = (("hours", _("working hours")), ("minutes", _("working minutes")), ("days", _("working days, to the close of the last")), ("days_same_time", _("working days, same time")))


def sum_of(version: CalendarVersion, start: datetime, amount: int, unit: str) -> datetime:
    """The moment that a promise of so much would fall due; raises Refused where there is not so much open time."""
    calendar = version.compiled()
    try:
        if unit in ("hours", "minutes"):
            return calendar.add(start, amount * (3600 if unit == "hours" else 60))
        return calendar.working_days_add(start, amount, "end_of_day" if unit == "days" else "same_time")
    except (NeverOpens, ValueError, OverflowError):
        raise Refused(_t("There is not so much open time."), code="never_opens", field="amount") from None


def _try(row: Calendar, request: HttpRequest) -> dict[str, Any]:
    version, zone = row.current(), ZoneInfo(row.timezone)
    begin = timezone.now().astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    found: dict[str, Any] = {"units": UNITS, "start": begin.isoformat(timespec="minutes"), "amount": 8, "unit": "hours", "zone": row.timezone}
    if "amount" in request.GET:
        found |= {name: request.GET.get(name, "") for name in ("start", "amount", "unit")}
        start = _moment(found["start"], zone)
        if start is None or not str(found["amount"]).isdecimal() or len(str(found["amount"])) > 6 or found["unit"] not in dict(UNITS) or int(found["amount"]) < 1:
            return {**found, "wrong": _t("Please give a moment and an amount.")}
        try:
            end = sum_of(version, start, int(found["amount"]), found["unit"])
        except Refused as error:
            return {**found, "wrong": str(error)}
        found |= {"result": end.astimezone(zone), "elapsed": version.compiled().elapsed(start, end), "open": version.compiled().is_open(start)}
    return found


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or not 1950 < found.year < 2350:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _versions(row: Calendar, request: HttpRequest) -> dict[str, Any]:
    return {"versions": row.versions.select_related("published_by")[:20]}


class CalendarPages(Pages):
    """Calendars that promises run on."""

    room, name, plural, address = "calendars", "calendar", "calendars", "calendars"
    model, title, one, icon = Calendar, _("Working calendars"), _("calendar"), "calendar"
    view, change = "", perms.MANAGE
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("hours", _("Weekly hours"), value=lambda row: short(row.current())), Column("timezone"), Column("is_default", _("default")), Column("key", default=False),
        Column("version", _("version"), value=lambda row: row.current().number, align="right", default=False),
    ]
    form = CalendarForm
    panels = [
        Part("calendars/hours.html", context=_hours, order=10, side=True), Part("calendars/try.html", context=_try, order=20, side=True), Part("calendars/year.html", context=_year, order=10),
        Part("calendars/versions.html", context=_versions, order=90),
    ]
    detail_template = "calendars/calendar.html"

    def rows(self, user: Any) -> Any:
        return Calendar.objects.prefetch_related("versions")

    def bound(self, data: Any, files: Any, row: Any, initial: dict[str, Any] | None = None) -> Any:
        form = super().bound(data, files, row, initial)
        if row is not None:
            for name in ("key", "timezone", "always_open", "working", "saturday", "sunday", "official"):
                form.fields.pop(name)
        return form

    def save(self, form: Any, *, row: Any, by: Actor) -> Calendar:
        data = form.cleaned_data
        if row is not None:
            return rename_calendar(row, by=by, name=data["name"], name_en=data["name_en"], is_default=data["is_default"])
        return create_calendar(
            by=by, key=data["key"], name=data["name"], name_en=data["name_en"], zone=data["timezone"], is_default=data["is_default"], always_open=data["always_open"], week=form.week(), days=form.days(),
        )

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        return {"may_change": signed_in(request).may(perms.MANAGE)} if row is not None else {}

    def subtitle(self, row: Any) -> Any:
        return format_html('<span class="state good">{}</span>', _t("default")) if row.is_default else ""


def short(version: CalendarVersion) -> str:
    """The weekly hours in one line: 周一至周五 09:00-12:00, 13:30-18:00."""
    if version.always_open:
        return _t("round the clock")
    runs: list[tuple[int, int, str]] = []
    for number, (_name, text) in enumerate(hours_of(version)):
        if text and runs and runs[-1][2] == text and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number, text)
        elif text:
            runs.append((number, number, text))
    to = _t("–")
    return "; ".join(f"{WEEKDAYS[a]}{f'{to}{WEEKDAYS[b]}' if b > a else ''} {text}" for a, b, text in runs)


def _calendar(request: HttpRequest, pk: int) -> Calendar:
    row = Calendar.objects.filter(pk=pk).first()
    if row is None or not signed_in(request).may(perms.MANAGE):
        raise Http404
    return row


def _edit(request: HttpRequest, row: Calendar, form: KitForm, *, facts: Any, publish: Any, title: str) -> HttpResponse:
    """Fill in, look at what would follow, save: the same for hours, dates and official days."""
    context: dict[str, Any] = {"row": row, "form": form, "heading": title}
    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                publish()
                messages.success(request, _t("Saved. Open clocks are counted anew in the background."))
                return redirect("calendars:calendar", row.pk)
            now = timezone.now()
            version = draft(row, at=now, by=current(), **facts())
            days = differing(row.current().compiled(), version.compiled(), min(now.date(), form.cleaned_data.get("first") or now.date()))
            context |= {"preview": True, "counts": previews.of(version, now), "days": days[:NAMED], "more": max(0, len(days) - NAMED), "total": len(days)}
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return render(request, "calendars/edit.html", context, status=422 if form.errors else 200)


@login_required
def hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Other weekly hours."""
    row = _calendar(request, pk)
    version = row.current()
    initial = {f"day_{n}": version.week[n] if n < len(version.week) else [] for n in range(7)} | {"timezone": row.timezone, "always_open": version.always_open}
    form = WeekForm(request.POST or None, initial=initial)
    return _edit(
        request, row, form, title=_t("Weekly hours"),
        facts=lambda: {"week": form.week(), "always_open": form.cleaned_data["always_open"], "since": form.cleaned_data["since"], "timezone": form.cleaned_data["timezone"]},
        publish=lambda: change_hours(
            row, by=current(), week=form.week(), always_open=form.cleaned_data["always_open"], since=form.cleaned_data["since"], zone=form.cleaned_data["timezone"], reason=form.cleaned_data["reason"],
        ),
    )


@login_required
def days(request: HttpRequest, pk: int) -> HttpResponse:
    """Dates with hours of their own."""
    row = _calendar(request, pk)
    form = DaysForm(request.POST or None, initial={"first": request.GET.get("day", "")})
    return _edit(
        request, row, form, title=_t("Holidays and other days"), facts=lambda: {"days": with_days(row, form.days())},
        publish=lambda: set_days(row, by=current(), days=form.days(), reason=form.cleaned_data["reason"]),
    )


@login_required
def official(request: HttpRequest, pk: int) -> HttpResponse:
    """China's official days."""
    row = _calendar(request, pk)
    form = OfficialForm(request.POST or None, initial={"years": [timezone.localdate().year, timezone.localdate().year + 1]})
    return _edit(
        request, row, form, title=_t("Official days of China"), facts=lambda: {"days": with_official(row, form.cleaned_data["years"])},
        publish=lambda: import_official(row, by=current(), years=form.cleaned_data["years"], reason=form.cleaned_data["reason"]),
    )


def entries(row: Calendar, since: date, until: date) -> list[Entry]:
    """Holidays, make-up days and half days of a calendar as events of whole days."""
    found, zh = [], is_chinese()
    words = {"holiday": _t("holiday"), "make_up": _t("make-up working day"), "half": _t("half day"), "other": _t("other hours")}
    for text, facts in sorted(row.current().days.items()):
        day = date.fromisoformat(text)
        if since <= day < until:
            name = facts.get("name") if zh or not facts.get("name_en") else facts["name_en"]
            kind = words.get(facts.get("kind", ""), "")
            title = f"{name or kind}{f' · {kind}' if name and facts.get('kind') != 'holiday' else ''}{' (' + _t('provisional') + ')' if facts.get('provisional') else ''}"
            found.append(Entry(f"day-{row.pk}-{text}", title, day, day + timedelta(days=1), show(facts["hours"])))
    return found


@login_required
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The days of a calendar that differ, as a file for other programs."""
    row = Calendar.objects.filter(pk=pk).first()
    if row is None or not signed_in(request).is_agent:
        raise Http404
    today = timezone.localdate()
    body = ics(row.label, entries(row, today - timedelta(days=400), today + timedelta(days=800)), timezone.now())
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{row.key}.ics"'})
