"""Where people are signed in."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from .models import User


def sessions_of(person: User) -> list[UserSession]:
    """The sessions of a person that are still good, the newest first."""
    return sorted(UserSession.objects.purge_and_list(person), key=lambda session: session.last_seen_at, reverse=True)


def end_sessions(person: User) -> int:
    """Sign the person out everywhere; returns how many sessions ended."""
    found = sessions_of(person)
    for session in found:
        session.end()
    return len(found)
