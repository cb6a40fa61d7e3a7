"""What the desk does in the background."""

from __future__ import annotations

from django.utils import timezone

from hengwei.core.jobs import timer


@timer("*/10 * * * *")
def close_what_nobody_opposes(timestamp: int) -> None:
    """Every ten minutes."""
    from .actions.closing import close_unopposed

    close_unopposed(timezone.now())
