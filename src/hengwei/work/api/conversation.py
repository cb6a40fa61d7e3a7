"""Saying something on a work item."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from hengwei.core.errors import NotFound
from hengwei.core.files import files_of
from hengwei.core.idempotency import idempotent
from hengwei.core.rest import actor_of
from hengwei.work.actions import conversation, progress

from .items import find
from .schemas import CallIn, EntryOut, ReplyIn, WordsIn, entry_out

router = Router()


@router.post("/items/{number}/replies", response={201: EntryOut}, summary="Reply publicly")
@idempotent
def reply(request: HttpRequest, number: str, payload: ReplyIn) -> Status[dict[str, Any]]:
    """By staff to the requester, or by the requester to the desk."""
    by = actor_of(request)
    entry = conversation.reply(
        find(request, number), by=by, text=payload.text, files=files_of(payload.files, user=by.user), version=payload.version,
        hold_for=payload.undo_seconds)
    assert entry is not None
    return Status(201, entry_out(entry, reader=by.user))  # type: ignore[arg-type]


@router.post("/items/{number}/replies/{entry}/take-back", response={204: None}, summary="Take a reply back within its seconds of undo")
def take_back(request: HttpRequest, number: str, entry: int) -> Status[None]:
    """One's own reply that was given with `undo_seconds`, with what was said with it to the requesters of reports."""
    by = actor_of(request)
    said = find(request, number).entries.filter(pk=entry, author=by.user).first()
    if said is None:
        raise NotFound(_("This message does not exist."))
    conversation.take_back(said, by=by)
    return Status(204, None)


@router.post("/items/{number}/notes", response={201: EntryOut}, summary="Note something among colleagues")
@idempotent
def note(request: HttpRequest, number: str, payload: WordsIn) -> Status[dict[str, Any]]:
    """Never shown or sent to the requester."""
    by = actor_of(request)
    entry = conversation.note(
        find(request, number), by=by, text=payload.text, files=files_of(payload.files, user=by.user), version=payload.version)
    assert entry is not None
    return Status(201, entry_out(entry, reader=by.user))  # type: ignore[arg-type]


@router.post("/items/{number}/calls", response={201: EntryOut}, summary="Log a telephone call")
@idempotent
def call(request: HttpRequest, number: str, payload: CallIn) -> Status[dict[str, Any]]:
    by = actor_of(request)
    entry = conversation.log_call(find(request, number), by=by, **payload.dict())
    return Status(201, entry_out(entry, reader=by.user))  # type: ignore[arg-type]


@router.post("/items/{number}/chase", response={204: None}, summary="Urge")
def chase(request: HttpRequest, number: str, text: str = "") -> Status[None]:
    progress.chase(find(request, number), by=actor_of(request), text=text)
    return Status(204, None)
