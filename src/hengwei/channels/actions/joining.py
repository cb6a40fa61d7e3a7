"""Which item a message belongs to (mail.md, 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from hengwei.channels import signing
from hengwei.channels.models import InboundMessage, Mailbox, OutboundMessage
from hengwei.channels.reading.message import Message
from hengwei.channels.reading.quoting import REPLY_ABOVE
from hengwei.work.actions.relations import final_target
from hengwei.work.models import WorkItem

from .people import Sender, may_join

How = Literal["signature", "address", "reference", "marker", "subject"]
_NUMBER = re.compile(r"(?<![A-Z0-9-])([A-Z]{2,6}-\d{4}-\d{6,})(?!\d)")


@dataclass(frozen=True)
class Found:
    """An item the message points to. `allowed` says whether it may be joined; else it 'may belong'."""

    item: WorkItem
    how: How
    allowed: bool


def find(message: Message, sender: Sender, mailbox: Mailbox | None) -> Found | None:
    """The item a message points to: by our signature for certain, by anything else only for who has a right there."""
    ids = [*message.in_reply_to, *reversed(message.references)]
    for one in ids:
        item = _item(signing.item_of(one))
        if item is not None:
            return Found(item, "signature", True)
    for address in (*(a.email for a in message.recipients), *message.delivered_to):
        item = _item(signing.item_of_address(address))
        if item is not None:
            return Found(item, "address", True)
    first: Found | None = None
    for item, how in _guesses(message, ids):
        if may_join(sender, item, mailbox):
            return Found(item, how, True)
        first = first or Found(item, how, False)
    return first


def _guesses(message: Message, ids: list[str]) -> list[tuple[WorkItem, How]]:
    found: list[tuple[WorkItem, How]] = []
    if ids:
        known = {
            **dict(OutboundMessage.objects.filter(message_id__in=ids, item__isnull=False).values_list("message_id", "item_id")),
            **dict(InboundMessage.objects.filter(message_id__in=ids, item__isnull=False).values_list("message_id", "item_id")),
        }
        found += [(item, "reference") for one in ids if (item := _item(known.get(one)))]
    _before, marker, after = message.quoted.partition(REPLY_ABOVE[:12])
    if marker:
        found += [(item, "marker") for item in _numbered(after[:2000])]
    return found + [(item, "subject") for item in _numbered(message.subject)]


def _numbered(text: str) -> list[WorkItem]:
    numbers = list(dict.fromkeys(_NUMBER.findall(text)))[:5]
    if not numbers:
        return []
    items = {item.number: item for item in WorkItem.objects.filter(number__in=numbers).select_related("merged_into")}
    return [final_target(items[number]) for number in numbers if number in items]


def _item(pk: int | None) -> WorkItem | None:
    if not pk:
        return None
    item = WorkItem.objects.filter(pk=pk).select_related("merged_into", "requester", "customer", "team", "owner").first()
    return final_target(item) if item else None
