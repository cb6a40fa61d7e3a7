"""Channels over REST: notices and what reaches me, the ledger of mail, chat channels, webhooks both ways."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import Page, actor_of, keyset
from hengwei.org.models import User

from . import permissions as perms
from .actions import inbound, notices, outgoing, webhooks
from .models import InboundMessage, Mailbox, Notice, OutboundMessage
from .notice_words import sentence
from .pages.chat import ChannelPages, ChatLogPages
from .pages.webhooks import CallPages, DeliveryPages, HookPages, WebhookPages

router = Router(tags=["channels"])
for _pages in (ChannelPages, ChatLogPages, WebhookPages, DeliveryPages, HookPages, CallPages):
    router.add_router("", _pages.router())

When = Literal["now", "digest", "never"]


class NoticeOut(Schema):
    id: int
    event: str
    words: str
    item: str | None = Field(description="Number of the item it is about.")
    at: datetime
    read_at: datetime | None


class WaysIn(Schema):
    bell: bool = True
    mail: When = "never"
    chat: When = "never"


class HoursIn(Schema):
    """When mail and chat may come. `quiet_from` equal to `quiet_until`: no quiet hours."""

    quiet_from: time = time(0)
    quiet_until: time = time(0)
    working_only: bool = False
    digest: Literal["hourly", "daily", "weekly"] = "daily"
    digest_at: time = time(8, 30)
    digest_day: int = Field(0, ge=0, le=6, description="0 is Monday.")


class ChoiceIn(Schema):
    events: dict[str, WaysIn] = {}
    hours: HoursIn | None = None


class ChoiceOut(Schema):
    events: dict[str, WaysIn]
    hours: HoursIn


class MessageInOut(Schema):
    id: int
    sender: str
    subject: str
    status: str
    outcome: str
    reason: str
    item: str | None
    received_at: datetime


class MessageOutOut(Schema):
    id: int
    event: str
    to: list[str]
    cc: list[str]
    subject: str
    status: str
    reason: str
    attempts: int
    item: str | None
    created_at: datetime
    sent_at: datetime | None


class MailboxOut(Schema):
    id: int
    address: str
    name: str
    active: bool
    default: bool
    fetched_at: datetime | None
    fetch_error: str


class ResendIn(Schema):
    to: list[str]


def _number(row: Any) -> str | None:
    return row.item.number if row.item else None


@router.get("/notices", response=Page[NoticeOut], summary="My notices, newest first")
def my_notices(request: HttpRequest, cursor: str = "", limit: int = 50, unread: bool = False) -> dict[str, Any]:
    rows = Notice.objects.filter(user=signed_in(request)).select_related("item")
    if unread:
        rows = rows.filter(read_at=None)
    return keyset(rows, cursor=cursor, limit=limit, show=lambda row: {
        "id": row.pk, "event": row.event, "words": sentence(row.event, row.params)[1], "item": _number(row), "at": row.at, "read_at": row.read_at,
    })


@router.post("/notices/read", response=dict[str, int], summary="All my notices are read")
def read_notices(request: HttpRequest) -> dict[str, int]:
    return {"read": Notice.objects.filter(user=signed_in(request), read_at=None).update(read_at=timezone.now())}


@router.get("/notices/choice", response=ChoiceOut, summary="What reaches me, by which way, and when")
def my_choice(request: HttpRequest) -> dict[str, Any]:
    return _choice(signed_in(request))


@router.put("/notices/choice", response=ChoiceOut, summary="Choose what reaches me; events that are absent stay")
def choose(request: HttpRequest, payload: ChoiceIn) -> dict[str, Any]:
    hours = payload.hours.model_dump(mode="json") if payload.hours is not None else None
    return _choice(notices.choose(signed_in(request), by=actor_of(request), events={event: ways.model_dump() for event, ways in payload.events.items()}, hours=hours))


def _choice(user: User) -> dict[str, Any]:
    hours = notices.hours_of(user)
    return {
        "events": {event: dict(zip(("bell", "mail", "chat"), notices.wants(user, event), strict=True)) for event in notices.DEFAULTS},
        "hours": {name: getattr(hours, name) for name in HoursIn.model_fields},
    }


@router.get("/channels/events", response=list[str], summary="Every event that a webhook can subscribe to")
def webhook_events(request: HttpRequest) -> list[str]:
    actor_of(request).require(perms.CONFIGURE)
    return webhooks.events()


@router.get("/mail/boxes", response=list[MailboxOut], summary="The department's mailboxes and how they are")
def mailboxes(request: HttpRequest) -> Any:
    actor_of(request).require(perms.CONFIGURE)
    return Mailbox.objects.all()


@router.get("/mail/in", response=Page[MessageInOut], summary="Messages received and what became of them")
def messages_in(request: HttpRequest, cursor: str = "", limit: int = 50, status: str = "") -> dict[str, Any]:
    actor_of(request).require(perms.CONFIGURE)
    rows = InboundMessage.objects.select_related("item")
    return keyset(rows.filter(status=status) if status else rows, cursor=cursor, limit=limit, show=_in)


def _in(row: InboundMessage) -> dict[str, Any]:
    return {
        "id": row.pk, "sender": row.sender, "subject": row.subject, "status": row.status, "outcome": row.outcome, "reason": row.reason,
        "item": _number(row), "received_at": row.received_at,
    }


def _received(request: HttpRequest, pk: int) -> InboundMessage:
    actor_of(request).require(perms.CONFIGURE)
    row = InboundMessage.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such message."))
    return row


@router.post("/mail/in/{int:pk}/again", response=MessageInOut, summary="Have a failed message read again")
def read_again(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _in(inbound.again(_received(request, pk), by=actor_of(request)))


@router.post("/mail/in/{int:pk}/item", response=MessageInOut, summary="Make an item of a message that was set aside")
def take_in(request: HttpRequest, pk: int) -> dict[str, Any]:
    row = _received(request, pk)
    inbound.take_in(row, by=actor_of(request))
    return _in(_received(request, pk))


@router.get("/mail/out", response=Page[MessageOutOut], summary="Messages sent, waiting, failed")
def messages_out(request: HttpRequest, cursor: str = "", limit: int = 50, status: str = "") -> dict[str, Any]:
    actor_of(request).require(perms.CONFIGURE)
    rows = OutboundMessage.objects.select_related("item")
    return keyset(rows.filter(status=status) if status else rows, cursor=cursor, limit=limit, show=_out)


def _out(row: OutboundMessage) -> dict[str, Any]:
    return {
        "id": row.pk, "event": row.event, "to": row.to, "cc": row.cc, "subject": row.subject, "status": row.status, "reason": row.reason, "attempts": row.attempts,
        "item": _number(row), "created_at": row.created_at, "sent_at": row.sent_at,
    }


@router.post("/mail/out/{int:pk}/again", response=MessageOutOut, summary="Send a failed message again, to recipients that you looked at")
def send_again(request: HttpRequest, pk: int, payload: ResendIn) -> dict[str, Any]:
    row = OutboundMessage.objects.filter(pk=pk).select_related("item", "entry", "mailbox", "user").first()
    if row is None or (row.item is not None and not row.item.visible_to(signed_in(request))):
        raise NotFound(_("There is no such message."))
    return _out(outgoing.send_again(row, by=actor_of(request), to=payload.to))
