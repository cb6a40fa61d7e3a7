"""Teams, posts with their duty sheets, skills: the department as it is organised (J1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.org import permissions as perms
from hengwei.org.models import DutyAcknowledgement, DutySheet, Membership, Post, Skill, Team, User

from .checking import checked, take


@transaction.atomic
def save_team(
    team: Team | None = None, *, by: Actor, members: Iterable[User] | None = None, not_assignable: Iterable[User] | None = None, **facts: Any,
) -> Team:
    """Make a team, or change one: only the facts that are given. `not_assignable` take no part in automatic assignment."""
    by.require(perms.MANAGE_PEOPLE)
    team = Team() if team is None else Team.objects.select_for_update().get(pk=team.pk)
    take(team, facts, ("key", "name", "name_en", "kind", "parent", "lead", "deputy"))
    above = team.parent
    while above is not None:
        if above.pk is not None and above.pk == team.pk:
            raise Refused(_("A team is not part of itself, directly or through others."), code="circle", field="parent")
        above = above.parent
    for name in ("lead", "deputy"):
        person = getattr(team, name)
        if person is not None and not (person.is_active and person.is_agent):
            raise Refused(_("%(name)s does not work at the desk.") % {"name": person}, code="not_staff", field=name)
    if team.lead is not None and team.lead == team.deputy:
        raise Refused(_("The deputy must be somebody else than the lead."), code="same", field="deputy")
    checked(team, exclude=("members",))
    team.save()
    if members is not None:
        _members(team, list(members))
    if not_assignable is not None:
        apart = [person.pk for person in not_assignable]
        team.memberships.filter(user__in=apart).update(assignable=False)
        team.memberships.exclude(user__in=apart).update(assignable=True)
    return team


def _members(team: Team, wanted: list[User]) -> None:
    for person in wanted:
        if not person.is_agent:
            raise Refused(_("%(name)s does not work at the desk.") % {"name": person}, code="not_staff", field="members")
    team.memberships.exclude(user__in=wanted).delete()
    have = set(team.memberships.values_list("user_id", flat=True))
    Membership.objects.bulk_create(Membership(team=team, user=person) for person in wanted if person.pk not in have)


@transaction.atomic
def archive_team(team: Team, *, by: Actor, at: datetime | None = None) -> Team:
    """Close a team that has no teams below it; its records stay."""
    by.require(perms.MANAGE_PEOPLE)
    if team.children.filter(archived_at=None).exists():
        raise Refused(_("There are teams below it. Move or archive them first."), code="has_teams")
    team.archived_at = at or timezone.now()
    team.save(update_fields=["archived_at"])
    return team


@transaction.atomic
def restore_team(team: Team, *, by: Actor) -> Team:
    """Open it again."""
    by.require(perms.MANAGE_PEOPLE)
    team.archived_at = None
    team.save(update_fields=["archived_at"])
    return team


@transaction.atomic
def save_post(post: Post | None = None, *, by: Actor, holders: Iterable[User] | None = None, **facts: Any) -> Post:
    """Make a post or change one; its duties are a draft until they are published."""
    by.require(perms.MANAGE_PEOPLE)
    post = Post() if post is None else Post.objects.select_for_update().get(pk=post.pk)
    take(post, facts, ("key", "name", "name_en", "team", "duties"))
    checked(post)
    post.save()
    if holders is not None:
        post.holders.set(holders)
    return post


@transaction.atomic
def publish_duties(post: Post, *, by: Actor, at: datetime | None = None) -> DutySheet:
    """Make the draft the duty sheet in force: a new version, to be acknowledged by every holder anew."""
    by.require(perms.MANAGE_PEOPLE)
    post = Post.objects.select_for_update().get(pk=post.pk)
    if not post.duties.strip():
        raise Refused(_("Please write the duties first."), code="missing", field="duties")
    last = post.current_sheet()
    if last is not None and last.text == post.duties:
        raise Refused(_("Nothing has changed since version %(number)d.") % {"number": last.number}, code="same")
    return DutySheet.objects.create(
        post=post, number=last.number + 1 if last else 1, text=post.duties, published_at=at or timezone.now(), published_by=by.user,
    )


@transaction.atomic
def acknowledge_duties(sheet: DutySheet, *, by: Actor, at: datetime | None = None) -> DutyAcknowledgement:
    """Say that one has read the duties of one's post."""
    if by.user is None or not sheet.post.holders.filter(pk=by.user.pk).exists():
        raise Refused(_("Duties are acknowledged by those who hold the post."), code="not_holder")
    if sheet.post.current_sheet() != sheet:
        raise Refused(_("There is a newer version of these duties. Please read that one."), code="superseded")
    return DutyAcknowledgement.objects.get_or_create(sheet=sheet, user=by.user, defaults={"at": at or timezone.now()})[0]


@transaction.atomic
def save_skill(skill: Skill | None = None, *, by: Actor, people: Iterable[User] | None = None, **facts: Any) -> Skill:
    """Something that engineers can do, and who can."""
    by.require(perms.MANAGE_PEOPLE)
    skill = Skill() if skill is None else Skill.objects.select_for_update().get(pk=skill.pk)
    take(skill, facts, ("name", "name_en"))
    checked(skill)
    skill.save()
    if people is not None:
        skill.people.set(people)
    return skill


@transaction.atomic
def remove_skill(skill: Skill, *, by: Actor) -> None:
    """Take a skill away from everyone; refused while a rule of assignment asks for it."""
    by.require(perms.MANAGE_PEOPLE)
    try:
        skill.delete()
    except (ProtectedError, RestrictedError):
        raise Refused(_("A rule asks for this skill. Change the rule first."), code="in_use") from None
