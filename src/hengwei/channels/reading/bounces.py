"""Delivery reports: who did not get what of ours, and is it for good (RFC 3464, RFC 3463; and what servers send without them)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal

from . import headers
from .charsets import decode

Outcome = Literal["failed", "delayed", "delivered"]
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"(?:^|[\s#(:：])([45]\d\d)[ -](?=\D)")
_ADDRESS = re.compile(r"[\w.+=-]+@[\w.-]+\.\w+")
_SUBJECT = re.compile(r"undeliver|delivery (status|failure|failed)|returned mail|failure notice|mail delivery|退信|投递失败|发送失败|无法投递|delayed|warning: could not send", re.IGNORECASE)
_ORIGINAL_ID = re.compile(r"^\s*Message-ID:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)


@dataclass
class Recipient:
    """One who did not get it."""

    address: str
    outcome: Outcome
    status: str = ""
    diagnostic: str = ""


@dataclass
class Bounce:
    """A delivery report: its recipients and the ids under which the message may be known."""

    recipients: list[Recipient] = field(default_factory=list)
    message_ids: list[str] = field(default_factory=list)

    @property
    def permanent(self) -> list[Recipient]:
        return [r for r in self.recipients if r.outcome == "failed"]


def read(message: Message, *, subject: str, sender: str, body: str) -> Bounce | None:
    """The delivery report that this message is; None when it is none."""
    bounce = Bounce(message_ids=_original_ids(message))
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            bounce.recipients.extend(_statuses(part))
    if bounce.recipients:
        return bounce
    reported = message.get_content_type() == "multipart/report" and "delivery-status" in str(message.get("Content-Type", ""))
    failed = headers.raw(message, "X-Failed-Recipients")
    from_daemon = sender.split("@")[0] in ("mailer-daemon", "postmaster", "mail-daemon") or headers.raw(message, "Return-Path") in ("<>", "")
    if not failed and not reported and not (from_daemon and _SUBJECT.search(subject)):
        return None
    status = next(iter(_STATUS.findall(body)), "")
    code = next(iter(_CODE.findall(body)), "")
    delayed = status.startswith("4") or (not status and code.startswith("4")) or bool(re.search(r"delayed|will (keep|continue)|仍在|稍后重试", f"{subject}\n{body}", re.IGNORECASE))
    names = headers.addresses([failed]) if failed else []
    found = [a.email for a in names] or [a.lower() for a in dict.fromkeys(_ADDRESS.findall(body)) if a.lower() != sender and a not in bounce.message_ids][:1]
    bounce.recipients = [Recipient(address, "delayed" if delayed else "failed", status or code, _line_of(body, status or code)) for address in found]
    bounce.message_ids = bounce.message_ids or _ORIGINAL_ID.findall(body)
    return bounce


def _statuses(part: Message) -> list[Recipient]:
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return []
    found = []
    for block in blocks:
        if not isinstance(block, Message):
            continue
        final = headers.raw(block, "Final-Recipient") or headers.raw(block, "Original-Recipient")
        if not final:
            continue
        status = next(iter(_STATUS.findall(headers.raw(block, "Status") or "")), "")
        action = (headers.raw(block, "Action") or "").lower()
        outcome: Outcome = "failed"
        if action.startswith("delay") or (not action.startswith("fail") and status.startswith("4")):
            outcome = "delayed"
        elif action.startswith(("deliver", "relay", "expand")) or (not action and status.startswith("2")):
            outcome = "delivered"
        address = final.split(";", 1)[-1].strip().strip("<>").lower()
        found.append(Recipient(address, outcome, status, headers.text(headers.raw(block, "Diagnostic-Code"))[:1000]))
    return found


def _original_ids(message: Message) -> list[str]:
    """The ids of the message that came back: of the enclosed one, or of its enclosed header."""
    ids: list[str] = []
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() == "message/rfc822" and part.is_multipart() and part.get_payload():
            ids.extend(headers.message_ids(headers.raw(part.get_payload(0), "Message-ID")))  # type: ignore[arg-type]
        elif part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            content = part.get_payload(decode=True)
            ids.extend(_ORIGINAL_ID.findall(decode(content, None)) if isinstance(content, bytes) else [])
    ids.extend(headers.message_ids(headers.raw(message, "X-Original-Message-ID")))
    return list(dict.fromkeys(ids))


def _line_of(body: str, code: str) -> str:
    return next((line.strip()[:1000] for line in body.splitlines() if code and code in line), "")
