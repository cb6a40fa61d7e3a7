"""The life of a version: submitted, approved by named persons, published, acknowledged, reviewed (K2, K3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.governance import permissions as perms
from hengwei.governance.events import ReadingAsked, RegulationPublished, ReviewDue
from hengwei.governance.models import Acknowledgement, Regulation, RegulationVersion, VersionApproval
from hengwei.org.models import User
from hengwei.work.actions.approvals import start_approval, withdraw_approval
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.progress import make_transition
from hengwei.work.actions.writing import moment

State = RegulationVersion.State
#: Who has not acknowledged is reminded so often.
REMIND_EVERY = timedelta(days=3)


@transaction.atomic
def submit(version: RegulationVersion, *, approvers: Sequence[User], by: Actor, note: str = "", at: datetime | None = None) -> VersionApproval:
    """Put a draft to named persons; all of them must agree."""
    at = moment(at)
    by.require(perms.MANAGE)
    version = RegulationVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != State.DRAFT:
        raise Refused(_("Only a draft is submitted."), code="not_draft")
    if not version.clauses.exists():
        raise Refused(_("This draft has no clauses yet."), code="empty")
    people = [person for person in approvers if person != by.user]
    if not people:
        raise Refused(_("Please name at least one other person who approves it."), code="missing", field="approvers")
    for person in people:
        if not person.may(perms.APPROVE):
            raise Refused(_("%(name)s may not approve regulations.") % {"name": person}, code="may_not", field="approvers")
    version.state, version.submitted_at, version.approved_at = State.APPROVAL, at, None
    version.change_note = note or version.change_note
    version.save(update_fields=["state", "submitted_at", "approved_at", "change_note"])
    item = open_item(
        "regulation_approval", title=_("%(regulation)s, version %(number)d") % {"regulation": version.regulation.label, "number": version.number},
        description=version.change_note or _("Please read the text and approve it or say what is to be changed."), by=by, requester=by.user, automatic=False,
        team=version.regulation.body, regulation_version=version, source="agent", at=at,
    )
    start_approval(
        item, [{"mode": "all", "approvers": [{"by": "person", "id": person.pk} for person in people], "remind_hours": 24}],
        by=by, on_approved="approve", on_refused="return", at=at,
    )
    return VersionApproval.objects.get(pk=item.pk)


@transaction.atomic
def decided(item: VersionApproval, outcome: str, *, at: datetime) -> None:
    """An approval ended: the version may be published, or is a draft again."""
    version = RegulationVersion.objects.select_for_update().get(pk=item.regulation_version_id)
    if version.state != State.APPROVAL:
        return
    if outcome == "approved":
        version.approved_at = at
    else:
        version.state, version.submitted_at = State.DRAFT, None
    version.save(update_fields=["state", "submitted_at", "approved_at"])


@transaction.atomic
def take_back(version: RegulationVersion, *, by: Actor, at: datetime | None = None) -> RegulationVersion:
    """Make a submitted version a draft again, to go on writing."""
    at = moment(at)
    by.require(perms.MANAGE)
    version = RegulationVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != State.APPROVAL:
        raise Refused(_("It is not in approval."), code="not_in_approval")
    item = version.approval_items.order_by("-pk").first()
    approval = item.approvals.filter(state="open").first() if item else None
    if approval is not None:
        withdraw_approval(approval, by=by, at=at)
    version.refresh_from_db()
    version.state, version.submitted_at, version.approved_at, version.effective_from = State.DRAFT, None, None, None
    version.save(update_fields=["state", "submitted_at", "approved_at", "effective_from"])
    return version


@transaction.atomic
def publish(version: RegulationVersion, *, by: Actor, effective_from: datetime | None = None, at: datetime | None = None) -> RegulationVersion:
    """Put an approved version in force; the one before it is superseded, and readers are asked to acknowledge.

    With a date to come it waits, and comes into force by itself on that day; until then the one before it holds.
    """
    at = moment(at)
    by.require(perms.MANAGE)
    version = RegulationVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != State.APPROVAL or version.approved_at is None:
        raise Refused(_("Only an approved version is published."), code="not_approved")
    effective_from = effective_from or at
    if effective_from < version.created_at - timedelta(days=3650):
        raise Refused(_("This date lies too far back."), code="invalid", field="effective_from")
    version.effective_from, version.published_by = effective_from, by.user
    version.save(update_fields=["effective_from", "published_by"])
    return version if effective_from > at else _into_force(version, by=by, at=at)


def enter_into_force(now: datetime) -> int:
    """What was approved for a day that has come is in force. Returns how many versions."""
    waiting = RegulationVersion.objects.filter(state=State.APPROVAL, approved_at__isnull=False, effective_from__lte=now, regulation__archived_at=None)
    entered = 0
    for pk in waiting.values_list("pk", flat=True):
        with transaction.atomic():
            version = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if version is not None:
                _into_force(version, by=Actor(user=version.published_by, via="system"), at=now)
                entered += 1
    return entered


def _into_force(version: RegulationVersion, *, by: Actor, at: datetime) -> RegulationVersion:
    RegulationVersion.objects.filter(regulation=version.regulation, state=State.PUBLISHED).update(state=State.SUPERSEDED, superseded_at=at)
    version.state, version.published_at = State.PUBLISHED, at
    version.save(update_fields=["state", "published_at"])
    item = version.approval_items.order_by("-pk").first()
    if item is not None and item.locked().state == "approved":
        make_transition(item, "close", by=by if by.may("work.close") else Actor(), comment=_("Published."), at=at)
    Regulation.objects.filter(pk=version.regulation_id).update(review_reminded_at=None)
    ask_readers(version, at=at)
    emit(RegulationPublished(version_id=version.pk, regulation_id=version.regulation_id, actor=by, at=at))
    live.announce(f"regulation:{version.regulation_id}")
    return version


def ask_readers(version: RegulationVersion, *, at: datetime) -> int:
    """Ask each reader once; who became one meanwhile is asked then. Returns how many were new."""
    regulation = version.regulation
    have = set(version.acknowledgements.values_list("user_id", flat=True))
    due = at + timedelta(days=regulation.acknowledge_days)
    new = [person for person in regulation.readers() if person.pk not in have]
    Acknowledgement.objects.bulk_create([Acknowledgement(version=version, user=person, due_at=due, reminded_at=at) for person in new])
    if new:
        emit(ReadingAsked(version_id=version.pk, user_ids=tuple(person.pk for person in new), at=at))
    return len(new)


@transaction.atomic
def acknowledge(version: RegulationVersion, *, by: Actor, at: datetime | None = None) -> Acknowledgement:
    """Say that one has read and understood a version (K3)."""
    at = moment(at)
    if by.user is None:
        raise Forbidden(_("Only a person can acknowledge."))
    if not RegulationVersion.objects.filter(pk=version.pk, state=State.PUBLISHED).exists():
        raise Refused(_("Only a version in force is acknowledged."), code="not_in_force")
    row, _made = Acknowledgement.objects.select_for_update().get_or_create(version=version, user=by.user, defaults={"due_at": at})
    if row.at is None:
        row.at = at
        row.save(update_fields=["at"])
    return row


@transaction.atomic
def mark_reviewed(regulation: Regulation, *, by: Actor, at: datetime | None = None) -> Regulation:
    """Say that a regulation was checked and needs no change (K2); the cycle begins anew."""
    by.require(perms.MANAGE)
    regulation.reviewed_at, regulation.review_reminded_at = moment(at), None
    regulation.save(update_fields=["reviewed_at", "review_reminded_at"])
    return regulation


@transaction.atomic
def archive(regulation: Regulation, *, by: Actor, at: datetime | None = None) -> Regulation:
    """Take a regulation out of use. Its versions, runs and frozen months stay."""
    by.require(perms.MANAGE)
    regulation.archived_at = moment(at)
    regulation.save(update_fields=["archived_at"])
    return regulation


def remind(now: datetime) -> int:
    """Ask new readers, remind those who are late, and those who keep a regulation whose review is due. Returns how many."""
    told = 0
    for version in RegulationVersion.objects.filter(state=State.PUBLISHED, regulation__archived_at=None).select_related("regulation", "regulation__owner"):
        with transaction.atomic():
            told += ask_readers(version, at=now)
            late = version.acknowledgements.overdue(now).filter(reminded_at__lt=now - REMIND_EVERY)
            people = tuple(late.values_list("user_id", flat=True))
            if people:
                version.acknowledgements.filter(user__in=people).update(reminded_at=now)
                emit(ReadingAsked(version_id=version.pk, user_ids=people, again=True, at=now))
                told += len(people)
            regulation = version.regulation
            due = regulation.review_due()
            if due is not None and due <= now + timedelta(days=14) and regulation.review_reminded_at is None:
                Regulation.objects.filter(pk=regulation.pk).update(review_reminded_at=now)
                emit(ReviewDue(regulation_id=regulation.pk, user_id=regulation.owner_id, due_at=due, at=now))
                told += 1
    return told
