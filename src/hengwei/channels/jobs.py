"""Mail in the background."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


@job(queue="webhooks")
def deliver_webhook(delivery_id: int) -> None:
    """Tell one program of one event."""
    from .actions.webhooks import deliver

    deliver(delivery_id)


@job(queue="notices")
def send_chat(message_id: int) -> None:
    """Send one notice by chat or SMS."""
    from .actions.chat import send

    send(message_id)


@timer("* * * * *", _("Send held notices and digests"))
def look_for_notices(timestamp: int) -> None:
    """Every minute: what waited for the morning or a digest, and what a worker that died had."""
    from .actions import chat, notices

    now = timezone.now()
    notices.send_held(now)
    for pk in chat.due(now):
        enqueue(send_chat, once=f"chat:{pk}", message_id=pk)


@job(queue="mail")
def fetch_mailbox(mailbox_id: int) -> None:
    """Read what is new in one mailbox."""
    from .fetching import fetch
    from .models import Mailbox

    mailbox = Mailbox.objects.filter(pk=mailbox_id, active=True).first()
    if mailbox is not None:
        fetch(mailbox)


@timer("* * * * *", _("Fetch mailboxes; take up mail left lying"))
def look_for_mail(timestamp: int) -> None:
    """Every minute: each mailbox once more, and whatever was left lying by a process that died."""
    from .actions import inbound, outgoing, webhooks
    from .models import Mailbox

    for pk in Mailbox.objects.filter(active=True).exclude(imap_host="").values_list("pk", flat=True):
        enqueue(fetch_mailbox, once=f"fetch:{pk}", mailbox_id=pk)
    now = timezone.now()
    for pk in inbound.unread(now):
        inbound.process(pk)
    for pk in outgoing.due(now):
        outgoing.send(pk)
    for pk in webhooks.due(now):
        enqueue(deliver_webhook, once=f"deliver:{pk}", delivery_id=pk)


@timer("23 3 * * *", _("Clear away old delivery logs"))
def clear_away(timestamp: int) -> None:
    """Every night: the log of what was delivered long ago."""
    from .actions import webhooks

    while webhooks.forget_old(timezone.now()):
        pass


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
