"""Permissions are declared by the rooms that check them, and granted to roles (org)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

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


# What the ground floor itself guards.
VIEW_HISTORY = declare("core.view_history", _("See who changed a record"), roles=("lead", "manager", "auditor", "system_admin", "security_admin", "audit_admin"))
VIEW_AUDIT = declare("core.view_audit", _("Read the audit log"), roles=("auditor", "audit_admin"))
OPERATE = declare("core.operate", _("See how the system runs, its timers and tasks"), roles=("manager", "system_admin"))
