"""A whole message: bytes to facts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.message import Message as EmailMessage
from email.parser import BytesParser
from email.policy import compat32
from functools import cached_property
from typing import Any

from . import bounces, headers, machines, markup, parts, quoting
from .bounces import Bounce
from .headers import Address
from .parts import Part

MAX_TEXT = 500_000


@dataclass
class Message:
    """What a message says."""

    sender: Address
    reply_to: list[Address]
    to: list[Address]
    cc: list[Address]
    subject: str
    message_id: str
    in_reply_to: list[str]
    references: list[str]
    date: datetime | None
    #: What was written now, without what it quotes and without the signature.
    text: str
    quoted: str
    signature: str
    #: The HTML that belongs to `text`, not yet cleaned; '' where the text says all.
    html: str
    files: list[Part]
    #: Why it is a machine's message, '' for a person's.
    automatic: str
    bounce: Bounce | None
    forwarded_by: Address | None = None
    authentication: dict[str, str] = field(default_factory=dict)
    loop_header: str = ""
    delivered_to: list[str] = field(default_factory=list)
    protection: str = ""
    calendar: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    sha256: str = ""
    size: int = 0

    @cached_property
    def recipients(self) -> list[Address]:
        return list({a.email: a for a in (*self.to, *self.cc)}.values())

    @property
    def fingerprint(self) -> str:
        """What makes it this message, whichever of our mailboxes it came to: its id with what it says; of the bytes without an id.

        The id alone would let anybody make the next message of another disappear.
        """
        if not self.message_id:
            return self.sha256
        said = [self.message_id, self.sender.email, self.subject, self.date.isoformat() if self.date else "", self.text, self.quoted, *(hashlib.sha256(f.content).hexdigest() for f in self.files)]
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Everything for people to look at; files by name, type and size."""
        cleaned, remote = markup.clean(self.html) if self.html else ("", 0)
        return {
            "from": asdict_address(self.sender), "reply_to": [asdict_address(a) for a in self.reply_to], "to": [asdict_address(a) for a in self.to],
            "cc": [asdict_address(a) for a in self.cc], "subject": self.subject, "message_id": self.message_id, "in_reply_to": self.in_reply_to,
            "references": self.references, "date": self.date.isoformat() if self.date else None, "text": self.text, "html": cleaned, "remote_pictures": remote,
            "quoted": self.quoted, "signature": self.signature,
            "attachments": [{"name": f.name, "type": f.content_type, "size": len(f.content), "inline": f.inline, "content_id": f.content_id} for f in self.files],
            "automatic": self.automatic or None, "bounce": asdict(self.bounce) if self.bounce else None,
            "forwarded_by": asdict_address(self.forwarded_by) if self.forwarded_by else None, "authentication": self.authentication,
            "protection": self.protection or None, "calendar": bool(self.calendar), "remarks": self.remarks, "sha256": self.sha256, "size": self.size,
        }


def asdict_address(address: Address) -> dict[str, str]:
    """An address as JSON."""
    return {"name": address.name, "email": address.email}


def parse(data: bytes) -> Message:
    """Read a message. Never fails on what it says; what could not be understood is named in `remarks`."""
    # mbox quoting and a leading blank line are no part of the message.
    data = data.lstrip(b"\r\n")
    if data.startswith(b"From ") and b"\n" in data:
        data = data.split(b"\n", 1)[1]
    message: EmailMessage = BytesParser(policy=compat32).parsebytes(data)
    subject = headers.text(headers.raw(message, "Subject"))[:990]
    sender = headers.first_address(headers.raw(message, "From") or headers.raw(message, "Sender"))
    found = parts.read(message)
    text, quoted, signature, html = _body(found, forward=quoting.is_forward(subject))
    everything = "\n".join(part for part in (text, quoted, signature) if part)
    automatic = machines.automatic(message, subject=subject, sender=sender.email)
    report = bounces.read(message, subject=subject, sender=sender.email, body=everything)
    return Message(
        sender=sender, reply_to=headers.addresses(list(headers.raws(message, "Reply-To"))), to=headers.addresses(list(headers.raws(message, "To"))),
        cc=headers.addresses(list(headers.raws(message, "Cc"))), subject=subject, message_id=next(iter(headers.message_ids(headers.raw(message, "Message-ID"))), ""),
        in_reply_to=headers.message_ids(headers.raw(message, "In-Reply-To")), references=headers.message_ids(headers.raw(message, "References")),
        date=headers.date(headers.raw(message, "Date")), text=text, quoted=quoted, signature=signature, html=html, files=found.files,
        automatic=automatic or ("bounce" if report else ""), bounce=report, forwarded_by=_forwarded(subject, everything), authentication=_authentication(message),
        loop_header=headers.raw(message, "X-Hengwei-Loop") or "", protection=found.protection, calendar=found.calendar, remarks=found.remarks,
        delivered_to=[a.email for a in headers.addresses([*headers.raws(message, "Delivered-To"), *headers.raws(message, "X-Original-To"), *headers.raws(message, "Envelope-To")])],
        sha256=hashlib.sha256(data).hexdigest(), size=len(data),
    )


def _body(found: parts.Parts, *, forward: bool) -> tuple[str, str, str, str]:
    """(text, quoted, signature, html) of the parts."""
    plain = _tidy(found.text)
    if len(found.html) > markup.MAX_HTML:
        found.remarks.append("html_too_large")
    body = markup.tree(found.html) if found.html.strip() and len(found.html) <= markup.MAX_HTML else None
    if body is None:
        if not plain and found.html:
            plain = _tidy(re.sub(r"<[^>]*>", " ", found.html))
        if forward:
            return plain, "", "", ""
        return *quoting.split(plain), ""
    if forward:
        words = plain or _tidy(markup.text(body))
        return words, "", "", markup.source(body) if markup.worth_showing(body) else ""
    fresh, old = markup.split(markup.copy(body))
    words = _tidy(markup.text(fresh))
    if old is not None and not words and fresh.find(".//img") is None:
        # Everything was taken for a quote: then it is what was said.
        fresh, old, words = body, None, _tidy(markup.text(body))
    if old is not None:
        inner = quoting.split(words)
        cut_by_text = bool(inner.quoted)
        quoted = "\n".join(part for part in (inner.quoted, _tidy(markup.text(old))) if part)
        return inner.text, quoted, inner.signature, "" if cut_by_text or inner.signature or not markup.worth_showing(fresh) else markup.source(fresh)
    inner = quoting.split(plain or words)
    keep = not inner.quoted and not inner.signature and markup.worth_showing(fresh)
    return *inner, markup.source(fresh) if keep else ""


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u200b", "")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)[:MAX_TEXT].strip("\n ")


def _forwarded(subject: str, body: str) -> Address | None:
    return quoting.forwarded_sender(body) if quoting.is_forward(subject) else None


def _authentication(message: EmailMessage) -> dict[str, str]:
    """The results of the topmost Authentication-Results (RFC 8601) with the server that says so; the reader decides whom to trust."""
    value = headers.raw(message, "Authentication-Results")
    if not value:
        return {}
    value = re.sub(r"\([^()]*\)", " ", value)
    server, _, results = value.partition(";")
    found = {"server": server.strip().split(" ")[0].lower()}
    for method, result in re.findall(r"\b(spf|dkim|dmarc)\s*=\s*(\w+)", results.lower()):
        # One valid signature is enough.
        if found.get(method) != "pass":
            found[method] = result
    return found
