"""Header fields: encoded words, addresses, message ids, dates."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from .charsets import decode

_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>\s]+)>")
_BARE = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
_SPACE = re.compile(r"[ \t\r\n]+")
_MARK = "\ue000"


class Address(NamedTuple):
    """A mailbox: the name shown, and the address in lower case ('' in `From: <>`)."""

    name: str
    email: str


def raw(message: Message, name: str) -> str | None:
    """A field as it stands, unfolded, its 8-bit bytes read as text; None when it is not there."""
    return next(raws(message, name), None)


def raws(message: Message, name: str) -> Iterator[str]:
    """Every field of a name, from the top."""
    name = name.lower()
    for key, value in message._headers:  # type: ignore[attr-defined]  # raw_items() refolds; these are the bytes
        if key.lower() == name:
            yield _eight_bit(str(value))


def _eight_bit(value: str) -> str:
    if not value.isascii():
        value = decode(value.encode("utf-8", "surrogateescape"))
    # PostgreSQL takes no NUL.
    return re.sub(r"\r?\n(?=[ \t])|\r|\n|\x00", "", value).strip()


def text(value: str | None) -> str:
    """A field's text with its encoded words decoded (RFC 2047), also where a character was cut between two of them."""
    if not value:
        return ""
    found: list[str] = []
    pending: list[tuple[str, bytes]] = []
    last = 0

    def flush() -> None:
        start = 0
        while start < len(pending):
            end = start
            while end < len(pending) and pending[end][0] == pending[start][0]:
                end += 1
            found.append(decode(b"".join(part for _charset, part in pending[start:end]), pending[start][0]))
            start = end
        pending.clear()

    for match in _WORD.finditer(value):
        between = value[last : match.start()]
        if between.strip() or not pending:
            flush()
            found.append(between)
        pending.append((match[1].lower().split("*")[0], _word(match[2], match[3])))
        last = match.end()
    flush()
    found.append(value[last:])
    return _SPACE.sub(" ", "".join(found)).strip()


def _word(kind: str, content: str) -> bytes:
    data = content.encode("utf-8", "surrogateescape")
    if kind in "qQ":
        return quopri.decodestring(data.replace(b"_", b" ") if b"\n" not in data else data, header=True)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(data) % 4 == 1:
        data = data[:-1]
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""


def addresses(values: list[str]) -> list[Address]:
    """The mailboxes of address fields, each once, groups opened. What is no address at all is left out."""
    found: dict[str, Address] = {}
    for value in values:
        for address in _addresses(value):
            found.setdefault(address.email, address)
    return list(found.values())


def _addresses(value: str) -> list[Address]:
    words: list[str] = []

    def hide(match: re.Match[str]) -> str:
        words.append(match[0])
        return f"{_MARK}{len(words) - 1}{_MARK}"

    # A run of encoded words may hold commas and brackets of its own.
    hidden = re.sub(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=(?:\s+=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)*", hide, value)
    pairs = [pair for pair in getaddresses([hidden]) if pair[1]]
    if not pairs and "@" in hidden:
        pairs = [(re.sub(r"<[^>]*>?$", "", hidden).strip(' "'), found) for found in _BARE.findall(hidden)[:50]]
    found = []
    for name, email in pairs:
        shown = re.sub(f"{_MARK}(\\d+){_MARK}", lambda m: words[int(m[1])], name)
        email = re.sub(f"{_MARK}(\\d+){_MARK}", lambda m: text(words[int(m[1])]), email)
        email = email.strip().strip("'\"").rstrip(".").lower()
        if email.startswith("mailto:"):
            email = email[7:]
        if "@" in email and not email.startswith("@"):
            shown = text(shown).strip("'\" ")
            found.append(Address("" if shown.lower() == email else shown, email))
    return found


def first_address(value: str | None) -> Address:
    """The one who writes; an empty address with the name as it stands where there is none."""
    if not value:
        return Address("", "")
    found = _addresses(value)
    return found[0] if found else Address(text(re.sub(r"<[^>]*>", "", value)).strip('" '), "")


def message_ids(value: str | None) -> list[str]:
    """The ids of Message-ID, In-Reply-To or References, without their brackets, in order, each once."""
    if not value:
        return []
    found = _ID.findall(value) or [word for word in re.split(r"[\s,;]+", value.strip("<> ")) if "@" in word]
    return list(dict.fromkeys(one[:500] for one in found))


def date(value: str | None) -> datetime | None:
    """The moment of a Date field; None when it is none, or no time that a mail can be of."""
    if not value:
        return None
    try:
        found = parsedate_to_datetime(re.sub(r"\s+", " ", value))
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        found = found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year >= 1990 else None


def parameter(message: Message, field: str, name: str) -> str:
    """A parameter such as `filename`: RFC 2231 with its pieces joined, encoded words, percent signs, raw bytes; '' without."""
    try:
        value = message.get_param(name, header=field)
    except (ValueError, IndexError, TypeError):
        value = None
    if value is None:
        return ""
    if isinstance(value, tuple):
        charset, _language, content = value
        data = content.encode("raw-unicode-escape", "replace") if not _has_surrogates(content) else content.encode("utf-8", "surrogateescape")
        return decode(data, charset)
    plain = str(value)
    if not plain.isascii():
        plain = decode(plain.encode("utf-8", "surrogateescape"))
    plain = text(plain)
    if re.search(r"(%[0-9A-Fa-f]{2}){2}", plain) and plain.isascii():
        plain = decode(unquote_to_bytes(plain))
    return plain.replace("\x00", "")


def _has_surrogates(value: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in value)
