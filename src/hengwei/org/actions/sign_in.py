"""How people come in: the department's rules, identity providers and directories, kept by security administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core import audit
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.jobs import enqueue
from hengwei.org import lockout, policy
from hengwei.org import permissions as perms
from hengwei.org.models import ADMINISTRATIVE, Directory, IdentityProvider, Role, SignInPolicy, Team, User
from hengwei.org.models.sign_in import Mapped

from .checking import checked, take

LOCAL = {"127.0.0.1", "localhost", "::1"}
SHARED = ("key", "name", "name_en", "active", "create_people", "default_role", "default_customer", "groups")


@transaction.atomic
def save_policy(*, by: Actor, **facts: Any) -> SignInPolicy:
    """Change the rules of coming in."""
    by.require(perms.SECURE_SIGN_IN)
    rules = SignInPolicy.objects.select_for_update().first() or SignInPolicy()
    take(rules, facts, [f.name for f in SignInPolicy._meta.fields if f.name != "id"])
    if rules.lock_seconds_most < rules.lock_seconds:
        raise Refused(_("The longest lock cannot be shorter than the first."), code="invalid", field="lock_seconds_most")
    checked(rules, exclude=("id",))
    rules.save()
    transaction.on_commit(policy.forget)
    return rules


def _mapped(row: Mapped) -> None:
    """Check what the groups mean: roles and teams that exist, and no administrators."""
    roles, teams = set(Role.objects.values_list("key", flat=True)), set(Team.objects.values_list("key", flat=True))
    named = {str(rule.get("role") or "") for rule in row.groups} | ({row.default_role.key} if row.default_role else set())
    if named & set(ADMINISTRATIVE):
        raise Refused(_("Administrators are named by hand, never by a group."), code="administrative", field="groups")
    for rule in row.groups:
        if not rule.get("group") or not (rule.get("role") or rule.get("team")):
            raise Refused(_("Each line names a group, and a role or a team."), code="invalid", field="groups")
        if (rule.get("role") and rule["role"] not in roles) or (rule.get("team") and rule["team"] not in teams):
            raise Refused(_("There is no such role or team: %(name)s.") % {"name": rule.get("role") or rule.get("team")}, code="unknown", field="groups")


@transaction.atomic
def save_provider(provider: IdentityProvider | None = None, *, by: Actor, **facts: Any) -> IdentityProvider:
    """Set up single sign-on, or change it. An empty secret keeps the one that is there."""
    by.require(perms.SECURE_SIGN_IN)
    provider = IdentityProvider() if provider is None else IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    if not facts.get("client_secret", True):
        facts.pop("client_secret")
    take(provider, facts, (*SHARED, "issuer", "client_id", "client_secret", "scopes", "groups_claim", "customer_claim", "trusts_email"))
    where = urlsplit(provider.issuer)
    if where.scheme != "https" and where.hostname not in LOCAL:
        raise Refused(_("An identity provider is asked over https only."), code="insecure", field="issuer")
    _mapped(provider)
    checked(provider)
    provider.save()
    return provider


@transaction.atomic
def save_directory(directory: Directory | None = None, *, by: Actor, **facts: Any) -> Directory:
    """Set up a directory, or change it. An empty password keeps the one that is there."""
    by.require(perms.SECURE_SIGN_IN)
    directory = Directory() if directory is None else Directory.objects.select_for_update().get(pk=directory.pk)
    if not facts.get("bind_password", True):
        facts.pop("bind_password")
    take(directory, facts, (
        *SHARED, "host", "port", "security", "authority", "bind_dn", "bind_password", "base", "filter", "login_attribute", "name_attribute", "email_attribute", "phone_attribute",
        "title_attribute", "groups_base", "groups_filter",
    ))
    if directory.security == Directory.Security.NONE and directory.host not in LOCAL:
        raise Refused(_("Passwords would cross the network in the clear. Choose LDAPS or StartTLS."), code="insecure", field="security")
    for name in ("filter", "groups_filter"):
        text = getattr(directory, name)
        if not (text.startswith("(") and text.endswith(")") and text.count("(") == text.count(")")):
            raise Refused(_("A filter stands in brackets, such as (objectClass=person)."), code="invalid", field=name)
    _mapped(directory)
    checked(directory)
    directory.save()
    return directory


@transaction.atomic
def start_sync(directory: Directory, *, by: Actor) -> str:
    """Take over the people of a directory now, in the background."""
    from hengwei.org.jobs import sync_directory

    by.require(perms.SECURE_SIGN_IN)
    enqueue(sync_directory, directory_id=directory.pk, once=f"sync:{directory.pk}")
    return _("Started. The result will stand here.")


@transaction.atomic
def unlock(person: User, *, by: Actor) -> None:
    """Let a person who guessed too often try again at once."""
    by.require(perms.MANAGE_PEOPLE)
    lockout.unlock(person)
    audit.record("sign_in.unlocked", by=by, subject=person)
