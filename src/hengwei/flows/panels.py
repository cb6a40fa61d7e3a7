"""What this room adds to the pages of others, and what items and knowledge do to each other."""

from hengwei.flows import answers
from hengwei.knowledge.asides import panel as beside_article
from hengwei.work.asides import panel as beside_item

from .pages.knowledge import item_card, items_solved
from .pages.learning import suggestions_card

__all__ = ["answers"]

beside_item(order=8)(suggestions_card)
beside_item(order=60)(item_card)
beside_article(items_solved)
