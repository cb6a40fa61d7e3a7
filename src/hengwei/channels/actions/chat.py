"""Notices by chat robots and SMS gateways: sent by apprise, patiently, with a log."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.channels import permissions as perms
from hengwei.channels.models import ChatMessage, MailTally, NoticeChannel, Outgoing
from hengwei.channels.notice_words import OF_A_TEAM, chat_text
from hengwei.channels.together import add_to_waiting
from hengwei.core import outgoing as guard
from hengwei.core.acting import Actor
from hengwei.core.database.resting import let_go
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.jobs import enqueue
from hengwei.org.models import Team, User
from hengwei.work.models import WorkItem

from . import recipients

log = logging.getLogger("hengwei.notices")
Status = Outgoing.Status
#: Tried again after 1, 2, 4 … minutes, in all for some two hours.
ATTEMPTS = 8
LEASE = 180
#: The address of a channel that only keeps a log.
LOG = "log:"
#: One that failed this long without a success: a person is told, once.
WARNED_AFTER = timedelta(hours=6)
TEST = "test"


def service_of(url: str) -> str:
    """What an address leads to. Raises Refused at the field `url` for one that apprise does not know, or that is not reached by HTTP."""
    import apprise

    url = url.strip()
    if url == LOG:
        return "log"
    with _Said() as said:
        plugin = apprise.Apprise.instantiate(url) if "://" in url else None
    if plugin is None:
        why = said.words or _("Examples: wecombot://KEY, dingtalk://TOKEN, feishu://TOKEN, slack://…, or log: for a log only.")
        raise Refused(_("This address is of no service that is known here. %(why)s") % {"why": why}, code="unknown_service", field="url")
    # What does not go by HTTP (this machine's desktop, syslog, mail, MQTT) would pass the guard by.
    if not hasattr(sys.modules[type(plugin).__module__], "requests"):
        raise Refused(_("%(service)s is no service that is reached by HTTP.") % {"service": plugin.service_name}, code="unknown_service", field="url")
    return str(plugin.service_name)[:60]


def may_keep(user: User, *, person: User | None, team: Team | None) -> bool:
    """One's own channels; those of the teams that one leads; all for who keeps the department's channels."""
    if user.may(perms.CONFIGURE):
        return True
    return person == user if person is not None else team is not None and user.pk in (team.lead_id, team.deputy_id)


@transaction.atomic
def save_channel(
    channel: NoticeChannel | None = None, *, by: Actor, name: str, url: str, user: User | None = None, team: Team | None = None,
    events: Sequence[str] = (), language: str = "zh-hans", active: bool = True,
) -> NoticeChannel:
    """Make or change one. Of a person (then he chooses by event what it brings) or of a team (then `events` says)."""
    if by.user is not None and not (may_keep(by.user, person=user, team=team) and (channel is None or may_keep(by.user, person=channel.user, team=channel.team))):
        raise Forbidden(_("You may keep your own channels, and those of the teams that you lead."))
    if (user is None) == (team is None):
        raise Refused(_("Please choose a person or a team, one of them."), code="missing", field="team")
    if not name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    if team is not None and (not events or set(events) - set(OF_A_TEAM)):
        raise Refused(_("Please choose at least one event."), code="unknown_event", field="events")
    service = service_of(url)
    channel = channel or NoticeChannel(created_by=by.user)
    channel.name, channel.url, channel.service, channel.user, channel.team = name.strip(), url.strip(), service, user, team
    channel.events, channel.language, channel.active = list(events) if team else [], language, active
    channel.last_error, channel.failing_since = "", None
    channel.save()
    from . import notices

    notices.forget()
    transaction.on_commit(notices.forget)
    return channel


def queue(channel_id: int, event: str, *, item_id: int | None = None, user_id: int | None = None, params: dict[str, Any] | None = None) -> ChatMessage:
    """Put a notice on its way; it leaves after the commit."""
    waiting = add_to_waiting(ChatMessage.objects.filter(Q(user_id=user_id), channel_id=channel_id, item_id=item_id), event, params or {}) if item_id is not None else None
    row = waiting or ChatMessage.objects.create(channel_id=channel_id, event=event, item_id=item_id, user_id=user_id, params=params or {})
    _soon(row.pk)
    return row


def _soon(pk: int, at: datetime | None = None) -> None:
    from hengwei.channels.jobs import send_chat

    enqueue(send_chat, at=at, message_id=pk)


def send_test(channel: NoticeChannel, *, by: Actor) -> ChatMessage:
    """A word by this channel now, and what was answered."""
    if by.user is not None and not may_keep(by.user, person=channel.user, team=channel.team):
        raise Forbidden(_("You may keep your own channels, and those of the teams that you lead."))
    row = ChatMessage.objects.create(channel=channel, event=TEST, user=channel.user)
    return send(row.pk, once=True) or row


def send(pk: int, *, once: bool = False) -> ChatMessage | None:
    """Send a queued notice now. None when it is not to be sent, or another worker has it."""
    now = timezone.now()
    with transaction.atomic():
        rows = ChatMessage.objects.select_related("channel", "channel__team", "channel__user", "item", "item__requester", "item__team", "item__owner", "user")
        row: ChatMessage | None = rows.claim(pk, at=now, seconds=LEASE)
        if row is None:
            return None
        channel = row.channel
        if not channel.active and row.event != TEST:
            row.status, row.reason = Status.STOPPED, "inactive"
        elif row.event != TEST and (quota := recipients.tripped(tally_of(channel), row.item, now)) is not None:
            _hold(row, quota, now)
        row.text = row.text or _text(row)
        row.save()
    if row.status != Status.SENDING:
        return row
    let_go()
    return _record(row, hand_over(channel.url, row.text), once=once)


def tally_of(channel: NoticeChannel) -> str:
    """Under which address the quotas count a channel."""
    return f"chat:{channel.pk}"


def _text(row: ChatMessage) -> str:
    language = row.user.language if row.user else row.channel.language
    if row.event == TEST:
        from django.utils import translation

        with translation.override(language):
            return _("Hengwei: notices by '%(name)s' arrive here.") % {"name": row.channel.name}
    return chat_text(row.event, item=row.item, params=row.params, reader=row.user, language=language)


def hand_over(url: str, text: str) -> str:
    """Give the words to the service; '' when it took them, else why not."""
    if url == LOG:
        log.info("notice: %s", text)
        return ""
    import apprise

    with _Said() as said, guard.guarded():
        plugin = apprise.Apprise.instantiate(url)
        if plugin is None:
            return said.words or "unknown service"
        try:
            taken = plugin.notify(body=text)
        except Exception as error:  # a plug-in of a library: whatever it raises is a failure of this one message
            return f"{type(error).__name__}: {error}"
    return "" if taken else said.words or "not taken"


class _Said(logging.Handler):
    """What apprise says in this thread while it works: it returns only whether it worked."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.thread_id = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread_id:
            self.lines.append(record.getMessage())

    def __enter__(self) -> _Said:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_args: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    @property
    def words(self) -> str:
        return " ".join(self.lines)[:400]


