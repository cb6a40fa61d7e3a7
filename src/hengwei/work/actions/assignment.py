"""Giving work to teams and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import Words, in_each_language, in_mine
from hengwei.org.models import Team, User
from hengwei.work import permissions as perms
from hengwei.work.clocks import engine as clocks
from hengwei.work.events import ItemAssigned
from hengwei.work.models import Entry, WorkItem

from .writing import Log, moment, name_in_each, said, writing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of many: `error` is None when it was done."""

    item: WorkItem
    error: ActionError | None


def place(log: Log, *, team: Team | None, owner: User | None, reason: Words = "") -> ItemAssigned:
    """Set team and owner of a locked item inside `writing`; asks no rights. Returns the event for the caller to emit.

    A reason that nobody typed comes in each language: it is told in that of who reads the timeline.
    """
    item = log.item
    team_before, owner_before = item.team, item.owner
    item.team, item.owner = team, owner
    if owner is not None:
        item.assigned_at = log.at
    if team != team_before:
        clocks.team_changed(item, team_before=team_before, at=log.at, by=log.by)
    text, why = said(reason)
    log.record(
        Entry.Kind.ASSIGNMENT, text=text,
        details={
            **name_in_each("team", team), "owner": str(owner or ""), **name_in_each("team_before", team_before), "owner_before": str(owner_before or ""),
            **why,
        },
    )
    return ItemAssigned(
        item_id=item.pk, team_before=team_before.pk if team_before else None, owner_before=owner_before.pk if owner_before else None,
        team_id=team.pk if team else None, owner_id=owner.pk if owner else None, reason=in_mine(reason), actor=log.by, at=log.at,
    )


def set_owner(log: Log, owner: User, *, reason: Words = "") -> ItemAssigned:
    """Give a locked item to a person; his team takes it when it had none."""
    team = log.item.team or Team.objects.filter(memberships__user=owner, archived_at=None).order_by("id").first()
    return place(log, team=team, owner=owner, reason=reason)


@transaction.atomic
def assign(
    item: WorkItem, *, by: Actor, owner: User | None = None, team: Team | None = None, reason: Words = "", version: int | None = None,
    at: datetime | None = None,
) -> WorkItem:
    """Assign (派单) to a person, a team, or both. To a team alone takes it from the person who had it."""
    at = moment(at)
    by.require(perms.ASSIGN if owner is not None and by.user == owner else perms.ASSIGN_OTHERS)
    if owner is None and team is None:
        raise Refused(_("Please choose a team or a person."), code="missing", field="owner")
    if owner is not None and not (owner.is_active and owner.is_agent):
        raise Refused(_("%(name)s does not work at the desk.") % {"name": owner}, code="not_staff", field="owner")
    if team is not None and team.archived_at is not None:
        raise Refused(_("The team %(name)s exists no more.") % {"name": team}, code="archived", field="team")
    item = item.locked(version)
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    if owner is not None and team is None:
        team = item.team or Team.objects.filter(memberships__user=owner, archived_at=None).order_by("id").first()
    if (item.owner, item.team) == (owner, team):
        return item
    with writing(item, by=by, at=at) as log:
        event = place(log, team=team, owner=owner, reason=reason.strip() if isinstance(reason, str) else reason)
    emit(event)
    return item


def take(item: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None) -> WorkItem:
    """Take it over oneself."""
    if by.user is None:
        raise Refused(_("Only a person can take over work."), code="no_person")
    return assign(item, by=by, owner=by.user, version=version, at=at)


@transaction.atomic
def put_back(item: WorkItem, *, owner: User | None, team: Team | None, by: Actor, at: datetime | None = None) -> WorkItem:
    """Undo an assignment: whoever had it before has it again, or nobody."""
    at = moment(at)
    by.require(perms.ASSIGN_OTHERS)
    item = item.locked()
    if not item.is_open:
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    if (item.owner, item.team) != (owner, team):
        with writing(item, by=by, at=at) as log:
            event = place(log, team=team, owner=owner, reason=in_each_language(lambda: _("undone")))
        emit(event)
    return item


def assign_many(
    items: Sequence[WorkItem], *, by: Actor, owner: User | None = None, team: Team | None = None, reason: str = "",
) -> list[Outcome]:
    """Assign many at once; one that is refused does not hold up the others."""
    outcomes = []
    for item in items:
        try:
            outcomes.append(Outcome(assign(item, by=by, owner=owner, team=team, reason=reason), None))
        except ActionError as error:
            outcomes.append(Outcome(item, error))
    return outcomes
