"""Writing a record."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from hengwei.core.acting import Actor, current
from hengwei.core.models import AuditRecord


def record(action: str, *, by: Actor | None = None, subject: models.Model | None = None, details: dict[str, Any] | None = None, name: str = "") -> AuditRecord:
    """Put something on the audit log, within the caller's transaction: it stands there if and only if that commits.

    `action` is a stable word of the room, such as `export.items`; `details` hold ids and plain values, never a secret.
    `name` says who, where there is no account (a sign-in with an unknown name).
    """
    by = by or current()
    return AuditRecord.objects.create(
        at=timezone.now(), action=action, actor=by.user, actor_name=(name or (by.user.name if by.user else ""))[:150], via=by.via,
        address=by.address[:120], details=details or {},
        subject_model=subject._meta.label_lower if subject is not None else "", subject_id=str(subject.pk) if subject is not None else "",
        subject_name=str(subject)[:200] if subject is not None else "",
    )
