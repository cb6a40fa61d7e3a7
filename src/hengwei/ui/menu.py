"""The rail on the left: each room registers its entries in its own `menu.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from hengwei.core.errors import Message


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry. Shown to those who hold `permission`; '' stands for everyone who works here."""

    key: str
    label: Message
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    #: Shown as a number beside the word; None for none.
    count: Callable[[Any], int | None] | None = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Corner:
    """A sign at the top right with a number on it, such as the bell. `count` is asked on every page: make it cheap."""

    key: str
    label: Message
    icon: str
    url_name: str
    count_url_name: str
    count: Callable[[Any], int]

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    @property
    def count_url(self) -> str:
        return reverse(self.count_url_name)


_corners: dict[str, Corner] = {}


def register_corner(corner: Corner) -> Corner:
    """Add a sign, or replace the one of its key."""
    _corners[corner.key] = corner
    return corner


def corners_for(user: Any) -> list[tuple[Corner, int]]:
    """The signs with their numbers, for staff."""
    if not user.is_authenticated or not user.is_agent:
        return []
    return [(corner, corner.count(user)) for corner in _corners.values()]


_entries: dict[str, MenuEntry] = {}


def register(entry: MenuEntry) -> MenuEntry:
    """Add an entry, or replace the one of its key."""
    _entries[entry.key] = entry
    return entry


def entries_for(user: Any) -> list[MenuEntry]:
    """What this person may go to, in order."""
    if not user.is_authenticated or not user.is_agent:
        return []
    return sorted((e for e in _entries.values() if not e.permission or user.may(e.permission)), key=lambda e: (e.order, e.key))
