"""A delivery report: mark what is dead, say what is late, show it on the item (mail.md, 5)."""

from __future__ import annotations

from datetime import datetime

from hengwei.channels import signing
from hengwei.channels.models import MailAddress, OutboundMessage
from hengwei.channels.reading.bounces import Bounce
from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.org.models import User
from hengwei.work.actions.writing import Log
from hengwei.work.models import Entry, WorkItem


def record(bounce: Bounce, *, at: datetime) -> WorkItem | None:
    """Take note of a report. Only an address that we wrote to in the message reported is marked: reports can be forged."""
    sent = next((row for one in bounce.message_ids if signing.item_of(one) is not None for row in OutboundMessage.objects.filter(message_id=one).select_related("item")), None)
    if sent is None:
        return None
    ours = {address.lower() for address in (*sent.to, *sent.cc)}
    for recipient in bounce.recipients:
        if recipient.address not in ours:
            continue
        why = " ".join(part for part in (recipient.status, recipient.diagnostic) if part)[:500]
        if recipient.outcome == "failed":
            MailAddress.objects.update_or_create(address=recipient.address, defaults={"blocked_at": at, "reason": why})
            User.objects.of_address(recipient.address).update(mail_blocked_at=at, mail_blocked_reason=why[:300])
            OutboundMessage.objects.filter(pk=sent.pk).update(status=OutboundMessage.Status.BOUNCED, reason=why)
        if sent.item is not None and recipient.outcome != "delivered":
            Log(sent.item, Actor(via="mail"), at).record(
                Entry.Kind.NOTICE, public=False,
                details={"notice": f"mail_{recipient.outcome}", "address": recipient.address, "status": recipient.status, "diagnostic": recipient.diagnostic[:500], "message": sent.pk},
            )
            live.announce(f"item:{sent.item.pk}", version=sent.item.version)
    return sent.item
