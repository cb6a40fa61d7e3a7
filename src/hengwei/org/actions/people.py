"""People: made, changed, let in and out. Whoever keeps the platform itself is guarded from those below."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.org import permissions as perms
from hengwei.org.events import PersonAway, PersonChanged
from hengwei.org.handing import Handed, hand_over_to
from hengwei.org.models import (
    ADMINISTRATIVE,
    AUDIT_ADMIN,
    Membership,
    Post,
    Role,
    Skill,
    Team,
    User,
)
from hengwei.org.sessions import end_sessions

from .checking import checked, take, zone
from .roles import grant_roles

FACTS = (
    "username", "name", "email", "phone", "mobile", "employee_no", "title", "customer", "site", "manager", "language", "timezone", "capacity", "verified",
    "source", "source_id",
)
#: What lets a person in: changing it for another is changing who he is.
IDENTITY = {"username", "email"}


def guard(person: User, *, by: Actor) -> None:
    """Refuse to touch how a keeper of the platform signs in, unless one's own power is above his.

    System and security administrators are kept by who grants roles; an audit administrator only by another one:
    otherwise those whom he watches could become him.
    """
    if by.is_system or by.user == person or person.pk is None:
        return
    held = set(person.roles.values_list("key", flat=True))
    if AUDIT_ADMIN in held and not (by.user and by.user.roles.filter(key=AUDIT_ADMIN).exists()):
        raise Forbidden(_("How an audit administrator signs in is his own affair, or another audit administrator's."), code="guarded")
    if held & set(ADMINISTRATIVE) - {AUDIT_ADMIN} and not by.may(perms.MANAGE_ROLES):
        raise Forbidden(_("How an administrator signs in is changed only by a security administrator."), code="guarded")


@transaction.atomic
def save_person(
    person: User | None = None, *, by: Actor, roles: Iterable[Role] | None = None, skills: Iterable[Skill] | None = None,
    teams: Iterable[Team] | None = None, posts: Iterable[Post] | None = None, **facts: Any,
) -> User:
    """Make a person, or change one: only the facts that are given. A new one may sign in once a password or link is given.

    Raises Forbidden without the right, and for roles without `org.manage_roles`; Refused at the field at fault.
    """
    by.require(perms.MANAGE_PEOPLE)
    new = person is None
    person = User() if person is None else User.objects.select_for_update().get(pk=person.pk)
    if person.erased_at is not None:
        raise Refused(_("This person's data has been erased."), code="erased")
    changed = take(person, facts, FACTS)
    if set(changed) & IDENTITY and not new:
        guard(person, by=by)
    _check(person, changed)
    if new:
        person.set_unusable_password()
    checked(person, exclude=("password",))
    person.save()
    if new and roles is None:
        person.roles.add(Role.objects.get(key="requester"))
    if roles is not None and {role.pk for role in roles} != set(person.roles.values_list("pk", flat=True)):
        grant_roles(person, roles, by=by)
        changed.append("roles")
    if skills is not None:
        person.skills.set(skills)
    if posts is not None:
        person.posts.set(posts)
    if teams is not None:
        _join(person, teams)
    emit(PersonChanged(person_id=person.pk, what=tuple(changed) if not new else ("new",), actor=by))
    return person


def _check(person: User, changed: list[str]) -> None:
    if not person.username:
        person.username = person.email.lower() if person.email else ""
    if not person.username:
        raise Refused(_("Please give a user name or an e-mail address."), code="missing", field="username")
    others = User.objects.exclude(pk=person.pk)
    if others.of_username(person.username).exists():
        raise Refused(_("The user name %(name)s is taken.") % {"name": person.username}, code="taken", field="username")
    if person.email and others.of_address(person.email).exists():
        raise Refused(_("The e-mail address %(email)s belongs to somebody else.") % {"email": person.email}, code="taken", field="email")
    zone(person.timezone)
    if person.site is not None and person.site.customer_id != person.customer_id:
        raise Refused(_("This site is not one of the customer's."), code="not_theirs", field="site")
    if "manager" in changed:
        above: User | None = person.manager
        while above is not None:
            if above.pk == person.pk:
                raise Refused(_("Nobody is his own superior, directly or through others."), code="circle", field="manager")
            above = above.manager


def _join(person: User, teams: Iterable[Team]) -> None:
    wanted = {team.pk for team in teams}
    person.memberships.exclude(team__in=wanted).delete()
    have = set(person.memberships.values_list("team_id", flat=True))
    Membership.objects.bulk_create(Membership(team_id=pk, user=person) for pk in sorted(wanted - have))


@transaction.atomic
def deactivate(person: User, *, by: Actor, deputy: User | None = None, at: datetime | None = None) -> User:
    """Take away the right to sign in; sessions and tokens end now. What he holds is handed to `deputy`, where one is named."""
    at = at or timezone.now()
    by.require(perms.MANAGE_PEOPLE)
    guard(person, by=by)
    if by.user == person:
        raise Refused(_("Nobody takes the right to sign in from himself."), code="oneself")
    person = User.objects.select_for_update().get(pk=person.pk)
    if deputy is not None and (deputy == person or not deputy.is_active):
        raise Refused(_("Please choose somebody else who is active."), code="invalid", field="deputy")
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person)
    person.tokens.filter(revoked_at=None).update(revoked_at=at)
    emit(PersonChanged(person_id=person.pk, what=("deactivated",), actor=by, at=at))
    if deputy is not None:
        hand_over_to(person, to=deputy, by=by, at=at)
    emit(PersonAway(person_id=person.pk, deputy_id=deputy.pk if deputy else None, hand_over=deputy is not None, actor=by, at=at))
    return person


@transaction.atomic
def hand_over_all(person: User, *, by: Actor, deputy: User, at: datetime | None = None) -> Handed:
    """Give all that a person answers for to another, for good: of one who leaves later, or has left without naming anybody."""
    by.require(perms.MANAGE_PEOPLE)
    guard(person, by=by)
    if deputy == person or not deputy.is_active:
        raise Refused(_("Please choose somebody else who is active."), code="invalid", field="deputy")
    return hand_over_to(person, to=deputy, by=by, at=at or timezone.now())


@transaction.atomic
def activate(person: User, *, by: Actor) -> User:
    """Give back the right to sign in."""
    by.require(perms.MANAGE_PEOPLE)
    guard(person, by=by)
    if person.erased_at is not None:
        raise Refused(_("This person's data has been erased."), code="erased")
    person.is_active = True
    person.save(update_fields=["is_active"])
    emit(PersonChanged(person_id=person.pk, what=("activated",), actor=by))
    return person


@transaction.atomic
def set_password(person: User, *, by: Actor, password: str, must_change: bool = True, at: datetime | None = None) -> User:
    """Give a person a password that he must change when he next signs in; ends his sessions. Raises Refused for a weak one."""
    by.require(perms.MANAGE_PEOPLE)
    guard(person, by=by)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="weak", field="password") from None
    keep_password(person, password, must_change=must_change and by.user != person, at=at or timezone.now())
    end_sessions(person)
    emit(PersonChanged(person_id=person.pk, what=("password",), actor=by))
    return person


def keep_password(person: User, password: str, *, at: datetime, must_change: bool = False) -> None:
    """Store a checked password; its hash is remembered by `passwords.NotUsedBefore`, so that it is not chosen again."""
    person.set_password(password)
    person.save(update_fields=["password"])
    person.password_changed_at, person.must_change_password = at, must_change
    person.save(update_fields=["password_changed_at", "must_change_password"])
