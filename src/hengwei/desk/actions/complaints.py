"""Complaints: about whom, why, what was done, and the customer's consent without which none is closed (A10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.desk.models import Complaint
from hengwei.org.models import Team, User
from hengwei.work import permissions as work
from hengwei.work.actions.assignment import assign
from hengwei.work.actions.writing import moment
from hengwei.work.models import WorkItem

from .own import amend, own_of

FACTS = ("about_team", "about_person", "cause_kind", "justified", "measures")


def owner_for(team: Team | None, at: datetime, *, about: User | None = None) -> User | None:
    """The deputy lead; the lead where there is none or he is away. Never the person it is about."""
    while team is not None:
        for person in (team.deputy, team.lead):
            if person and person.is_active and not person.is_away(at) and person != about:
                return person
        team = team.parent
    return None


@transaction.atomic
def examine(complaint: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None, **values: Any) -> Complaint:
    """Set about whom it is, its cause, whether it is justified, and what is done about it.

    Named anew about another team or person, it goes to that team's deputy lead while nobody else took it on purpose.
    """
    by.require(work.WORK)
    at = moment(at)
    own: Complaint = own_of(complaint, Complaint)
    unknown = set(values) - set(FACTS)
    if unknown:
        raise TypeError(f"not facts of a complaint: {sorted(unknown)}")
    if values.get("cause_kind") and values["cause_kind"] not in Complaint.Cause.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="cause_kind")
    changed = amend(complaint, by=by, at=at, version=version, **values)
    own = Complaint.objects.select_related("about_team__parent", "about_person", "team").get(pk=complaint.pk)
    if {"about_team", "about_person"} & set(changed) and own.is_open:
        team = own.about_team or own.team
        person = owner_for(team, at, about=own.about_person)
        if person is not None and (own.about_team_id or own.owner_id == own.about_person_id) and person.pk != own.owner_id:
            assign(WorkItem.objects.get(pk=own.pk), by=Actor().caused_by("complaint_owner"), owner=person, team=team, at=at)
    return Complaint.objects.get(pk=complaint.pk)


@transaction.atomic
def record_consent(complaint: WorkItem, *, by: Actor, words: str, at: datetime | None = None) -> Complaint:
    """Put on record how the customer agreed to the closing: what he said, by which way."""
    at = moment(at)
    own: Complaint = own_of(complaint, Complaint)
    if not complaint.is_requester(by.user):
        by.require(work.WORK)
    if not words.strip():
        raise Refused(_("Please write down how the customer agreed."), code="missing", field="comment")
    amend(complaint, by=by, at=at, consent=words.strip()[:300], consent_at=at, consent_by=by.user)
    own.refresh_from_db()
    return own
