"""Tokens for programs: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, OuterRef, QuerySet, Value
from django.utils import timezone

from hengwei.core.database.asked import Asked

from .models import ApiToken, Role, User

PREFIX = "hw_"
#: The last use is written at most this often: reading must not mean writing.
USE_NOTED_EVERY = timedelta(minutes=10)


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def create_token(user: User, *, name: str, scopes: Sequence[str], expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """A new token of the person, and its secret, which is shown this once and cannot be read again."""
    raw = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(user=user, name=name, scopes=list(scopes), hash=_hash(raw), expires_at=expires_at), raw


def _of_hash(digest: str | Value) -> QuerySet[ApiToken]:
    """The token with its person, and what his roles grant him, since every call asks for that too."""
    granted = Role.objects.filter(users=OuterRef("user")).values_list(Func("permissions", function="unnest"), flat=True).distinct()
    return (
        ApiToken.objects.filter(hash=digest, revoked_at=None, user__is_active=True)
        .select_related("user").annotate(granted=ArraySubquery(granted)).order_by("pk")
    )


_OF_HASH = Asked(_of_hash, 1)


def authenticate_token(raw: str) -> tuple[User, list[str]] | None:
    """Whose token it is and what it reaches; None for one that is unknown, expired, revoked, or of a person who left."""
    token = _OF_HASH.first(_hash(raw))
    now = timezone.now()
    if token is None or (token.expires_at is not None and token.expires_at <= now):
        return None
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    user = token.user
    user.__dict__["permission_keys"] = frozenset(token.granted)  # type: ignore[attr-defined]
    return user, token.scopes
