"""What the work room does in the background."""

from __future__ import annotations

from hengwei.core.jobs import enqueue, job
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
