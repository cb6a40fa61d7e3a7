"""Asking for approval and giving it, and signatures, over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.files import files_of
from hengwei.core.rest import Page, actor_of, keyset
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.actions import approvals, sign_offs
from hengwei.work.models import Approval, ApprovalVote, SignOff

from .items import find, pick
from .schemas import PersonOut, person

router = Router()


class VoteOut(Schema):
    id: int
    user: PersonOut | None
    state: str
    comment: str
    decided_at: datetime | None


class StepOut(Schema):
    name: str
    mode: str
    quorum: int
    state: str
    missing: list[str] = Field(description="Approvers who could not be found; the step waits until one is named.")
    votes: list[VoteOut]


class ApprovalOut(Schema):
    id: int
    item: str
    name: str
    state: str
    asked_by: PersonOut | None
    asked_at: datetime
    decided_at: datetime | None
    steps: list[StepOut]


class AskIn(Schema):
    """Steps in turn: {"name", "mode": "any"|"all"|"quorum", "quorum", "approvers": [{"by": "person", "id": 7} …], "remind_hours"}."""

    name: str = ""
    steps: list[dict[str, Any]]


class DecideIn(Schema):
    vote: int
    approve: bool
    comment: str = ""


class HandOnIn(Schema):
    vote: int
    to: int
    comment: str = ""


class PersonIn(Schema):
    user: int


class WaitingOut(Schema):
    vote: int
    approval: int
    item: str
    title: str
    name: str
    step: str
    since: datetime | None


class SignIn(Schema):
    statement: str
    signer: str
    capacity: str = ""
    picture: str = Field(description="Id of an uploaded picture of the signature.")


class SignOffOut(Schema):
    id: int
    statement: str
    signer: str
    capacity: str
    way: str
    sha256: str
    picture: str
    signed_at: datetime


def approval_out(approval: Approval, *, reader: User) -> dict[str, Any]:
    """An approval with its steps."""
    return {
        "id": approval.pk, "item": approval.item.number, "name": approval.label, "state": approval.state,
        "asked_by": person(approval.asked_by, reader=reader), "asked_at": approval.asked_at, "decided_at": approval.decided_at,
        "steps": [
            {
                "name": step.label, "mode": step.mode, "quorum": step.quorum, "state": step.state, "missing": step.unfound,
                "votes": [
                    {
                        "id": vote.pk, "user": person(vote.user, reader=reader), "state": vote.state, "decided_at": vote.decided_at,
                        "comment": vote.comment if reader.is_agent or vote.user_id == reader.pk else "",
                    }
                    for vote in step.votes.all()
                ],
            }
            for step in approval.steps.prefetch_related("votes__user")
        ],
    }


@router.get("/items/{number}/approvals", response=list[ApprovalOut], summary="Read the approvals of a work item")
def read_approvals(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    user = signed_in(request)
    return [approval_out(one, reader=user) for one in find(request, number).approvals.select_related("item", "asked_by")]


@router.post("/items/{number}/approvals", response={201: ApprovalOut}, summary="Put a work item to approval")
def ask(request: HttpRequest, number: str, payload: AskIn) -> Status[dict[str, Any]]:
    by = actor_of(request)
    by.require(perms.WORK)
    approval = approvals.start_approval(find(request, number), payload.steps, by=by, name=payload.name)
    return Status(201, approval_out(approval, reader=signed_in(request)))


def _vote(request: HttpRequest, pk: int) -> ApprovalVote:
    user = signed_in(request)
    vote = ApprovalVote.objects.select_related("step__approval__item", "user").filter(pk=pk).first()
    if vote is None or not (user.may(perms.VIEW_ALL) or vote.user_id == user.pk or approvals.may_decide(vote, user, timezone.now())):
        raise NotFound(_("This approval does not exist."))
    return vote


@router.get("/items/approvals/waiting", response=Page[WaitingOut], summary="What waits for my approval")
def waiting(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """One's own questions and those of people one stands in for."""
    rows = ApprovalVote.objects.waiting_for(signed_in(request), timezone.now()).select_related("step__approval__item")
    return keyset(rows, order=("id",), cursor=cursor, limit=limit, show=lambda vote: {
        "vote": vote.pk, "approval": vote.step.approval_id, "item": vote.step.approval.item.number, "title": vote.step.approval.item.title,
        "name": vote.step.approval.label, "step": vote.step.label, "since": vote.step.opened_at,
    })


@router.post("/items/approvals/decide", response=ApprovalOut, summary="Approve or refuse")
def decide(request: HttpRequest, payload: DecideIn) -> dict[str, Any]:
    """A refusal says why."""
    approval = approvals.decide(_vote(request, payload.vote), approve=payload.approve, by=actor_of(request), comment=payload.comment)
    return approval_out(approval, reader=signed_in(request))


@router.post("/items/approvals/hand-on", response=ApprovalOut, summary="Hand one's part of an approval on")
def hand_on(request: HttpRequest, payload: HandOnIn) -> dict[str, Any]:
    to = pick(User, payload.to, field="to", among=lambda: User.objects.filter(is_active=True))
    vote = _vote(request, payload.vote)
    approvals.hand_on(vote, to=to, by=actor_of(request), comment=payload.comment)
    return approval_out(vote.step.approval, reader=signed_in(request))


def _approval(request: HttpRequest, number: str, pk: int) -> Approval:
    approval = find(request, number).approvals.select_related("item", "asked_by").filter(pk=pk).first()
    if approval is None:
        raise NotFound(_("This approval does not exist."))
    return approval


@router.post("/items/{number}/approvals/{pk}/approvers", response=ApprovalOut, summary="Ask one more person")
def add(request: HttpRequest, number: str, pk: int, payload: PersonIn) -> dict[str, Any]:
    approval = _approval(request, number, pk)
    user = pick(User, payload.user, field="user", among=lambda: User.objects.filter(is_active=True))
    approvals.add_approver(approval, user=user, by=actor_of(request))
    return approval_out(approval, reader=signed_in(request))


@router.post("/items/{number}/approvals/{pk}/withdraw", response=ApprovalOut, summary="Withdraw an approval")
def withdraw(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    approval = approvals.withdraw_approval(_approval(request, number, pk), by=actor_of(request))
    return approval_out(approval, reader=signed_in(request))


def _sign_off_out(one: SignOff) -> dict[str, Any]:
    names = set(SignOffOut.model_fields) - {"picture"}
    return {name: getattr(one, name) for name in names} | {"picture": one.picture.get_absolute_url()}


@router.get("/items/{number}/signatures", response=list[SignOffOut], summary="Read the signatures of a work item")
def read_signatures(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    return [_sign_off_out(one) for one in find(request, number).sign_offs.select_related("picture")]


@router.post("/items/{number}/signatures", response={201: SignOffOut}, summary="Keep a signature")
def sign(request: HttpRequest, number: str, payload: SignIn) -> Status[dict[str, Any]]:
    """It never changes afterwards."""
    by = actor_of(request)
    picture = files_of([payload.picture], user=by.user)[0]
    made = sign_offs.sign(
        find(request, number), by=by, statement=payload.statement, signer=payload.signer, capacity=payload.capacity, picture=picture,
        way=SignOff.Way.UPLOADED,
    )
    return Status(201, _sign_off_out(made))
