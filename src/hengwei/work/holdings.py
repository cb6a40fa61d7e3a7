"""What a person answers for in this room: items, approvals, questions, promised calls, agreements, rules of routing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.org.handing import holds, set_field
from hengwei.org.models import User

from .actions.approvals import pass_on
from .actions.handover import hand_over_item, held_by
from .models import Agreement, ApprovalStep, ApprovalVote, Callback, HandOver, RoutingRule, WorkItem
from .permissions import VIEW_ALL


def _items(person: User, until: datetime | None) -> Sequence[WorkItem]:
    return held_by(person)


def _approvals(person: User, until: datetime | None) -> Sequence[ApprovalVote]:
    open_ = ApprovalVote.objects.filter(user=person, state=ApprovalVote.State.OPEN, step__state=ApprovalStep.State.OPEN)
    return list(open_.select_related("step__approval__item", "user").order_by("id"))


def _give_approval(vote: ApprovalVote, to: User, by: Actor, at: datetime) -> None:
    pass_on(vote, to=to, by=by, at=at)


holds("items", _("Open items"), of=_items, give=hand_over_item, order=10, listed_for=VIEW_ALL)
holds("approvals", _("Approvals waiting"), of=_approvals, give=_give_approval, order=20, shown=lambda vote: vote.step.approval.item)
holds("questions", _("Questions of colleagues"), of=lambda person, until: HandOver.objects.waiting().filter(to_user=person).select_related("item"), give=set_field("to_user"), order=30, shown=lambda one: one.item)
holds("calls", _("Promised calls"), of=lambda person, until: Callback.objects.owed().filter(owner=person).select_related("item"), give=set_field("owner"), order=40, shown=lambda one: one.item)
holds("agreements", _("Agreements kept"), of=lambda person, until: Agreement.objects.none() if until else Agreement.objects.filter(owner=person), give=set_field("owner"), order=110)
holds("routing", _("Rules of routing that name the person"), of=lambda person, until: RoutingRule.objects.none() if until else RoutingRule.objects.filter(owner=person), give=set_field("owner"), order=120)
