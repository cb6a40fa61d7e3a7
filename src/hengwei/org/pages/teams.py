"""The pages of teams, posts, skills and roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.permissions import declared
from hengwei.org import duty
from hengwei.org import permissions as perms
from hengwei.org.actions.roles import remove_role, save_role
from hengwei.org.actions.teams import (
    acknowledge_duties,
    archive_team,
    publish_duties,
    remove_skill,
    restore_team,
    save_post,
    save_skill,
    save_team,
)
from hengwei.org.forms import PostForm, RoleForm, SkillForm, TeamForm
from hengwei.org.models import (
    Absence,
    DutyAcknowledgement,
    DutySheet,
    Membership,
    Post,
    Role,
    Skill,
    Team,
    User,
)
from hengwei.ui.kit import Action, Column, Facts, Pages, Part, Table
from hengwei.ui.kit.diffs import lines

from .people import linked


def _away(users: list[User]) -> dict[int, Absence]:
    now = timezone.now()
    return {a.user_id: a for a in Absence.objects.filter(user__in=users, starts_at__lte=now, ends_at__gt=now).select_related("deputy")}


def _members(row: Team, request: HttpRequest) -> dict[str, Any]:
    members = list(row.memberships.select_related("user").order_by("user__name", "user_id"))
    away = _away([m.user for m in members])
    now = timezone.now()
    return {
        "members": [(m, away.get(m.user_id)) for m in members], "acting": row.acting_lead(now), "on_duty": duty.on_duty(row, now),
        "rotas": row.rotas.filter(archived_at=None),
    }


class TeamPages(Pages):
    """The groups of the department."""

    room, name, plural, address = "org", "team", "teams", "org/teams"
    model, title, one, icon = Team, _("Teams"), _("team"), "users-group"
    view, change = perms.VIEW_PEOPLE, perms.MANAGE_PEOPLE
    order = ("name", "id")
    search = ("name", "name_en", "key")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("kind"), Column("parent"), Column("lead"), Column("deputy"),
        Column("members", _("members"), value=lambda row: getattr(row, "members_count", None), align="right"), Column("key", default=False), Column("archived_at", default=False),
    ]
    form = TeamForm
    panels = [
        Part("org/team_members.html", context=_members, order=10),
        Facts(_("Team"), [
            Column("kind"), Column("parent", value=lambda row: linked(row.parent, "org:team")), Column("lead", value=lambda row: linked(row.lead, "org:person")),
            Column("deputy", value=lambda row: linked(row.deputy, "org:person")), Column("key"), Column("archived_at"),
        ], side=True),
        Table(_("Teams below"), rows=lambda row, user: row.children.filter(archived_at=None), columns=[Column("name", value=lambda t: linked(t, "org:team")), Column("lead")], order=20),
        Table(_("Posts"), rows=lambda row, user: row.posts.prefetch_related("holders"), columns=[Column("name", value=lambda p: linked(p, "org:post")), Column("holders", value=lambda p: list(p.holders.all()))], order=30),
    ]
    actions = [
        Action("archive", _("Archive"), "archive", perms.MANAGE_PEOPLE, run=lambda row, by, data: archive_team(row, by=by), confirm=_("Archive? Its records stay."), when=lambda row: row.archived_at is None),
        Action("restore", _("Bring back"), "archive-off", perms.MANAGE_PEOPLE, run=lambda row, by, data: restore_team(row, by=by), when=lambda row: row.archived_at is not None),
    ]
    empty = _("No team yet. Add the first one; teams may stand below each other.")
    list_template = "org/teams.html"

    def rows(self, user: Any) -> Any:
        return Team.objects.select_related("parent", "lead", "deputy").annotate(members_count=Count("memberships", filter=Q(memberships__user__is_active=True)))

    def values(self, row: Any) -> dict[str, Any]:
        members = list(row.memberships.values_list("user_id", "assignable"))
        return {**super().values(row), "members": [pk for pk, _a in members], "not_assignable": [pk for pk, assignable in members if not assignable]}

    def save(self, form: Any, *, row: Any, by: Actor) -> Team:
        return save_team(row, by=by, **form.cleaned_data)


@login_required
def structure(request: HttpRequest) -> HttpResponse:
    """The department as a tree: teams below teams, who leads, who belongs, who is away."""
    user = signed_in(request)
    if not user.may(perms.VIEW_PEOPLE):
        raise Http404
    members = Prefetch("memberships", Membership.objects.filter(user__is_active=True).select_related("user").order_by("user__name", "user_id"))
    teams = list(Team.objects.filter(archived_at=None).select_related("lead", "deputy").prefetch_related(members, "posts").order_by("name", "id"))
    below: dict[int | None, list[Team]] = {}
    present = {team.pk for team in teams}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in present else None, []).append(team)
    flat: list[tuple[Team, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for team in below.get(parent, []):
            flat.append((team, depth))
            walk(team.pk, depth + 1)

    walk(None, 0)
    away = {absence.user_id: absence for absence in duty.away(timezone.now())}
    return render(request, "org/structure.html", {"teams": flat, "away": away})


def _sheet(row: Post, request: HttpRequest) -> dict[str, Any]:
    user, sheets = signed_in(request), list(row.sheets.select_related("published_by"))
    sheet = sheets[0] if sheets else None
    read = dict(DutyAcknowledgement.objects.filter(sheet=sheet).values_list("user_id", "at")) if sheet else {}
    holders = list(row.holders.order_by("name", "id"))
    draft = row.duties.strip() and (sheet is None or sheet.text != row.duties)
    return {
        "sheet": sheet, "versions": sheets[1:], "holders": [(person, read.get(person.pk)) for person in holders],
        "may_acknowledge": sheet is not None and user in holders and user.pk not in read,
        "changes": lines(sheet.text if sheet else "", row.duties) if draft and user.may(perms.MANAGE_PEOPLE) else [],
    }


def _published(row: Post) -> Any:
    sheet = row.sheets.all()[0] if row.sheets.all() else None
    return f"v{sheet.number}" if sheet else format_html('<span class="state warn">{}</span>', _t("not published"))


class PostPages(Pages):
    """Posts with their duty sheets (J1)."""

    room, name, plural, address = "org", "post", "posts", "org/posts"
    model, title, one, icon = Post, _("Posts and duties"), _("post"), "id-badge-2"
    view, change = perms.VIEW_PEOPLE, perms.MANAGE_PEOPLE
    order = ("name", "id")
    search = ("name", "name_en", "key")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("team"), Column("holders", value=lambda row: list(row.holders.all()) or format_html('<span class="state warn">{}</span>', _t("nobody"))),
        Column("published", _("duty sheet"), value=_published), Column("key", default=False),
    ]
    form = PostForm
    panels = [Part("org/post_sheet.html", context=_sheet, order=10)]
    actions = [Action("publish", _("Publish the duties"), "send", perms.MANAGE_PEOPLE, run=lambda row, by, data: publish_duties(row, by=by) and "", confirm=_("Publish? Every holder reads and confirms the new version."), when=lambda row: bool(row.duties.strip()))]
    empty = _("No post yet. A post has a duty sheet and holders: head, lead, deputy, engineer.")

    def rows(self, user: Any) -> Any:
        return Post.objects.select_related("team").prefetch_related("holders", Prefetch("sheets", DutySheet.objects.order_by("-number")))

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), "holders": list(row.holders.values_list("pk", flat=True))}

    def save(self, form: Any, *, row: Any, by: Actor) -> Post:
        return save_post(row, by=by, **form.cleaned_data)


@login_required
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one has read the duties of one's post."""
    sheet = DutySheet.objects.select_related("post").filter(pk=pk).first()
    if sheet is None or not signed_in(request).is_agent:
        raise Http404
    acknowledge_duties(sheet, by=current())
    messages.success(request, _t("Thank you. It is on record that you have read them."))
    return redirect("org:post", sheet.post_id)


