"""What is offered, asking for it, rating it, and what stands on the portal, over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.files import files_of
from hengwei.core.idempotency import idempotent
from hengwei.core.rest import actor_of
from hengwei.desk.actions import (
    catalogue,
    satisfaction,
)
from hengwei.desk.models import (
    CatalogueEntry,
)
from hengwei.desk.notices import notices_for
from hengwei.desk.promises import promised
from hengwei.desk.suggestions import suggestions_for
from hengwei.org.models import User
from hengwei.work.api.items import find, pick
from hengwei.work.api.schemas import ItemDetailOut, item_detail
from hengwei.work.models import Source

router = Router(tags=["desk"])


class OfferOut(Schema):
    """Something that may be asked for, with its form. `promise` is what it would be promised if it were sent now."""

    key: str
    name: str
    description: str
    icon: str
    version: int
    kind: str
    fields: list[dict[str, Any]]
    first_response: datetime | None = None
    resolution: datetime | None = None
    hours: str = ""


class AskIn(Schema):
    title: str = ""
    description: str = ""
    answers: dict[str, Any] = Field(default_factory=dict, description="By key of the field.")
    requester: int | None = Field(None, description="Whom it is for; oneself unless named.")
    files: list[str] = Field(default_factory=list)


def _offer(entry: CatalogueEntry, user: User, *, with_promise: bool) -> dict[str, Any]:
    version = entry.published
    assert version is not None
    found = {"key": entry.key, "name": entry.label, "description": entry.explanation, "icon": entry.icon, "version": version.number, "kind": version.kind, "fields": version.fields}
    if with_promise:
        promise = promised(entry, user, timezone.now())
        found |= {"first_response": promise.first_response, "resolution": promise.resolution, "hours": promise.hours}
    return found


@router.get("/portal/catalogue", response=list[OfferOut], summary="What you may ask for")
def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """In the catalogue's order; not paged, since a catalogue is read whole."""
    user = signed_in(request)
    return [_offer(entry, user, with_promise=False) for entry in CatalogueEntry.objects.offered_to(user).select_related("published")]


@router.get("/portal/catalogue/{key}", response=OfferOut, summary="One entry with its form and what would be promised")
def offer(request: HttpRequest, key: str) -> dict[str, Any]:
    user = signed_in(request)
    return _offer(catalogue.offered(key, user), user, with_promise=True)


@router.post("/portal/catalogue/{key}/ask", response={201: ItemDetailOut}, summary="Ask for it")
@idempotent
def ask(request: HttpRequest, key: str, payload: AskIn) -> tuple[int, dict[str, Any]]:
    """Wrong answers come back by field in `detail.errors`."""
    by = actor_of(request)
    requester = pick(User, payload.requester, field="requester", among=lambda: User.objects.filter(is_active=True))
    item = catalogue.submit(
        catalogue.offered(key, signed_in(request)), by=by, title=payload.title, description=payload.description, answers=payload.answers, requester=requester,
        files=files_of(payload.files, user=by.user), source=Source.API,
    )
    return 201, item_detail(item, by=by)


class RateIn(Schema):
    score: int = Field(ge=1, le=5)
    comment: str = ""


@router.post("/items/{number}/rating", response=ItemDetailOut, summary="Rate your own request, 1 to 5")
def rate(request: HttpRequest, number: str, payload: RateIn) -> dict[str, Any]:
    by = actor_of(request)
    satisfaction.rate(find(request, number), score=payload.score, comment=payload.comment, by=by)
    return item_detail(find(request, number), by=by)


class SuggestionOut(Schema):
    title: str
    url: str
    excerpt: str
    kind: str


@router.get("/portal/suggestions", response=list[SuggestionOut], summary="What may answer the words before they become a request")
def suggest(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    return [{"title": one.title, "url": one.url, "excerpt": one.excerpt, "kind": one.kind} for one in suggestions_for(q, signed_in(request))]


class NoticeOut(Schema):
    title: str
    text: str
    level: str
    starts_at: datetime | None
    ends_at: datetime | None


@router.get("/portal/notices", response=list[NoticeOut], summary="What stands on top of the portal")
def portal_notices(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": one.title, "text": one.text, "level": one.level, "starts_at": one.starts_at, "ends_at": one.ends_at}
        for one in notices_for(signed_in(request), timezone.now())
    ]
