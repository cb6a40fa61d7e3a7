"""Signatures of webhooks, out and in, after the Standard Webhooks specification (standardwebhooks.com). Pure.

    webhook-id: 2f1c…               the same for every attempt: the receiver's key against doubles
    webhook-timestamp: 1764000000   seconds since 1970; older or newer than five minutes is refused
    webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>   several, with spaces between, while a secret is being changed
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

#: Seconds by which the clocks of two sides may differ.
TOLERANCE = 300
_PREFIX = "whsec_"


def new_secret() -> str:
    """A secret as both sides keep it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _key(secret: str) -> bytes:
    plain = secret.removeprefix(_PREFIX)
    if plain != secret:
        try:
            return base64.b64decode(plain, validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def _mac(secret: str, uid: str, timestamp: int, body: bytes) -> str:
    signed = f"{uid}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def sign(keys: Iterable[str], *, uid: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a signed body; one signature for each secret that is valid now."""
    return {
        "webhook-id": uid, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(_mac(key, uid, timestamp, body) for key in keys if key),
    }


def verified(keys: Iterable[str], headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """Whether a body was signed by one who knows a secret, within the last minutes."""
    try:
        timestamp = int(headers.get("webhook-timestamp", ""))
    except ValueError:
        return False
    if abs(now - timestamp) > TOLERANCE:
        return False
    uid = headers.get("webhook-id", "")
    given = headers.get("webhook-signature", "").split()
    wanted = [_mac(key, uid, timestamp, body) for key in keys if key]
    return any(hmac.compare_digest(one, other) for one in wanted for other in given)
