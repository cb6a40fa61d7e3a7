"""What governance does in the background."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.health import figures
from hengwei.core.jobs import job, timer
from hengwei.governance.models import Binding, Regulation


@timer("7 * * * *", _("Run hourly controls; open and close corrective actions"), queue="controls")
def run_controls(timestamp: int) -> None:
    """Every hour: versions whose day has come, the controls that are to run hourly, the corrective actions that they ask for."""
    from hengwei.governance.actions.correcting import follow_all
    from hengwei.governance.actions.life import enter_into_force
    from hengwei.governance.actions.running import run_all

    now = timezone.now()
    enter_into_force(now)
    run_all(now)
    follow_all(now)


@timer("20 18 * * *", _("Run all controls; freeze the month that is over"), queue="controls")
def run_daily_controls(timestamp: int) -> None:
    """Every night (02:20 in Shanghai): all of them; and last month is frozen when it has not been."""
    from hengwei.governance.actions.freezing import freeze_last_month
    from hengwei.governance.actions.running import run_all

    now = timezone.now()
    run_all(now, hourly=False)
    freeze_last_month(now)


@timer("30 0 * * *", _("Remind readers of regulations, and owners of due reviews"), queue="controls")
def remind_readers(timestamp: int) -> None:
    """Every morning (08:30 in Shanghai): readers who have not acknowledged, and reviews that are due."""
    from hengwei.governance.actions.life import remind

    remind(timezone.now())


@job(queue="controls")
def run_regulation(regulation_id: int) -> None:
    """All controls of a regulation that has just been published, with the periods before."""
    from hengwei.governance.actions.running import run_all

    regulation = Regulation.objects.filter(pk=regulation_id).first()
    if regulation is not None:
        run_all(timezone.now(), hourly=False, regulation=regulation)


@figures
def controls_red() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Controls that find exceptions or cannot tell."""
    yield "controls_red", "Controls with exceptions or that cannot tell", {}, Binding.objects.filter(removed_at=None, red_since__isnull=False).count()
