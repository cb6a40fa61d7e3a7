"""What is kept of a person, and what goes when it is erased: each room says its own.

    @keeps("work")
    def work(person): return {"items": [...]}     # plain values, for the copy that a person is handed
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .models import User

_keepers: dict[str, Callable[[User], Any]] = {}


def keeps(key: str) -> Callable[[Callable[[User], Any]], Callable[[User], Any]]:
    """Register what a room keeps of a person."""

    def register(function: Callable[[User], Any]) -> Callable[[User], Any]:
        _keepers[key] = function
        return function

    return register


def kept(person: User) -> dict[str, Any]:
    """All that every room keeps of the person, by room."""
    return {key: function(person) for key, function in sorted(_keepers.items())}


@keeps("person")
def _person(person: User) -> dict[str, Any]:
    facts = ("id", "username", "name", "email", "phone", "mobile", "employee_no", "title", "language", "timezone", "preferences", "created_at", "last_seen_at")
    return {
        **{name: getattr(person, name) for name in facts},
        "customer": str(person.customer or ""), "site": str(person.site or ""), "superior": str(person.manager or ""),
        "roles": [role.key for role in person.roles.all()], "skills": [skill.name for skill in person.skills.all()],
        "teams": [team.key for team in person.teams.all()], "posts": [post.key for post in person.posts.all()],
        "absences": list(person.absences.values("kind", "starts_at", "ends_at", "note")),
        "shifts": list(person.shifts.values("rota__name", "first_day", "starts", "minutes", "rule", "until")),
        "tokens": list(person.tokens.values("name", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")),
    }


@keeps("sessions")
def _sessions(person: User) -> list[dict[str, Any]]:
    from .sessions import sessions_of

    return [{"address": s.ip, "browser": s.user_agent, "since": s.created_at, "last_seen": s.last_seen_at} for s in sessions_of(person)]
