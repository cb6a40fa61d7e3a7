"""Who may do what: granted by security administrators only, never to oneself, and never two powers that must be apart."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.core.permissions import declared
from hengwei.org import permissions as perms
from hengwei.org.events import RoleChanged, RolesChanged
from hengwei.org.models import AUDIT_ADMIN, SECURITY_ADMIN, Role, User

from .checking import checked

#: What a requester holds makes nobody a member of the desk.
OUTSIDE = "requester"


def apart(keys: Iterable[str]) -> None:
    """Refuse the powers that must not be in one hand: who grants rights, and who watches over the granting."""
    if {SECURITY_ADMIN, AUDIT_ADMIN} <= set(keys):
        raise Refused(
            _("Nobody is security administrator and audit administrator at once: who grants rights must not be the one who watches over it."),
            code="powers_apart", field="roles",
        )


@transaction.atomic
def grant_roles(person: User, roles: Iterable[Role], *, by: Actor) -> User:
    """Give a person exactly these roles. Nobody changes his own."""
    by.require(perms.MANAGE_ROLES)
    if by.user == person:
        raise Forbidden(_("Nobody changes his own roles. Ask another security administrator."), code="own_roles", field="roles")
    person = User.objects.select_for_update().get(pk=person.pk)
    before, chosen = tuple(sorted(person.roles.values_list("key", flat=True))), list(roles)
    after = tuple(sorted(role.key for role in chosen))
    apart(after)
    if before == after:
        return person
    person.roles.set(chosen)
    person.is_agent = any(key != OUTSIDE for key in after)
    person.save(update_fields=["is_agent"])
    person.__dict__.pop("permission_keys", None)
    emit(RolesChanged(person_id=person.pk, before=before, after=after, actor=by))
    return person


@transaction.atomic
def save_role(role: Role | None = None, *, by: Actor, key: str | None = None, name: str | None = None, name_en: str | None = None, permissions: Iterable[str] | None = None) -> Role:
    """Make a role or change one. Nobody adds rights to a role that he holds himself."""
    by.require(perms.MANAGE_ROLES)
    role = Role() if role is None else Role.objects.select_for_update().get(pk=role.pk)
    if key is not None and role.builtin and key != role.key:
        raise Refused(_("The key of a built-in role stays."), code="builtin", field="key")
    role.key = role.key if key is None else key
    role.name = role.name if name is None else name.strip()
    role.name_en = role.name_en if name_en is None else name_en.strip()
    before = set(role.permissions)
    if permissions is not None:
        wanted = set(permissions)
        unknown = wanted - set(declared()) - before
        if unknown:
            raise Refused(_("There is no such right: %(key)s.") % {"key": ", ".join(sorted(unknown))}, code="unknown", field="permissions")
        if by.user is not None and wanted - before and role.pk and by.user.roles.filter(pk=role.pk).exists():
            raise Forbidden(_("Nobody adds rights to a role that he holds himself."), code="own_role", field="permissions")
        role.permissions = sorted(wanted)
    checked(role)
    role.save()
    after = set(role.permissions)
    emit(RoleChanged(key=role.key, added=tuple(sorted(after - before)), removed=tuple(sorted(before - after)), actor=by))
    return role


@transaction.atomic
def remove_role(role: Role, *, by: Actor) -> None:
    """Remove a role that the company made and nobody holds."""
    by.require(perms.MANAGE_ROLES)
    if role.builtin:
        raise Refused(_("A built-in role stays."), code="builtin")
    if role.users.exists():
        raise Refused(_("%(count)d people hold this role. Take it from them first.") % {"count": role.users.count()}, code="held")
    role.delete()