class SkillPages(Pages):
    """What engineers can do."""

    room, name, plural, address = "org", "skill", "skills", "org/skills"
    model, title, one, icon = Skill, _("Skills"), _("skill"), "certificate"
    view, change = perms.VIEW_PEOPLE, perms.MANAGE_PEOPLE
    order = ("name", "id")
    search = ("name", "name_en")
    columns = [Column("name", link=True, value=lambda row: row.label), Column("people", _("who can"), value=lambda row: list(row.people.all()))]
    form = SkillForm
    panels = [Table(_("Who can"), rows=lambda row, user: row.people.filter(is_active=True), columns=[Column("name", value=lambda p: linked(p, "org:person")), Column("teams", _("teams"), value=lambda p: list(p.teams.all()))], empty=_("Nobody yet."))]
    actions = [Action("remove", _("Remove"), "trash", perms.MANAGE_PEOPLE, run=lambda row, by, data: remove_skill(row, by=by), confirm=_("Remove this skill from everyone?"))]
    empty = _("No skill yet. Automatic assignment asks for skills where a rule does.")

    def rows(self, user: Any) -> Any:
        return Skill.objects.prefetch_related("people")

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), "people": list(row.people.values_list("pk", flat=True))}

    def save(self, form: Any, *, row: Any, by: Actor) -> Skill:
        return save_skill(row, by=by, **form.cleaned_data)


