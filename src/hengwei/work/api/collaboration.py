"""Working together over REST: many at once, putting off, guests, colleagues asked, checklists, time, calls, like items."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import Page, actor_of, keyset
from hengwei.org.models import Team, User
from hengwei.work import permissions as perms
from hengwei.work.actions import bulk, family, helping, relations, reporting, sharing, snoozing
from hengwei.work.models import (
    Callback,
    Category,
    ChecklistPoint,
    ChecklistTemplate,
    HandOver,
    Share,
    WorkItem,
)
from hengwei.work.similar import similar_to

from .items import find, pick
from .schemas import ItemOut, item_out

router = Router()


class BulkIn(Schema):
    """One deed on many: assign, take, category, priority, label, unlabel, resolve, close, merge, parent, snooze."""

    do: str
    items: list[str] = Field(max_length=500)
    owner: int | None = None
    team: str | None = None
    category: str | None = None
    priority: int | None = Field(None, ge=1, le=4)
    label: str = ""
    solution: str = ""
    cause: str = ""
    comment: str = ""
    reason: str = ""
    into: str | None = None
    until: datetime | None = None
    until_answered: bool = False


class OutcomeOut(Schema):
    number: str
    done: bool
    error: str | None
    code: str | None


class SnoozeIn(Schema):
    until: datetime | None = None
    until_answered: bool = False


class ShareIn(Schema):
    user: int | None = None
    team: str | None = None
    as_colleague: bool = False
    note: str = ""


class ShareOut(Schema):
    id: int
    whom: str
    as_colleague: bool
    note: str
    shared_at: datetime


class AskIn(Schema):
    question: str
    user: int | None = None
    team: str | None = None
    business_seconds: int = sharing.ANSWER_WITHIN


class HandOverOut(Schema):
    id: int
    item: str
    whom: str
    question: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answer: str


class TextIn(Schema):
    text: str


class WatchIn(Schema):
    user: int
    kind: str = "watcher"


class PointOut(Schema):
    id: int
    text: str
    required: bool
    done_at: datetime | None
    done_by: str | None


class ChecklistOut(Schema):
    id: int
    name: str
    before_resolving: bool
    points: list[PointOut]


class TickIn(Schema):
    done: bool = True
    remark: str = ""


class TimeIn(Schema):
    minutes: int
    kind: str = "work"
    day: date | None = None
    remark: str = ""


class TimeOut(Schema):
    who: str
    kind: str
    minutes: int


class PreviewOut(Schema):
    target: str
    possible: bool
    joined: list[str] = Field(description="People who would see the target and do not now.")
    strangers: list[str] = Field(description="Those of them who belong to another customer.")
    readers: list[str] = Field(description="People who see the target now and would also read what was exchanged in the merged item.")
    foreign_readers: list[str] = Field(description="Those of them who belong to another customer than the merged item.")
    refused: list[str]


class CallbackOut(Schema):
    id: int
    item: str
    due_at: datetime
    owner: str | None


def _outcomes(found: list[Any]) -> list[dict[str, Any]]:
    return [
        {"number": one.item.number, "done": one.error is None, "error": str(one.error) if one.error else None, "code": one.error.code if one.error else None}
        for one in found
    ]


def _desk(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.may(perms.WORK):
        raise NotFound(_("There is nothing here that you may see."))
    return user


def _items(request: HttpRequest, numbers: list[str]) -> list[WorkItem]:
    found = {item.number: item for item in WorkItem.objects.visible_to(signed_in(request)).filter(number__in=[n.upper() for n in numbers])}
    for number in numbers:
        if number.upper() not in found:
            raise NotFound(_("There is no item %(number)s, or it is not yours to see.") % {"number": number})
    return list(found.values())


@router.post("/items/bulk", response=list[OutcomeOut], summary="One deed on many work items")
def do_many(request: HttpRequest, payload: BulkIn) -> list[dict[str, Any]]:
    """Each is done or refused by itself."""
    _desk(request)
    given = payload.dict(exclude={"do", "items"})
    given["owner"] = pick(User, payload.owner, field="owner", among=lambda: User.objects.staff())
    given["team"] = pick(Team, payload.team, field="team", by="key")
    given["category"] = pick(Category, payload.category, field="category", by="key")
    given["into"] = find(request, payload.into) if payload.into else None
    outcomes, _before = bulk.do_many(_items(request, payload.items), payload.do, by=actor_of(request), at=timezone.now(), **given)
    return _outcomes(outcomes)


@router.post("/items/{number}/snooze", response={204: None}, summary="Put a work item off for oneself")
def snooze(request: HttpRequest, number: str, payload: SnoozeIn) -> tuple[int, None]:
    snoozing.snooze(find(request, number), by=actor_of(request), until=payload.until, until_answered=payload.until_answered)
    return 204, None


@router.delete("/items/{number}/snooze", response={204: None}, summary="Take a work item back into one's queue")
def wake(request: HttpRequest, number: str) -> tuple[int, None]:
    snoozing.wake(find(request, number), by=actor_of(request))
    return 204, None


@router.get("/items/{number}/similar", response=list[ItemOut], summary="Work items that read alike")
def similar(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    user = signed_in(request)
    return [item_out(item, reader=user) for item in similar_to(find(request, number), user)]


@router.post("/items/{number}/merge-preview", response=PreviewOut, summary="What merging this item into another would do")
def preview(request: HttpRequest, number: str, into: str) -> dict[str, Any]:
    _desk(request)
    shown = relations.preview_merge([find(request, number)], into=find(request, into), by=actor_of(request))
    return {
        "target": shown.target.number, "possible": shown.possible, "joined": [str(one) for one in shown.joined],
        "strangers": [str(one) for one in shown.strangers], "readers": [str(one) for one in shown.readers],
        "foreign_readers": [str(one) for one in shown.foreign_readers], "refused": [reason for _item, reason in shown.refused],
    }


@router.post("/items/{number}/reports", response=list[OutcomeOut], summary="Make many items part of this one")
def link_reports(request: HttpRequest, number: str, numbers: list[str]) -> list[dict[str, Any]]:
    return _outcomes(family.link_reports(find(request, number), _items(request, numbers), by=actor_of(request)))


@router.post("/items/{number}/reports/replies", response=list[OutcomeOut], summary="Tell the requester of each report the same")
def answer_reports(request: HttpRequest, number: str, payload: TextIn) -> list[dict[str, Any]]:
    """For each it counts as an answer and an update."""
    return _outcomes(family.answer_reports(find(request, number), by=actor_of(request), text=payload.text))


# --- people -------------------------------------------------------------------------------------------------------


@router.post("/items/{number}/watchers", response={204: None}, summary="Keep a person informed")
def watch(request: HttpRequest, number: str, payload: WatchIn) -> tuple[int, None]:
    user = pick(User, payload.user, field="user", among=lambda: User.objects.filter(is_active=True))
    sharing.watch(find(request, number), user=user, by=actor_of(request), kind=payload.kind)
    return 204, None


@router.delete("/items/{number}/watchers/{user}", response={204: None}, summary="Inform a person no longer")
def unwatch(request: HttpRequest, number: str, user: int) -> tuple[int, None]:
    sharing.unwatch(find(request, number), user=pick(User, user, field="user"), by=actor_of(request))
    return 204, None


def _share_out(one: Share) -> dict[str, Any]:
    return {"id": one.pk, "whom": str(one.with_whom), "as_colleague": one.as_colleague, "note": one.note, "shared_at": one.shared_at}


@router.get("/items/{number}/shares", response=list[ShareOut], summary="To whom a work item is shown")
def shares(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    _desk(request)
    return [_share_out(one) for one in find(request, number).shares.in_force().select_related("user", "team")]


@router.post("/items/{number}/shares", response={201: ShareOut}, summary="Show a work item to a guest")
def share(request: HttpRequest, number: str, payload: ShareIn) -> tuple[int, dict[str, Any]]:
    made = sharing.share(
        find(request, number), by=actor_of(request), user=pick(User, payload.user, field="user"), team=pick(Team, payload.team, field="team", by="key"),
        as_colleague=payload.as_colleague, note=payload.note)
    return 201, _share_out(made)


@router.delete("/items/{number}/shares/{pk}", response={204: None}, summary="Show a work item no longer")
def revoke(request: HttpRequest, number: str, pk: int) -> tuple[int, None]:
    _desk(request)
    sharing.revoke(pick(Share, pk, field="share", among=lambda: Share.objects.filter(item=find(request, number))), by=actor_of(request))
    return 204, None


def _hand_over_out(one: HandOver) -> dict[str, Any]:
    names = ("question", "asked_at", "due_at", "answered_at", "answer")
    return {"id": one.pk, "item": one.item.number, "whom": str(one.whom), **{name: getattr(one, name) for name in names}}


class ReportUpIn(Schema):
    level: int = Field(ge=1, le=9, description="Number of an escalation level.")
    reason: str


@router.post("/items/{number}/report-up", response=list[str], summary="Report an item upwards; who was told")
def report_up(request: HttpRequest, number: str, payload: ReportUpIn) -> list[str]:
    return reporting.report_up(find(request, number), by=actor_of(request), level=payload.level, reason=payload.reason)


@router.post("/items/{number}/hand-overs", response={201: HandOverOut}, summary="Ask colleagues")
def ask(request: HttpRequest, number: str, payload: AskIn) -> tuple[int, dict[str, Any]]:
    made = sharing.hand_over(
        find(request, number), by=actor_of(request), question=payload.question, user=pick(User, payload.user, field="user"),
        team=pick(Team, payload.team, field="team", by="key"), business_seconds=payload.business_seconds)
    return 201, _hand_over_out(made)


@router.get("/items/hand-overs/waiting", response=Page[HandOverOut], summary="Questions that wait for colleagues, by their due moment")
def waiting(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    rows = HandOver.objects.visible_to(signed_in(request)).waiting().select_related("item", "to_team", "to_user")
    return keyset(rows, order=("due_at", "id"), cursor=cursor, limit=limit, show=_hand_over_out)


@router.post("/items/hand-overs/{pk}/answer", response=HandOverOut, summary="Answer a question")
def answer(request: HttpRequest, pk: int, payload: TextIn) -> dict[str, Any]:
    one = HandOver.objects.visible_to(signed_in(request)).select_related("item", "to_team", "to_user").filter(pk=pk).first()
    if one is None:
        raise NotFound(_("You are not asked here."))
    return _hand_over_out(sharing.answer(one, by=actor_of(request), text=payload.text))


# --- checklists, time, calls --------------------------------------------------------------------------------------


@router.get("/items/{number}/checklists", response=list[ChecklistOut], summary="The checklists of a work item")
def checklists(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    _desk(request)
    return [
        {
            "id": one.pk, "name": one.name, "before_resolving": one.before_resolving,
            "points": [
                {"id": p.pk, "text": p.text, "required": p.required, "done_at": p.done_at, "done_by": p.done_by.name if p.done_by else None}
                for p in one.points.all()
            ],
        }
        for one in find(request, number).checklists.prefetch_related("points__done_by")
    ]


@router.post("/items/{number}/checklists", response={204: None}, summary="Put a checklist on a work item")
def add_checklist(request: HttpRequest, number: str, template: int) -> tuple[int, None]:
    row = pick(ChecklistTemplate, template, field="template", among=lambda: ChecklistTemplate.objects.filter(active=True))
    helping.add_checklist(find(request, number), row, by=actor_of(request))
    return 204, None


@router.post("/items/{number}/checklists/points/{pk}", response={204: None}, summary="Tick a point off, or take the tick back")
def tick(request: HttpRequest, number: str, pk: int, payload: TickIn) -> tuple[int, None]:
    points = ChecklistPoint.objects.filter(checklist__item=find(request, number)).select_related("checklist__item")
    helping.tick(pick(ChecklistPoint, pk, field="point", among=lambda: points), by=actor_of(request), done=payload.done, remark=payload.remark)
    return 204, None


@router.get("/items/{number}/time", response=list[TimeOut], summary="Minutes spent, per person and kind")
def time_spent(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    _desk(request)
    return [{**row, "kind": str(row["kind"])} for row in helping.minutes_on(find(request, number))]


@router.post("/items/{number}/time", response={204: None}, summary="Record minutes spent")
def spend(request: HttpRequest, number: str, payload: TimeIn) -> tuple[int, None]:
    helping.spend_time(find(request, number), by=actor_of(request), **payload.dict())
    return 204, None


@router.get("/items/callbacks/owed", response=Page[CallbackOut], summary="Calls that were promised and not made")
def callbacks(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    user = _desk(request)
    rows = Callback.objects.owed().filter(item__in=WorkItem.objects.visible_to(user)).select_related("item", "owner")
    return keyset(rows, order=("due_at", "id"), cursor=cursor, limit=limit, show=lambda one: {
        "id": one.pk, "item": one.item.number, "due_at": one.due_at, "owner": one.owner.name if one.owner else None,
    })


@router.post("/items/callbacks/{pk}/made", response={204: None}, summary="A promised call was made")
def made(request: HttpRequest, pk: int) -> tuple[int, None]:
    user = _desk(request)
    rows = Callback.objects.filter(item__in=WorkItem.objects.visible_to(user))
    helping.callback_made(pick(Callback, pk, field="callback", among=lambda: rows), by=actor_of(request))
    return 204, None
