"""The parts of a message: its words, its pictures, what hangs on it."""

from __future__ import annotations

import binascii
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from . import headers
from .charsets import decode

MAX_DEPTH = 20
MAX_PARTS = 400
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
_UU = re.compile(rb"^begin [0-7]{3,4} (.{1,200})\r?\n((?:.*\r?\n)*?)`?\r?\nend[ \t]*\r?$", re.MULTILINE)
_ENDINGS = {"message/rfc822": ".eml", "text/calendar": ".ics", "text/html": ".html", "text/plain": ".txt", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif",
            "application/pdf": ".pdf", "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s",
            "application/x-pkcs7-signature": ".p7s", "application/pgp-signature": ".asc", "application/pgp-encrypted": ".asc", "message/delivery-status": ".txt", "text/rfc822-headers": ".txt"}
#: What protects a message, named so that people know why they cannot read it, or that it is signed.
PROTECTED = {
    "application/pkcs7-mime": "smime", "application/x-pkcs7-mime": "smime", "application/pgp-encrypted": "pgp",
    "application/pkcs7-signature": "smime-signed", "application/x-pkcs7-signature": "smime-signed", "application/pgp-signature": "pgp-signed",
}


@dataclass(slots=True)
class Part:
    """A file that came with the message."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass
class Parts:
    """What a message is made of."""

    text: str = ""
    html: str = ""
    files: list[Part] = field(default_factory=list)
    calendar: list[str] = field(default_factory=list)
    protection: str = ""
    remarks: list[str] = field(default_factory=list)


def read(message: Message) -> Parts:
    """Take a message apart. Text parts in a row are joined; of alternatives, plain and HTML are both kept."""
    found = Parts()
    texts: list[str] = []
    htmls: list[str] = []
    for count, (part, depth) in enumerate(_leaves(message, 0)):
        if count >= MAX_PARTS:
            found.remarks.append("too_many_parts")
            break
        if depth > MAX_DEPTH:
            found.remarks.append("nested_too_deep")
            continue
        _take(part, found, texts, htmls)
    found.text, found.html = "\n".join(texts), "\n".join(htmls)
    if not found.text.strip() and not found.html.strip():
        found.text = ""
    _unpack_uu(found)
    _name(found.files)
    return found


def _leaves(part: Message, depth: int) -> Iterator[tuple[Message, int]]:
    if depth <= MAX_DEPTH and part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
        for child in part.get_payload():
            yield from _leaves(child, depth + 1)  # type: ignore[arg-type]
    else:
        yield part, depth


def _take(part: Message, found: Parts, texts: list[str], htmls: list[str]) -> None:
    kind = part.get_content_type()
    if not _TYPE.fullmatch(kind):
        kind = "application/octet-stream"
    name = headers.parameter(part, "Content-Disposition", "filename") or headers.parameter(part, "Content-Type", "name")
    disposition = str(part.get("Content-Disposition") or "").split(";")[0].strip().lower()
    content = _content(part, found)
    if kind in PROTECTED:
        found.protection = found.protection or PROTECTED[kind]
    if part.get_content_maintype() == "multipart":
        # A multipart without parts: its boundary is wrong. What is there are words.
        texts.append(decode(content, None))
        found.remarks.append("broken_multipart")
        return
    if (kind == "application/ms-tnef" or name.lower() == "winmail.dat") and _unpack_tnef(content, found, texts, htmls):
        return
    if kind == "text/calendar":
        found.calendar.append(decode(content, part.get_content_charset("")))
    elif kind in ("text/plain", "text/html") and disposition != "attachment" and not name:
        words = decode(content, _charset(part, content))
        if kind == "text/html":
            htmls.append(words)
        else:
            texts.append(_flowed(words, part) if "flowed" in str(part.get("Content-Type", "")).lower() else words)
        return
    if not content and not name:
        return
    content_id = next(iter(headers.message_ids(str(part.get("Content-ID") or ""))), "") or str(part.get("Content-ID") or "").strip("<> ")
    inline = bool(content_id) and disposition != "attachment" and part.get_content_maintype() == "image"
    found.files.append(Part(name or _default_name(part, kind), kind, content, content_id, inline))


def _content(part: Message, found: Parts) -> bytes:
    if part.is_multipart():
        # message/rfc822, delivery-status: their text as it stands.
        return b"\n".join(_bytes(child) for child in part.get_payload() if isinstance(child, Message))
    try:
        data = part.get_payload(decode=True)
    except (ValueError, binascii.Error, AssertionError, LookupError):
        found.remarks.append("broken_encoding")
        # As it came: asked as text it would be decoded by a charset that may be no name at all.
        data = str(part._payload).encode("utf-8", "surrogateescape")  # type: ignore[attr-defined]
    return data if isinstance(data, bytes) else b""


def _bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (UnicodeError, ValueError, KeyError, AttributeError, TypeError, LookupError):
        body = message.get_payload(decode=True)
        return "".join(f"{k}: {v}\n" for k, v in message.items()).encode("utf-8", "replace") + b"\n" + (body if isinstance(body, bytes) else b"")


def _charset(part: Message, content: bytes) -> str | None:
    try:
        declared = part.get_content_charset() or part.get_param("charset")
    except (UnicodeError, ValueError, LookupError):
        declared = None
    if not declared and part.get_content_type() == "text/html":
        meta = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", content[:4000], re.IGNORECASE)
        declared = meta[1].decode("ascii") if meta else None
    return str(declared) if declared else None


def _flowed(text: str, part: Message) -> str:
    """Undo format=flowed (RFC 3676): a line that ends in a space goes on in the next one of the same quoting depth."""
    delete = "delsp=yes" in str(part.get("Content-Type", "")).lower().replace(" ", "")
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ")
        soft = body.endswith(" ") and body != "-- "
        if delete and soft:
            body = body[:-1]
        if open_depth == depth and lines:
            lines[-1] += body
        else:
            lines.append(f"{'>' * depth}{' ' if depth else ''}{body}")
        open_depth = depth if soft else None
    return "\n".join(lines)


def _unpack_tnef(content: bytes, found: Parts, texts: list[str], htmls: list[str]) -> bool:
    """Outlook's winmail.dat: its files, and its body where the message has no other."""
    logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
    try:
        from tnefparse import TNEF

        tnef = TNEF(content)
        files = [
            Part(attachment.long_filename() or str(attachment.name), "application/octet-stream", bytes(attachment.data or b""))
            for attachment in tnef.attachments
        ]
        body, html = tnef.body, tnef.htmlbody
    except Exception:  # the library raises what it likes on broken files
        found.remarks.append("broken_tnef")
        return False
    if not files and not body and not html:
        return False
    found.files.extend(files)
    if html and not htmls:
        htmls.append(html if isinstance(html, str) else decode(html, None))
    if body and not any(text.strip() for text in texts):
        texts.append(body if isinstance(body, str) else decode(body, None))
    return True


