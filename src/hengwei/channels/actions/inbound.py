"""A message comes in: kept first, understood after (mail.md, In)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.channels import limit, signing
from hengwei.channels.models import InboundDelivery, InboundMessage, Mailbox
from hengwei.channels.reading import markup
from hengwei.channels.reading.message import Message, parse
from hengwei.core import live
from hengwei.core.acting import Actor, acting_as
from hengwei.core.database.asked import Asked
from hengwei.core.database.prepared import prepared, together
from hengwei.core.errors import Refused
from hengwei.core.files import store
from hengwei.core.jobs import enqueue
from hengwei.core.models import StoredFile
from hengwei.org.models import User
from hengwei.work.actions import conversation, intake
from hengwei.work.models import Entry, Relation, Watcher, WorkItem
from hengwei.work.workflow import Phase

from . import bounced, joining, people

log = logging.getLogger("hengwei.mail")
Status, Outcome = InboundMessage.Status, InboundMessage.Outcome
#: A failed reading is tried this often by itself; then it waits for a person, or for a new version.
ATTEMPTS = 3
#: Automatic mail of these kinds tells something new (an alarm) and opens an item; other machines' mail is set aside.
TELLING = {"From", "Auto-Submitted: auto-generated"}
COPIED_AT_MOST = 30
_WAITING = Asked(lambda pk: InboundMessage.objects.select_for_update(skip_locked=True).filter(pk=pk, status__in=(Status.KEPT, Status.FAILED)), 1)
_SAME = Asked(lambda fingerprint, own: InboundMessage.objects.filter(fingerprint=fingerprint, status__in=(Status.DONE, Status.ASIDE)).exclude(pk=own).order_by("id"), 2)
_DELIVERY = Asked(lambda row: InboundDelivery.objects.filter(message_id=row).exclude(mailbox=None).select_related("mailbox__team").order_by("id"), 1)


@transaction.atomic
def keep(
    data: bytes, *, mailbox: Mailbox | None = None, uidvalidity: int | None = None, uid: int | None = None, envelope_to: str = "",
    received_at: datetime | None = None, now: bool = True,
) -> InboundMessage:
    """Put a message on record as it came, once however often it comes, and have it read after the commit.

    `received_at` is the server's receipt: clocks start there. `now=False` leaves the reading to the caller.
    """
    digest, path = _put_away(data)
    row, made = InboundMessage.objects.get_or_create(
        sha256=digest, defaults={"path": path, "size": len(data), "received_at": received_at or timezone.now()},
    )
    place = {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid} if uid is not None else {"mailbox": mailbox, "uid": None}
    InboundDelivery.objects.get_or_create(message=row, **place, defaults={"envelope_to": envelope_to[:320]})
    if made and now:
        from hengwei.channels.jobs import process_mail

        enqueue(process_mail, message_id=row.pk)
    return row


def _put_away(data: bytes) -> tuple[str, str]:
    """The message as a file; its hash and where it lies."""
    digest = hashlib.sha256(data).hexdigest()
    path = f"mail/{digest[:2]}/{digest[2:4]}/{digest}.eml"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(data))
    return digest, path


@transaction.atomic
def keep_many(many: Sequence[bytes], *, mailbox: Mailbox | None) -> list[InboundMessage]:
    """`keep` for many at once that come from no server; their reading is left to the caller. A row for each, in their order."""
    places = [_put_away(data) for data in many]
    now = timezone.now()
    InboundMessage.objects.bulk_create(
        [InboundMessage(sha256=digest, path=path, size=len(data), received_at=now) for (digest, path), data in zip(places, many, strict=True)], ignore_conflicts=True)
    rows = {row.sha256: row for row in InboundMessage.objects.filter(sha256__in=[digest for digest, _path in places])}
    delivered = set(InboundDelivery.objects.filter(message__in=rows.values(), mailbox=mailbox, uid=None).values_list("message_id", flat=True))
    InboundDelivery.objects.bulk_create([InboundDelivery(message=row, mailbox=mailbox) for row in rows.values() if row.pk not in delivered])
    return [rows[digest] for digest, _path in places]


def process(pk: int, message: Message | Exception | None = None) -> InboundMessage | None:
    """Read a kept message and do what it asks for. None when it is done, or another worker has it.

    All of it is one transaction: killed in the middle, nothing has happened and it is read again. A failure is
    recorded with its reason and touches no other message. `message` may bring what was read already.
    """
    try:
        with transaction.atomic(), acting_as(Actor(via="mail")):
            if not isinstance(message, Message):
                row = _WAITING.first(pk)
                if row is None:
                    return None
                if isinstance(message, Exception):
                    raise message
                with default_storage.open(row.path) as file:
                    message = limit.within(file.read())
            known = _known(pk, message)
            if known is None:
                return None
            _understand(known, message)
            _write(known.row)
            return known.row
    except Exception as error:  # one message may not stop the box; the reason is on record
        log.exception("message %s could not be read", pk)
        reason = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
        InboundMessage.objects.filter(pk=pk).update(status=Status.FAILED, reason=reason[:500], attempts=F("attempts") + 1)
        return InboundMessage.objects.filter(pk=pk).first()


def read_here(path: str) -> Message | Exception:
    """A kept message, read in this process: for one that its parent ends when it hangs. Nothing is locked meanwhile."""
    try:
        with default_storage.open(path) as file:
            return parse(file.read())
    except Exception as error:
        return error


def unread(at: datetime | None = None) -> list[int]:
    """Messages that lie there longer than a job takes: their job was lost, or failed for a passing reason."""
    at = at or timezone.now()
    rows = InboundMessage.objects.filter(
        Q(status=Status.KEPT, created_at__lt=at - timedelta(minutes=1)) | Q(status=Status.FAILED, attempts__lt=ATTEMPTS, created_at__lt=at - timedelta(minutes=2)),
    )
    return list(rows.order_by("id").values_list("pk", flat=True)[:500])


def again(row: InboundMessage, *, by: Actor) -> InboundMessage:
    """A person has a failed or set-aside message read again."""
    from hengwei.channels import permissions as perms

    by.require(perms.CONFIGURE)
    if row.status not in (Status.FAILED, Status.ASIDE):
        raise Refused(_("Only what failed or was set aside can be read again."), code="not_open")
    InboundMessage.objects.filter(pk=row.pk).update(status=Status.KEPT, attempts=0)
    return process(row.pk) or row


def take_in(row: InboundMessage, *, by: Actor) -> WorkItem:
    """Make an item of a message that was set aside."""
    from hengwei.channels import permissions as perms

    by.require(perms.CONFIGURE)
    if row.status != Status.ASIDE:
        raise Refused(_("This message has not been set aside."), code="not_aside")
    with transaction.atomic():
        with default_storage.open(row.path) as file:
            message = limit.within(file.read())
        delivery = _DELIVERY.first(row.pk)
        mailbox = delivery.mailbox if delivery else None
        item = _open(row, message, people.Sender(message.sender, user=people.contact(message.sender) if message.sender.email else None), mailbox, None)
        _done(row, Outcome.OPENED, item=item)
        _write(row)
    return item


@dataclass(frozen=True)
class _Known:
    """A message's row, locked, and what was asked with it."""

    row: InboundMessage
    #: The same message, read before.
    first: InboundMessage | None
    mailbox: Mailbox | None
    sender: User | None


