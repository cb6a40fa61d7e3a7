"""What several rooms do together: here, what mails say of what happens at the desk; automation hears events in automation/hearing.py."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.channels.actions import notices, outgoing
from hengwei.channels.composing import Link, fills, offers
from hengwei.channels.models import OutboundMessage
from hengwei.core.events import on
from hengwei.core.i18n import in_each_language, is_chinese
from hengwei.desk import permissions as desk
from hengwei.desk.actions import guests, surveys
from hengwei.desk.actions.satisfaction import ask_for_verdict, rating_token
from hengwei.desk.events import FollowUpOwed, MajorDeclared, SurveySent
from hengwei.desk.models import Campaign, FollowUp, GuestRequest, Invitation
from hengwei.flows import article_notices
from hengwei.flows.automation import hearing
from hengwei.flows.learning import hearing as learning_hearing
from hengwei.org.models import User
from hengwei.work.models import WorkItem

__all__ = ["article_notices", "hearing", "learning_hearing"]


@offers("resolved")
def rate_with_one_click(item: WorkItem) -> list[Link]:
    """The verdict by a click on a number of stars, without signing in; not of a person who was asked lately (A9).

    The page asks once more: mail scanners click too.
    """
    if not ask_for_verdict(item, timezone.now()):
        return []
    address = f"{settings.SITE_URL}{reverse('desk:rate', args=[rating_token(item)])}"
    return [Link(f"{'★' * score}{'☆' * (5 - score)}", f"{address}?score={score}") for score in (5, 4, 3, 2, 1)]


@offers("received")
def confirm_and_follow(item: WorkItem) -> list[Link]:
    """Who asked without signing in confirms by a click that it was him, and follows his request by a signed link."""
    guest = GuestRequest.objects.filter(item=item).first()
    if guest is None:
        return []
    status = Link(_("Follow this request"), f"{settings.SITE_URL}{reverse('desk:guest_status', args=[guests.status_token(item)])}")
    if guest.confirmed_at is not None:
        return [status]
    return [Link(_("Confirm that it was you"), f"{settings.SITE_URL}{reverse('desk:guest_confirm', args=[guests.confirm_token(item)])}"), status]


@on(SurveySent)
def mail_survey(event: SurveySent) -> None:
    """Ask, or remind, each by mail. What is queued names the survey only where it is anonymous: the link is made when the mail is."""
    campaign = Campaign.objects.get(pk=event.campaign_id)
    for invitation in Invitation.objects.filter(pk__in=event.invitation_ids).select_related("user").order_by("pk"):
        params = {"campaign": campaign.pk, **({} if campaign.anonymous else {"invitation": invitation.pk})}
        outgoing.queue("survey_again" if event.again else "survey", item=None, user=invitation.user, params=params, by=event.actor)


@fills("survey")
@fills("survey_again")
def words_of_survey(row: OutboundMessage) -> dict[str, str]:
    """Title, introduction and link of a survey's mail. Of an anonymous one the reminder brings no second link."""
    campaign = Campaign.objects.filter(pk=row.params.get("campaign")).first()
    if campaign is None:
        return {}
    invitation = None if campaign.anonymous else Invitation.objects.filter(pk=row.params.get("invitation")).first()
    words = {"title": campaign.label, "text": campaign.introduction_label, "link": "", "reason": ""}
    if campaign.anonymous:
        words["reason"] = _("Your answers are anonymous: nothing that we keep leads from them to you.")
        if row.event == "survey_again":
            sent = timezone.localtime(campaign.started_at) if campaign.started_at else None
            day = "" if sent is None else f"{sent.month}月{sent.day}日" if is_chinese() else f"{sent:%d %b}"
            words["link"] = _("Please use the link in our mail of %(day)s.") % {"day": day}
            return words
    words["link"] = f"{settings.SITE_URL}{reverse('desk:survey_answer', args=[surveys.link_of(campaign, invitation)])}"
    return words


@on(MajorDeclared)
def tell_leads(event: MajorDeclared) -> None:
    """A major incident is told at once to every lead and manager, and to whoever handles it."""
    item = WorkItem.objects.select_related("owner").get(pk=event.item_id)
    leads = User.objects.filter(is_active=True, roles__permissions__contains=[desk.MAJOR]).distinct()
    people = [*leads, *([item.owner] if item.owner else [])]
    notices.tell(people, "major", item=item, at=event.at, by=event.actor, params={"actor": str(event.actor.user or "")})


@on(FollowUpOwed)
def tell_caller(event: FollowUpOwed) -> None:
    """Whoever owes a call hears of it."""
    owed = FollowUp.objects.select_related("owner").filter(pk=event.follow_up_id).first()
    if owed is not None and owed.owner is not None:
        notices.tell([owed.owner], "follow_up", item=owed.item, at=event.at, by=event.actor, params={"reason": in_each_language(lambda: owed.why)})
