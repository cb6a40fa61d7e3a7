"""Suggestions: decided by those who may, the decision on record and told to whoever proposed it (A10, A12)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.desk import permissions as perms
from hengwei.desk.models import Suggestion
from hengwei.work.actions import conversation
from hengwei.work.actions.writing import moment
from hengwei.work.models import WorkItem

from .own import amend, own_of


@transaction.atomic
def decide(suggestion: WorkItem, *, by: Actor, outcome: str, decision: str, version: int | None = None, at: datetime | None = None) -> Suggestion:
    """Decide, and answer the proposer with the decision's words."""
    by.require(perms.DECIDE)
    at = moment(at)
    own: Suggestion = own_of(suggestion, Suggestion)
    if outcome not in Suggestion.Outcome.values:
        raise Refused(_("Please choose what was decided."), code="missing", field="outcome")
    if not decision.strip():
        raise Refused(_("Please give the reason: the proposer reads it."), code="missing", field="decision")
    changed = amend(suggestion, by=by, at=at, version=version, outcome=outcome, decision=decision.strip(), decided_at=at, decided_by=by.user)
    if {"outcome", "decision"} & set(changed) and own.is_open:
        answer = _("Your suggestion was decided: %(outcome)s.\n\n%(decision)s") % {"outcome": Suggestion.Outcome(outcome).label, "decision": decision.strip()}
        conversation.reply(WorkItem.objects.get(pk=own.pk), by=by, text=answer, at=at)
    own.refresh_from_db()
    return own
