"""What a person answers for, as the pages of people and absences show it before it is handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from hengwei.core.acting import Actor
from hengwei.core.asked import signed_in
from hengwei.org.actions.duty import may_keep
from hengwei.org.handing import seen_by
from hengwei.org.models import Absence, User

#: Records of one sort that are named.
NAMED = 8


def _shown(request: HttpRequest, person: User, until: datetime | None) -> dict[str, Any] | None:
    viewer = signed_in(request)
    if not may_keep(person, by=Actor(user=viewer)):
        return None
    held = seen_by(viewer, person, until=until)
    lines = []
    for one, rows, count in held:
        apart = bool(one.listed_for) and viewer.may(one.listed_for)
        named = [] if apart else rows[:NAMED]
        lines.append((one.title, named, count - len(named), apart))
    return {"held": lines, "count": sum(count for _one, _rows, count in held)}


def of_absence(row: Absence, request: HttpRequest) -> dict[str, Any] | None:
    """What who is away gives to who stands in; nothing is shown once he is back."""
    return _shown(request, row.user, row.ends_at) if row.ends_at > timezone.now() else None


def of_person(row: User, request: HttpRequest) -> dict[str, Any] | None:
    """All that the person answers for."""
    return _shown(request, row, None) if row.is_agent and row.erased_at is None else None
