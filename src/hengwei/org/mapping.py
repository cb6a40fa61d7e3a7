"""What the groups of an identity provider or a directory mean here: roles and teams. Shared by both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError

from .actions.roles import OUTSIDE, grant_roles
from .models import ADMINISTRATIVE, Customer, Membership, Role, Team, User
from .models.sign_in import Mapped


def roles_after(held: set[str], groups: Iterable[str], rules: list[dict[str, Any]], default: str) -> set[str]:
    """The roles of a person who is in these groups. Pure.

    Roles that no rule names stay as they were given by hand; those that rules name follow the groups. One who would be
    left without any gets the default.
    """
    there = {group.casefold() for group in groups}
    managed = {str(rule["role"]) for rule in rules if rule.get("role")}
    earned = {str(rule["role"]) for rule in rules if rule.get("role") and str(rule.get("group", "")).casefold() in there}
    return (held - managed) | earned or {default}


@transaction.atomic
def apply(person: User, mapped: Mapped, groups: Iterable[str]) -> None:
    """Let a person's roles and teams follow his groups. Administrators are named by hand: no group makes one or unmakes one."""
    groups = list(groups)
    rules = [rule for rule in mapped.groups if rule.get("role") not in ADMINISTRATIVE]
    held = set(person.roles.values_list("key", flat=True))
    wanted = roles_after(held, groups, rules, mapped.default_role.key if mapped.default_role else OUTSIDE)
    if wanted != held:
        try:
            grant_roles(person, Role.objects.filter(key__in=wanted), by=Actor())
        except ActionError:
            return
        person.refresh_from_db()
    there = {group.casefold() for group in groups}
    managed = {str(rule["team"]) for rule in rules if rule.get("team")}
    earned = {str(rule["team"]) for rule in rules if rule.get("team") and str(rule.get("group", "")).casefold() in there}
    Membership.objects.filter(user=person, team__key__in=managed - earned).delete()
    if person.is_agent:
        for team in Team.objects.filter(key__in=earned, archived_at=None).exclude(memberships__user=person):
            Membership.objects.create(team=team, user=person)


def free_username(wanted: str, fallback: str) -> str:
    """A user name that nobody has, as near to the wanted one as may be."""
    base = (wanted or fallback)[:140]
    name, number = base, 2
    while User.objects.of_username(name).exists():
        name, number = f"{base}-{number}", number + 1
    return name


@transaction.atomic
def make_person(mapped: Mapped, *, source: str, source_id: str, username: str, name: str, email: str, customer_code: str = "", **facts: str) -> User:
    """A new account for somebody whom a provider or directory knows."""
    customer = Customer.objects.current().filter(code__iexact=customer_code).first() if customer_code else None
    person = User(
        username=free_username(username, email or source_id), name=name or username or email, email=email, customer=customer or mapped.default_customer,
        source=source, source_id=source_id, phone=facts.get("phone", "")[:40], title=facts.get("title", "")[:120],
    )
    person.set_unusable_password()
    person.save()
    return person
