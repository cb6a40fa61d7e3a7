"""Calendars to subscribe to (.ics). Other rooms offer theirs; the key in the address says whose eyes they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.utils import translation

from hengwei.core.ics import Entry, ics

from .duty import plan
from .models import Rota, User

#: What a feed shows before and after today.
BEFORE, AFTER = timedelta(days=30), timedelta(days=180)


#: (user, rest of the name, now) -> (title, entries), None where there is nothing that this person may see.
Source = Callable[[User, str, datetime], "tuple[str, Iterable[Entry]] | None"]
_sources: dict[str, Source] = {}


def offers(kind: str) -> Callable[[Source], Source]:
    """Register the feeds named `kind-…`."""

    def register(source: Source) -> Source:
        _sources[kind] = source
        return source

    return register


def read(key: str, name: str, now: datetime) -> bytes | None:
    """A feed by its address; None for a key that is nobody's, or what its owner may not see."""
    user = User.objects.filter(feed_key=key, is_active=True).first() if key else None
    kind, _dash, rest = name.removesuffix(".ics").partition("-")
    if user is None or kind not in _sources:
        return None
    with translation.override(user.language):
        found = _sources[kind](user, rest, now)
        return ics(*found, now) if found is not None else None


@offers("rota")
def _rota(user: User, rest: str, now: datetime) -> tuple[str, list[Entry]] | None:
    rota = Rota.objects.filter(pk=int(rest)).first() if rest.isdecimal() and len(rest) < 10 else None
    if rota is None or not user.may("org.view_people"):
        return None
    return rota.label, [
        Entry(f"shift-{span.turn}-{span.start:%Y%m%dT%H%M}", f"{rota.label} · {person.name}", span.start, span.end) for span, person in plan(rota, now - BEFORE, now + AFTER)
    ]


@offers("mine")
def _mine(user: User, rest: str, now: datetime) -> tuple[str, list[Entry]] | None:
    """One's own turns on every rota, and one's absences."""
    entries = []
    for rota in Rota.objects.filter(shifts__user=user, archived_at=None).distinct():
        entries += [
            Entry(f"shift-{span.turn}-{span.start:%Y%m%dT%H%M}", rota.label, span.start, span.end) for span, person in plan(rota, now - BEFORE, now + AFTER) if person == user
        ]
    for absence in user.absences.filter(ends_at__gt=now - BEFORE):
        entries.append(Entry(f"absence-{absence.pk}", str(absence.get_kind_display()), absence.starts_at, absence.ends_at, absence.note))
    return user.name, entries