@transaction.atomic
def _record(row: ChatMessage, why: str, *, once: bool) -> ChatMessage:
    now = timezone.now()
    if ChatMessage.objects.still_mine(row) is None:
        return ChatMessage.objects.get(pk=row.pk)
    channel = NoticeChannel.objects.select_for_update().get(pk=row.channel_id)
    row.leased_until, row.reason = None, why[:500]
    if not why:
        row.status, row.sent_at = Status.SENT, now
        channel.failing_since, channel.last_error, channel.last_sent_at = None, "", now
        if row.event != TEST:
            MailTally.objects.create(address=tally_of(channel), item=row.item, at=now)
    else:
        before = channel.failing_since
        channel.failing_since, channel.last_error = before or now, why[:500]
        if once or row.attempts >= ATTEMPTS:
            row.status = Status.FAILED
            if not once:
                _warn(channel, why, now)
        else:
            row.status, row.send_after = Status.QUEUED, now + timedelta(minutes=2 ** (row.attempts - 1))
            _soon(row.pk, row.send_after)
    row.save()
    channel.save(update_fields=["failing_since", "last_error", "last_sent_at"])
    return row


def _warn(channel: NoticeChannel, why: str, at: datetime) -> None:
    """What was given up is seen by whose it is, once a day."""
    from hengwei.channels.models import Notice

    from . import notices

    people = [channel.user] if channel.user else notices.watching_over(None)
    told = Notice.objects.filter(event="channel", params__channel=channel.pk, at__gt=at - timedelta(days=1)).exists()
    if not told:
        notices.tell(people, "channel", at=at, params={"name": channel.name, "reason": why[:300], "channel": channel.pk}, outside=False)


def _hold(row: ChatMessage, quota: tuple[int, int], at: datetime) -> None:
    """Too many notices by one channel: this one does not go out, and a person is told, once in the hour."""
    from hengwei.channels.models import Notice

    from . import notices

    minutes, most = quota
    row.status, row.reason = Status.STOPPED, "quota"
    told = Notice.objects.filter(event="quota", params__address=row.channel.name, at__gt=at - recipients.HELD_FOR).exists()
    if not told:
        notices.tell(notices.watching_over(row.item), "quota", item=row.item, at=at, params={"address": row.channel.name, "minutes": minutes, "most": most}, outside=False)


@transaction.atomic
def send_again(row: ChatMessage, *, by: Actor) -> ChatMessage:
    """What failed or was stopped, once more."""
    if by.user is not None and not may_keep(by.user, person=row.channel.user, team=row.channel.team):
        raise Forbidden(_("You may keep your own channels, and those of the teams that you lead."))
    if not row.can_be_sent_again:
        raise Refused(_("Only what failed or was stopped can be sent again."), code="not_failed")
    item: WorkItem | None = row.item
    return queue(row.channel_id, row.event, item_id=item.pk if item else None, user_id=row.user_id, params=row.params)


@transaction.atomic
def send_now(row: ChatMessage, *, by: Actor) -> ChatMessage:
    """What waits for its next attempt is tried now."""
    if by.user is not None and not may_keep(by.user, person=row.channel.user, team=row.channel.team):
        raise Forbidden(_("You may keep your own channels, and those of the teams that you lead."))
    row = ChatMessage.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not row.waits_for_another_attempt:
        raise Refused(_("Only what waits for its next attempt can be tried now."), code="not_waiting")
    row.send_after = None
    row.save(update_fields=["send_after"])
    _soon(row.pk)
    return row


def due(at: datetime) -> list[int]:
    """Notices whose job was lost, and those that a worker had when it died."""
    return list(ChatMessage.objects.left_lying(at).values_list("pk", flat=True)[:500])
