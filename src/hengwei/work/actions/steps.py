"""One way from the name of a workflow's step to the action that makes it, for pages and REST alike."""

from __future__ import annotations

from typing import Any

from hengwei.core.acting import Actor
from hengwei.work.models import Closure, WorkItem

from . import progress


def make_step(item: WorkItem, key: str, *, by: Actor, version: int | None = None, **facts: Any) -> WorkItem:
    """Make the step `key` with the facts that it demands: solution, cause, closure, resolved_remotely, waiting_for, waiting_until, comment."""
    comment = facts.pop("comment", "") or ""
    given = {name: value for name, value in facts.items() if value not in (None, "")}
    if key == "resolve":
        return progress.resolve(
            item, by=by, solution=given.get("solution", ""), cause=given.get("cause", ""), closure=given.get("closure", Closure.SOLVED),
            remotely=given.get("resolved_remotely"), version=version)
    if key == "pend":
        return progress.pend(
            item, by=by, waiting_for=given.get("waiting_for", ""), until=given.get("waiting_until"), comment=comment, version=version)
    if key == "reopen":
        return progress.reopen(item, by=by, comment=comment, version=version)
    if key == "close":
        return progress.close(item, by=by, comment=comment, version=version)
    if key == "cancel":
        closure = given.get("closure") or (Closure.WITHDRAWN if item.is_requester(by.user) else Closure.CANCELLED)
        return progress.cancel(item, by=by, closure=closure, comment=comment, version=version)
    if key == "start" and item.owner_id is None:
        return progress.acknowledge(item, by=by, version=version)
    return progress.make_transition(item, key, by=by, comment=comment, version=version, **given)
