"""The change calendar: what is planned, what collides, when nothing may be changed; also to subscribe to (.ics)."""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar as ICalendar
from icalendar import Event

from hengwei.core.acting import Actor
from hengwei.core.i18n import listed
from hengwei.desk import collisions
from hengwei.desk import permissions as perms
from hengwei.desk.actions import changes as actions
from hengwei.desk.models import Change, Freeze
from hengwei.ui.kit import Action, Column, Facts, KitModelForm, Pages

from .common import staff


class FreezeForm(KitModelForm):
    systems = SimpleArrayField(forms.CharField(max_length=120), label=_("systems"), required=False, help_text=_("apart by commas; none: every system"))

    class Meta:
        model = Freeze
        fields = ("name", "name_en", "starts_at", "ends_at", "systems", "reason")


class FreezePages(Pages):
    """Times in which nothing may be changed."""

    room, name, plural, address = "desk", "freeze", "freezes", "desk/freezes"
    model, title, one, icon = Freeze, _("Change freezes"), _("freeze"), "snowflake"
    view, change = "", perms.FREEZES
    order = ("starts_at", "id")
    search = ("name", "name_en", "reason")
    columns = [Column("name", link=True, value=lambda row: row.label), Column("starts_at"), Column("ends_at"), Column("systems", value=lambda row: row.systems or _t("every system")), Column("reason")]
    form = FreezeForm
    panels = [Facts(_("Freeze"), ["starts_at", "ends_at", Column("systems", value=lambda row: row.systems or _t("every system")), "reason"])]
    actions = [Action("lift", _("Lift it"), "sun", perms.FREEZES, run=lambda row, by, data: actions.lift_freeze(row, by=by), confirm=_("Lift the freeze now?"), when=lambda row: row.ends_at > timezone.now())]
    empty = _("No freeze is set. Closing of the books, a fair, a holiday: set the time in which nothing may be changed.")

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return actions.save_freeze(row, by=by, **form.cleaned_data)


def _day(text: str, usual: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return usual


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


@login_required
def change_calendar(request: HttpRequest) -> HttpResponse:
    """A month or a week of planned changes and freezes; those that get in each other's way are marked."""
    staff(request)
    today = timezone.localdate()
    day = _day(request.GET.get("day", ""), today)
    week = request.GET.get("by") == "week"
    if week:
        first = day - timedelta(days=day.weekday())
        weeks = [[first + timedelta(days=n) for n in range(7)]]
        before, after = day - timedelta(days=7), day + timedelta(days=7)
    else:
        weeks = months.Calendar().monthdatescalendar(day.year, day.month)
        before, after = (day.replace(day=1) - timedelta(days=1)), (day.replace(day=28) + timedelta(days=7)).replace(day=1)
    start, end = _at(weeks[0][0]), _at(weeks[-1][-1] + timedelta(days=1))
    planned = list(actions.planned_within(start, end).select_related("owner", "team"))
    freezes = list(Freeze.objects.within(start, end))
    hits = collisions.every(actions.as_planned(planned, freezes))
    bad = {key for hit in hits if hit.systems or hit.freeze for key in (hit.one, hit.other)}
    told = _told(hits, planned, freezes)
    same_time = [one for one in told if not one["hit"].freeze and not one["hit"].systems]
    if same_time:
        # They come last: one may fold them.
        same_time[0]["first_same_time"] = True
    cells = [[_cell(one, planned, freezes, bad, today, day.month) for one in row] for row in weeks]
    return render(request, "desk/change_calendar.html", {
        "weeks": cells, "week": week, "day": day, "before": before.isoformat(), "after": after.isoformat(), "today": today.isoformat(), "hits": told, "same_time": len(same_time),
        "title": f"{day.year}年{day.month}月" if request.LANGUAGE_CODE.startswith("zh") else f"{day:%B %Y}",  # type: ignore[attr-defined]
    })


def _cell(day: date, planned: list[Change], freezes: list[Freeze], bad: set[str], today: date, month: int) -> dict[str, Any]:
    start, end = _at(day), _at(day + timedelta(days=1))
    return {
        "day": day, "today": day == today, "other": day.month != month, "freezes": [one for one in freezes if one.starts_at < end and one.ends_at > start],
        "changes": [(one, one.number in bad, timezone.localtime(one.planned_start) if one.planned_start and one.planned_start >= start else None) for one in planned if one.planned_start and one.planned_end and one.planned_start < end and one.planned_end > start],
    }


def _told(hits: list[collisions.Collision], planned: list[Change], freezes: list[Freeze]) -> list[dict[str, Any]]:
    by_number, by_key = {one.number: one for one in planned}, {f"freeze:{one.pk}": one for one in freezes}
    return [
        {"hit": hit, "one": by_number.get(hit.one), "other": by_number.get(hit.other), "freeze": by_key.get(hit.other)}
        for hit in sorted(hits, key=lambda hit: (not hit.freeze, not hit.systems, hit.start))
    ]


@login_required
def change_ics(request: HttpRequest) -> HttpResponse:
    """The changes and freezes of a quarter back and a year ahead, as iCalendar."""
    staff(request)
    now = timezone.now()
    span = (now - timedelta(days=90), now + timedelta(days=365))
    found = ICalendar()
    found.add("prodid", "-//Hengwei//changes//")
    found.add("version", "2.0")
    found.add("x-wr-calname", str(_t("Changes")))
    for change in actions.planned_within(*span):
        found.add_component(_event(f"{change.number}@hengwei", f"{change.number} {change.title}", change.planned_start, change.planned_end, now, f"{settings.SITE_URL}{change.get_absolute_url()}", listed(change.systems)))
    for freeze in Freeze.objects.within(*span):
        found.add_component(_event(f"freeze-{freeze.pk}@hengwei", _t("Freeze: %(name)s") % {"name": freeze.label}, freeze.starts_at, freeze.ends_at, now, "", listed(freeze.systems)))
    return HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="changes.ics"'})


def _event(uid: str, title: str, start: Any, end: Any, now: datetime, url: str, where: str) -> Event:
    event = Event()
    for name, value in (("uid", uid), ("summary", title), ("dtstart", start), ("dtend", end), ("dtstamp", now), ("url", url), ("location", where)):
        if value:
            event.add(name, value)
    return event
