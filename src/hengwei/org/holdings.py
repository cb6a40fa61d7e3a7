"""Turns of duty of who leaves. Who is away only is stood in for by his deputy, without a change of the rota (duty.present)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor

from .handing import holds
from .models import Shift, User
from .rota import Turn, occurrences

#: A rule whose next turn is not within this time has ended.
AHEAD = timedelta(days=800)


def _turns(person: User, until: datetime | None) -> QuerySet[Shift]:
    if until is not None:
        return Shift.objects.none()
    today = timezone.localdate()
    ahead = Q(rule="", first_day__gte=today) | ~Q(rule="") & (Q(until=None) | Q(until__gte=today))
    return Shift.objects.filter(ahead, user=person, rota__archived_at=None).select_related("rota")


def _give(shift: Shift, to: User, by: Actor, at: datetime) -> None:
    """From the next turn on it is the other's; those of the past stay who had them."""
    zone = ZoneInfo(shift.rota.timezone)
    turn = Turn(shift.user_id, shift.first_day, shift.starts, shift.minutes, shift.rule, shift.until, shift.replaces, shift.pk)
    coming = next((span.start for span in occurrences(turn, zone, at, at + AHEAD) if span.start >= at), None)
    if coming is None:
        return
    day = coming.astimezone(zone).date()
    if day > shift.first_day:
        Shift.objects.create(
            rota=shift.rota, user=to, first_day=day, starts=shift.starts, minutes=shift.minutes, rule=shift.rule, until=shift.until, replaces=shift.replaces, note=shift.note)
        Shift.objects.filter(pk=shift.pk).update(until=day - timedelta(days=1))
    else:
        Shift.objects.filter(pk=shift.pk).update(user=to)


holds("turns", _("Turns of duty"), of=_turns, give=_give, order=70)
