"""Our own marks in a message: a Message-ID and an address that only we can have made."""

from __future__ import annotations

import re

from django.utils.crypto import salted_hmac

_ID = re.compile(r"^hw\.(\d+)\.(\d+)\.([0-9a-f]{20})@")
_PLUS = re.compile(r"^[^@+]+\+(\d+)\.([0-9a-f]{20})@")
#: The field by which we know our own mail when it comes back to us.
LOOP_HEADER = "X-Hengwei-Loop"


def _mac(purpose: str, *values: int) -> str:
    return salted_hmac(f"hengwei.channels.{purpose}", ".".join(map(str, values)), algorithm="sha256").hexdigest()[:20]


def message_id(outbound: int, item: int, domain: str) -> str:
    """The Message-ID, without brackets, of a message of ours about an item (0 for none)."""
    return f"hw.{outbound}.{item}.{_mac('id', outbound, item)}@{domain}"


def item_of(message_id: str) -> int | None:
    """The item of a Message-ID that we signed; 0 for one of ours about none; None when it is not ours."""
    match = _ID.match(message_id)
    if match is None or match[3] != _mac("id", int(match[1]), int(match[2])):
        return None
    return int(match[2])


def plus_address(address: str, item: int) -> str:
    """The mailbox's address with the item in it."""
    local, _at, domain = address.partition("@")
    return f"{local}+{item}.{_mac('plus', item)}@{domain}"


def item_of_address(address: str) -> int | None:
    """The item that an address of ours carries; None when it carries none of our making."""
    match = _PLUS.match(address.lower())
    return int(match[1]) if match and match[2] == _mac("plus", int(match[1])) else None


def loop_mark() -> str:
    """What stands in LOOP_HEADER of all we send: the same for one installation, unlike any other's."""
    return _mac("loop", 0)
