"""Who hears of what was put off, promised calls, and questions between colleagues (A7)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from hengwei.core.events import on
from hengwei.org.models import User
from hengwei.work.events import CallbackDue, ItemCameBack, ItemHandedOver
from hengwei.work.models import Callback, HandOver

from .actions import notices


@on(ItemHandedOver)
def tell_colleagues(event: ItemHandedOver) -> None:
    """Whoever is asked; late or answered, whoever asked, and late the lead of the item's team too."""
    one = HandOver.objects.select_related("item__team__lead", "to_team", "to_user", "asked_by").get(pk=event.hand_over_id)
    if event.answered or event.late:
        team = one.item.team
        people = [one.asked_by, team.acting_lead(event.at) if team and event.late else None]
        for person in filter(None, people):
            with override(person.language):
                why = _("it was answered") if event.answered else _("no answer in time: %(whom)s") % {"whom": one.whom}
                notices.tell([person], "due", item=one.item, at=event.at, by=event.actor, params={"reason": why})
        return
    asked = [one.to_user] if one.to_user else list(User.objects.filter(memberships__team=one.to_team, is_active=True))
    params = {"actor": one.asked_by.name if one.asked_by else "", "reason": one.question[:300]}
    notices.tell([person for person in asked if person], "asked", item=one.item, at=event.at, by=event.actor, params=params)


@on(ItemCameBack)
def tell_back(event: ItemCameBack) -> None:
    """Who had put it off."""
    person = User.objects.get(pk=event.user_id)
    with override(person.language):
        notices.tell([person], "due", item_id=event.item_id, at=event.at, params={"reason": _("you had put it off until now")})


@on(CallbackDue)
def tell_callback(event: CallbackDue) -> None:
    """Who promised the call."""
    one = Callback.objects.select_related("owner").get(pk=event.callback_id)
    if one.owner is not None:
        with override(one.owner.language):
            notices.tell([one.owner], "due", item_id=event.item_id, at=event.at, params={"reason": _("a call is promised")})
