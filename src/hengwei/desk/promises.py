"""What we would promise for a request if it were sent now, and in which hours we work: said before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar, CalendarVersion
from hengwei.core.i18n import is_chinese
from hengwei.desk.models import CatalogueEntry
from hengwei.org.models import User
from hengwei.work.clocks.matching import promises_for
from hengwei.work.models import Measure, WorkItem
from hengwei.work.priorities import priority_of


@dataclass(frozen=True, slots=True)
class Promised:
    """Until when we answer and solve it; None where nothing is promised. `hours` in words; `closed` when nobody works now."""

    first_response: datetime | None
    resolution: datetime | None
    hours: str
    closed: bool = False
    opens_at: datetime | None = None

    def __bool__(self) -> bool:
        return self.first_response is not None or self.resolution is not None


def promised(entry: CatalogueEntry | None, user: User | None, now: datetime, kind: str = "incident") -> Promised:
    """What a request for this entry would be promised at this moment."""
    version = entry.published if entry else None
    item = WorkItem(
        kind=version.kind if version else kind, customer=user.customer if user else None, requester=user, catalogue_key=entry.key if entry else "",
        category=version.category if version else None, team=version.team if version else None,
    )
    if version is not None:
        item.priority = priority_of(version.impact, version.urgency)
    found: dict[str, datetime] = {}
    calendar_version: CalendarVersion | None = None
    for measure, promise in promises_for(item.facts()).items():
        if measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION):
            found[str(measure)] = promise.working_time().add(now, promise.allowed(now))
            if calendar_version is None or measure == Measure.FIRST_RESPONSE:
                calendar_version = promise.calendar_version
    if calendar_version is None:
        default = Calendar.objects.filter(is_default=True).first()
        calendar_version = default.current() if default else None
    working = calendar_version.compiled() if calendar_version else None
    closed = working is not None and not working.is_open(now)
    return Promised(
        found.get(Measure.FIRST_RESPONSE.value), found.get(Measure.RESOLUTION.value), hours_in_words(calendar_version) if calendar_version else "",
        closed, working.next_open(now) if working is not None and closed else None,
    )


def hours_in_words(version: CalendarVersion) -> str:
    """The week of a calendar as people say it: 周一至周五 08:30–12:00、13:30–18:00; Mon–Fri 08:30–18:00."""
    if version.always_open:
        return _("round the clock")
    spans: list[tuple[int, int, str]] = []
    for day, hours in enumerate(version.week):
        words = "、".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours) if is_chinese() else ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours)
        if not words:
            continue
        if spans and spans[-1][1] == day - 1 and spans[-1][2] == words:
            spans[-1] = (spans[-1][0], day, words)
        else:
            spans.append((day, day, words))
    joint = "；" if is_chinese() else "; "
    return joint.join(f"{_days(first, last)} {words}" for first, last, words in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24 if minutes != 1440 else 24:02d}:{minutes % 60:02d}"


def _days(first: int, last: int) -> str:
    names = [f"周{'一二三四五六日'[day]}" for day in (first, last)] if is_chinese() else [str(formats.date_format(datetime(2024, 1, 1 + day), "D")) for day in (first, last)]  # noqa: DTZ001
    return names[0] if first == last else ("至" if is_chinese() else "–").join(names)
