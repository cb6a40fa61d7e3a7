"""What items do to articles by themselves: requests not saved after all, items not solved after all."""

from __future__ import annotations

from typing import cast

from hengwei.core.events import later, on
from hengwei.knowledge.actions.reading import asked_after_all
from hengwei.work.events import ItemMoved, ItemOpened

from .articles import reopened


@later(ItemOpened, when=lambda event: event.requester_id is not None and event.actor.user is not None and event.actor.user.pk == event.requester_id)
def asked_anyway(event: ItemOpened) -> None:
    """Who asks himself soon after leaving satisfied was not helped: what counted as saved does not count."""
    asked_after_all(cast(int, event.requester_id), at=event.at)


@on(ItemMoved)
def solved_no_more(event: ItemMoved) -> None:
    """Reopened: the article did not solve it."""
    if event.phase_before in ("resolved", "closed") and event.phase in ("new", "active", "waiting"):
        reopened(event.item_id, event.at)
