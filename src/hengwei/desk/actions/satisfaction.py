"""Asking how it was, and calling back where it was not good (A9, A11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import in_each_language
from hengwei.desk.models import DeskSettings, FollowUp, Rating, RatingRequest
from hengwei.work.actions.writing import moment, writing
from hengwei.work.events import ItemRated
from hengwei.work.models import Entry, WorkItem
from hengwei.work.workflow import Phase

#: How long after its resolution an item may be rated, and a verdict changed.
OPEN_FOR = timedelta(days=30)
#: Within what time a low score is called back.
FOLLOW_UP_WITHIN = timedelta(days=2)
#: Kinds of work about which requesters are asked.
ASKED_KINDS = ("incident", "request", "complaint", "suggestion")
_SALT = "hengwei.desk.rating"


def rating_token(item: WorkItem) -> str:
    """What a link in a mail carries: it rates this one item and opens nothing else."""
    return signing.dumps(item.pk, salt=_SALT, compress=True)


def item_of_token(token: str) -> WorkItem:
    """The item that a link rates; NotFound for one that was tampered with or is too old."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=OPEN_FOR + timedelta(days=30))
    except signing.BadSignature:
        raise NotFound(_("This link is no longer valid.")) from None
    return WorkItem.objects.select_related("requester", "team", "owner", "customer").get(pk=pk)


@transaction.atomic
def rate(item: WorkItem, *, score: int, by: Actor, comment: str = "", with_token: bool = False, at: datetime | None = None) -> Rating:
    """The requester's verdict, 1 to 5. A low one opens a follow-up for the team's lead."""
    at = moment(at)
    if not with_token and not item.is_requester(by.user):
        raise Forbidden(_("Only who asked for it can rate it."))
    if score not in range(1, 6):
        raise Refused(_("Please choose one to five stars."), code="invalid", field="score")
    item = item.locked()
    if item.phase not in (Phase.RESOLVED, Phase.CLOSED):
        raise Refused(_("It can be rated once it is resolved."), code="not_resolved", field="score")
    if item.resolved_at and at - item.resolved_at > OPEN_FOR:
        raise Refused(_("The time for rating it has passed."), code="too_late", field="score")
    rating, _made = Rating.objects.update_or_create(
        item=item, defaults={"score": score, "comment": comment.strip(), "by": item.requester, "via": by.via, "at": at},
    )
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.RATING, public=True, text=comment.strip(), details={"score": score}, author=item.requester, by_staff=False)
    if score <= Rating.LOW and not item.follow_ups.filter(done_at=None).exists():
        lead = item.team.acting_lead(at) if item.team else None
        FollowUp.objects.create(
            item=item, customer=item.customer, person=item.requester, owner=lead or item.owner, due_at=at + FOLLOW_UP_WITHIN,
            **FollowUp.because(in_each_language(lambda: _("rated %(score)d of 5") % {"score": score})),
        )
    emit(ItemRated(item_id=item.pk, score=score, comment=comment.strip(), actor=by, at=at))
    return rating


def ask_for_verdict(item: WorkItem, at: datetime) -> bool:
    """Whether the mail about this item asks for a verdict: nobody is asked more often than the desk's settings say.

    Remembers that it was asked; asked twice for one item (a mail that is sent again) it says the same.
    """
    if item.requester_id is None or item.kind not in ASKED_KINDS:
        return False
    if RatingRequest.objects.filter(item=item).exists():
        return True
    gap = timedelta(days=DeskSettings.current().ask_again_after_days)
    if RatingRequest.objects.filter(user=item.requester_id, at__gt=at - gap).exists():
        return False
    RatingRequest.objects.create(user_id=item.requester_id, item=item, at=at)
    return True
