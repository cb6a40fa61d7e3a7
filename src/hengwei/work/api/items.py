"""Listing, reading, making and changing work items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound, Refused
from hengwei.core.files import files_of
from hengwei.core.idempotency import idempotent
from hengwei.core.rest import Page, actor_of, keyset
from hengwei.org.models import Customer, Site, Team, User
from hengwei.work import listing
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.triage import change
from hengwei.work.asking import parse
from hengwei.work.finding import asked
from hengwei.work.models import Attachment, Category, Entry, WorkItem
from hengwei.work.models.items import rank
from hengwei.work.workflow import Phase

from .schemas import (
    ClockOut,
    EntryOut,
    ItemDetailOut,
    ItemIn,
    ItemOut,
    ItemPatch,
    clock_out,
    entry_out,
    item_detail,
    item_out,
    with_held,
)

router = Router()


def find(request: HttpRequest, number: str) -> WorkItem:
    """The item, or NotFound for what this reader may not see; a merged one is itself, and names its target."""
    return (
        WorkItem.objects.visible_to(signed_in(request))
        .with_people().select_related("merged_into", "parent").by_number(number)
    )


def pick(model: Any, value: Any, *, field: str, by: str = "pk", among: Callable[[], QuerySet[Any]] | None = None) -> Any:
    """The row that an input names, of all or `among` these, or a refusal at that field; None for None."""
    if value is None:
        return None
    row = (model.objects if among is None else among()).filter(**{by: value}).first()
    if row is None:
        raise Refused(_("There is no such record: %(value)s.") % {"value": value}, code="unknown", field=field)
    return row


@router.get("/items", response=Page[ItemOut], summary="List work items")
def list_items(
    request: HttpRequest, cursor: str = "", limit: int = 50, kind: str = "", phase: Phase | None = None, state: str = "",
    open: bool | None = None, team: str = Query("", description="Only of this team (key)."), owner: int | None = None, requester: int | None = None, customer: int | None = None,
    priority: int | None = None, received_after: datetime | None = None, sort: str = Query("newest", pattern="^(newest|due|priority)$"),
    q: str = Query("", max_length=400, description="The quick search: `from:李倩 is:overdue 2026-10 word`."),
) -> dict[str, Any]:
    """Newest first, or by what falls due first (`sort=due`) or by priority (`sort=priority`): open items only."""
    user = signed_in(request)
    rows = WorkItem.objects.visible_to(user).with_people()
    exact = {"kind": kind, "phase": phase, "state": state, "team__key": team, "owner": owner, "requester": requester,
             "customer": customer, "priority": priority}
    rows = rows.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
    if q.strip():
        now = timezone.now()
        rows = asked(rows, parse(q, today=timezone.localdate(now)), user=user, now=now)
    if received_after is not None:
        rows = rows.filter(received_at__gt=received_after)
    if open or sort in ("due", "priority"):
        rows = rows.open()
    elif open is False:
        rows = rows.exclude(phase__in=["new", "active", "waiting"])
    order = listing.SORTS[sort][1]
    if sort == "priority":
        rows = rows.annotate(rank=rank())
    return keyset(with_held(rows), order=order, cursor=cursor, limit=limit, show=lambda item: item_out(item, reader=user))


@router.post("/items", response={201: ItemDetailOut}, summary="Record a new work item")
@idempotent
def create_item(request: HttpRequest, payload: ItemIn) -> Status[dict[str, Any]]:
    """Recorded, routed and on the clock at once. Send `Idempotency-Key` to be safe against sending twice."""
    by = actor_of(request)
    item = open_item(
        payload.kind, title=payload.title, description=payload.description, by=by, source="api",
        requester=pick(User, payload.requester, field="requester", among=lambda: User.objects.filter(is_active=True)),
        customer=pick(Customer, payload.customer, field="customer", among=lambda: Customer.objects.visible_to(signed_in(request))),
        site=pick(Site, payload.site, field="site"), category=pick(Category, payload.category, field="category", by="key"),
        impact=payload.impact, urgency=payload.urgency, team=pick(Team, payload.team, field="team", by="key"),
        owner=pick(User, payload.owner, field="owner", among=lambda: User.objects.staff()),
        parent=find(request, payload.parent) if payload.parent else None, catalogue_key=payload.catalogue_key,
        subject=payload.subject, labels=payload.labels, form=payload.form, files=files_of(payload.files, user=by.user),
    )
    return Status(201, item_detail(item, by=by))


@router.get("/items/{number}", response=ItemDetailOut, summary="Read a work item")
def read_item(request: HttpRequest, number: str) -> dict[str, Any]:
    return item_detail(find(request, number), by=actor_of(request))


@router.patch("/items/{number}", response=ItemDetailOut, summary="Change facts of a work item")
def change_item(request: HttpRequest, number: str, payload: ItemPatch) -> dict[str, Any]:
    """Impact or urgency set the priority by the department's matrix, unless a priority is given too."""
    given = payload.dict(exclude_unset=True, exclude={"version", "why"})
    for name, model, key in (("category", Category, "key"), ("customer", Customer, "pk"), ("requester", User, "pk")):
        if name in given:
            given[name] = pick(model, given[name], field=name, by=key)
    change(find(request, number), by=actor_of(request), version=payload.version, why=payload.why, **given)
    return item_detail(find(request, number), by=actor_of(request))


@router.get("/items/{number}/timeline", response=Page[EntryOut], summary="Read the timeline of a work item")
def read_timeline(request: HttpRequest, number: str, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Oldest first; without internal notes for those who may not read them."""
    user = signed_in(request)
    entries = (
        Entry.objects.of(find(request, number)).visible_to(user).select_related("author")
        .prefetch_related(Prefetch("attachments", Attachment.objects.select_related("file")))
    )
    return keyset(entries, order=("happened_at", "id"), cursor=cursor, limit=limit, show=lambda e: entry_out(e, reader=user))


@router.get("/items/{number}/clocks", response=list[ClockOut], summary="Read the promises of a work item")
def read_clocks(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    if not signed_in(request).is_agent:
        raise NotFound(_("There is nothing here that you may see."))
    return [clock_out(clock) for clock in find(request, number).clocks.order_by("started_at", "id")]
