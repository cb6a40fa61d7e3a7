"""What waits for my approval, deciding it, and the same by a link in a mail."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.i18n import colon
from hengwei.org.models import User
from hengwei.ui.kit.picking import picked
from hengwei.work import permissions as perms
from hengwei.work.actions import approvals
from hengwei.work.approving import Mode
from hengwei.work.asides import panel, verb
from hengwei.work.models import Approval, ApprovalStep, ApprovalVote, WorkItem

#: Decided ones shown below what still waits.
EARLIER = 30


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What I am asked to approve now, the oldest first; below it what I decided lately."""
    user, now = signed_in(request), timezone.now()
    votes = ApprovalVote.objects.select_related("step__approval__item__requester", "step__approval__asked_by", "user")
    earlier = votes.filter(decided_by=user).exclude(state=ApprovalVote.State.OPEN).order_by("-decided_at")[:EARLIER]
    return render(request, "work/approvals.html", {
        "waiting": votes.waiting_for(user, now).order_by("step__opened_at", "id")[:200], "earlier": earlier, "now": now,
    })


def _shown(vote: ApprovalVote, user: User, now: datetime) -> dict[str, Any]:
    approval = vote.step.approval
    return {
        "vote": vote, "approval": approval, "item": approval.item, "steps": steps_of(approval),
        "may": vote.state == ApprovalVote.State.OPEN and vote.step.state == ApprovalStep.State.OPEN and approvals.may_decide(vote, user, now),
        "deputy": vote.user_id != user.pk,
    }


def steps_of(approval: Approval) -> list[ApprovalStep]:
    """The steps with their people, for showing."""
    steps = list(approval.steps.prefetch_related("votes__user", "votes__decided_by", "votes__added_by"))
    for step in steps:
        step.demand = _demand(step)  # type: ignore[attr-defined]
    return steps


def _demand(step: ApprovalStep) -> str:
    if step.mode == Mode.ALL:
        return _("all must agree")
    if step.mode == Mode.QUORUM:
        return _("%(n)d must agree") % {"n": step.quorum}
    return _("one of them decides")


@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with its item in short; deciding it, handing it on."""
    user, now = signed_in(request), timezone.now()
    vote = get_object_or_404(ApprovalVote.objects.select_related("step__approval__item__requester", "step__approval__asked_by", "user"), pk=pk)
    if not (vote.user_id == user.pk or approvals.may_decide(vote, user, now) or user.may(perms.VIEW_ALL)):
        raise Http404
    error: ActionError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _decide(vote, current(), request.POST))
            return redirect("work:approvals")
        except ActionError as refusal:
            error = refusal
    return render(request, "work/approval.html", {
        **_shown(vote, user, now), "error": error, "typed": request.POST,
    }, status=error.status if error else 200)


def _decide(vote: ApprovalVote, by: Actor, post: Any) -> str:
    """Do with one part what its form says."""
    what, comment = post.get("decision", ""), post.get("comment", "")
    if what in ("approve", "refuse"):
        approvals.decide(vote, approve=what == "approve", by=by, comment=comment)
        return _("Approved.") if what == "approve" else _("Refused.")
    if what == "hand_on":
        to = User.objects.filter(pk=picked(post, "to", "org.staff"), is_active=True).first()
        if to is None:
            raise Refused(_("Please choose a person."), code="missing", field="to")
        approvals.hand_on(vote, to=to, by=by, comment=comment)
        return _("Handed on to %(name)s.") % {"name": to}
    raise Refused(_("Please choose."), code="missing", field="decision")


def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Decide by the link of a mail, without signing in: the link shows the page, sending it counts."""
    vote, user = approvals.of_token(token)
    error, done = None, ""
    if request.method == "POST":
        try:
            if request.POST.get("decision") not in ("approve", "refuse"):
                raise Refused(_("Please choose."), code="missing", field="decision")
            done = _decide(vote, Actor(user=user, via="mail", address=request.META.get("REMOTE_ADDR", "")), request.POST)
        except ActionError as refusal:
            error = refusal
    return render(request, "work/approve_by_link.html", {
        **_shown(vote, user, timezone.now()), "person": user, "error": error, "done": done, "typed": request.POST,
    }, status=error.status if error else 200)


# --- on the item's page -------------------------------------------------------------------------------------------


@panel(order=60)
def card(item: WorkItem, request: HttpRequest) -> str:
    """The approvals of an item, with what its reader may do about them."""
    found = list(item.approvals.select_related("asked_by")[:5])
    if not found:
        return ""
    user, now, by = signed_in(request), timezone.now(), current()
    open_votes = {vote.pk for vote in ApprovalVote.objects.waiting_for(user, now).filter(step__approval__item=item)}
    return render_to_string("work/approvals_card.html", {
        "item": item, "approvals": [{"approval": approval, "steps": steps_of(approval)} for approval in found], "mine": open_votes,
        "may_manage": by.may(perms.MANAGE_APPROVALS), "user": user,
    }, request=request)


def _vote(item: WorkItem, post: Any) -> ApprovalVote:
    vote = ApprovalVote.objects.select_related("step__approval__item", "user").filter(pk=chosen(post, "vote"), step__approval__item=item).first()
    if vote is None:
        raise Refused(_("This approval does not exist."), code="unknown")
    return vote


@verb("decide")
def _decide_here(item: WorkItem, by: Actor, post: Any) -> str:
    return _decide(_vote(item, post), by, post)


def _approval(item: WorkItem, post: Any) -> Approval:
    approval = item.approvals.select_related("item").filter(pk=chosen(post, "approval")).first()
    if approval is None:
        raise Refused(_("This approval does not exist."), code="unknown")
    return approval


@verb("add-approver")
def _add(item: WorkItem, by: Actor, post: Any) -> str:
    person = User.objects.filter(pk=picked(post, "to", "org.staff"), is_active=True).first()
    if person is None:
        raise Refused(_("Please choose a person."), code="missing", field="to")
    approvals.add_approver(_approval(item, post), user=person, by=by)
    return _("%(name)s is asked too.") % {"name": person}


@verb("withdraw-approval")
def _withdraw(item: WorkItem, by: Actor, post: Any) -> str:
    approvals.withdraw_approval(_approval(item, post), by=by, comment=post.get("comment", ""))
    return _("The approval is withdrawn.")


@login_required
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Approve the chosen ones at once; what is refused is said, the rest is done."""
    user, now = signed_in(request), timezone.now()
    pks = [int(pk) for pk in request.POST.getlist("votes") if pk.isdecimal()]
    done, wrong = 0, []
    for vote in ApprovalVote.objects.waiting_for(user, now).filter(pk__in=pks).select_related("step__approval__item"):
        try:
            approvals.decide(vote, approve=True, by=current())
            done += 1
        except ActionError as refusal:
            wrong.append(f"{vote.step.approval.item.number}{colon()}{refusal}")
    if done:
        messages.success(request, _("%(n)d approved.") % {"n": done})
    for words in wrong:
        messages.error(request, words)
    response = redirect("work:approvals")
    response["HX-Trigger"] = json.dumps({"hw:refresh": True})
    return response
