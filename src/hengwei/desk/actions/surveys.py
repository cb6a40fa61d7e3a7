"""Survey campaigns: made, sent, reminded once, answered, ended, read (A9)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import NotFound, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import in_each_language
from hengwei.desk import permissions as perms
from hengwei.desk import surveys as rules
from hengwei.desk.events import FollowUpOwed, SurveySent
from hengwei.desk.models import Answer, Campaign, FollowUp, Invitation
from hengwei.org.models import Customer, Team, User
from hengwei.work.actions.writing import moment
from hengwei.work.models import WorkItem

from .catalogue import Unanswered
from .satisfaction import FOLLOW_UP_WITHIN

State = Campaign.State
_NAMED, _ANONYMOUS = "hengwei.desk.survey", "hengwei.desk.survey.anonymous"


@transaction.atomic
def save_campaign(
    campaign: Campaign | None, *, by: Actor, customers: Sequence[Customer] = (), teams: Sequence[Team] = (), **facts: Any,
) -> Campaign:
    """Make a survey or change one that was not started: who was asked once must have been asked what is read later."""
    by.require(perms.SURVEYS)
    row = campaign or Campaign(created_by=by.user)
    if row.state != State.DRAFT:
        raise Refused(_("A survey that was started is not changed any more."), code="started")
    for name, value in facts.items():
        setattr(row, name, value)
    if not row.name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    try:
        rules.check(row.questions)
    except rules.BadDefinition as error:
        raise Refused(str(error), code="bad_questions", field="questions") from None
    if row.served_from and row.served_until and row.served_until < row.served_from:
        raise Refused(_("The end must lie after the start."), code="backward", field="served_until")
    row.save()
    row.customers.set(customers)
    row.teams.set(teams)
    return row


def audience(campaign: Campaign) -> QuerySet[User]:
    """Who would be asked: requesters with an address that works, of these customers, served by these teams in this time."""
    people = User.objects.filter(is_active=True, is_agent=False, verified=True, mail_blocked_at=None, erased_at=None).exclude(email="")
    customers = list(campaign.customers.values_list("pk", flat=True))
    if customers:
        people = people.filter(customer__in=customers)
    teams = list(campaign.teams.values_list("pk", flat=True))
    if teams or campaign.served_from or campaign.served_until:
        people = people.filter(pk__in=_served(campaign, teams).values("requester"))
    return people.order_by("id")


def _served(campaign: Campaign, teams: Sequence[int]) -> QuerySet[WorkItem]:
    items = WorkItem.objects.counted().exclude(requester=None)
    if teams:
        items = items.filter(team__in=teams)
    if campaign.served_from:
        items = items.filter(resolved_at__gte=_start(campaign.served_from))
    if campaign.served_until:
        items = items.filter(resolved_at__lt=_start(campaign.served_until) + timedelta(days=1))
    return items


def _start(day: Any) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


@transaction.atomic
def start(campaign: Campaign, *, by: Actor, at: datetime | None = None) -> Campaign:
    """Ask everybody whom it is meant for, each by mail in his language."""
    by.require(perms.SURVEYS)
    at = moment(at)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.state != State.DRAFT:
        raise Refused(_("A survey that was started is not changed any more."), code="started")
    if campaign.ends_at <= at:
        raise Refused(_("The date must lie ahead."), code="past", field="ends_at")
    people = list(audience(campaign))
    if not people:
        raise Refused(_("Nobody would be asked."), code="nobody", field="customers")
    latest = {} if campaign.anonymous else _latest_items(campaign, people)
    rows = []
    for person in people:
        item = latest.get(person.pk)
        rows.append(Invitation(
            campaign=campaign, user=person, sent_at=at, team_id=item.team_id if item else None, category_id=item.category_id if item else None,
            served_by_id=item.owner_id if item else None,
        ))
    Invitation.objects.bulk_create(rows, batch_size=1000)
    campaign.state, campaign.started_at = State.RUNNING, at
    campaign.save(update_fields=["state", "started_at"])
    emit(SurveySent(campaign_id=campaign.pk, invitation_ids=tuple(row.pk for row in rows), actor=by, at=at))
    return campaign


def _latest_items(campaign: Campaign, people: Sequence[User]) -> dict[int | None, WorkItem]:
    """By person the newest item in the campaign's time: its team, category and engineer are what the answer speaks of."""
    teams = list(campaign.teams.values_list("pk", flat=True))
    rows = _served(campaign, teams).filter(requester__in=[person.pk for person in people]).order_by("requester", "-id").distinct("requester")
    return {row.requester_id: row for row in rows}


@transaction.atomic
def remind(now: datetime) -> int:
    """Remind once, of every survey whose time for it has come; returns how many people.

    Of a named one those who did not answer. Of an anonymous one everybody, without a second link: who answered is not known.
    """
    told = 0
    for campaign in Campaign.objects.select_for_update(skip_locked=True).running(now).filter(reminded_at=None, remind_after_days__gt=0):
        if campaign.started_at is None or campaign.started_at + timedelta(days=campaign.remind_after_days) > now:
            continue
        waiting = campaign.invitations.filter(answered_at=None)
        ids = tuple(waiting.values_list("pk", flat=True))
        if not campaign.anonymous:
            waiting.update(reminded_at=now)
        campaign.reminded_at = now
        campaign.save(update_fields=["reminded_at"])
        if ids:
            emit(SurveySent(campaign_id=campaign.pk, invitation_ids=ids, again=True, at=now))
        told += len(ids)
    return told


