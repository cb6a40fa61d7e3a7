"""What is said on an item: replies, notes, messages in, calls."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Forbidden, Refused
from hengwei.core.events import emit
from hengwei.core.jobs import enqueue
from hengwei.core.models import StoredFile
from hengwei.org.models import User
from hengwei.work import jobs
from hengwei.work import permissions as perms
from hengwei.work.clocks import engine as clocks
from hengwei.work.events import ItemMoved, ItemTold
from hengwei.work.models import Attachment, Draft, Entry, WaitingFor, Watcher, WorkItem
from hengwei.work.workflow import Phase

from .drafts import once
from .helping import owe_callback
from .progress import _first_step, move
from .sharing import guest_of
from .writing import Log, moment, writing

#: Seconds beyond the grace in which a click on 'undo' may still be on its way: so much later the reply goes out.
LEEWAY = 3


def check_files(files: Sequence[Any]) -> list[tuple[StoredFile, dict[str, Any]]]:
    """Files as (StoredFile, options) pairs; options are those of Attachment: name, content_id, inline."""
    return [file if isinstance(file, tuple) else (file, {}) for file in files]


def attach(item: WorkItem, entry: Entry, files: Sequence[tuple[StoredFile, dict[str, Any]]]) -> None:
    """Hang files on an entry; they are as public as it is."""
    if files:
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
    automatic: bool = False, then_wait: bool = False,
) -> Entry | None:
    """Public words on an item, by staff to the requester or by the requester to the desk.

    A staff reply counts as first response and as update; the requester's own words take the item out of 'waiting for
    the customer'. `key` makes it at most once: the second call with it does nothing and returns None. `hold_for` are
    seconds in which the words may still be taken back: until they are over nothing happens outside (`let_out`). `then_wait`: once it
    is out, the item waits for the customer. What a rule says (`automatic`) is no answer of a person:
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
    held_until = at + timedelta(seconds=hold_for + LEEWAY) if hold_for and from_staff else None
    moved: ItemMoved | None = None
    with writing(item, by=by, at=at) as log:
        entry = log.record(
            Entry.Kind.MESSAGE_OUT if from_staff else Entry.Kind.COMMENT, public=held_until is None, text=text, html=html, by_staff=from_staff,
            details={**(details or {}), **({"then_wait": True} if then_wait else {}), **({"automatic": True} if automatic else {})}, held_until=held_until,
        )
        attach(item, entry, stored)
        if from_staff and not automatic:
            staff_told(log, at)
        elif not from_staff:
            moved = requester_answered(log, at)
        if by.user is not None:
            Draft.objects.filter(item=item, user=by.user).delete()
    if held_until is not None:
        jobs.reindex_soon(item)
        enqueue(jobs.let_reply_out, at=held_until, entry_id=entry.pk)
        return entry
    _after(log, entry, by=by, at=at, moved=moved)
    if then_wait and from_staff:
        _wait_for_answer(item, entry, by=by, at=at)
    return entry


@transaction.atomic
def let_out(entry: Entry, *, at: datetime | None = None) -> Entry | None:
    """The seconds of undo are over: the requester reads the reply, it goes out by mail, rules and webhooks hear of it.

    It counts from the moment it was written, at which its clocks have stopped. None where it was taken back or is out already.
    """
    at = moment(at)
    item = entry.item.locked()
    entry = Entry.objects.select_for_update(of=("self",)).select_related("author").get(pk=entry.pk)
    if entry.held_until is None or entry.held_until > at:
        return None
    Entry.objects.filter(pk=entry.pk).update(public=True, held_until=None)
    Attachment.objects.filter(entry=entry).update(public=True)
    entry.public, entry.held_until = True, None
    by = Actor(user=entry.author, via=entry.via)  # type: ignore[arg-type]
    with writing(item, by=by, at=at) as log:
        _newest_public(item)
    _after(log, entry, by=by, at=entry.happened_at)
    if entry.details.get("then_wait"):
        _wait_for_answer(item, entry, by=by, at=at)
    return entry


def _wait_for_answer(item: WorkItem, entry: Entry, *, by: Actor, at: datetime) -> None:
    """Put the item on hold for the customer's answer, unless he has spoken since, or somebody has led it elsewhere."""
    from .progress import pend

    item = WorkItem.objects.get(pk=item.pk)
    if not item.is_open or item.entries.filter(public=True, by_staff=False, kind__in=Entry.WORDS, happened_at__gt=entry.happened_at).exists():
        return
    with suppress(ActionError), transaction.atomic():
        pend(item, by=by, waiting_for=WaitingFor.CUSTOMER, at=at)


def _newest_public(item: WorkItem) -> None:
    last = item.entries.filter(public=True, kind__in=Entry.WORDS).order_by("-happened_at", "-id").first()
    item.last_public_at = last.happened_at if last else None
    item.last_public_from_requester = bool(last and not last.by_staff)


@transaction.atomic
def take_back(entry: Entry, *, by: Actor, at: datetime | None = None) -> WorkItem:
    """Unsay a reply within its seconds of undo, with all that was said with it to the requesters of reports. Only colleagues see it from now on.

    The promises that it kept are open again, to the second, as if it had not been said.
    """
    by.require(perms.WORK)
    at = moment(at)
    item = entry.item.locked()
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.kind != Entry.Kind.MESSAGE_OUT or (entry.held_until is None and not entry.public):
        raise Refused(_("This cannot be taken back."), code="not_sent")
    if entry.held_until is None:
        raise Refused(_("It has left already."), code="sent")
    _unsay(item, entry, by=by, at=at)
    for one in Entry.objects.held().filter(item__parent=item, details__with_entry=entry.pk).select_related("item").order_by("item_id"):
        _unsay(one.item.locked(), one, by=by, at=at)
    return item


def _unsay(item: WorkItem, entry: Entry, *, by: Actor, at: datetime) -> None:
    if not Entry.objects.held().filter(pk=entry.pk).update(held_until=None, details={**entry.details, "taken_back": True}):
        return
    with writing(item, by=by, at=at) as log:
        if item.responded_at == entry.happened_at:
            item.responded_at = None
        if item.told_at == entry.happened_at:
            item.told_at = None
        clocks.untold(item, said_at=entry.happened_at, by=by)
        log.record(Entry.Kind.NOTICE, details={"notice": "taken_back"})
    jobs.reindex_soon(item)


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
