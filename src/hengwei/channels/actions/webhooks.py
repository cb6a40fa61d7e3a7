"""Webhooks: other programs are told of events, once each, signed, patiently."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei import __version__
from hengwei.channels import permissions as perms
from hengwei.channels import signatures
from hengwei.channels.models import Outgoing, Webhook, WebhookDelivery
from hengwei.core import outgoing
from hengwei.core.acting import Actor
from hengwei.core.database.resting import let_go
from hengwei.core.errors import Refused
from hengwei.core.events import Event
from hengwei.core.jobs import enqueue
from hengwei.org.models import User
from hengwei.work.conditions import BadCondition, matches, validate
from hengwei.work.events import ItemEvent, ItemTold
from hengwei.work.models import Entry, WorkItem

log = logging.getLogger("hengwei.webhooks")
Status = Outgoing.Status
#: Tried again after 1, 2, 4 … minutes, at most every six hours: in all for some two days.
ATTEMPTS, LONGEST_WAIT = 14, 360
#: One that failed this long without a single success is paused, and a person told.
PAUSED_AFTER = timedelta(days=1)
#: A call takes at most twice the time limit of one step, three times over for a name that answers slowly.
LEASE = int(outgoing.SECONDS * 6)
#: How long the former secret goes on signing after a change.
OVERLAP = timedelta(days=1)
#: Characters of an answer that are kept.
ANSWER = 4_000
PING = "ping"
#: Seconds after which another process's change of the subscriptions is seen.
FRESH = 5.0
_known: tuple[float, list[Webhook]] = (float("-inf"), [])


def forget() -> None:
    """Read the subscriptions anew at the next event."""
    global _known
    _known = (float("-inf"), [])


def _subscriptions() -> list[Webhook]:
    global _known
    if time.monotonic() - _known[0] > FRESH:
        _known = (time.monotonic(), list(Webhook.objects.filter(active=True)))
    return _known[1]


def name_of(event: type[Event]) -> str:
    """What a webhook calls an event: ItemOpened is item.opened."""
    words = re.findall(r"[A-Z][a-z0-9]*", event.__name__)
    return f"{words[0].lower()}.{'_'.join(word.lower() for word in words[1:])}"


def _all_of(event: type[ItemEvent]) -> Iterator[type[ItemEvent]]:
    for one in event.__subclasses__():
        yield one
        yield from _all_of(one)


def events() -> list[str]:
    """Every event that can be subscribed to: those of all rooms that happen to an item."""
    return sorted({name_of(one) for one in _all_of(ItemEvent)})


@transaction.atomic
def save_webhook(
    webhook: Webhook | None = None, *, by: Actor, name: str, url: str, events: Sequence[str], condition: dict[str, Any] | None = None,
    internal: bool = False, active: bool = True,
) -> Webhook:
    """Make or change a subscription. Its address is looked at now, and again at every call."""
    by.require(perms.CONFIGURE)
    known = set(_event_names())
    unknown = [event for event in events if event not in known]
    if unknown or not events:
        raise Refused(_("Please choose at least one event.") if not unknown else _("There is no event '%(event)s'.") % {"event": unknown[0]}, code="unknown_event", field="events")
    if not name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    try:
        validate(condition or {})
    except BadCondition as error:
        raise Refused(_("The condition cannot be read: %(why)s") % {"why": error}, code="bad_condition", field="condition") from None
    url = outgoing.usable(url)
    webhook = webhook or Webhook(secret=signatures.new_secret(), created_by=by.user)
    webhook.name, webhook.url, webhook.events, webhook.condition = name.strip(), url, list(events), condition or {}
    webhook.internal, webhook.active = internal, active
    webhook.save()
    transaction.on_commit(forget)
    forget()
    return webhook


def _event_names() -> list[str]:
    return events()


@transaction.atomic
def rotate_secret(webhook: Webhook, *, by: Actor, at: datetime | None = None) -> Webhook:
    """A new secret. The former one goes on signing beside it for a day, so that the receiver can change in between."""
    by.require(perms.CONFIGURE)
    at = at or timezone.now()
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    webhook.former_secret, webhook.former_until, webhook.secret = webhook.secret, at + OVERLAP, signatures.new_secret()
    webhook.save(update_fields=["secret", "former_secret", "former_until"])
    return webhook


@transaction.atomic
def resume(webhook: Webhook, *, by: Actor) -> Webhook:
    """End a pause; what waited meanwhile goes out."""
    by.require(perms.CONFIGURE)
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if webhook.paused_at is None:
        raise Refused(_("It is not paused."), code="not_paused")
    webhook.paused_at = webhook.failing_since = None
    webhook.save(update_fields=["paused_at", "failing_since"])
    for pk in webhook.deliveries.filter(status=Status.QUEUED).order_by("id").values_list("pk", flat=True):
        WebhookDelivery.objects.filter(pk=pk).update(send_after=None)
        _soon(pk)
    return webhook


def publish(event: ItemEvent) -> None:
    """Queue the event for whoever subscribed to it, with the item as it stands now. Called in the event's own transaction."""
    name = name_of(type(event))
    wanted = [webhook for webhook in _subscriptions() if name in webhook.events]
    if isinstance(event, ItemTold) and not event.public:
        wanted = [webhook for webhook in wanted if webhook.internal]
    if not wanted:
        return
    item = WorkItem.objects.with_people().get(pk=event.item_id)
    facts = item.facts()
    for webhook in wanted:
        if matches(webhook.condition, facts):
            _soon(_queue(webhook, name, item=item, body=_payload(name, event, item, internal=webhook.internal)).pk)


