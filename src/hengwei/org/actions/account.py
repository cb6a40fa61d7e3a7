"""One's own account: language and looks, keys for programs, calendars to subscribe to, where one is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.org import permissions as perms
from hengwei.org.models import ApiToken, User
from hengwei.org.sessions import sessions_of
from hengwei.org.tokens import create_token as _create

from .checking import checked, take, zone

#: What a token may reach: everything to read or write, or the first part of the address.
SCOPE_WHOLE = ("read", "write")


def _own(by: Actor) -> User:
    if by.user is None:
        raise Refused(_("Only a person has an account."), code="no_person")
    return by.user


@transaction.atomic
def save_profile(*, by: Actor, **facts: Any) -> User:
    """Change what a person decides himself: telephone, language, time zone, appearance."""
    person = User.objects.select_for_update().get(pk=_own(by).pk)
    take(person, facts, ("phone", "mobile", "language", "timezone", "theme"))
    zone(person.timezone)
    if person.language not in dict(settings.LANGUAGES):
        raise Refused(_("This language is not spoken here."), code="invalid", field="language")
    checked(person, exclude=("password",))
    person.save()
    return person


@transaction.atomic
def make_token(*, by: Actor, name: str, scopes: Sequence[str], expires_at: datetime | None = None, at: datetime | None = None) -> tuple[ApiToken, str]:
    """A key with which a program acts as oneself, and its secret, shown this once."""
    person = _own(by)
    if by.via == "api":
        raise Forbidden(_("A program makes no keys for programs. Make it on your page."), code="no_program")
    if not name.strip():
        raise Refused(_("Please say what the key is for."), code="missing", field="name")
    if not scopes:
        raise Refused(_("Please choose what it may reach."), code="missing", field="scopes")
    if expires_at is not None and expires_at <= (at or timezone.now()):
        raise Refused(_("It would be over before it begins."), code="past", field="expires_at")
    return _create(person, name=name.strip()[:120], scopes=list(dict.fromkeys(scopes)), expires_at=expires_at)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor, at: datetime | None = None) -> ApiToken:
    """End a key at once: one's own, or anybody's for who may end sessions."""
    if token.user != by.user:
        by.require(perms.VIEW_SESSIONS)
    if token.revoked_at is None:
        token.revoked_at = at or timezone.now()
        token.save(update_fields=["revoked_at"])
    return token


@transaction.atomic
def feed_key(*, by: Actor, anew: bool = False) -> str:
    """The part of one's calendar addresses that opens them without signing in. `anew` ends the old addresses."""
    person = User.objects.select_for_update().get(pk=_own(by).pk)
    if anew or not person.feed_key:
        person.feed_key = secrets.token_urlsafe(32)
        person.save(update_fields=["feed_key"])
    return person.feed_key


@transaction.atomic
def end_session(person: User, session_id: int, *, by: Actor) -> None:
    """Sign a person out of one place: oneself, or anybody for who may."""
    if by.user != person:
        by.require(perms.VIEW_SESSIONS)
    for session in sessions_of(person):
        if session.pk == session_id:
            session.end()
            return
    raise NotFound(_("This session has ended already."))
