"""Drafts, kept on the server per person and item; and the key by which a sending happens once."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from hengwei.org.models import User
from hengwei.work.models import Draft, SentKey, WorkItem


def save_draft(item: WorkItem, *, by: User, text: str, mode: str = "reply", key: uuid.UUID | None = None) -> Draft | None:
    """Keep what the person has begun to write; its key stays the same until it is sent.

    A draft that reaches us later than the message it became (`key` was sent already) is none any more: None.
    """
    draft, _created = Draft.objects.update_or_create(
        item=item, user=by, defaults={"text": text, "mode": mode}, create_defaults={"text": text, "mode": mode, "key": key or uuid.uuid4()},
    )
    if key is not None and SentKey.objects.filter(key=key).exists():
        discard_draft(item, by=by)
        return None
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