@transaction.atomic
def end(campaign: Campaign, *, by: Actor, at: datetime | None = None) -> Campaign:
    """End it before its time."""
    by.require(perms.SURVEYS)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.state != State.RUNNING:
        raise Refused(_("This survey does not run."), code="not_running")
    campaign.state, campaign.ended_at = State.ENDED, moment(at)
    campaign.save(update_fields=["state", "ended_at"])
    return campaign


def end_what_is_over(now: datetime) -> int:
    """End the surveys whose time has passed."""
    return Campaign.objects.filter(state=State.RUNNING, ends_at__lte=now).update(state=State.ENDED, ended_at=now)


# --- answering ---------------------------------------------------------------------------------------------------


def link_of(campaign: Campaign, invitation: Invitation | None = None) -> str:
    """What the link of a mail carries. Of an anonymous survey a random number that is kept nowhere: call it when the mail is made."""
    if campaign.anonymous or invitation is None:
        return signing.dumps([campaign.pk, secrets.token_urlsafe(24)], salt=_ANONYMOUS, compress=True)
    return signing.dumps(invitation.pk, salt=_NAMED, compress=True)


def of_link(token: str) -> tuple[Campaign, Invitation | None, str]:
    """(survey, invitation, ticket) of a link; NotFound for one that was tampered with."""
    try:
        invitation = Invitation.objects.select_related("campaign", "user").filter(pk=signing.loads(token, salt=_NAMED)).first()
        if invitation is not None:
            return invitation.campaign, invitation, ""
    except signing.BadSignature:
        try:
            pk, number = signing.loads(token, salt=_ANONYMOUS)
        except (signing.BadSignature, ValueError, TypeError):
            pass
        else:
            campaign = Campaign.objects.filter(pk=pk, anonymous=True).first()
            if campaign is not None:
                return campaign, None, hashlib.sha256(str(number).encode()).hexdigest()
    raise NotFound(_("This link is no longer valid."))


def waiting_for(user: User, now: datetime) -> QuerySet[Invitation]:
    """The surveys that wait for the person's answer; anonymous ones are reached by the mail's link only."""
    return Invitation.objects.filter(user=user, answered_at=None, campaign__anonymous=False, campaign__in=Campaign.objects.running(now)).select_related("campaign")


def has_answered(campaign: Campaign, invitation: Invitation | None, ticket: str) -> bool:
    """Whether the link was used."""
    return invitation.answered_at is not None if invitation else Answer.objects.filter(campaign=campaign, ticket=ticket).exists()


@transaction.atomic
def answer(campaign: Campaign, given: Mapping[str, Any], *, invitation: Invitation | None, ticket: str = "", at: datetime | None = None) -> Answer:
    """Take an answer, once. A low satisfaction of a named survey owes a follow-up."""
    at = moment(at)
    if campaign.state != State.RUNNING or campaign.ends_at <= at:
        raise Refused(_("This survey has ended."), code="ended")
    if has_answered(campaign, invitation, ticket):
        raise Refused(_("You have answered already. Thank you."), code="answered")
    kept, errors = rules.clean(campaign.questions, given)
    if errors:
        raise Unanswered(_("Some answers are missing or wrong."), field=next(iter(errors)), errors=errors)
    row = Answer(
        campaign=campaign, invitation=invitation, ticket=ticket, answers=kept, score=rules.first(campaign.questions, kept, "csat"),
        recommend=rules.first(campaign.questions, kept, "nps"), on=timezone.localtime(at).date(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("You have answered already. Thank you."), code="answered") from None
    if invitation is not None:
        Invitation.objects.filter(pk=invitation.pk).update(answered_at=at)
        if row.score is not None and row.score <= rules.LOW:
            _follow_up(campaign, invitation, row.score, at)
    return row


def _follow_up(campaign: Campaign, invitation: Invitation, score: int, at: datetime) -> None:
    person, team = invitation.user, invitation.team
    team = team or (person.customer.default_team if person.customer else None)
    made = FollowUp.objects.create(
        customer=person.customer, person=person, owner=team.acting_lead(at) if team else None, due_at=at + FOLLOW_UP_WITHIN,
        **FollowUp.because(in_each_language(lambda: _("%(survey)s: rated %(score)s of 5") % {"survey": campaign.label, "score": score})),
    )
    emit(FollowUpOwed(follow_up_id=made.pk, owner_id=made.owner_id, at=at))


@transaction.atomic
def suggest_from(campaign: Campaign, *, by: Actor, title: str, description: str = "", at: datetime | None = None) -> WorkItem:
    """Open a suggestion for an improvement that the results of a survey call for (A9)."""
    from hengwei.work.actions.intake import open_item

    by.require(perms.SURVEYS)
    words = description.strip() or _("From the survey '%(name)s'.") % {"name": campaign.label}
    return open_item("suggestion", title=title, description=words, by=by, owner=by.user, subject=campaign.name[:200], at=at)
