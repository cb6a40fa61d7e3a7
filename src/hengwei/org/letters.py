"""Letters about a person's own account. A room above carries them: it knows how mail goes out."""

from __future__ import annotations

from collections.abc import Callable

from .models import User

#: (person, subject, text) -> whether it is on its way.
Carrier = Callable[[User, str, str], bool]
_carriers: list[Carrier] = []


def carries(function: Carrier) -> Carrier:
    """Register who carries letters."""
    _carriers.append(function)
    return function


def send(person: User, subject: str, text: str) -> bool:
    """Put a letter on its way; False when nobody can carry it now."""
    return any(carrier(person, subject, text) for carrier in _carriers)
