"""The pages of people."""

from __future__ import annotations

import json
from typing import Any

import django_filters
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.i18n import colon
from hengwei.org import permissions as perms
from hengwei.org.actions.account import end_session
from hengwei.org.actions.letters import send_link
from hengwei.org.actions.people import activate, deactivate, hand_over_all, save_person, set_password
from hengwei.org.actions.privacy import erase_person, export_person
from hengwei.org.actions.roles import grant_roles
from hengwei.org.actions.sign_in import unlock
from hengwei.org.duty import away
from hengwei.org.forms import EraseForm, HandOverForm, LeaveForm, PasswordForm, PersonForm, RolesForm
from hengwei.org.handing import Handed
from hengwei.org.lockout import locked_until
from hengwei.org.models import Absence, Customer, Role, Skill, Team, User
from hengwei.org.sessions import sessions_of
from hengwei.ui.kit import Action, Column, Facts, Pages, Part, Table

from .holdings import of_person


class PeopleFilters(django_filters.FilterSet):
    """By what a person is."""

    is_agent = django_filters.BooleanFilter(label=_("works at the desk"))
    is_active = django_filters.BooleanFilter(label=_("active"))
    role = django_filters.ModelChoiceFilter(field_name="roles", queryset=Role.objects.all(), label=_("role"))
    team = django_filters.ModelChoiceFilter(field_name="teams", queryset=Team.objects.filter(archived_at=None), label=_("team"))
    skill = django_filters.ModelChoiceFilter(field_name="skills", queryset=Skill.objects.all(), label=_("skill"))
    customer = django_filters.ModelChoiceFilter(queryset=Customer.objects.current(), label=_("customer or department"))


def linked(row: Any, url: str) -> SafeString | str:
    """The name of a row, leading to its page."""
    return format_html('<a href="{}">{}</a>', reverse(url, args=[row.pk]), row) if row is not None else ""


def _handed(handed: Handed) -> str:
    """What to say after a hand-over: how much went, and what stayed with the reason."""
    said = _t("%(n)d handed over.") % {"n": handed.count}
    return " ".join([said, *(f"{row}{colon()}{why}" for row, why in handed.stayed[:5])])


def mail_link(person: User) -> SafeString | str:
    """The address, to write to; struck where mail came back."""
    if not person.email:
        return ""
    mark = format_html(' <span class="state bad">{}</span>', _t("mail came back")) if person.mail_blocked_at else ""
    return format_html('<a href="mailto:{0}">{0}</a>{1}', person.email, mark)


def state(person: User) -> SafeString:
    """Whether the person is in, away, out."""
    if person.erased_at:
        return format_html('<span class="state">{}</span>', _t("erased"))
    if not person.is_active:
        return format_html('<span class="state">{}</span>', _t("inactive"))
    away_now: list[Absence] = getattr(person, "away_now", [])
    if away_now:
        return format_html('<span class="state warn">{}</span>', _t("away until %(day)s") % {"day": timezone.localtime(away_now[0].ends_at).date()})
    return format_html('<span class="state good">{}</span>', _t("active"))


def _sessions(row: User, request: HttpRequest) -> dict[str, Any] | None:
    return {"sessions": sessions_of(row), "tokens": row.tokens.filter(revoked_at=None).order_by("-id")}


