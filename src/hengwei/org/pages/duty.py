"""The pages of absences and rotas."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.org import duty, feeds
from hengwei.org import permissions as perms
from hengwei.org.actions.duty import (
    archive_rota,
    end_absence,
    hand_over_absence,
    may_keep,
    remove_shift,
    rotate,
    save_absence,
    save_rota,
    save_shift,
)
from hengwei.org.forms import AbsenceForm, RotaForm, RotateForm, TurnForm
from hengwei.org.models import Absence, Rota, Shift, Team, User
from hengwei.ui.kit import Action, Column, Facts, Pages, Part

from .holdings import of_absence
from .people import exact_day, linked

#: Days of a rota that its page shows.
SHOWN = 28


class Kept(Action):
    """A deed for who keeps this absence or rota only."""

    def offered(self, user: Any, row: Any) -> bool:
        kept = may_keep(row.user, by=Actor(user=user)) if isinstance(row, Absence) else _may_keep_rota(user, row)
        return super().offered(user, row) and kept


class AbsenceFilters(django_filters.FilterSet):
    """Now, to come, whose."""

    when = django_filters.ChoiceFilter(choices=[("now", _("away now")), ("coming", _("to come")), ("past", _("past"))], method="by_time", label=_("when"))
    kind = django_filters.ChoiceFilter(choices=Absence.Kind, label=_("kind"))
    team = django_filters.ModelChoiceFilter(field_name="user__teams", queryset=Team.objects.filter(archived_at=None), label=_("team"))

    def by_time(self, rows: Any, _name: str, value: str) -> Any:
        now = timezone.now()
        return rows.filter({"now": Q(starts_at__lte=now, ends_at__gt=now), "coming": Q(starts_at__gt=now), "past": Q(ends_at__lte=now)}[value])


def _mark(absence: Absence) -> SafeString:
    now = timezone.now()
    if absence.ends_at <= now:
        return format_html('<span class="state">{}</span>', _t("past"))
    if absence.starts_at > now:
        return format_html('<span class="state">{}</span>', _t("to come"))
    return format_html('<span class="state warn">{}</span>', _t("away now"))


class AbsencePages(Pages):
    """Leave, travel, training; who stands in."""

    room, name, plural, address = "org", "absence", "absences", "org/absences"
    model, title, one, icon = Absence, _("Absences"), _("absence"), "beach"
    view = perms.VIEW_PEOPLE
    order = ("-starts_at", "-id")
    search = ("user__name", "note")
    columns = [
        Column("user", _("person"), link=True), Column("kind"), Column("mark", _("state"), value=_mark), Column("starts_at", value=lambda a: exact_day(a.starts_at)),
        Column("ends_at", value=lambda a: exact_day(a.ends_at)), Column("deputy"), Column("note"), Column("handed_over_at", default=False),
    ]
    filters = AbsenceFilters
    form = AbsenceForm
    panels = [Facts("", [
        Column("user", _("person"), value=lambda a: linked(a.user, "org:person")), Column("kind"), Column("mark", _("state"), value=_mark), Column("starts_at", value=lambda a: exact_day(a.starts_at)),
        Column("ends_at", value=lambda a: exact_day(a.ends_at)), Column("deputy", value=lambda a: linked(a.deputy, "org:person")), Column("note"), Column("handed_over_at"),
    ]), Part("org/holdings.html", context=of_absence, order=24)]
    actions = [
        Kept("hand_over", _("Hand over now"), "arrows-transfer-up", "", run=lambda row, by, data: hand_over_absence(row, by=by) and "", confirm=_("Hand everything listed here to who stands in?"), when=lambda row: row.deputy_id is not None and row.ends_at > timezone.now()),
        Kept("end", _("Back again"), "user-check", "", run=lambda row, by, data: end_absence(row, by=by), confirm=_("End this absence now?"), when=lambda row: row.ends_at > timezone.now()),
    ]
    empty = _("Nobody is away. Say when you will be, and who stands in.")

    def rows(self, user: Any) -> Any:
        return Absence.objects.select_related("user", "deputy").filter(user__erased_at=None).distinct()

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": signed_in(request).pk, **super().initial(request)}

    def may_change(self, user: Any, row: Any) -> bool:
        return row is None or may_keep(row.user, by=Actor(user=user))

    def heading(self, row: Any) -> str:
        return f"{row.user} · {row.get_kind_display()}"

    def save(self, form: Any, *, row: Any, by: Actor) -> Absence:
        return save_absence(row, by=by, **form.cleaned_data)


def _plan(row: Rota, request: HttpRequest) -> dict[str, Any]:
    zone, now = ZoneInfo(row.timezone), timezone.now()
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    since = datetime.combine(monday, datetime.min.time(), zone)
    spans = duty.plan(row, since, since + timedelta(days=SHOWN))
    days = []
    for number in range(SHOWN):
        day = monday + timedelta(days=number)
        begin = datetime.combine(day, datetime.min.time(), zone)
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
        there = [
            (max(span.start, begin).astimezone(zone), min(span.end, end).astimezone(zone), person, span.replaces) for span, person in spans if span.start < end and span.end > begin
        ]
        days.append((day, day == today, day < today, there))
    away = Absence.objects.filter(user__shifts__rota=row, ends_at__gt=since, starts_at__lt=since + timedelta(days=SHOWN)).select_related("user", "deputy").distinct()
    return {
        "weeks": [days[n : n + 7] for n in range(0, SHOWN, 7)], "shifts": row.shifts.select_related("user"), "on_duty": duty.on_duty(row.team, now), "away": away,
        "may_change": _may_keep_rota(signed_in(request), row), "midnight": datetime.min.time(),
    }


def _may_keep_rota(user: User, row: Rota) -> bool:
    return user.may(perms.MANAGE_PEOPLE) or (user.may(perms.MANAGE_DUTY) and row.team_id in user.team_ids)


class RotaPages(Pages):
    """Who is on duty when."""

    room, name, plural, address = "org", "rota", "rotas", "org/rotas"
    model, title, one, icon = Rota, _("Rotas"), _("rota"), "calendar-user"
    view, change = perms.VIEW_PEOPLE, perms.MANAGE_DUTY
    order = ("name", "id")
    search = ("name", "name_en", "team__name")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("team"), Column("now", _("on duty now"), value=lambda row: duty.on_duty(row.team, timezone.now())),
        Column("timezone", default=False), Column("archived_at", default=False),
    ]
    form = RotaForm
    panels = [Part("org/rota_plan.html", context=_plan, order=10)]
    actions = [
        Kept("turn", _("Add a turn"), "calendar-plus", perms.MANAGE_DUTY, run=lambda row, by, data: save_shift(by=by, rota=row, **data) and "", form=TurnForm, when=lambda row: row.archived_at is None),
        Kept("rotate", _("Turns that go round"), "rotate", perms.MANAGE_DUTY, run=lambda row, by, data: rotate(row, list(data.pop("people")), by=by, **data) and "", form=RotateForm, when=lambda row: row.archived_at is None),
        Kept("archive", _("Archive"), "archive", perms.MANAGE_DUTY, run=lambda row, by, data: archive_rota(row, by=by), confirm=_("Use this rota no more?"), when=lambda row: row.archived_at is None),
    ]
    empty = _("No rota yet. A rota says who of a team is on duty when; automatic assignment asks it.")

    def rows(self, user: Any) -> Any:
        return Rota.objects.select_related("team")

    def may_change(self, user: Any, row: Any) -> bool:
        return super().may_change(user, row) and (row is None or _may_keep_rota(user, row))

    def save(self, form: Any, *, row: Any, by: Actor) -> Rota:
        return save_rota(row, by=by, **form.cleaned_data)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int, shift: int) -> HttpResponse:
    """Take a turn off the rota."""
    row = Shift.objects.select_related("rota__team").filter(pk=shift, rota=pk).first()
    if row is None or not _may_keep_rota(signed_in(request), row.rota):
        raise Http404
    remove_shift(row, by=current())
    messages.success(request, _t("Taken off."))
    return redirect("org:rota", pk)


def feed(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """A calendar to subscribe to; its address is the key, since calendar programs cannot sign in."""
    body = feeds.read(key, name, timezone.now())
    if body is None:
        raise Http404
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, max-age=900"})
