"""Who is there, and who stands in: asked by assignment, escalation and the pages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from .models import Absence, Rota, Shift, Team, User
from .rota import Span, Turn
from .rota import on_duty as _on_duty
from .rota import plan as _plan


def turns_of(rota: Rota) -> list[Turn]:
    """The shifts of a rota as the rules want them."""
    return [
        Turn(s.user_id, s.first_day, s.starts, s.minutes, s.rule, s.until, s.replaces, s.pk) for s in rota.shifts.all()
    ]


def on_duty(team: Team, at: datetime) -> list[User]:
    """Who of a team is on duty at a moment by its rotas. One who is away is stood in for by his deputy, or left out.

    Empty where the team has no rota, or nobody's turn it is.
    """
    shifts = Prefetch("shifts", Shift.objects.filter(user__is_active=True))
    rotas = Rota.objects.filter(team=team, archived_at=None).prefetch_related(shifts)
    ids = list(dict.fromkeys(pk for rota in rotas for pk in _on_duty(turns_of(rota), ZoneInfo(rota.timezone), at)))
    people = User.objects.in_bulk(ids)
    found = [present(people[pk], at) for pk in ids]
    return list(dict.fromkeys(person for person in found if person is not None))


def present(person: User, at: datetime, _seen: frozenset[int] = frozenset()) -> User | None:
    """The person, or who stands in for him at that moment; None when nobody does."""
    if not person.is_active or person.pk in _seen:
        return None
    absence = person.absence_at(at)
    if absence is None:
        return person
    return present(absence.deputy, at, _seen | {person.pk}) if absence.deputy else None


def plan(rota: Rota, since: datetime, until: datetime) -> list[tuple[Span, User]]:
    """Who is on duty on a rota through a period, in order of time."""
    spans = _plan(turns_of(rota), ZoneInfo(rota.timezone), since, until)
    people = User.objects.in_bulk({span.person for span in spans})
    return [(span, people[span.person]) for span in spans]


def away(at: datetime) -> list[Absence]:
    """Absences that cover a moment, by who ends first."""
    return list(Absence.objects.filter(starts_at__lte=at, ends_at__gt=at).select_related("user", "deputy").order_by("ends_at", "id"))
