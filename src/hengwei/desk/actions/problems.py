"""Problems: the cause behind incidents, the workaround that their engineers read, and what they hear when it is solved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Refused
from hengwei.core.i18n import in_each_language, listed
from hengwei.desk.models import Incident, Problem
from hengwei.work import permissions as work
from hengwei.work.actions import conversation
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.writing import moment, writing
from hengwei.work.models import Entry, WorkItem

from .own import amend, own_of, write


@transaction.atomic
def describe(problem: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None, **values: Any) -> Problem:
    """Set `root_cause` and `workaround`. A workaround shows on every incident of the problem at once."""
    by.require(work.WORK)
    own_of(problem, Problem)
    unknown = set(values) - {"root_cause", "workaround"}
    if unknown:
        raise TypeError(f"not facts of a problem: {sorted(unknown)}")
    amend(problem, by=by, at=moment(at), version=version, **{name: value.strip() for name, value in values.items()})
    return Problem.objects.get(pk=problem.pk)


def known(problem: WorkItem, *, at: datetime) -> None:
    """Note since when it is a known error; its cause is the root cause where none was written."""
    own = own_of(problem, Problem)
    Problem.objects.filter(pk=own.pk).update(known_error_at=own.known_error_at or at, root_cause=own.root_cause or own.cause)


@transaction.atomic
def link_incidents(problem: WorkItem, incidents: Sequence[WorkItem], *, by: Actor, at: datetime | None = None) -> list[Incident]:
    """Say that these incidents come from the problem. Each has one problem behind it, the newest said."""
    by.require(work.LINK)
    at = moment(at)
    behind = own_of(problem, Problem)
    linked = []
    for item in sorted(incidents, key=lambda one: one.pk):
        item = item.locked()
        own = own_of(item, Incident)
        if own.root_problem_id == behind.pk:
            continue
        with writing(item, by=by, at=at) as log:
            write(log, own, {"root_problem": (own.root_problem, behind)})
        linked.append(own)
    if linked:
        problem = problem.locked()
        with writing(problem, by=by, at=at) as log:
            log.record(Entry.Kind.RELATION, details={"linked": [one.number for one in linked], "words": in_each_language(lambda: _("Incidents linked: %(numbers)s") % {"numbers": listed(one.number for one in linked)})})
    return linked


@transaction.atomic
def unlink_incident(incident: WorkItem, *, by: Actor, at: datetime | None = None) -> None:
    """Take an incident away from its problem."""
    by.require(work.LINK)
    own_of(incident, Incident)
    amend(incident, by=by, at=moment(at), root_problem=None)


@transaction.atomic
def open_problem(incidents: Sequence[WorkItem], *, by: Actor, title: str = "", at: datetime | None = None) -> WorkItem:
    """A problem for what these incidents have in common, with the first one's category, system and team."""
    by.require(work.WORK)
    if not incidents:
        raise Refused(_("Please choose at least one incident."), code="missing", field="incidents")
    first = incidents[0]
    description = "\n".join(f"- {one.number} {one.title}" for one in incidents)
    problem = open_item(
        "problem", title=title or first.title, description=description, by=by, category=first.category, impact=first.impact, urgency=first.urgency,
        team=first.team, owner=by.user, subject=first.subject, at=at,
    )
    link_incidents(problem, incidents, by=by, at=at)
    return problem


def open_incidents(problem: WorkItem) -> list[Incident]:
    """Incidents of the problem on which somebody still works."""
    return list(Incident.objects.filter(root_problem=problem.pk).open().select_related("requester", "owner").order_by("id"))


@transaction.atomic
def tell_incidents(problem: WorkItem, *, by: Actor, text: str, at: datetime | None = None) -> tuple[int, list[str]]:
    """Say the same words to the requester of every open incident; returns how many, and the numbers that were refused."""
    by.require(work.WORK)
    own_of(problem, Problem)
    if not text.strip():
        raise Refused(_("Please write something first."), code="missing", field="text")
    told, refused = 0, []
    for incident in open_incidents(problem):
        try:
            conversation.reply(WorkItem.objects.get(pk=incident.pk), by=by, text=text, at=at, details={"problem": problem.number})
            told += 1
        except ActionError:
            refused.append(incident.number)
    return told, refused
