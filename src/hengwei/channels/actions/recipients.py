"""Who gets a message, worked out from the item at the moment of sending (mail.md, Out and Loops)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hengwei.channels.models import MailAddress, Mailbox, MailTally, OutboundMessage
from hengwei.channels.reading.machines import never_answered
from hengwei.work.models import Watcher, WorkItem

#: (minutes, mails) per item and address; three times that per address in all.
QUOTAS = ((10, 10), (30, 15), (60, 25), (180, 50), (600, 100))
HELD_FOR = timedelta(hours=1)


@dataclass
class Recipients:
    """To whom, in copy to whom, and who was left out with the reason."""

    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[str]:
        return [*self.to, *self.cc]


def of(row: OutboundMessage, at: datetime) -> Recipients:
    """The recipients of a message as the item stands now."""
    if row.params.get("to"):
        wanted, copies = list(row.params["to"]), list(row.params.get("cc", []))
    elif row.user is not None:
        wanted, copies = [row.user.email] if row.user.is_active else [], []
    elif row.item is not None:
        wanted, copies = of_requester(row.item), copied(row.item) if row.event in ("reply", "resolved") else []
    else:
        wanted, copies = [], []
    author = (row.entry.author.email if row.entry and row.entry.author and row.params.get("to") is None else "").lower()
    return _without(wanted, copies, author=author, automatic=row.automatic, at=at)


def of_requester(item: WorkItem) -> list[str]:
    """The requester's address, where there is one."""
    person = item.requester
    return [person.email] if person is not None and person.is_active and person.email else []


def copied(item: WorkItem) -> list[str]:
    """The people in copy."""
    rows = item.watchers.filter(kind=Watcher.Kind.CC, user__is_active=True).exclude(user__email="").order_by("id")
    return list(rows.values_list("user__email", flat=True))


def preview(item: WorkItem, at: datetime) -> Recipients:
    """Whom a reply to the requester would reach: shown before it is sent."""
    return _without(of_requester(item), copied(item), author="", automatic=False, at=at)


def _without(wanted: Iterable[str], copies: Iterable[str], *, author: str, automatic: bool, at: datetime) -> Recipients:
    found = Recipients()
    own = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    wanted, copies = [w.strip().lower() for w in wanted if w], [c.strip().lower() for c in copies if c]
    marked = {row.address: row for row in MailAddress.objects.filter(address__in=[*wanted, *copies])}
    for target, addresses in ((found.to, wanted), (found.cc, copies)):
        for address in addresses:
            if address in found.to or address in found.cc or address in found.left_out:
                continue
            mark = marked.get(address)
            if address in own:
                found.left_out[address] = "own"
            elif address == author:
                found.left_out[address] = "author"
            elif never_answered(address):
                found.left_out[address] = "never_answered"
            elif mark is not None and mark.blocked_at is not None:
                found.left_out[address] = "blocked"
            elif automatic and mark is not None and mark.held_until is not None and mark.held_until > at:
                found.left_out[address] = "held"
            else:
                target.append(address)
    return found


def tripped(address: str, item: WorkItem | None, at: datetime) -> tuple[int, int] | None:
    """The quota (minutes, mails) that one more mail to the address would exceed; None when it is within all."""
    since = at - timedelta(minutes=QUOTAS[-1][0])
    rows = list(MailTally.objects.filter(address=address, at__gt=since).values_list("at", "item_id"))
    for minutes, most in QUOTAS:
        edge = at - timedelta(minutes=minutes)
        recent = [item_id for moment, item_id in rows if moment > edge]
        if len(recent) >= 3 * most or (item is not None and sum(i == item.pk for i in recent) >= most):
            return minutes, most
    return None
