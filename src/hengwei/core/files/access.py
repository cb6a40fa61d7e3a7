"""Who may read a file: whoever may read a record that holds it. The rooms that hold files say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hengwei.core.models import StoredFile

_grants: list[Callable[[Any, StoredFile], bool]] = []


def grants(rule: Callable[[Any, StoredFile], bool]) -> Callable[[Any, StoredFile], bool]:
    """Register a room's rule: whether this person may read this file through one of the room's records."""
    _grants.append(rule)
    return rule


def may_read(user: Any, file: StoredFile) -> bool:
    """Whether the person may read the file: his own upload, or one that a record shows him."""
    return user.is_authenticated and (file.uploaded_by_id == user.pk or any(rule(user, file) for rule in _grants))
