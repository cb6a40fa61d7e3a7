"""What the work room does when something changes in the rooms below."""

from __future__ import annotations

from hengwei.calendars.events import CalendarChanged
from hengwei.calendars.models import Calendar
from hengwei.core.events import on

from . import jobs


@on(CalendarChanged)
def count_open_clocks_anew(event: CalendarChanged) -> None:
    """Open clocks are re-based on the corrected calendar, in the background."""
    jobs.rebase_soon(event.calendar_id, about=Calendar.objects.get(pk=event.calendar_id).label, by=event.actor)