class RolePages(Pages):
    """Roles; what each may is set in the matrix."""

    room, name, plural, address = "org", "role", "roles", "org/roles"
    model, title, one, icon = Role, _("Roles"), _("role"), "shield"
    view, change = perms.VIEW_PEOPLE, perms.MANAGE_ROLES
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("key"), Column("builtin"), Column("permissions", _("rights"), value=lambda row: len(row.permissions), align="right"),
        Column("people", _("people"), value=lambda row: getattr(row, "people_count", None), align="right"),
    ]
    form = RoleForm
    panels = [
        Part("org/role_rights.html", context=lambda row, request: {"rights": _rights(row)}),
        Table(_("Held by"), rows=lambda row, user: row.users.filter(is_active=True).order_by("name", "id"), columns=[Column("name", value=lambda p: linked(p, "org:person")), Column("title")], side=True,
              more=lambda row: f"{reverse('org:people')}?role={row.pk}"),
    ]
    actions = [Action("remove", _("Remove"), "trash", perms.MANAGE_ROLES, run=lambda row, by, data: remove_role(row, by=by), confirm=_("Remove this role?"), when=lambda row: not row.builtin)]
    list_template = "org/roles.html"

    def rows(self, user: Any) -> Any:
        return Role.objects.annotate(people_count=Count("users", filter=Q(users__is_active=True)))

    def save(self, form: Any, *, row: Any, by: Actor) -> Role:
        return save_role(row, by=by, **form.cleaned_data)


def _rights(row: Role) -> list[Any]:
    return [right for key, right in sorted(declared().items()) if key in row.permissions]


#: How the rooms are called at the head of their rights.
ROOMS = {
    "org": _("People and customers"), "work": _("Work"), "desk": _("Service desk"), "channels": _("Channels and notices"), "knowledge": _("Knowledge"), "calendars": _("Working time"),
    "governance": _("Regulations"), "flows": _("Automation"), "core": _("System and security"), "insight": _("Figures"), "exchange": _("Imports"),
}


@login_required
def matrix(request: HttpRequest) -> HttpResponse:
    """Every right against every role; changed by who grants roles."""
    user = signed_in(request)
    if not user.may(perms.VIEW_PEOPLE):
        raise Http404
    roles, rights = list(Role.objects.all()), sorted(declared().values(), key=lambda right: right.key)
    may_change = user.may(perms.MANAGE_ROLES)
    if request.method == "POST":
        if not may_change:
            raise Http404
        try:
            for role in roles:
                ticked = set(request.POST.getlist(f"role-{role.pk}"))
                unseen = set(role.permissions) - {right.key for right in rights}
                if ticked | unseen != set(role.permissions):
                    save_role(role, by=current(), permissions=ticked | unseen)
        except ActionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _t("Saved."))
        return redirect("org:role_matrix")
    groups: dict[str, list[Any]] = {}
    for right in rights:
        groups.setdefault(right.key.split(".")[0], []).append((right, [(role, right.key in role.permissions) for role in roles]))
    own = set(user.roles.values_list("pk", flat=True))
    return render(request, "org/matrix.html", {
        "roles": roles, "groups": [(ROOMS.get(key, key), rows) for key, rows in groups.items()], "may_change": may_change, "own": own,
    })