class PeoplePages(Pages):
    """Everyone: staff, and those who ask."""

    room, name, plural, address = "org", "person", "people", "org/people"
    model, title, one, icon = User, _("People"), _("person"), "users"
    view, change = perms.VIEW_PEOPLE, perms.MANAGE_PEOPLE
    order = ("name", "id")
    search = ("name", "username", "email", "phone", "mobile", "employee_no", "customer__name")
    columns = [
        Column("name", link=True, second=lambda row: row.title), Column("state", _("state"), value=state), Column("customer"),
        Column("teams", _("teams"), value=lambda row: list(row.teams.all())), Column("roles", _("roles"), value=lambda row: list(row.roles.all())),
        Column("email"), Column("phone"), Column("mobile", default=False), Column("username", default=False), Column("employee_no", default=False),
        Column("skills", _("skills"), value=lambda row: list(row.skills.all()), default=False), Column("capacity", default=False, align="right"),
        Column("last_seen_at", default=False),
    ]
    filters = PeopleFilters
    form = PersonForm
    panels = [
        Facts(_("Person"), [
            Column("state", _("state"), value=state), Column("username"), Column("email", value=mail_link), Column("phone"), Column("mobile"), Column("employee_no"),
            Column("title"), Column("customer", value=lambda row: linked(row.customer, "org:customer")), Column("site"),
            Column("manager", value=lambda row: linked(row.manager, "org:person")), Column("last_seen_at"),
        ], side=True, order=10),
        Facts(_("At the desk"), [
            Column("roles", _("roles"), value=lambda row: list(row.roles.all())), Column("teams", _("teams"), value=lambda row: list(row.teams.all())),
            Column("skills", _("skills"), value=lambda row: list(row.skills.all())), Column("capacity"),
        ], side=True, order=20),
        Part("org/holdings.html", context=of_person, order=26),
        Part("org/person_duties.html", context=lambda row, request: {"posts": row.posts.select_related("team")} if row.is_agent else None, order=30),
        Table(
            _("Absences"), rows=lambda row, user: row.absences.select_related("deputy").order_by("-starts_at"), most=8, order=40,
            columns=[
                Column("kind", value=lambda a: linked_absence(a)), Column("starts_at", value=lambda a: exact_day(a.starts_at)), Column("ends_at", value=lambda a: exact_day(a.ends_at)),
                Column("deputy"), Column("note"),
            ],
        ),
        Part("org/person_sessions.html", context=_sessions, permission=perms.VIEW_SESSIONS, order=90),
    ]
    actions = [
        Action("link", _("Send a sign-in link"), "send", perms.MANAGE_PEOPLE, run=lambda row, by, data: send_link(row, by=by), when=lambda row: row.is_active and bool(row.email), confirm=_("Send a link with which a new password is set?")),
        Action("password", _("Set a password"), "key", perms.MANAGE_PEOPLE, run=lambda row, by, data: set_password(row, by=by, **data), form=PasswordForm, when=lambda row: row.is_active),
        Action(
            "roles", _("Roles"), "shield", perms.MANAGE_ROLES, run=lambda row, by, data: grant_roles(row, data["roles"], by=by), form=RolesForm,
            initial=lambda row: {"roles": list(row.roles.all())}, when=lambda row: row.erased_at is None,
        ),
        Action("deactivate", _("Deactivate"), "user-off", perms.MANAGE_PEOPLE, run=lambda row, by, data: deactivate(row, by=by, **data), form=LeaveForm, when=lambda row: row.is_active),
        Action("hand_over", _("Hand everything over…"), "arrows-transfer-up", perms.MANAGE_PEOPLE, run=lambda row, by, data: _handed(hand_over_all(row, by=by, **data)), form=HandOverForm, when=lambda row: row.is_agent and row.erased_at is None),
        Action("activate", _("Activate"), "user-check", perms.MANAGE_PEOPLE, run=lambda row, by, data: activate(row, by=by), when=lambda row: not row.is_active and row.erased_at is None),
        Action("unlock", _("Unlock"), "lock-open", perms.MANAGE_PEOPLE, run=lambda row, by, data: unlock(row, by=by), when=lambda row: locked_until(row, timezone.now()) is not None),
        Action("erase", _("Erase personal data"), "eraser", perms.ERASE_PEOPLE, run=lambda row, by, data: erase_person(row, by=by, **data), form=EraseForm, danger=True, when=lambda row: row.erased_at is None),
    ]
    empty = _("Nobody yet. Add the first person, or import a list.")
    detail_template = "org/person.html"

    def rows(self, user: Any) -> Any:
        now = timezone.now()
        gone = Absence.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("-ends_at")
        return (
            User.objects.visible_to(user).select_related("customer", "site", "manager")
            .prefetch_related("roles", "teams", "skills", Prefetch("absences", gone, to_attr="away_now")).distinct()
        )

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), **{name: list(getattr(row, name).values_list("pk", flat=True)) for name in ("teams", "skills", "posts")}}

    def may_change(self, user: Any, row: Any) -> bool:
        return super().may_change(user, row) and (row is None or row.erased_at is None)

    def save(self, form: Any, *, row: Any, by: Actor) -> User:
        return save_person(row, by=by, **form.cleaned_data)

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        return {"may_export": signed_in(request).may(perms.ERASE_PEOPLE)} if row is not None else {}

    def heading(self, row: Any) -> str:
        return str(row)

    def subtitle(self, row: Any) -> Any:
        return row.title


def exact_day(moment: Any) -> str:
    """A moment to the minute, without the zone: a list of absences compares them."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def linked_absence(absence: Absence) -> SafeString:
    """The kind of an absence, leading to its page."""
    return format_html('<a href="{}">{}</a>', reverse("org:absence", args=[absence.pk]), absence.get_kind_display())


@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is kept of a person, as a JSON file."""
    user = signed_in(request)
    person = User.objects.filter(pk=pk).first()
    if person is None or (person != user and not user.may(perms.ERASE_PEOPLE)):
        raise Http404
    body = json.dumps(export_person(person, by=current()), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    return HttpResponse(body, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="person-{person.pk}.json"'})


@login_required
@require_POST
def sign_out(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """End one of a person's sessions."""
    user = signed_in(request)
    if not user.may(perms.VIEW_SESSIONS):
        raise Http404
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    end_session(person, session, by=current())
    messages.success(request, _t("Signed out there."))
    return redirect("org:person", pk)


def who_is_away() -> list[Absence]:
    """Who is away now, for pages that say so."""
    return away(timezone.now())
