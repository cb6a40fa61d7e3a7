"""What the work room does in the background."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

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
    from hengwei.core.acting import Actor
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
