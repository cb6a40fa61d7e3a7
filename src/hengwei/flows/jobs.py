"""What the flows do in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from hengwei.core.jobs import job, timer


@job(queue="automation")
def run_rules(item_id: int, heard: dict[str, Any], chain: list[str], reason: str, moment: str, user_id: int | None = None) -> None:
    """Walk the automation rules for one event of an item."""
    from hengwei.flows.automation import engine
    from hengwei.flows.automation.rules import Heard

    what = Heard(**{**heard, "changed": frozenset(heard.get("changed", ()))})
    engine.run(item_id, what, chain=tuple(chain), reason=reason, at=datetime.fromisoformat(moment), user_id=user_id)


@timer("* * * * *", queue="automation")
def run_timed_rules(timestamp: int) -> None:
    """Run the automation rules on time."""
    from hengwei.flows.automation.sweep import sweep

    sweep(timezone.now())
