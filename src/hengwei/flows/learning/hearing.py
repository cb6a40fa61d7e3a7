"""A new item is told to the models, by a worker: web processes never load them."""

from __future__ import annotations

from django.utils import timezone

from hengwei.core.events import later
from hengwei.core.jobs import nothing_later
from hengwei.flows.learning import actions
from hengwei.work.events import ItemOpened


def worth_it(event: ItemOpened) -> bool:
    """Whether suggestions can be made. What an import or a load brings was decided long ago."""
    return event.actor.via != "import" and not nothing_later() and actions.anything_learnt()


@later(ItemOpened, when=worth_it)
def suggest(event: ItemOpened) -> None:
    """Have suggestions made."""
    actions.suggest(event.item_id, at=timezone.now())
