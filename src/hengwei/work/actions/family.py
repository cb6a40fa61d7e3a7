"""A major incident and its many reports: linked at once, answered by one update, resolved together by choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError
from hengwei.work import permissions as perms
from hengwei.work.models import Entry, WorkItem
from hengwei.work.workflow import OPEN_PHASES, Phase

from . import conversation, progress, relations, triage
from .assignment import Outcome
from .writing import moment

#: Reports that one deed reaches; beyond it a rule or an announcement is the better way.
REPORTS_AT_MOST = 1000


def reports_of(parent: WorkItem) -> list[WorkItem]:
    """The open items that are part of this one, oldest first."""
    return list(parent.children.filter(phase__in=OPEN_PHASES, merged_into=None).order_by("id")[:REPORTS_AT_MOST])


def link_reports(parent: WorkItem, items: Sequence[WorkItem], *, by: Actor, at: datetime | None = None) -> list[Outcome]:
    """Make many items part of one; one that is refused does not hold up the others."""
    at = moment(at)
    by.require(perms.LINK)
    outcomes = []
    for item in items:
        try:
            outcomes.append(Outcome(relations.set_parent(item, parent, by=by, at=at), None))
        except ActionError as error:
            outcomes.append(Outcome(item, error))
    return outcomes


def _each(parent: WorkItem, deed: Any) -> list[Outcome]:
    outcomes = []
    for item in reports_of(parent):
        try:
            with transaction.atomic():
                outcomes.append(Outcome(deed(item) or item, None))
        except ActionError as error:
            outcomes.append(Outcome(item, error))
    return outcomes


def answer_reports(
    parent: WorkItem, *, by: Actor, text: str, hold_for: int = 0, said: Entry | None = None, at: datetime | None = None,
) -> list[Outcome]:
    """Tell the requester of each report the same public words; for each it counts as an answer and an update.

    `said` are the words on the parent: who takes them back takes back all of them.
    """
    at = moment(at)
    by.require(perms.WORK)
    details = {"with": parent.number, **({"with_entry": said.pk} if said is not None else {})}

    def say(item: WorkItem) -> None:
        conversation.reply(item, by=by, text=text, details=details, hold_for=hold_for, at=at)

    return _each(parent, say)


def resolve_reports(parent: WorkItem, *, by: Actor, solution: str, cause: str, at: datetime | None = None) -> list[Outcome]:
    """Resolve the reports with their parent; each keeps its own category, or takes the parent's where it has none."""
    at = moment(at)
    by.require(perms.WORK)

    def solve(item: WorkItem) -> WorkItem:
        if item.category_id is None and parent.category is not None:
            item = triage.change(item, by=by, category=parent.category, at=at)
        if item.workflow.possible(item.state) and item.phase != Phase.RESOLVED:
            return progress.resolve(item, by=by, solution=solution, cause=cause, at=at)
        return item

    return _each(parent, solve)


def told_with(entry: Entry) -> str:
    """The number of the item with which these words were said to many; '' for words said here alone."""
    return str(entry.details.get("with", ""))
