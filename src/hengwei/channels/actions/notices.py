"""What the bell says, and which of it also goes out by mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hengwei.channels import permissions as perms
from hengwei.channels.models import Notice
from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.org.models import User
from hengwei.work.models import Entry, WorkItem

#: event -> (bell, mail) for a person who chose nothing.
DEFAULTS: dict[str, tuple[bool, bool]] = {
    "assigned": (True, True), "team_assigned": (True, False), "answered": (True, False), "mentioned": (True, True), "chased": (True, True),
    "escalated": (True, True), "reopened": (True, True), "quota": (True, False), "chain": (True, False),
    "approval": (True, True), "approval_done": (True, True), "approval_stuck": (True, True),
}


def wants(user: User, event: str) -> tuple[bool, bool]:
    """(bell, mail): the person's own choice, else the usual one."""
    bell, mail = DEFAULTS[event]
    own = (user.pref("notices") or {}).get(event, {})
    return bool(own.get("bell", bell)), bool(own.get("mail", mail))


def tell(
    people: Iterable[User], event: str, *, item: WorkItem | None = None, item_id: int | None = None, at: datetime, entry: Entry | None = None, params: dict[str, Any] | None = None,
    by: Actor | None = None, mail: bool = True,
) -> list[Notice]:
    """Tell staff, each in the ways he chose, never the one who did it, never twice. The item itself is read only where a mail goes."""
    from .outgoing import anything_sends, queue

    made = []
    item_id = item.pk if item is not None else item_id
    seen: set[int] = {by.user.pk} if by and by.user else set()
    for person in people:
        if person.pk in seen or not person.is_active:
            continue
        seen.add(person.pk)
        bell, by_mail = wants(person, event)
        if bell:
            made.append(Notice(user=person, event=event, item_id=item_id, params={**(params or {}), **({"entry": entry.pk} if entry else {})}, at=at))
        if mail and by_mail and anything_sends():
            item = item or (WorkItem.objects.get(pk=item_id) if item_id else None)
            queue(event, item=item, entry=entry, user=person, params=params, by=by)
    Notice.objects.bulk_create(made)
    live.announce_to([notice.user_id for notice in made], notice=event)
    return made


def watching_over(item: WorkItem | None) -> list[User]:
    """Who must know when mail goes wrong: those who keep the mailboxes, and the item's lead."""
    keepers = list(User.objects.filter(is_active=True, roles__permissions__contains=[perms.CONFIGURE]).distinct())
    return [*keepers, *([item.team.lead] if item and item.team and item.team.lead else [])]
