"""Drafts, kept on the server per person and item; and the key by which a sending happens once."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from hengwei.org.models import User
from hengwei.work.models import Draft, SentKey, WorkItem


def save_draft(item: WorkItem, *, by: User, text: str, mode: str = "reply") -> Draft:
    """Keep what the person has begun to write; its key stays the same until it is sent."""
    draft, _created = Draft.objects.update_or_create(
        item=item, user=by, defaults={"text": text, "mode": mode}, create_defaults={"text": text, "mode": mode, "key": uuid.uuid4()},
    )
    return draft


def discard_draft(item: WorkItem, *, by: User) -> None:
    """Throw the draft away."""
    Draft.objects.filter(item=item, user=by).delete()


def once(key: uuid.UUID, *, item: WorkItem, user: User | None) -> bool:
    """Claim a key of sending, in the caller's transaction: True the first time, False ever after."""
    try:
        with transaction.atomic():
            SentKey.objects.create(key=key, item=item, user=user)
    except IntegrityError:
        return False
    return True
