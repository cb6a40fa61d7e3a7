"""What nobody objects to is closed (A8): so many working days after it was resolved."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError
from hengwei.work.actions import progress
from hengwei.work.models import WorkItem
from hengwei.work.workflow import Phase

#: Kinds that only the person's own word closes (A10).
BY_CONSENT = ("complaint",)
AT_ONCE = 500


def close_unopposed(now: datetime) -> int:
    """Close what was resolved at least CLOSE_AFTER_DAYS working days ago; returns how many. 0 days: never."""
    days = settings.CLOSE_AFTER_DAYS
    if not days:
        return 0
    calendar = Calendar.objects.get(is_default=True).current().compiled()
    waiting = WorkItem.objects.filter(phase=Phase.RESOLVED, resolved_at__lte=now - timedelta(days=days)).exclude(kind__in=BY_CONSENT)
    closed = 0
    for item in waiting.order_by("resolved_at", "id")[:AT_ONCE]:
        if item.resolved_at is None or calendar.working_days_add(item.resolved_at, days, "same_time") > now:
            continue
        try:
            progress.close(item, by=Actor().caused_by("close_unopposed"), comment=_("No objection within %(days)d working days.") % {"days": days}, at=now)
            closed += 1
        except ActionError:
            # Somebody was faster, or its workflow wants more: it stays for a person.
            continue
    return closed
