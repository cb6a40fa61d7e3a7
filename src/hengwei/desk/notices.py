"""What stands on top of the portal: maintenance announced, faults known. Rooms that have such notices register here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hengwei.desk.models import Incident
from hengwei.org.models import User


@dataclass(frozen=True, slots=True)
class PortalNotice:
    """One notice. `level`: info, warning, danger."""

    title: str
    text: str = ""
    level: str = "info"
    icon: str = "info-circle"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    url: str = ""


#: Takes who reads (None: not signed in) and the moment.
Source = Callable[[User | None, datetime], list[PortalNotice]]
_sources: list[Source] = []
_WEIGHT = {"danger": 0, "warning": 1, "info": 2}


def notices(source: Source) -> Source:
    """Register a source of notices."""
    if source not in _sources:
        _sources.append(source)
    return source


def notices_for(user: User | None, now: datetime) -> list[PortalNotice]:
    """All notices, the gravest first, then what begins first."""
    found = [one for source in _sources for one in source(user, now)]
    return sorted(found, key=lambda one: (_WEIGHT.get(one.level, 3), one.starts_at or now))


@notices
def major_incidents(user: User | None, now: datetime) -> list[PortalNotice]:
    """Open major incidents, in the words that their leads wrote for everybody."""
    return [
        PortalNotice(one.public_words.partition("\n")[0][:200], one.public_words.partition("\n")[2], "danger", "alert-octagon", one.major_at)
        for one in Incident.objects.filter(major=True).open().exclude(public_words="").order_by("-major_at")[:3]
    ]