def _payload(name: str, event: ItemEvent, item: WorkItem, *, internal: bool) -> dict[str, Any]:
    """What is told: the event, who did it, the item in the shape of the REST API, and what the event itself carries."""
    from hengwei.work.api.schemas import entry_out, item_out

    reader = cast(User, _STAFF)
    change = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in ("item_id", "actor", "at", "notify_user_ids")}
    if isinstance(change.get("changes"), dict) and not internal:
        change["changes"] = {key: value for key, value in change["changes"].items() if key != "cause"}
    found: dict[str, Any] = {
        "event": name, "at": event.at, "actor": {"id": event.actor.user.pk, "name": event.actor.user.name} if event.actor.user else None,
        "via": event.actor.via, "rules": list(event.actor.chain), "item": {**item_out(item, reader=reader), "url": _url(item)}, "change": change,
    }
    if isinstance(event, ItemTold):
        found["entry"] = entry_out(Entry.objects.select_related("author").get(pk=event.entry_id), reader=reader)
    return found


class _Staff:
    """The reader of what webhooks carry: like staff, he sees names and addresses."""

    is_agent, pk = True, 0


_STAFF = _Staff()


def _url(item: WorkItem) -> str:
    from django.conf import settings

    return f"{settings.SITE_URL}{item.get_absolute_url()}"


def _queue(webhook: Webhook, event: str, *, body: dict[str, Any], item: WorkItem | None = None) -> WebhookDelivery:
    row = WebhookDelivery(webhook=webhook, event=event, item=item)
    row.body = json.dumps({"id": str(row.uid), **body}, cls=DjangoJSONEncoder, ensure_ascii=False)
    row.save()
    return row


def _soon(pk: int, at: datetime | None = None) -> None:
    from hengwei.channels.jobs import deliver_webhook

    enqueue(deliver_webhook, at=at, delivery_id=pk)


def send_test(webhook: Webhook, *, by: Actor) -> WebhookDelivery:
    """A ping now, and what was answered. No job is made for it: a worker that took it first would leave nothing to tell."""
    by.require(perms.CONFIGURE)
    with transaction.atomic():
        row = _queue(webhook, PING, body={"event": PING, "at": timezone.now(), "actor": {"id": by.user.pk, "name": by.user.name} if by.user else None})
    return deliver(row.pk, once=True) or row


@transaction.atomic
def send_again(delivery: WebhookDelivery, *, by: Actor) -> WebhookDelivery:
    """The same body once more, under its own id: a receiver that has it already will know it by that."""
    by.require(perms.CONFIGURE)
    if delivery.status in (Status.QUEUED, Status.SENDING):
        raise Refused(_("It is on its way already."), code="on_its_way")
    row = WebhookDelivery.objects.create(webhook=delivery.webhook, event=delivery.event, item=delivery.item, body=delivery.body, again_of=delivery)
    _soon(row.pk)
    return row


