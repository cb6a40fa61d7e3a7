"""Major incidents: flagged, told to everybody, their many reports answered with one update."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Refused
from hengwei.core.events import emit
from hengwei.desk import permissions as perms
from hengwei.desk.events import MajorDeclared
from hengwei.desk.models import Incident
from hengwei.work.actions import conversation
from hengwei.work.actions.writing import moment
from hengwei.work.models import WorkItem

from .own import amend, own_of


@transaction.atomic
def declare(item: WorkItem, *, by: Actor, words: str = "", version: int | None = None, at: datetime | None = None) -> Incident:
    """Flag an open incident as major. `words` are what everybody may read in the portal."""
    by.require(perms.MAJOR)
    at = moment(at)
    own: Incident = own_of(item, Incident)
    if not own.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": own.number}, code="finished")
    amend(item, by=by, at=at, version=version, major=True, major_at=own.major_at or at, public_words=words.strip() or own.public_words)
    if not own.major:
        emit(MajorDeclared(item_id=own.pk, actor=by, at=at))
    own.refresh_from_db()
    return own


@transaction.atomic
def revoke(item: WorkItem, *, by: Actor, why: str, at: datetime | None = None) -> Incident:
    """Take the flag back, and say why."""
    by.require(perms.MAJOR)
    own: Incident = own_of(item, Incident)
    if not why.strip():
        raise Refused(_("Please say why."), code="missing", field="why")
    amend(item, by=by, at=moment(at), why=why.strip(), major=False)
    own.refresh_from_db()
    return own


@transaction.atomic
def update(item: WorkItem, *, by: Actor, text: str, public_words: str | None = None, at: datetime | None = None) -> dict[str, Any]:
    """One update to the incident's requester and to those of all open reports below it; what everybody may read changes with it.

    Returns how many were told, and the numbers of those that were refused.
    """
    by.require(perms.MAJOR)
    at = moment(at)
    own: Incident = own_of(item, Incident)
    if not own.major:
        raise Refused(_("%(number)s is no major incident.") % {"number": own.number}, code="not_major")
    if not text.strip():
        raise Refused(_("Please write something first."), code="missing", field="text")
    if public_words is not None:
        amend(item, by=by, at=at, public_words=public_words.strip())
    told, refused = 0, []
    for one in [WorkItem.objects.get(pk=item.pk), *WorkItem.objects.filter(parent=item.pk).open().order_by("id")]:
        try:
            conversation.reply(one, by=by, text=text, at=at, details={"major": own.number})
            told += 1
        except ActionError:
            refused.append(one.number)
    return {"told": told, "refused": refused}
