"""Tokens for programs: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from hengwei.core.database.prepared import prepared

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


#: Asked by every call of a program: with what the person's roles grant, since every call asks for that too.
_OF_TOKEN = f"""
SELECT u.*, t.id AS token_id, t.scopes AS token_scopes, t.expires_at AS token_expires_at, t.last_used_at AS token_last_used_at,
       ARRAY(SELECT DISTINCT unnest(r.permissions) FROM {User.roles.through._meta.db_table} ur JOIN {Role._meta.db_table} r ON r.id = ur.role_id WHERE ur.user_id = u.id) AS granted
  FROM {ApiToken._meta.db_table} t JOIN {User._meta.db_table} u ON u.id = t.user_id
 WHERE t.hash = %s AND t.revoked_at IS NULL AND u.is_active"""


def authenticate_token(raw: str) -> tuple[User, list[str]] | None:
    """Whose token it is and what it reaches; None for one that is unknown, expired, revoked, or of a person who left."""
    with prepared():
        user = next(iter(User.objects.raw(_OF_TOKEN, [_hash(raw)])), None)
    now = timezone.now()
    if user is None or (user.token_expires_at is not None and user.token_expires_at <= now):
        return None
    if user.token_last_used_at is None or now - user.token_last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=user.token_id).update(last_used_at=now)
    user.__dict__["permission_keys"] = frozenset(user.granted)
    return user, user.token_scopes
