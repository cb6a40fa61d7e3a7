"""Leading a work item on: transitions, assignment, watching, merging."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from hengwei.core.rest import actor_of
from hengwei.org.models import Team, User
from hengwei.work.actions import assignment, relations
from hengwei.work.actions.steps import make_step

from .items import find, pick
from .schemas import AssignIn, ItemDetailOut, TransitionIn, item_detail

router = Router()


class MergeIn(Schema):
    into: str


@router.post("/items/{number}/transitions", response=ItemDetailOut, summary="Make a step of the workflow")
def make_transition(request: HttpRequest, number: str, payload: TransitionIn) -> dict[str, Any]:
    """Resolving tells the requester; cancelling takes the item out of all figures."""
    by, item = actor_of(request), find(request, number)
    facts = payload.dict(exclude={"transition", "version"})
    make_step(item, payload.transition, by=by, version=payload.version, **facts)
    return item_detail(find(request, number), by=by)


@router.post("/items/{number}/assign", response=ItemDetailOut, summary="Assign to a person or team")
def assign(request: HttpRequest, number: str, payload: AssignIn) -> dict[str, Any]:
    by = actor_of(request)
    assignment.assign(
        find(request, number), by=by, owner=pick(User, payload.owner, field="owner", among=lambda: User.objects.staff()),
        team=pick(Team, payload.team, field="team", by="key"), reason=payload.reason, version=payload.version)
    return item_detail(find(request, number), by=by)


@router.post("/items/{number}/merge", response=ItemDetailOut, summary="Merge into another item")
def merge(request: HttpRequest, number: str, payload: MergeIn) -> dict[str, Any]:
    """A pointer, not a move: it can be undone exactly."""
    by, target = actor_of(request), find(request, payload.into)
    relations.merge([find(request, number)], into=target, by=by)
    return item_detail(find(request, target.number), by=by)


@router.post("/items/{number}/unmerge", response=ItemDetailOut, summary="Undo a merge")
def unmerge(request: HttpRequest, number: str) -> dict[str, Any]:
    by = actor_of(request)
    relations.unmerge(find(request, number), by=by)
    return item_detail(find(request, number), by=by)