@transaction.atomic
def send_now(delivery: WebhookDelivery, *, by: Actor) -> WebhookDelivery:
    """What waits for its next attempt is tried now."""
    by.require(perms.CONFIGURE)
    row = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if not row.waits_for_another_attempt:
        raise Refused(_("Only what waits for its next attempt can be tried now."), code="not_waiting")
    row.send_after = None
    row.save(update_fields=["send_after"])
    _soon(row.pk)
    return row


def deliver(pk: int, *, once: bool = False) -> WebhookDelivery | None:
    """Call the address now. None when it is not to be called, or another worker does. `once`: a failure is not tried again."""
    now = timezone.now()
    with transaction.atomic():
        rows = WebhookDelivery.objects.select_related("webhook").filter(Q(webhook__active=True, webhook__paused_at=None) | Q(event=PING))
        row: WebhookDelivery | None = rows.claim(pk, at=now, seconds=LEASE)
        if row is None:
            return None
        row.save()
    webhook, body = row.webhook, row.body.encode()
    uid = str(json.loads(row.body)["id"])
    headers = {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": f"Hengwei/{__version__}",
        **signatures.sign(webhook.secrets_at(now), uid=uid, timestamp=int(now.timestamp()), body=body),
    }
    answer: outgoing.Answer | None = None
    why = ""
    try:
        let_go()
        answer = outgoing.call("POST", webhook.url, content=body, headers=headers)
        if not answer.ok:
            why = f"HTTP {answer.status}"
    except (Refused, outgoing.Unreachable) as error:
        why = str(error)
    return _record(row, answer, why, once=once)


@transaction.atomic
def _record(row: WebhookDelivery, answer: outgoing.Answer | None, why: str, *, once: bool) -> WebhookDelivery:
    now = timezone.now()
    if WebhookDelivery.objects.still_mine(row) is None:
        return WebhookDelivery.objects.get(pk=row.pk)
    webhook = Webhook.objects.select_for_update().get(pk=row.webhook_id)
    row.leased_until, row.reason = None, why[:500]
    if answer is not None:
        row.status_code, row.milliseconds = answer.status, answer.milliseconds
        row.answer = answer.body.decode("utf-8", "replace").replace("\x00", "")[:ANSWER]
    if not why:
        row.status, row.sent_at = Status.SENT, now
        webhook.failing_since, webhook.last_sent_at = None, now
    else:
        webhook.failing_since = webhook.failing_since or now
        gone = answer is not None and answer.status == 410
        if once or gone or row.attempts >= ATTEMPTS:
            row.status = Status.FAILED
        else:
            row.status, row.send_after = Status.QUEUED, now + timedelta(minutes=min(2 ** (row.attempts - 1), LONGEST_WAIT))
        if not once and webhook.paused_at is None and (gone or now - webhook.failing_since >= PAUSED_AFTER):
            _pause(webhook, why, now)
        elif row.status == Status.QUEUED:
            _soon(row.pk, row.send_after)
    row.save()
    webhook.save(update_fields=["failing_since", "last_sent_at", "paused_at"])
    return row


def _pause(webhook: Webhook, why: str, at: datetime) -> None:
    """Nobody has answered for a day: stop calling, and tell those who keep the channels. What happens meanwhile is kept."""
    from . import notices

    webhook.paused_at = at
    notices.tell(notices.watching_over(None), "webhook", at=at, params={"name": webhook.name, "reason": why[:300]})


def due(at: datetime) -> list[int]:
    """Deliveries whose job was lost, and those that a worker had when it died."""
    rows = WebhookDelivery.objects.left_lying(at).filter(webhook__active=True, webhook__paused_at=None)
    return list(rows.values_list("pk", flat=True)[:500])


#: Days for which deliveries and calls are kept.
KEPT_DAYS = 90


def forget_old(at: datetime) -> int:
    """Take away what was delivered long ago; what failed stays until a person looked at it, or a year."""
    old, older = at - timedelta(days=KEPT_DAYS), at - timedelta(days=365)
    rows = WebhookDelivery.objects.filter(Q(status=Status.SENT, created_at__lt=old) | Q(created_at__lt=older))
    return WebhookDelivery.objects.filter(pk__in=list(rows.order_by("id").values_list("pk", flat=True)[:5000])).delete()[0]
