"""Wrong passwords, counted by all processes together: a name or an address that fails too often waits, each time longer.

An attempt is counted before its password is tried and taken back when it was right: any number of guesses sent at the
same moment count one by one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from .models import SignInFailure, SignInPolicy, User
from .policy import policy


def lock_seconds(count: int, *, allowed: int, first: int, most: int) -> int:
    """How long an account waits after so many wrong passwords: nothing at first, then doubling up to the longest. Pure."""
    beyond = count - allowed
    if beyond < 0:
        return 0
    return most if beyond > 40 else min(first * 2**beyond, most)


def key_of(login: str) -> str:
    """What is counted for a typed name: the account, by whichever of its names; else the name itself."""
    found = User.objects.of_login(login).values_list("pk", flat=True).first() if login else None
    return f"user:{found}" if found is not None else f"name:{login.lower()[:150]}"


def begin(login: str, address: str, now: datetime) -> int:
    """Count an attempt; returns the seconds that it must wait, 0 when it may be tried now."""
    rules = policy()
    keys = {key_of(login): rules.failures_allowed, f"address:{address[:100]}": rules.failures_per_address}
    with transaction.atomic():
        SignInFailure.objects.bulk_create([SignInFailure(key=key, last_at=now) for key in sorted(keys)], ignore_conflicts=True)
        rows = list(SignInFailure.objects.select_for_update().filter(key__in=keys).order_by("key"))
        wait = max((int((row.locked_until - now).total_seconds()) + 1 for row in rows if row.locked_until and row.locked_until > now), default=0)
        if wait:
            return wait
        for row in rows:
            _count(row, keys[row.key], rules, now)
    return 0


def _count(row: SignInFailure, allowed: int, rules: SignInPolicy, now: datetime) -> None:
    forgotten = (now - row.last_at).total_seconds() > rules.forgotten_after_seconds
    row.count, row.last_at = (1 if forgotten else row.count + 1), now
    seconds = lock_seconds(row.count, allowed=allowed, first=rules.lock_seconds, most=rules.lock_seconds_most)
    row.locked_until = now + timedelta(seconds=seconds) if seconds else None
    row.save()


def succeeded(login: str, address: str) -> None:
    """The password was right: the account begins anew; the address gets back the attempt that was no failure."""
    with transaction.atomic():
        SignInFailure.objects.filter(key=key_of(login)).delete()
        row = SignInFailure.objects.select_for_update().filter(key=f"address:{address[:100]}").first()
        if row is not None:
            row.count, row.locked_until = max(row.count - 1, 0), None
            row.save()


def locked_until(person: User, now: datetime) -> datetime | None:
    """Until when a person's account waits, if it does."""
    return SignInFailure.objects.filter(key=f"user:{person.pk}", locked_until__gt=now).values_list("locked_until", flat=True).first()


def unlock(person: User) -> None:
    """Let a person try again at once."""
    SignInFailure.objects.filter(key=f"user:{person.pk}").delete()
