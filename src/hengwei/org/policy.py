"""The department's rules for coming in, read often and changed rarely."""

from __future__ import annotations

import time

from .models import SignInPolicy

#: Seconds after which another process's change is seen.
FRESH = 10.0
_kept: tuple[float, SignInPolicy | None] = (float("-inf"), None)


def policy() -> SignInPolicy:
    """The rules in force."""
    global _kept
    found = _kept[1]
    if found is None or time.monotonic() - _kept[0] > FRESH:
        found = SignInPolicy.objects.first() or SignInPolicy()
        _kept = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read them anew."""
    global _kept
    _kept = (float("-inf"), None)