def _known(pk: int, message: Message) -> _Known | None:
    """Lock the row and ask what every message asks, in one go. None when it is done, or another worker has it."""
    with together():
        row = _WAITING.sent(pk)
        _one_at_a_time(message.fingerprint)
        first = _SAME.sent(message.fingerprint, pk)
        delivery = _DELIVERY.sent(pk)
        sender = people.ask_for(message.sender)
    locked = row()
    if locked is None:
        return None
    came = delivery()
    return _Known(locked, first(), came.mailbox if came else None, sender())


#: What reading a message says of it.
_READ = ("message_id", "fingerprint", "sender", "sender_name", "subject", "status", "outcome", "item_id", "entry_id", "reason", "done_at", "attempts")
_WRITE = f"UPDATE {InboundMessage._meta.db_table} SET ({', '.join(_READ)}) = ({', '.join(['%s'] * len(_READ))}) WHERE id = %s"


def _write(row: InboundMessage) -> None:
    """Put on record what came of a message, and tell the pages that show them."""
    row.done_at = timezone.now()
    row.attempts += 1
    with prepared(), together():
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [*(getattr(row, name) for name in _READ), row.pk])
        live.announce("mail", message=row.pk)


def _understand(known: _Known, message: Message) -> None:
    row, first, mailbox = known.row, known.first, known.mailbox
    row.message_id, row.fingerprint = message.message_id, message.fingerprint
    row.sender, row.sender_name, row.subject = message.sender.email[:320], message.sender.name[:200], message.subject
    row.reason = ""
    if first is not None:
        row.deliveries.update(message=first)
        return _done(row, Outcome.DOUBLE, item=first.item, reason=f"#{first.pk}")
    if signing.item_of(message.message_id) is not None or message.loop_header == signing.loop_mark():
        return _done(row, Outcome.OURS)
    if message.bounce is not None:
        item = bounced.record(message.bounce, at=row.received_at)
        return _done(row, Outcome.BOUNCE, item=item)
    sender = people.identify(message, mailbox, known.sender)
    found = joining.find(message, sender, mailbox)
    if found is not None and found.allowed:
        return _join(row, message, sender, mailbox, found)
    if message.automatic and not _tells(message):
        _done(row, Outcome.AUTOMATIC, reason=message.automatic)
        row.status = Status.ASIDE
        return None
    if not (message.subject or message.text or message.files or message.quoted):
        return _done(row, Outcome.EMPTY)
    item = _open(row, message, sender, mailbox, found)
    return _done(row, Outcome.OPENED, item=item)


