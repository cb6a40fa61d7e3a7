"""What messages keep of a person: in the copy that he is handed, and dropped when he is erased. What was said stays in its item."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from hengwei.channels.models import (
    ChatMessage,
    HeldNotice,
    InboundMessage,
    MailAddress,
    MailTally,
    Notice,
    NoticeChannel,
    OutboundMessage,
)
from hengwei.core.events import on
from hengwei.org.events import PersonErased
from hengwei.org.models import User
from hengwei.org.privacy import keeps
from hengwei.work.models import Entry

#: Stands for an address that was erased.
GONE = "•"
#: What the head of a message tells of its sender.
OF_SENDER = frozenset({"from", "from_name", "cc", "authentication", "forwarded_by"})


@keeps("messages")
def _messages(person: User) -> dict[str, Any]:
    return {
        "received": list(InboundMessage.objects.filter(_from(person.pk, [person.email])).order_by("id").values("sender", "sender_name", "subject", "received_at")),
        "sent": list(_to([person.email]).order_by("id").values("event", "subject", "to", "cc", "sent_at")),
        "channels": list(NoticeChannel.objects.filter(user=person).values("name", "service")),
    }


def _from(person_id: int, addresses: Sequence[str]) -> Q:
    found = Q(entry__author=person_id)
    for address in filter(None, addresses):
        found |= Q(sender__iexact=address)
    return found


def _to(addresses: Sequence[str]) -> Any:
    found = Q(pk=None)
    for address in filter(None, addresses):
        found |= Q(to__contains=[address]) | Q(cc__contains=[address])
    return OutboundMessage.objects.filter(found)


@on(PersonErased)
def forget_person(event: PersonErased) -> None:
    """His addresses, his own channels and the messages as they came go; the words stay in the timeline, under his pseudonym."""
    for model in (Notice, HeldNotice, ChatMessage, NoticeChannel):
        model.objects.filter(user=event.person_id).delete()
    addresses = [address.lower() for address in event.addresses]
    for row in _to(event.addresses):
        row.to, row.cc = _without(row.to, addresses), _without(row.cc, addresses)
        row.save(update_fields=["to", "cc"])
    OutboundMessage.objects.filter(user=event.person_id).delete()
    MailTally.objects.filter(address__in=addresses).delete()
    MailAddress.objects.filter(address__in=addresses).delete()
    received = list(InboundMessage.objects.filter(_from(event.person_id, event.addresses)).exclude(status=InboundMessage.Status.KEPT))
    for row in received:
        if row.path:
            transaction.on_commit(partial(default_storage.delete, row.path))
        row.sender, row.sender_name, row.path = GONE, "", ""
        if row.status in (InboundMessage.Status.FAILED, InboundMessage.Status.ASIDE):
            row.status, row.outcome = InboundMessage.Status.DONE, InboundMessage.Outcome.EMPTY
    InboundMessage.objects.bulk_update(received, ["sender", "sender_name", "path", "status", "outcome"])
    entries = list(Entry.objects.filter(author=event.person_id, details__has_any_keys=sorted(OF_SENDER)).only("id", "details"))
    for entry in entries:
        entry.details = {name: value for name, value in entry.details.items() if name not in OF_SENDER}
    Entry.objects.bulk_update(entries, ["details"])


def _without(given: Sequence[str], addresses: Sequence[str]) -> list[str]:
    return [GONE if one.lower() in addresses else one for one in given]
