"""Events that webhooks carry, in words: what a person subscribes to; the program reads the key."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message

WORDS: dict[str, Message] = {
    "approval.asked": _("Approval was asked for"), "approval.decided": _("An approval was decided"), "approval.late": _("An approval is late"),
    "approval.stuck": _("An approval found nobody to decide"), "callback.due": _("A promised call is due"), "item.assigned": _("An item was assigned"),
    "item.came_back": _("An item came back from waiting"), "item.changed": _("Facts of an item changed"), "item.chased": _("The requester urged"),
    "item.escalated": _("An item was escalated"), "item.handed_over": _("A colleague was asked for help"), "item.merged": _("An item was merged"),
    "item.moved": _("An item took a step of its workflow"), "item.opened": _("An item was opened"), "item.rated": _("The requester rated"),
    "item.shared": _("An item was shared with a team"), "item.told": _("Somebody wrote on an item"), "major.declared": _("A major incident was declared"),
    "rule.fired": _("An automation rule ran"), "ping": _("A trial"),
}


def in_words(event: str) -> str:
    """What happened, in the reader's language; an event without words by its key."""
    return str(WORDS.get(event, event))