def _one_at_a_time(fingerprint: str) -> None:
    """Two workers with two copies of one message: the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail:{fingerprint}"])


def _done(row: InboundMessage, outcome: str, *, item: WorkItem | None = None, reason: str = "") -> None:
    row.status, row.outcome, row.item, row.reason = Status.DONE, outcome, item, reason


def _tells(message: Message) -> bool:
    return message.automatic in TELLING and not message.in_reply_to


def _join(row: InboundMessage, message: Message, sender: people.Sender, mailbox: Mailbox | None, found: joining.Found) -> None:
    item = found.item
    automatic = bool(message.automatic)
    if item.phase == Phase.CLOSED and not automatic:
        # What is closed keeps its figures; it is continued by a new item (clocks.md).
        successor = _open(row, message, sender, mailbox, None, continues=item)
        return _done(row, Outcome.OPENED, item=successor)
    author = sender.forwarded_by or sender.user
    files, html, remote = _contents(message, author)
    actor = Actor(user=author, via="mail") if author is not None and not sender.failed_check else Actor(via="mail")
    row.entry = conversation.receive(
        item, by=actor, text=message.text or message.subject, html=html, quoted=_folded(message), author=author, files=files,
        received_at=row.received_at, automatic=automatic, details={**_details(row, message, sender, remote), "joined_by": found.how},
    )
    _copy(item, message, sender)
    return _done(row, Outcome.JOINED, item=item)


def _open(
    row: InboundMessage, message: Message, sender: people.Sender, mailbox: Mailbox | None, found: joining.Found | None,
    continues: WorkItem | None = None,
) -> WorkItem:
    files, html, remote = _contents(message, sender.forwarded_by or sender.user)
    facts: dict[str, Any] = {}
    if continues is not None:
        facts = {"category": continues.category, "customer": continues.customer, "site": continues.site, "team": continues.team, "subject": continues.subject}
    item = intake.open_within(
        mailbox.kind if mailbox else "incident", title=message.subject or message.text[:80] or _("(no subject)"), by=Actor(via="mail"),
        description=message.text, html=html, quoted=_folded(message), requester=sender.user, source="email", files=files, received_at=row.received_at,
        entry_kind=Entry.Kind.MESSAGE_IN, entry_details=_details(row, message, sender, remote),
        **{"team": mailbox.team if mailbox else None, **facts},
    )
    row.entry = item.opening
    if continues is not None:
        Relation.objects.create(source=item, target=continues, kind=Relation.Kind.CONTINUES)
    elif found is not None:
        Relation.objects.create(source=item, target=found.item, kind=Relation.Kind.MAY_BELONG)
    _copy(item, message, sender)
    return item


def _contents(message: Message, author: Any) -> tuple[list[tuple[StoredFile, dict[str, Any]]], str, int]:
    """(files with how they hang, cleaned HTML with its pictures, pictures left out)."""
    files: list[tuple[StoredFile, dict[str, Any]]] = []
    by_id: dict[str, str] = {}
    for part in message.files:
        if not part.content:
            message.remarks.append("empty_attachment")
            continue
        try:
            stored = store(part.content, part.name, user=author)
        except Refused:
            message.remarks.append("attachment_too_large")
            continue
        inline = part.inline and f"cid:{part.content_id}" in message.html
        files.append((stored, {"name": part.name, "content_id": part.content_id[:250], "inline": inline}))
        if part.content_id:
            by_id[part.content_id] = stored.get_absolute_url()
    html, remote = markup.clean(message.html, pictures=by_id.get) if message.html else ("", 0)
    return files, html, remote


def _folded(message: Message) -> str:
    return "\n\n".join(part for part in (message.signature, message.quoted) if part)


def _details(row: InboundMessage, message: Message, sender: people.Sender, remote: int) -> dict[str, Any]:
    """What the timeline tells of where the words came from; only what is worth telling."""
    told = {
        "message": row.pk, "from": message.sender.email, "from_name": message.sender.name,
        "to": [a.email for a in message.to][:50], "cc": [a.email for a in message.cc][:50], "subject": message.subject,
        "reply_to": [a.email for a in message.reply_to if a.email != message.sender.email][:5],
        "forwarded_by": sender.forwarded_by.name if sender.forwarded_by else "", "sender_check_failed": sender.failed_check,
        "authentication": message.authentication, "protection": message.protection, "calendar": message.calendar[:1], "remote_pictures": remote,
        "remarks": list(dict.fromkeys(message.remarks)), "automatic": message.automatic,
    }
    return {key: value for key, value in told.items() if value}


def _copy(item: WorkItem, message: Message, sender: people.Sender) -> None:
    """Keep informed whom the sender copied: colleagues of ours, and people whom we know of the same customer."""
    if message.automatic or sender.failed_check or not message.cc:
        return
    own = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    wanted = [a.email for a in message.cc[:COPIED_AT_MOST] if a.email not in own]
    same = Q(is_agent=True) | (Q(customer=item.customer) if item.customer_id else Q(pk__in=[]))
    known = User.objects.filter(email__in=wanted, is_active=True).filter(same).exclude(pk=item.requester_id)
    Watcher.objects.bulk_create(
        [Watcher(item=item, user=user, kind=Watcher.Kind.CC, added_by=sender.user) for user in known], ignore_conflicts=True,
    )

