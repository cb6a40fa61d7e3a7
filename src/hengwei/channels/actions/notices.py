"""Who is told, by which way, and when: the bell at once; mail and chat as each person chose."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar
from hengwei.channels import permissions as perms
from hengwei.channels import timing
from hengwei.channels.bundles import bundled
from hengwei.channels.models import HeldNotice, Notice, NoticeChannel
from hengwei.channels.timing import Hours, When
from hengwei.channels.together import joined
from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.org.models import User
from hengwei.work.models import Entry, WorkItem

Way = HeldNotice.Way
#: event -> (bell, mail, chat) for a person who chose nothing.
DEFAULTS: dict[str, tuple[bool, When, When]] = {
    "assigned": (True, "now", "now"), "team_assigned": (True, "never", "never"), "answered": (True, "never", "never"), "mentioned": (True, "now", "now"),
    "chased": (True, "now", "now"), "escalated": (True, "now", "now"), "reopened": (True, "now", "now"), "quota": (True, "never", "never"), "chain": (True, "never", "never"),
    "webhook": (True, "now", "never"), "channel": (True, "now", "never"),
    "asked": (True, "now", "never"),
    "due": (True, "never", "never"),
    "approval": (True, "now", "now"), "approval_done": (True, "now", "now"), "approval_stuck": (True, "now", "now"), "approval_late": (True, "now", "now"), "expiring": (True, "now", "never"),
    "major": (True, "now", "now"), "follow_up": (True, "never", "never"), "rule": (True, "never", "never"),
    "reading": (True, "now", "never"), "review": (True, "now", "never"), "article": (True, "never", "never"),
}
#: What cannot wait for the morning.
URGENT = {"escalated", "chased", "major"}
#: Seconds after which another process's change of the channels is seen.
FRESH = 5.0


@dataclass
class _Channels:
    """The channels in use, by whose they are."""

    read_at: float = float("-inf")
    of_user: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    of_team: dict[int, list[tuple[int, list[str]]]] = field(default_factory=lambda: defaultdict(list))


_known = _Channels()


def forget() -> None:
    """Read the channels anew at the next notice."""
    global _known
    _known = _Channels()


def _channels() -> _Channels:
    global _known
    if time.monotonic() - _known.read_at > FRESH:
        found = _Channels(time.monotonic())
        for pk, user_id, team_id, events in NoticeChannel.objects.filter(active=True).order_by("id").values_list("pk", "user_id", "team_id", "events"):
            if user_id is not None:
                found.of_user[user_id].append(pk)
            else:
                found.of_team[cast(int, team_id)].append((pk, events))
        _known = found
    return _known


def wants(user: User, event: str) -> tuple[bool, When, When]:
    """(bell, mail, chat): the person's own choice, else the usual one."""
    bell, mail, chat = DEFAULTS[event]
    own = (user.pref("notices") or {}).get(event, {})
    return bool(own.get("bell", bell)), _when(own.get("mail", mail)), _when(own.get("chat", chat))


def _when(kept: Any) -> When:
    return cast(When, kept) if kept in timing.WHENS else "now" if kept else "never"


def hours_of(user: User) -> Hours:
    """When the person wants to be told."""
    return Hours.of(user.pref("notice_hours") or {}, user.timezone)


@transaction.atomic
def choose(user: User, *, by: Actor, events: Mapping[str, Mapping[str, Any]], hours: Mapping[str, Any] | None = None) -> User:
    """Keep a person's own choice: by event the ways, and the hours. Only he himself makes it."""
    if by.user != user:
        raise Refused(_("Everyone chooses for himself."), code="not_yours")
    unknown = set(events) - set(DEFAULTS)
    if unknown:
        raise Refused(_("There is no event '%(event)s'.") % {"event": min(unknown)}, code="unknown_event", field="events")
    user = User.objects.select_for_update().get(pk=user.pk)
    kept = dict(user.pref("notices") or {})
    for event, ways in events.items():
        kept[event] = {"bell": bool(ways.get("bell")), "mail": _when(ways.get("mail")), "chat": _when(ways.get("chat"))}
    user.preferences = {**user.preferences, "notices": kept}
    if hours is not None:
        found = Hours.of(hours, user.timezone)
        user.preferences["notice_hours"] = {
            "quiet_from": f"{found.quiet_from:%H:%M}", "quiet_until": f"{found.quiet_until:%H:%M}", "working_only": found.working_only,
            "digest": found.digest, "digest_at": f"{found.digest_at:%H:%M}", "digest_day": found.digest_day,
        }
    user.save(update_fields=["preferences"])
    return user


def _next_open() -> Callable[[datetime], datetime] | None:
    calendar = Calendar.objects.filter(is_default=True).first()
    compiled = calendar.current().compiled() if calendar is not None else None

    def next_open(at: datetime) -> datetime:
        assert compiled is not None
        return compiled.next_open(at) if compiled.has_open_within(at) else at

    return next_open if compiled is not None else None


