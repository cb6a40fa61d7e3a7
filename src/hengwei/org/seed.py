"""The built-in roles."""

from __future__ import annotations

from hengwei.core.permissions import defaults_for

from .models import Role

#: key: (Chinese, English)
ROLES = {
    "requester": ("请求人", "Requester"),
    "agent": ("工程师", "Engineer"),
    "lead": ("组长", "Team lead"),
    "manager": ("经理", "Manager"),
    "auditor": ("审计员", "Auditor"),
    "system_admin": ("系统管理员", "System administrator"),
    "security_admin": ("安全管理员", "Security administrator"),
    "audit_admin": ("审计管理员", "Audit administrator"),
}


def install() -> None:
    """Make the roles that are missing; give those that exist what a later version declares, and nothing that the company took away."""
    for key, (name, name_en) in ROLES.items():
        meant = defaults_for(key)
        role, made = Role.objects.get_or_create(key=key, defaults={"name": name, "name_en": name_en, "builtin": True, "permissions": meant, "offered": meant})
        fresh = [] if made else [one for one in meant if one not in role.offered]
        if fresh:
            role.permissions = sorted({*role.permissions, *fresh})
            role.offered = sorted({*role.offered, *fresh})
            role.save(update_fields=["permissions", "offered"])
