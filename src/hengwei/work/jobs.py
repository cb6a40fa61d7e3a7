"""What the work room does in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from hengwei.core.acting import Actor
from hengwei.core.health import figures
from hengwei.core.jobs import enqueue, job, timer
from hengwei.work.models import Entry, WorkItem


@job(queue="search")
def reindex_item(item_id: int) -> None:
    """Write an item's search entry anew, with all that was said on it."""
    from hengwei.work import searching

    item = WorkItem.objects.filter(pk=item_id).first()
    if item is not None:
        searching.index(item, entries=list(Entry.objects.filter(item=item).order_by("happened_at", "id")))


def reindex_soon(item: WorkItem) -> None:
    """Have an item's search entry written anew; at most one such job waits for an item."""
    enqueue(reindex_item, once=f"reindex:{item.pk}", item_id=item.pk)


@timer("* * * * *")
def sweep_clocks(timestamp: int) -> None:
    """Warn, escalate and record breaches."""
    from hengwei.work.clocks.sweep import sweep

    sweep(timezone.now())


@timer("* * * * *")
def bring_back_waiting(timestamp: int) -> None:
    """Take items out of waiting whose agreed moment has come."""
    from hengwei.work.actions.progress import return_from_waiting

    now = timezone.now()
    for item in WorkItem.objects.filter(phase="waiting", waiting_until__lte=now).order_by("waiting_until")[:500]:
        return_from_waiting(item, by=Actor(), at=now)


@timer("* * * * *")
def remind_approvers(timestamp: int) -> None:
    """Remind those who have been asked to approve and have not spoken."""
    from hengwei.work.actions.approvals import remind

    remind(timezone.now())


@figures
def open_work() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Open, late and unowned items."""
    rows = WorkItem.objects.open()
    yield "items_open", "Open items", {}, rows.count()
    yield "items_overdue", "Open items past a promise", {}, rows.filter(next_due_at__lt=timezone.now()).count()
    yield "items_unowned", "Open items that nobody has", {}, rows.filter(owner=None).count()


@job(queue="clocks")
def rebase_clocks(calendar_id: int, user_id: int | None = None) -> None:
    """Count the open clocks of a calendar anew on its newest version."""
    from hengwei.work.actions.agreements import rebase_open_clocks

    rebase_open_clocks(calendar_id, user_id=user_id)


def rebase_soon(calendar_id: int, *, by: Actor) -> None:
    """Once now, and once more when every process has forgotten the version before."""
    from hengwei.work.clocks import matching

    matching.forget()
    user = by.user.pk if by.user else None
    enqueue(rebase_clocks, once=f"rebase:{calendar_id}", calendar_id=calendar_id, user_id=user)
    later = timezone.now() + timedelta(seconds=matching.FRESH * 2)
    enqueue(rebase_clocks, at=later, once=f"rebase-rest:{calendar_id}", calendar_id=calendar_id, user_id=user)


@job(queue="clocks")
def apply_agreement(version_id: int, user_id: int | None = None) -> None:
    """Hand the open items that an agreement concerns to its version."""
    from hengwei.work.actions.agreements import apply_to_open_items

    apply_to_open_items(version_id, user_id=user_id)


@job(queue="clocks")
def try_agreement(trial_id: int) -> None:
    """Count what a draft would have meant for the items of a period."""
    from hengwei.work.clocks import whatif

    whatif.run(trial_id)


@timer("7 * * * *")
def tend_agreements(timestamp: int) -> None:
    """Every hour: what has run out or was replaced says so, what begins is applied, owners are reminded of renewals."""
    from hengwei.work.actions.agreements import tend

    tend(timezone.now())
