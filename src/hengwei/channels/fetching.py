"""Reading mailboxes by IMAP: by UID and UIDVALIDITY, marked or moved only after the message is on record."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from hengwei.core.database.locks import only_one

from .actions import inbound, outgoing
from .models import InboundMessage, Mailbox
from .reading import headers

log = logging.getLogger("hengwei.mail")
SECONDS = 60
#: At most this many in one go; the next minute brings the next.
AT_ONCE = 500


class Unreachable(Exception):
    """The mailbox cannot be read; the text says why."""


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    """A session in the mailbox's folder."""
    try:
        if mailbox.imap_security == Mailbox.Security.TLS:
            box: BaseMailBox = MailBox(mailbox.imap_host, mailbox.imap_port, timeout=SECONDS, ssl_context=ssl.create_default_context())
        elif mailbox.imap_security == Mailbox.Security.STARTTLS:
            box = MailBoxStartTls(mailbox.imap_host, mailbox.imap_port, timeout=SECONDS, ssl_context=ssl.create_default_context())
        else:
            box = MailBoxUnencrypted(mailbox.imap_host, mailbox.imap_port, timeout=SECONDS)
        session = box.login(mailbox.imap_user, mailbox.imap_password, mailbox.imap_folder)
    except (OSError, ImapToolsError, UnicodeError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from None
    except Exception as error:  # imaplib raises its own family, down to plain `error`
        raise Unreachable(str(error)) from None
    try:
        yield session
    finally:
        try:
            session.logout()
        except Exception:
            log.debug("logout failed", exc_info=True)


def fetch(mailbox: Mailbox) -> int:
    """Take in what is new; the number of messages. What went wrong stands at the mailbox."""
    try:
        with only_one(f"fetch:{mailbox.pk}") as mine:
            if not mine:
                return 0
            with connected(mailbox) as box:
                count = _new(mailbox, box)
    except Unreachable as error:
        Mailbox.objects.filter(pk=mailbox.pk).update(fetch_error=str(error)[:500])
        log.warning("mailbox %s: %s", mailbox, error)
        return 0
    Mailbox.objects.filter(pk=mailbox.pk).update(fetch_error="", fetched_at=timezone.now())
    return count


def _new(mailbox: Mailbox, box: BaseMailBox) -> int:
    status = box.folder.status(mailbox.imap_folder, ["UIDVALIDITY", "UIDNEXT"])
    mailbox.refresh_from_db(fields=["uidvalidity", "last_uid"])
    if mailbox.uidvalidity != status["UIDVALIDITY"]:
        # The server numbers anew: all is looked at again, and the ledger knows what it has.
        mailbox.uidvalidity, mailbox.last_uid = status["UIDVALIDITY"], 0
    if status["UIDNEXT"] and status["UIDNEXT"] <= mailbox.last_uid + 1:
        return 0
    uids = sorted(int(uid) for uid in box.uids(f"UID {mailbox.last_uid + 1}:*") if int(uid) > mailbox.last_uid)[:AT_ONCE]
    count = 0
    for uid in uids:
        row = _one(mailbox, box, uid)
        if row is not None:
            count += 1
        mailbox.last_uid = uid
        mailbox.save(update_fields=["uidvalidity", "last_uid"])
        _mark(mailbox, box, uid)
    return count


def _one(mailbox: Mailbox, box: BaseMailBox, uid: int) -> InboundMessage | None:
    """Keep one message: whole, or its header alone when it is too large."""
    _answer, data = box.client.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")
    described = data[0] if data and isinstance(data[0], bytes) else b""
    size = _number(described, b"RFC822.SIZE")
    arrived = _internal_date(described)
    if size > settings.MAX_MAIL_BYTES:
        _answer, data = box.client.uid("FETCH", str(uid), "(BODY.PEEK[HEADER])")
        return _oversize(mailbox, uid, _literal(data), size, arrived)
    _answer, data = box.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    raw = _literal(data)
    if not raw:
        return None
    return inbound.keep(raw, mailbox=mailbox, uidvalidity=mailbox.uidvalidity, uid=uid, received_at=arrived)


def _oversize(mailbox: Mailbox, uid: int, head: bytes, size: int, arrived: datetime | None) -> InboundMessage:
    """A message that is too large: its header is kept, its sender told once."""
    row = inbound.keep(head, mailbox=mailbox, uidvalidity=mailbox.uidvalidity, uid=uid, received_at=arrived, now=False)
    if row.status != InboundMessage.Status.KEPT:
        return row
    from .reading.message import parse

    message = parse(head)
    row.message_id, row.sender, row.sender_name, row.subject = message.message_id, message.sender.email[:320], message.sender.name[:200], message.subject
    row.status, row.outcome, row.size, row.done_at = InboundMessage.Status.ASIDE, InboundMessage.Outcome.OVERSIZE, size, timezone.now()
    row.reason = _("larger than %(limit)d MB") % {"limit": settings.MAX_MAIL_BYTES // 2**20}
    row.save()
    if message.sender.email and not message.automatic:
        outgoing.queue("too_large", item=None, mailbox=mailbox if mailbox.smtp_host else None, params={
            "to": [message.sender.email], "person": message.sender.name, "title": message.subject, "in_reply_to": next(iter(headers.message_ids(f"<{message.message_id}>")), ""),
        })
    return row


def _mark(mailbox: Mailbox, box: BaseMailBox, uid: int) -> None:
    """Seen, or moved away: only now that it is on record."""
    try:
        if mailbox.move_to:
            box.move(str(uid), mailbox.move_to)
        else:
            box.flag(str(uid), MailMessageFlags.SEEN, True)
    except Exception as error:  # a folder that is missing must not stop the box
        log.warning("mailbox %s: message %s stays unmarked: %s", mailbox, uid, error)
        Mailbox.objects.filter(pk=mailbox.pk).update(fetch_error=str(error)[:500])


def _literal(data: list[object]) -> bytes:
    return next((part[1] for part in data if isinstance(part, tuple) and len(part) > 1), b"")


def _number(described: bytes, name: bytes) -> int:
    words = described.replace(b"(", b" ").replace(b")", b" ").split()
    return int(words[words.index(name) + 1]) if name in words else 0


def _internal_date(described: bytes) -> datetime | None:
    import imaplib
    import time

    moment = imaplib.Internaldate2tuple(described)
    return datetime.fromtimestamp(time.mktime(moment), UTC) if moment else None
