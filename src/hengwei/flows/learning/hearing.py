"""A new item is told to the models, by a worker: web processes never load them."""

from __future__ import annotations

from hengwei.core.events import on
from hengwei.core.jobs import enqueue
from hengwei.flows.learning import actions
from hengwei.work.events import ItemOpened


@on(ItemOpened)
def suggest_soon(event: ItemOpened) -> None:
    """Have suggestions made. What an import brings was decided long ago."""
    if event.actor.via == "import" or not actions.anything_learnt():
        return
    from hengwei.flows.jobs import suggest

    enqueue(suggest, item_id=event.item_id)
