"""How many items an address may open: a program that goes wild fills no queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from hengwei.channels.models import Hook, HookCall
from hengwei.core.errors import Refused

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class TooMany(Refused):
    """More items than the address may open; `params['retry_after']` are the seconds until it may again."""

    status = 429
    code = "too_many"


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address opened lately, as its page shows it."""

    minute: int
    hour: int


def opened(hook: Hook, at: datetime) -> Opened:
    """How many items the address opened within the last minute and the last hour."""
    lately = HookCall.objects.filter(hook=hook, received_at__gt=at - HOUR, opened__gt=0)
    found = lately.aggregate(minute=Sum("opened", filter=Q(received_at__gt=at - MINUTE), default=0), hour=Sum("opened", default=0))
    return Opened(found["minute"], found["hour"])


def require_room(hook: Hook, at: datetime) -> None:
    """Raise TooMany when the address has opened as much as it may. A call that began below the limit is carried out whole."""
    lately = opened(hook, at)
    for count, limit, span, words in (
        (lately.hour, hook.items_an_hour, HOUR, _("%(name)s has opened %(n)d items within an hour, as many as it may. Try again in %(seconds)d seconds.")),
        (lately.minute, hook.items_a_minute, MINUTE, _("%(name)s has opened %(n)d items within a minute, as many as it may. Try again in %(seconds)d seconds.")),
    ):
        if count < limit:
            continue
        oldest = HookCall.objects.filter(hook=hook, received_at__gt=at - span, opened__gt=0).order_by("received_at").values_list("received_at", flat=True).first()
        seconds = max(1, int(((oldest or at) + span - at).total_seconds()) + 1)
        raise TooMany(words % {"name": hook.name, "n": count, "seconds": seconds}, retry_after=seconds)
