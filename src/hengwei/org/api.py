"""People, teams, customers, absences and rotas over REST: the pages' own forms and actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import actor_of
from hengwei.org import duty
from hengwei.org import permissions as perms
from hengwei.org.actions.duty import may_keep
from hengwei.org.actions.privacy import export_person
from hengwei.org.actions.teams import acknowledge_duties
from hengwei.org.handing import seen_by
from hengwei.org.models import DutySheet, Team, User

from .pages.customers import CustomerPages
from .pages.duty import AbsencePages, RotaPages
from .pages.people import PeoplePages
from .pages.sign_in import DirectoryPages, ProviderPages
from .pages.teams import PostPages, RolePages, SkillPages, TeamPages

router = Router(tags=["org"])


class PersonRef(Schema):
    id: int
    name: str


class MeOut(Schema):
    """Who the caller is, and what he may."""

    id: int
    username: str
    name: str
    email: str
    language: str
    timezone: str
    roles: list[str]
    teams: list[str]
    permissions: list[str]


@router.get("/org/me", response=MeOut, summary="Who am I")
def me(request: HttpRequest) -> Any:
    """The person whose session or token this is."""
    user = signed_in(request)
    return {
        **{name: getattr(user, name) for name in ("id", "username", "name", "email", "language", "timezone")}, "roles": [role.key for role in user.roles.all()],
        "teams": [team.key for team in user.teams.all()], "permissions": sorted(user.permission_keys),
    }


class HoldingOut(Schema):
    """One sort of thing that a person answers for: how many there are, and those that the caller may see."""

    title: str
    count: int
    rows: list[str]


@router.get("/org/people/{int:pk}/holdings", response=list[HoldingOut], summary="What a person answers for")
def holdings(request: HttpRequest, pk: int, until: datetime | None = None) -> list[dict[str, Any]]:
    """All that a hand-over would give to another; with `until` what one gives who is back then. For who keeps the person's absences."""
    person, by = User.objects.filter(pk=pk).first(), actor_of(request)
    if person is None or not may_keep(person, by=by):
        raise NotFound(_("There is nothing here that you may see."))
    return [{"title": str(one.title), "count": count, "rows": [str(row) for row in rows]} for one, rows, count in seen_by(signed_in(request), person, until=until)]


@router.get("/org/teams/{int:pk}/on-duty", response=list[PersonRef], summary="Who of a team is on duty")
def on_duty(request: HttpRequest, pk: int, at: datetime | None = None) -> Any:
    """By the team's rotas, with who stands in for the absent; now unless `at` is given."""
    actor_of(request).require(perms.VIEW_PEOPLE)
    team = Team.objects.filter(pk=pk).first()
    if team is None:
        raise NotFound(_("There is nothing here that you may see."))
    return [{"id": person.pk, "name": person.name} for person in duty.on_duty(team, at or timezone.now())]


@router.post("/org/duties/{int:pk}/read", response={204: None}, summary="I have read my duties")
def read_duties(request: HttpRequest, pk: int) -> Any:
    """Acknowledge a duty sheet of a post that the caller holds."""
    sheet = DutySheet.objects.select_related("post").filter(pk=pk).first()
    if sheet is None:
        raise NotFound(_("There is nothing here that you may see."))
    acknowledge_duties(sheet, by=actor_of(request))
    return 204, None


@router.get("/org/people/{int:pk}/data", summary="All that is kept of a person")
def data(request: HttpRequest, pk: int) -> dict[str, Any]:
    """For the person himself, or a security administrator."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise NotFound(_("There is nothing here that you may see."))
    return export_person(person, by=actor_of(request))


for _pages in (PeoplePages, CustomerPages, TeamPages, PostPages, SkillPages, RolePages, AbsencePages, RotaPages, ProviderPages, DirectoryPages):
    router.add_router("", _pages.router())
