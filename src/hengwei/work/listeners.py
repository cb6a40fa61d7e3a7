"""What the work room does when something changes in the rooms below."""

from __future__ import annotations

from hengwei.calendars.events import CalendarChanged
from hengwei.calendars.models import Calendar
from hengwei.core.events import on
from hengwei.org.events import PersonErased
from hengwei.work.models import Draft, SavedView, Seen, Snooze

from . import jobs


@on(PersonErased)
def forget_person(event: PersonErased) -> None:
    """What the person had for himself alone goes: words not sent, own views, what was put off, what was seen."""
    Draft.objects.filter(user=event.person_id).delete()
    Snooze.objects.filter(user=event.person_id).delete()
    Seen.objects.filter(user=event.person_id).delete()
    SavedView.objects.filter(owner=event.person_id, team=None).delete()


@on(CalendarChanged)
def count_open_clocks_anew(event: CalendarChanged) -> None:
    """Open clocks are re-based on the corrected calendar, in the background."""
    jobs.rebase_soon(event.calendar_id, about=Calendar.objects.get(pk=event.calendar_id).label, by=event.actor)