def _unpack_uu(found: Parts) -> None:
    """Files that were pasted into the text by uuencode."""
    if "begin " not in found.text:
        return

    def take(match: re.Match[bytes]) -> bytes:
        try:
            content = b"".join(_uu_line(line) for line in match[2].splitlines() if line)
        except binascii.Error:
            found.remarks.append("broken_uuencode")
            return match[0]
        found.files.append(Part(decode(match[1]).strip(), "application/octet-stream", content))
        return b""

    found.text = _UU.sub(take, found.text.encode()).decode()


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad too much.
        return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])


def _default_name(part: Message, kind: str) -> str:
    if kind == "message/rfc822" and isinstance(part.get_payload(), list) and part.get_payload():
        subject = headers.text(headers.raw(part.get_payload(0), "Subject"))  # type: ignore[arg-type]
        return f"{subject or 'message'}.eml"
    stem = {"text/calendar": "invitation", "application/pkcs7-mime": "smime", "application/x-pkcs7-mime": "smime", "message/delivery-status": "delivery-status"}.get(kind, part.get_content_maintype())
    return f"{stem}{_ENDINGS.get(kind, '')}"


def _name(files: list[Part]) -> None:
    """Names that every file system takes; doubles are numbered."""
    seen: set[str] = set()
    for file in files:
        name = _UNFIT.sub("_", file.name.strip()).strip(". ") or "file"
        stem, dot, ending = name.rpartition(".")
        if not dot or len(ending) > 12:
            stem, ending = name, ""
        ending = f".{ending}" if ending else ""
        stem = stem[: 180 - len(ending)]
        name, number = f"{stem}{ending}", 1
        while name.lower() in seen:
            number += 1
            name = f"{stem} ({number}){ending}"
        seen.add(name.lower())
        file.name = name
