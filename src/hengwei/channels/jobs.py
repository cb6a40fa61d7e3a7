"""Mail in the background."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.utils import timezone

from hengwei.core.health import Finding, check, figures
from hengwei.core.jobs import enqueue, job, timer

log = logging.getLogger("hengwei.mail")


@job(queue="mail")
def process_mail(message_id: int) -> None:
    """Read one message that was kept."""
    from .actions.inbound import process

    process(message_id)


@job(queue="mail")
def send_mail(message_id: int) -> None:
    """Send one message that was queued."""
    from .actions.outgoing import send

    send(message_id)


@job(queue="mail")
def fetch_mailbox(mailbox_id: int) -> None:
    """Read what is new in one mailbox."""
    from .fetching import fetch
    from .models import Mailbox

    mailbox = Mailbox.objects.filter(pk=mailbox_id, active=True).first()
    if mailbox is not None:
        fetch(mailbox)


@timer("* * * * *")
def look_for_mail(timestamp: int) -> None:
    """Every minute: each mailbox once more, and whatever was left lying by a process that died."""
    from .actions import inbound, outgoing
    from .models import Mailbox

    for pk in Mailbox.objects.filter(active=True).exclude(imap_host="").values_list("pk", flat=True):
        enqueue(fetch_mailbox, once=f"fetch:{pk}", mailbox_id=pk)
    now = timezone.now()
    for pk in inbound.unread(now):
        inbound.process(pk)
    for pk in outgoing.due(now):
        outgoing.send(pk)


@figures
def mail_waiting() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Messages that are not through."""
    from .models import InboundMessage, OutboundMessage

    for status in ("kept", "failed", "aside"):
        yield "mail_in", "Messages received, by state", {"state": status}, InboundMessage.objects.filter(status=status).count()
    for status in ("queued", "failed"):
        yield "mail_out", "Messages to send, by state", {"state": status}, OutboundMessage.objects.filter(status=status).count()


@check
def mailboxes_well() -> Iterator[Finding]:
    """Each mailbox as it was the last time."""
    from .models import Mailbox

    for box in Mailbox.objects.filter(active=True).exclude(imap_host=""):
        yield Finding("error", f"{box}: {box.fetch_error}", "look at its settings under Mail") if box.fetch_error else Finding("ok", f"{box}")
