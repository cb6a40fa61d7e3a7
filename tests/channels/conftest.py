"""A mailbox, a real SMTP server to send to, and mail to receive."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from hengwei.channels.actions import inbound
from hengwei.channels.models import InboundMessage, Mailbox


class Sink:
    """What a mail server received; `refuse` holds addresses that it refuses for good."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuse: set[str] = set()
        self.later = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.later:
            return "451 4.3.0 come back"
        if address in self.refuse:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def sink():
    handler = Sink()
    handler.port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    yield handler
    server.stop()


@pytest.fixture
def mailbox(department, team, sink):
    return Mailbox.objects.create(
        address="help@example.com", name="服务台", team=team, default=True, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_security="none",
    )


def mail(sender: str = "李倩 <li@customer.example>", text: str = "打印机坏了", **fields: Any) -> bytes:
    """A message as a mail program would write it."""
    message = EmailMessage()
    message["From"], message["To"] = sender, fields.pop("to", "help@example.com")
    message["Subject"] = fields.pop("subject", "打印机")
    message["Message-ID"] = fields.pop("id", f"<{abs(hash((sender, text, str(fields))))}@customer.example>")
    message["Date"] = fields.pop("date", "Tue, 24 Nov 2026 10:00:00 +0800")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return bytes(message)


def receive(data: bytes, box: Mailbox | None = None, **facts: Any) -> InboundMessage:
    """Take a message in and understand it; a failure is raised, not only recorded."""
    row = inbound.keep(data, mailbox=box, now=False, **facts)
    done = inbound.process(row.pk)
    row.refresh_from_db()
    assert row.status != "failed", row.reason
    return done or row


def send_all() -> None:
    """Send all that waits, as the worker does."""
    from hengwei.channels.actions import outgoing
    from hengwei.channels.models import OutboundMessage

    for pk in OutboundMessage.objects.filter(status="queued").order_by("id").values_list("pk", flat=True):
        outgoing.send(pk)
