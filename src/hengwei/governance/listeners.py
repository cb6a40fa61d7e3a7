"""What governance does by itself on events."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengwei.channels.actions import notices
from hengwei.core.events import on
from hengwei.core.jobs import enqueue
from hengwei.governance.actions import life
from hengwei.governance.events import ReadingAsked, RegulationPublished, ReviewDue
from hengwei.governance.jobs import run_regulation
from hengwei.governance.models import Regulation, RegulationVersion, VersionApproval
from hengwei.org.models import User
from hengwei.work.events import ApprovalDecided


@on(ApprovalDecided)
def version_decided(event: ApprovalDecided) -> None:
    """The approval of a version ended."""
    item = VersionApproval.objects.filter(pk=event.item_id).first()
    if item is not None:
        life.decided(item, event.outcome, at=event.at)


@on(RegulationPublished)
def run_when_published(event: RegulationPublished) -> None:
    """A regulation in force shows its figures at once."""
    enqueue(run_regulation, once=f"regulation:{event.regulation_id}", regulation_id=event.regulation_id)


@on(ReadingAsked)
def tell_readers(event: ReadingAsked) -> None:
    """Readers are asked to acknowledge, and reminded (K3)."""
    version = RegulationVersion.objects.select_related("regulation").get(pk=event.version_id)
    for person in User.objects.filter(pk__in=event.user_ids, is_active=True):
        with translation.override(person.language):
            params = {"name": version.regulation.label, "reason": _("This is a reminder.") if event.again else "", "url": reverse("governance:readings")}
        notices.tell([person], "reading", at=event.at, by=event.actor, params=params)


@on(ReviewDue)
def tell_of_review(event: ReviewDue) -> None:
    """The owner's regulation is to be checked again (K2)."""
    regulation = Regulation.objects.get(pk=event.regulation_id)
    params = {"name": regulation.label, "reason": f"{timezone.localtime(event.due_at):%Y-%m-%d}", "url": regulation.get_absolute_url()}
    notices.tell(User.objects.filter(pk=event.user_id), "review", at=event.at, by=event.actor, params=params)
