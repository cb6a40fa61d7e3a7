"""Several steps of an escalation that fall due for one item at one moment are one message to each person and group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from .bundles import MOMENT, TOGETHER
from .models.outgoing import Outgoing

Params = dict[str, Any]


def steps_of(params: Params) -> list[Params]:
    """The steps that a message tells of, in the order in which they were taken."""
    return list(params.get("steps") or [params])


def joined(all_of: Iterable[Params]) -> Params:
    """The facts of one message that tells of several: those of the last, and each step."""
    steps = [step for params in all_of for step in steps_of(params)]
    return steps[-1] if len(steps) == 1 else {**steps[-1], "steps": steps}


def newest(params: Params) -> list[Params]:
    """Of each promise the step that says how it stands."""
    return list({step.get("measure", ""): step for step in steps_of(params)}.values())


def add_to_waiting(rows: QuerySet[Any], event: str, params: Params) -> Any:
    """Let the message that waits for these readers tell of this too; None where there is none that nobody has begun to send.

    The row is locked until the commit, so that it is sent with all its steps or was claimed before; whoever finds it
    locked leaves it, wherefore the caller asks once more for its sending.
    """
    if event not in TOGETHER:
        return None
    waiting = rows.filter(event=event, status=Outgoing.Status.QUEUED, attempts=0, send_after=None, created_at__gt=timezone.now() - MOMENT)
    row = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("-id").first()
    if row is not None:
        row.params = joined([row.params, params])
        row.save(update_fields=["params"])
    return row
