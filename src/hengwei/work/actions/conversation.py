"""What is said on an item: replies, notes, messages in, calls."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.core.models import StoredFile
from hengwei.org.models import User
from hengwei.work import jobs
from hengwei.work import permissions as perms
from hengwei.work.clocks import engine as clocks
from hengwei.work.events import ItemMoved, ItemTold, ReplyTakenBack
from hengwei.work.models import Attachment, Draft, Entry, Watcher, WorkItem
from hengwei.work.workflow import Phase

from .drafts import once
from .helping import owe_callback
from .progress import _first_step, move
from .sharing import guest_of
from .writing import Log, moment, writing

#: Seconds beyond the grace in which a click on 'undo' may still be on its way.
LEEWAY = 3


def check_files(files: Sequence[Any]) -> list[tuple[StoredFile, dict[str, Any]]]:
    """Files as (StoredFile, options) pairs; options are those of Attachment: name, content_id, inline."""
    return [file if isinstance(file, tuple) else (file, {}) for file in files]


def attach(item: WorkItem, entry: Entry, files: Sequence[tuple[StoredFile, dict[str, Any]]]) -> None:
    """Hang files on an entry; they are as public as it is."""
    Attachment.objects.bulk_create(
        Attachment(item=item, entry=entry, file=file, public=entry.public, **{"name": file.name, **options}) for file, options in files
    )


def _words(text: str, html: str, files: Sequence[Any]) -> str:
    text = text.strip()
    if not text and not html and not files:
        raise Refused(_("Please write something first."), code="missing", field="text")
    return text


def _mentioned(text: str, people: Sequence[User]) -> tuple[int, ...]:
    """Those of `people` whom the text names with an @."""
    return tuple(person.pk for person in people if f"@{person.name}" in text or f"@{person.username}" in text)


@transaction.atomic
def reply(
    item: WorkItem, *, by: Actor, text: str, html: str = "", files: Sequence[Any] = (), key: uuid.UUID | None = None,
    version: int | None = None, at: datetime | None = None, details: dict[str, Any] | None = None, hold_for: int = 0,
    automatic: bool = False,
) -> Entry | None:
    """Public words on an item, by staff to the requester or by the requester to the desk.

    A staff reply counts as first response and as update; the requester's own words take the item out of 'waiting for
    the customer'. `key` makes it at most once: the second call with it does nothing and returns None. `hold_for` are
    seconds in which what goes out by mail may still be taken back. What a rule says (`automatic`) is no answer of a person:
    it keeps no promise and stops no clock.
    """
    at = moment(at)
    item = item.locked(version)
    guest = guest_of(item, by.user)
    if guest is not None and not Watcher.objects.filter(item=item, user=by.user).exists():
        return _guest_says(item, by=by, text=_words(text, html, files), files=check_files(files), key=key, at=at)
    mine = item.is_requester(by.user) or (by.user is not None and not by.may(perms.WORK) and item.visible_to(by.user))
    if not by.may(perms.WORK) and not mine:
        raise Forbidden(_("You do not have the right to do this."))
    if key is not None and not once(key, item=item, user=by.user):
        return None
    if item.phase == Phase.CLOSED:
        raise Refused(
            _("%(number)s is closed. Continue it as a new item instead.") % {"number": item.number}, code="closed", field="text",
        )
    text = _words(text, html, files)
    stored = check_files(files)
    from_staff = not item.is_requester(by.user) and by.may(perms.WORK)
    moved: ItemMoved | None = None
    with writing(item, by=by, at=at) as log:
        entry = log.record(
            Entry.Kind.MESSAGE_OUT if from_staff else Entry.Kind.COMMENT, public=True, text=text, html=html, by_staff=from_staff,
            details={**(details or {}), **({"hold_for": hold_for} if hold_for else {}), **({"automatic": True} if automatic else {})},
        )
        attach(item, entry, stored)
        if from_staff and not automatic:
            staff_told(log, at)
        elif not from_staff:
            moved = requester_answered(log, at)
        if by.user is not None:
            Draft.objects.filter(item=item, user=by.user).delete()
    _after(log, entry, by=by, at=at, moved=moved)
    return entry


@transaction.atomic
def take_back(entry: Entry, *, by: Actor, held: bool = False, at: datetime | None = None) -> WorkItem:
    """Unsay a reply: within its seconds of grace, or while whoever sends it holds it still (`held`). From now on only colleagues see it.

    The promises that it kept are open again, as if it had not been said; an item that was put on hold with it goes on.
    """
    by.require(perms.WORK)
    at = moment(at)
    item = entry.item.locked()
    entry = Entry.objects.select_for_update(of=("self",)).select_related("author").get(pk=entry.pk)
    if not entry.public or entry.kind != Entry.Kind.MESSAGE_OUT:
        raise Refused(_("This cannot be taken back."), code="not_sent")
    if not held and at > entry.happened_at + timedelta(seconds=int(entry.details.get("hold_for", 0)) + LEEWAY):
        raise Refused(_("It has left already."), code="sent")
    emit(ReplyTakenBack(item_id=item.pk, entry_id=entry.pk, actor=by, at=at))
    Entry.objects.filter(pk=entry.pk).update(public=False, details={**entry.details, "taken_back": True})
    Attachment.objects.filter(entry=entry).update(public=False)
    last = item.entries.filter(public=True, kind__in=Entry.WORDS).order_by("-happened_at", "-id").first()
    moved = item.entries.filter(kind=Entry.Kind.TRANSITION, pk__gt=entry.pk).order_by("-pk").first()
    with writing(item, by=by, at=at) as log:
        if item.responded_at == entry.happened_at:
            item.responded_at = None
        if item.told_at == entry.happened_at:
            item.told_at = None
        item.last_public_at = last.happened_at if last else None
        item.last_public_from_requester = bool(last and not last.by_staff)
        clocks.untold(item, said_at=entry.happened_at, by=by)
        log.record(Entry.Kind.NOTICE, details={"notice": "taken_back"})
    jobs.reindex_soon(item)
    if moved is not None and moved.details.get("transition") == "pend" and moved.author_id == entry.author_id and item.phase == Phase.WAITING:
        from .progress import make_transition

        item = make_transition(item, "resume", by=by)
    return item


def _guest_says(
    item: WorkItem, *, by: Actor, text: str, files: Sequence[tuple[StoredFile, dict[str, Any]]], key: uuid.UUID | None, at: datetime,
) -> Entry | None:
    """The words of somebody to whom the item was shown: for the desk alone, never for the requester."""
    if key is not None and not once(key, item=item, user=by.user):
        return None
    with writing(item, by=by, at=at) as log:
        entry = log.record(Entry.Kind.COMMENT, public=False, text=text, by_staff=True, details={"guest": True})
        attach(item, entry, files)
    _after(log, entry, by=by, at=at, mentions=(item.owner_id,) if item.owner_id else ())
    return entry


@transaction.atomic
def note(
    item: WorkItem, *, by: Actor, text: str, files: Sequence[Any] = (), key: uuid.UUID | None = None, version: int | None = None,
    at: datetime | None = None, details: dict[str, Any] | None = None,
) -> Entry | None:
    """Words among colleagues; never shown or sent to the requester."""
    at = moment(at)
    by.require(perms.WORK)
    item = item.locked(version)
    if key is not None and not once(key, item=item, user=by.user):
        return None
    text = _words(text, "", files)
    stored = check_files(files)
    mentions = _mentioned(text, list(User.objects.staff())) if "@" in text else ()
    with writing(item, by=by, at=at) as log:
        entry = log.record(Entry.Kind.COMMENT, public=False, text=text, details=details, by_staff=True)
        attach(item, entry, stored)
        if by.user is not None:
            Draft.objects.filter(item=item, user=by.user).delete()
    _after(log, entry, by=by, at=at, mentions=mentions)
    return entry


@transaction.atomic
def log_call(
    item: WorkItem, *, by: Actor, text: str, inbound: bool, files: Sequence[Any] = (), reached: bool = True, started_at: datetime | None = None,
    seconds: int = 0, callback_at: datetime | None = None, public: bool = False, at: datetime | None = None,
) -> Entry:
    """A telephone call on an item. One that reached the requester counts as an answer; a missed one does not."""
    at = moment(at)
    by.require(perms.WORK)
    item = item.locked()
    text = _words(text, "", files)
    stored = check_files(files)
    with writing(item, by=by, at=at) as log:
        entry = log.record(
            Entry.Kind.CALL, public=public, text=text, at=started_at or at, by_staff=True,
            details={
                "inbound": inbound, "reached": reached, "seconds": seconds,
                **({"callback_at": callback_at.isoformat()} if callback_at else {}),
            },
        )
        attach(item, entry, stored)
        if reached:
            staff_told(log, started_at or at)
        if callback_at is not None:
            owe_callback(entry, owner=by.user or item.owner, due_at=callback_at)
        if by.user is not None:
            Draft.objects.filter(item=item, user=by.user).delete()
    _after(log, entry, by=by, at=at)
    return entry


@transaction.atomic
def receive(
    item: WorkItem, *, by: Actor, text: str, author: User | None, html: str = "", quoted: str = "", files: Sequence[Any] = (),
    at: datetime | None = None, received_at: datetime | None = None, automatic: bool = False, public: bool = True,
    details: dict[str, Any] | None = None,
) -> Entry:
    """A message that reached us from outside. What a machine wrote is kept and shown, but answers and reopens nothing."""
    at = moment(at)
    received_at = received_at or at
    item = item.locked()
    from_staff = bool(author and not item.is_requester(author) and author.may(perms.WORK))
    stored = check_files(files)
    moved: ItemMoved | None = None
    with writing(item, by=by, at=at) as log:
        entry = log.record(
            Entry.Kind.MESSAGE_IN, public=public, text=text, html=html, quoted=quoted, author=author, by_staff=from_staff, at=received_at,
            details={**(details or {}), **({"automatic": True} if automatic else {})},
        )
        attach(item, entry, stored)
        if not automatic and public:
            if from_staff:
                staff_told(log, received_at)
            else:
                moved = requester_answered(log, received_at)
    _after(log, entry, by=by, at=at, moved=moved, automatic=automatic)
    return entry


def staff_told(log: Log, at: datetime) -> None:
    """The requester was told something by a person: first response is given, the next update starts anew."""
    item = log.item
    if item.responded_at is None:
        item.responded_at = at
    if item.phase == Phase.RESOLVED and item.told_at is None:
        item.told_at = at
    clocks.told(item, at=at, by=log.by, reached_requester=True)


def requester_answered(log: Log, at: datetime) -> ItemMoved | None:
    """The requester spoke: what waited for him goes on, what was resolved comes back."""
    from hengwei.work.models import WaitingFor

    from .snoozing import answered

    item = log.item
    answered(item, at=at)
    waits = item.phase == Phase.WAITING and item.waiting_for == WaitingFor.CUSTOMER
    if not waits and item.phase != Phase.RESOLVED:
        return None
    moving = Log(item, log.by, max(at, item.resolved_at or at))
    return move(moving, _first_step(item, Phase.ACTIVE))


def _after(
    log: Log, entry: Entry, *, by: Actor, at: datetime, moved: ItemMoved | None = None, mentions: tuple[int, ...] = (), automatic: bool = False,
) -> None:
    jobs.reindex_soon(log.item)
    if moved is not None:
        emit(moved)
    if not automatic:
        emit(ItemTold(
            item_id=log.item.pk, entry_id=entry.pk, public=entry.public, by_staff=entry.by_staff, mentions=mentions, actor=by, at=at,
        ))
