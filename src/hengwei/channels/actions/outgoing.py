"""A message goes out: wished for in the transaction that causes it, sent after (mail.md, Out and Loops)."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.channels import permissions as perms
from hengwei.channels import signing, smtp
from hengwei.channels.composing import compose
from hengwei.channels.models import InboundDelivery, MailAddress, Mailbox, MailTally, OutboundMessage
from hengwei.channels.together import add_to_waiting
from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.core.database.resting import let_go
from hengwei.core.errors import Refused
from hengwei.core.i18n import listed
from hengwei.core.jobs import enqueue
from hengwei.org.models import User
from hengwei.work.actions.writing import Log
from hengwei.work.models import Entry, WorkItem

from . import recipients

log = logging.getLogger("hengwei.mail")
Status = OutboundMessage.Status
#: Tried again after 1, 2, 4 … minutes, in all for some two hours.
ATTEMPTS = 8
#: A chain of rules this deep sends nothing more.
DEEPEST = 10
#: Seconds after which another process's change of the mailboxes is seen.
FRESH = 5.0
_sends: tuple[float, bool] = (float("-inf"), False)


def queue(
    event: str, *, item: WorkItem | None, entry: Entry | None = None, user: User | None = None, params: dict[str, Any] | None = None,
    automatic: bool = True, by: Actor | None = None, mailbox: Mailbox | None = None,
) -> OutboundMessage | None:
    """Put a message on its way; it leaves after the commit. None where no mailbox sends."""
    mailbox = mailbox or sender_of(item)
    if mailbox is None or (user is not None and not user.email):
        return None
    chain = list(by.chain) if by else []
    if item is not None and user is not None and entry is None:
        waiting = add_to_waiting(OutboundMessage.objects.filter(item=item, user=user, entry=None, mailbox=mailbox, chain=chain), event, params or {})
        if waiting is not None:
            _soon(waiting)
            return waiting  # type: ignore[no-any-return]
    row = OutboundMessage(item=item, entry=entry, mailbox=mailbox, event=event, user=user, params=params or {}, automatic=automatic, chain=chain)
    if len(chain) >= DEEPEST:
        row.status, row.reason = Status.STOPPED, "chain"
        _chain_stopped(item, chain, event)
    row.save()
    row.message_id = signing.message_id(row.pk, item.pk if item else 0, mailbox.domain)
    row.save(update_fields=["message_id"])
    if row.status == Status.QUEUED:
        _soon(row)
    return row


def _chain_stopped(item: WorkItem | None, chain: list[str], event: str) -> None:
    """Rules that set each other off: the administrator must see it."""
    from . import notices

    notices.tell(notices.watching_over(item), "chain", item=item, at=timezone.now(), params={"rules": chain[-3:], "what": event}, outside=False)


def _soon(row: OutboundMessage, at: datetime | None = None) -> None:
    from hengwei.channels.jobs import send_mail

    enqueue(send_mail, at=at, message_id=row.pk)


def anything_sends() -> bool:
    """Whether any mailbox sends at all; asked of the database once in a few seconds, since every event asks."""
    global _sends
    if time.monotonic() - _sends[0] > FRESH:
        _sends = (time.monotonic(), Mailbox.objects.filter(active=True).exclude(smtp_host="").exists())
    return _sends[1]


def forget() -> None:
    """Ask anew whether anything sends: a mailbox was changed here."""
    global _sends
    _sends = (float("-inf"), False)


@receiver([post_save, post_delete], sender=Mailbox)
def _changed(**_signal: object) -> None:
    forget()
    transaction.on_commit(forget)


def sender_of(item: WorkItem | None) -> Mailbox | None:
    """The mailbox that speaks for an item: the one its mail came to, its team's, the default."""
    able = list(Mailbox.objects.filter(active=True).exclude(smtp_host=""))
    if not able:
        return None
    if item is not None:
        came_to = None
        if item.source == "email":
            deliveries = InboundDelivery.objects.filter(message__item=item, mailbox__in=able)
            came_to = deliveries.order_by("id").values_list("mailbox_id", flat=True).first()
        for mailbox in able:
            if mailbox.pk == came_to:
                return mailbox
        for mailbox in able:
            if item.team_id is not None and mailbox.team_id == item.team_id:
                return mailbox
    return next((mailbox for mailbox in able if mailbox.default), able[0])


def send(pk: int) -> OutboundMessage | None:
    """Send a queued message now. None when it is not to be sent, or another worker has it.

    It is claimed and addressed in one short transaction; while the mail server takes its time no row is locked and no
    connection held; then the result is recorded. Its Message-ID was fixed when it was queued: should we be killed between
    the server's word and ours, the second copy carries the same id, and mail programs show it once.
    """
    now = timezone.now()
    claimed = _claim(pk, now)
    if claimed is None:
        return None
    row, found = claimed
    mailbox = row.mailbox
    if row.status != Status.SENDING or mailbox is None:
        return row
    refused: dict[str, str] = {}
    trouble: Exception | None = None
    subject = row.subject
    try:
        message = compose(row, mailbox, found.to, found.cc)
        subject = str(message["Subject"])[:990]
        let_go()
        refused = smtp.send(mailbox, message, found.all)
    except (smtp.Rejected, smtp.Later) as error:
        trouble = error
    except Exception as error:  # a fault of ours in the wording stops this message only, and is seen
        log.exception("message %s could not be written", pk)
        trouble = smtp.Later(f"{type(error).__name__}: {error}")
    return _record(row, found, subject=subject, refused=refused, trouble=trouble)


