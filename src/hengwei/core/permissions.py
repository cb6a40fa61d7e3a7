"""Permissions are declared by the rooms that check them, and granted to roles (org)."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Message


@dataclass(frozen=True, slots=True)
class Permission:
    """One right, such as `work.assign`. `roles` are the built-in roles that hold it in a new installation."""

    key: str
    label: Message
    roles: tuple[str, ...] = ()


_permissions: dict[str, Permission] = {}


def declare(key: str, label: Message, *, roles: tuple[str, ...] = ()) -> str:
    """Declare a permission in a room's `permissions.py`; returns the key for use as a constant."""
    _permissions[key] = Permission(key, label, roles)
    return key


def declared() -> dict[str, Permission]:
    """Every declared permission by key."""
    return dict(_permissions)


def defaults_for(role: str) -> list[str]:
    """The permissions that a built-in role holds in a new installation."""
    return sorted(p.key for p in _permissions.values() if role in p.roles)
