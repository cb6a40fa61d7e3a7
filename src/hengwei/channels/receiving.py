"""The built-in SMTP receiver, and waiting for new mail by IDLE: by threads of the worker, or in a process of its own."""

from __future__ import annotations

import logging
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connection

from .actions import inbound
from .fetching import Unreachable, connected, fetch
from .models import Mailbox
from .signing import item_of_address

log = logging.getLogger("hengwei.mail")
IDLE_SECONDS = 300
PAUSE_SECONDS = 60


class Handler:
    """Takes mail for our own addresses; '250' is said only once the message is on record."""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        mailbox = await sync_to_async(_mailbox_of, thread_sensitive=False)(address)
        if mailbox is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        try:
            await sync_to_async(_keep, thread_sensitive=False)(_bytes(envelope.content), list(envelope.rcpt_tos))
        except Exception:
            log.exception("a message could not be kept")
            return "451 4.3.0 Could not be stored now, try again"
        return "250 2.0.0 Kept"


def _mailbox_of(address: str) -> Mailbox | None:
    close_old_connections()
    address = address.lower()
    if item_of_address(address) is not None:
        local, _at, domain = address.partition("@")
        address = f"{local.partition('+')[0]}@{domain}"
    return Mailbox.objects.filter(active=True, address__iexact=address).first()


def _keep(data: bytes, recipients: list[str]) -> None:
    close_old_connections()
    for address in recipients:
        inbound.keep(data, mailbox=_mailbox_of(address), envelope_to=address)


def controller(host: str, port: int) -> Controller:
    """The receiver, not yet started."""
    return Controller(Handler(), hostname=host, port=port, data_size_limit=settings.MAX_MAIL_BYTES, ident="Hengwei", decode_data=False)


def wait_for_new(pk: int, stopping: threading.Event) -> None:
    """Fetch, then IDLE, for as long as the mailbox is in use. A server without IDLE is asked every minute by the worker."""
    while not stopping.is_set():
        close_old_connections()
        # Read anew each time: it may have been changed, or taken out of use.
        mailbox = Mailbox.objects.filter(pk=pk, active=True).exclude(imap_host="").first()
        if mailbox is None:
            return
        fetch(mailbox)
        try:
            with connected(mailbox) as box:
                idles = "IDLE" in box.client.capabilities
                if idles:
                    box.idle.wait(timeout=IDLE_SECONDS)
            if not idles:
                stopping.wait(IDLE_SECONDS)
        except (TimeoutError, Unreachable, OSError) as error:
            log.warning("mailbox %s: %s", pk, error)
            stopping.wait(PAUSE_SECONDS)
        except Exception:
            log.exception("mailbox %s", pk)
            stopping.wait(PAUSE_SECONDS)


def serve(host: str, port: int, stopping: threading.Event) -> None:
    """Run the receiver and one waiter per mailbox until told to stop; new mailboxes are noticed within a minute."""
    server = controller(host, port) if port else None
    if server is not None:
        server.start()
        log.info("receiving mail on %s:%s", host, port)
    waiting: dict[int, threading.Thread] = {}
    try:
        while not stopping.is_set():
            close_old_connections()
            for pk in Mailbox.objects.filter(active=True).exclude(imap_host="").values_list("pk", flat=True):
                thread = waiting.get(pk)
                if thread is None or not thread.is_alive():
                    waiting[pk] = threading.Thread(target=wait_for_new, args=(pk, stopping), daemon=True)
                    waiting[pk].start()
            stopping.wait(PAUSE_SECONDS)
    finally:
        if server is not None:
            server.stop()
        connection.close()


def _bytes(content: bytes | str | None) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content or b""