def _claim(pk: int, now: datetime) -> tuple[OutboundMessage, recipients.Recipients] | None:
    """The message as ours for as long as a server may take, with its recipients of this moment; or stopped, where nobody is left."""
    with transaction.atomic():
        rows = OutboundMessage.objects.select_related("item", "item__requester", "item__team", "item__owner", "item__customer", "entry", "entry__author", "mailbox", "user")
        row = rows.exclude(mailbox=None).claim(pk, at=now, seconds=0)
        if row is None:
            return None
        found = recipients.of(row, now)
        for address in list(found.all):
            quota = recipients.tripped(address, row.item, now) if row.automatic else None
            if quota is not None:
                _hold(row, address, quota, now)
                (found.to if address in found.to else found.cc).remove(address)
                found.left_out[address] = "quota"
        if not found.all:
            row.status, row.reason = Status.STOPPED, "; ".join(f"{a}: {why}" for a, why in found.left_out.items())[:500] or "nobody"
        elif not found.to:
            found.to, found.cc = found.cc, []
        row.to, row.cc = found.to, found.cc
        row.leased_until = now + timedelta(seconds=smtp.longest(len(found.all)))
        row.save()
        return row, found


@transaction.atomic
def _record(
    row: OutboundMessage, found: recipients.Recipients, *, subject: str, refused: dict[str, str], trouble: Exception | None,
) -> OutboundMessage:
    """What the server said, unless the message was claimed anew meanwhile: then the other records it."""
    now = timezone.now()
    if OutboundMessage.objects.still_mine(row) is None:
        log.warning("message %s took longer than it may; another worker has it now", row.pk)
        return OutboundMessage.objects.get(pk=row.pk)
    row.subject, row.leased_until = subject, None
    if trouble is not None:
        if isinstance(trouble, smtp.Rejected) or row.attempts >= ATTEMPTS:
            _failed(row, str(trouble), now)
        else:
            row.status, row.reason = Status.QUEUED, str(trouble)[:500]
            row.send_after = now + timedelta(minutes=2 ** (row.attempts - 1))
            row.save()
            _soon(row, row.send_after)
        return row
    row.status, row.sent_at, row.reason = Status.SENT, now, ""
    row.save()
    if row.item is not None and row.user is None:
        live.announce(f"item:{row.item.pk}")
    MailTally.objects.bulk_create(MailTally(address=address, item=row.item, at=now) for address in found.all)
    for address, why in refused.items():
        _note(row, now, notice="mail_failed", address=address, diagnostic=why, message=row.pk)
    if row.event == "received" and row.item is not None:
        WorkItem.objects.filter(pk=row.item.pk, acknowledged_at=None).update(acknowledged_at=now)
    return row


def due(at: datetime) -> list[int]:
    """Queued messages whose job was lost, and those that a worker had when it died."""
    return list(OutboundMessage.objects.left_lying(at).values_list("pk", flat=True)[:500])


@transaction.atomic
def send_again(row: OutboundMessage, *, by: Actor, to: list[str]) -> OutboundMessage:
    """A failed or bounced message once more, to recipients that a person looked at."""
    by.require(perms.RESEND)
    if row.status not in (Status.FAILED, Status.BOUNCED, Status.STOPPED):
        raise Refused(_("Only what failed, came back or was stopped can be sent again."), code="not_failed")
    wanted = [address.strip().lower() for address in to if address.strip()]
    bad = [address for address in wanted if "@" not in address or " " in address]
    if not wanted or bad:
        raise Refused(_("'%(address)s' is no e-mail address.") % {"address": bad[0] if bad else ""}, code="bad_address", field="to")
    MailAddress.objects.filter(address__in=wanted).update(blocked_at=None, held_until=None)
    User.objects.filter(email__in=wanted).update(mail_blocked_at=None, mail_blocked_reason="")
    again = queue(row.event, item=row.item, entry=row.entry, user=row.user, params={**row.params, "to": wanted, "cc": []}, automatic=row.automatic, mailbox=row.mailbox)
    if again is None:
        raise Refused(_("No mailbox is set up for sending."), code="no_mailbox")
    OutboundMessage.objects.filter(pk=row.pk).update(status=Status.STOPPED, reason=f"sent_again:{again.pk}")
    return again


def _failed(row: OutboundMessage, why: str, at: datetime) -> None:
    row.status, row.reason = Status.FAILED, why[:500]
    row.save()
    _note(row, at, notice="mail_failed", address=listed([*row.to, *row.cc]), diagnostic=why[:500], message=row.pk)


def _note(row: OutboundMessage, at: datetime, **details: Any) -> None:
    if row.item is None:
        return
    Log(row.item, Actor(via="mail"), at).record(Entry.Kind.NOTICE, public=False, details=details)
    live.announce(f"item:{row.item.pk}", version=row.item.version)


def _hold(row: OutboundMessage, address: str, quota: tuple[int, int], at: datetime) -> None:
    """Too much mail to one address: hold what machines send there, and tell a person."""
    from . import notices

    minutes, most = quota
    MailAddress.objects.update_or_create(address=address, defaults={"held_until": at + recipients.HELD_FOR})
    _note(row, at, notice="mail_quota", address=address, minutes=minutes, most=most)
    notices.tell(notices.watching_over(row.item), "quota", item=row.item, at=at, params={"reason": address, "address": address, "minutes": minutes, "most": most}, outside=False)