def tell(
    people: Iterable[User], event: str, *, item: WorkItem | None = None, item_id: int | None = None, team_id: int | None = None, at: datetime, entry: Entry | None = None, params: dict[str, Any] | None = None,
    by: Actor | None = None, outside: bool = True, urgent: bool = False, ways: Collection[str] = (),
) -> list[Notice]:
    """Tell staff, each in the ways and at the hours he chose, never the one who did it, never twice; and the group of the item's team.

    `outside=False` keeps it to the bell: for what is wrong with mail and chat themselves. `ways` (bell, mail, chat) come besides what each
    chose; what is `urgent` waits for no morning. The item is read only where something leaves the house; not for its team
    where that is given.
    """
    made: list[Notice] = []
    telling = _Telling(event, item, item.pk if item is not None else item_id, entry, params or {}, by, at, urgent, team_id)
    seen: set[int] = {by.user.pk} if by and by.user else set()
    for person in people:
        if person.pk in seen or not person.is_active:
            continue
        seen.add(person.pk)
        bell, mail, chat = wants(person, event)
        mail, chat = "now" if "mail" in ways else mail, "now" if {"chat", "sms"} & set(ways) else chat
        if bell or "bell" in ways:
            made.append(Notice(user=person, event=event, item_id=telling.item_id, params={**telling.params, **({"entry": entry.pk} if entry else {})}, at=at))
        if outside:
            telling.outside(person, mail, chat)
    Notice.objects.bulk_create(made)
    if outside:
        telling.group()
    live.announce_to([notice.user_id for notice in made], notice=event)
    return made


@dataclass
class _Telling:
    """One event on its way to several people."""

    event: str
    item: WorkItem | None
    item_id: int | None
    entry: Entry | None
    params: dict[str, Any]
    by: Actor | None
    at: datetime
    urgent: bool = False
    team_id: int | None = None

    def _item(self) -> WorkItem | None:
        if self.item is None and self.item_id is not None:
            self.item = WorkItem.objects.get(pk=self.item_id)
        return self.item

    def outside(self, person: User, mail: When, chat: When) -> None:
        """Mail and chat to one person, now or later."""
        from .outgoing import anything_sends

        ways: list[tuple[str, When]] = []
        if mail != "never" and person.email and anything_sends():
            ways.append((Way.MAIL, mail))
        if chat != "never" and _channels().of_user.get(person.pk):
            ways.append((Way.CHAT, chat))
        if not ways:
            return
        hours, item = hours_of(person), self._item()
        urgent = self.urgent or self.event in URGENT or bool(item and item.priority == 1)
        for way, when in ways:
            due = timing.moment(when, hours, self.at, urgent=urgent, next_open=_next_open() if hours.working_only else None)
            if due is not None and due > self.at:
                HeldNotice.objects.create(user=person, way=way, event=self.event, item_id=self.item_id, entry=self.entry, params=self.params, at=self.at, due_at=due)
            elif due is not None:
                _send(way, person, self.event, item=item, entry=self.entry, params=self.params, by=self.by)

    def group(self) -> None:
        """The item's team by its chat group, once."""
        teams = _channels().of_team
        if not teams or self.item_id is None:
            return
        item = self._item() if self.team_id is None else None
        for channel_id, events in teams.get(item.team_id or 0 if item is not None else self.team_id or 0, []):
            if self.event in events:
                from . import chat

                chat.queue(channel_id, self.event, item_id=self.item_id, params=self.params)


def _send(
    way: str, person: User, event: str, *, item: WorkItem | None = None, entry: Entry | None = None, params: dict[str, Any] | None = None, by: Actor | None = None,
) -> None:
    from . import chat, outgoing

    if way == Way.MAIL:
        outgoing.queue(event, item=item, entry=entry, user=person, params=params, by=by)
        return
    for channel_id in _channels().of_user.get(person.pk, []):
        chat.queue(channel_id, event, item_id=item.pk if item else None, user_id=person.pk, params=params)


def send_held(at: datetime) -> int:
    """What waited for the morning or a digest and is due: one alone as it would have been, several as one message. How many messages."""
    pairs = list(HeldNotice.objects.filter(due_at__lte=at).order_by().values_list("user_id", "way").distinct()[:500])
    return sum(_held_of(user_id, way, at) for user_id, way in pairs)


@transaction.atomic
def _held_of(user_id: int, way: str, at: datetime) -> int:
    rows = list(
        HeldNotice.objects.select_for_update(skip_locked=True, of=("self",)).filter(user_id=user_id, way=way, due_at__lte=at)
        .select_related("user", "item", "entry").order_by("at", "id")
    )
    if not rows:
        return 0
    HeldNotice.objects.filter(pk__in=[row.pk for row in rows]).delete()
    person = rows[0].user
    if not person.is_active:
        return 0
    # What came together is one line, and alone it is one message.
    told = [(line[0], joined(one.params for one in reversed(line))) for line in reversed(bundled(reversed(rows)))]
    if len(told) == 1:
        row, params = told[0]
        _send(way, person, row.event, item=row.item, entry=row.entry, params=params)
        return 1
    from hengwei.channels.notice_words import line

    with translation.override(person.language):
        lines = [line(row.event, item=row.item, params=params) for row, params in told]
        head = _("%(count)d notices") % {"count": len(told)}
    _send(way, person, "digest", params={"text": "\n".join([head, *lines] if way == Way.CHAT else lines), "count": len(told), "url": reverse("channels:notices")})
    return 1


def watching_over(item: WorkItem | None) -> list[User]:
    """Who must know when mail goes wrong: those who keep the mailboxes, and the item's lead."""
    keepers = list(User.objects.filter(is_active=True, roles__permissions__contains=[perms.CONFIGURE]).distinct())
    return [*keepers, *([item.team.lead] if item and item.team and item.team.lead else [])]
