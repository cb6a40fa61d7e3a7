"""What a request brought, read without trusting it: who asks, which row was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:
    from hengwei.org.models import User


def chosen(sent: Mapping[str, Any], name: str) -> int:
    """The id of a chosen row; 0, which no row has, when nothing was chosen, or what was sent is no id."""
    value = str(sent.get(name) or "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0


def signed_in(request: HttpRequest) -> User:
    """The person who asks, where a page or call is only reached signed in."""
    user = request.user
    if not user.is_authenticated:
        raise PermissionDenied
    return user


T = TypeVar("T")


def once(request: HttpRequest, what: str, ask: Callable[[], T]) -> T:
    """The answer to `what`, asked for at its first use in a request: several parts of a page offer the same choice."""
    known: dict[str, Any] = request.__dict__.setdefault("_asked_once", {})
    if what not in known:
        known[what] = ask()
    return cast(T, known[what])
