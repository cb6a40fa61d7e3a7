"""What the desk does in the background."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.jobs import timer


@timer("*/10 * * * *", _("Close what was resolved and nobody opposes"))
def close_what_nobody_opposes(timestamp: int) -> None:
    """Every ten minutes."""
    from .actions.closing import close_unopposed

    close_unopposed(timezone.now())


@timer("*/15 * * * *", _("Remind of surveys once; end those that are over"))
def lead_surveys(timestamp: int) -> None:
    """Every quarter of an hour: remind once, end what is over."""
    from .actions.surveys import end_what_is_over, remind

    now = timezone.now()
    remind(now)
    end_what_is_over(now)


@timer("30 0 * * *", _("Open the follow-ups that plans ask for"))
def plan_follow_ups(timestamp: int) -> None:
    """Every morning (08:30 in Shanghai): what the regular plans ask for."""
    from .actions.follow_ups import by_calendar

    by_calendar(timezone.now())
