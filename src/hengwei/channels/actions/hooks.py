"""Incoming webhooks: another program, or a chat robot, opens and updates items."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengwei.channels import mapping as maps
from hengwei.channels import permissions as perms
from hengwei.channels import signatures
from hengwei.channels.models import Hook, HookCall, HookKey
from hengwei.channels.reading.headers import Address
from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.org.models import Team, User
from hengwei.work import kinds
from hengwei.work.actions import conversation, intake, progress
from hengwei.work.actions.relations import final_target
from hengwei.work.models import Category, Entry, Source, WorkItem
from hengwei.work.workflow import Phase

from .hook_limit import TooMany, require_room
from .people import Sender, contact, may_join

log = logging.getLogger("hengwei.webhooks")
#: Bytes of one call.
MOST = 1_000_000
#: Words of a chat go on in the same open item for this long after the last.
CONVERSATION = timedelta(hours=24)
_NUMBER = re.compile(r"(?<![A-Za-z0-9-])([A-Za-z]{2,6}-\d{4}-\d{6,})(?!\d)")
_SOURCES = {Hook.Shape.MAPPING: Source.API, Hook.Shape.ALERTMANAGER: Source.MONITOR, Hook.Shape.CHAT: Source.CHAT}


@transaction.atomic
def save_hook(
    hook: Hook | None = None, *, by: Actor, name: str, shape: str = Hook.Shape.MAPPING, mapping: Mapping[str, Any] | None = None, kind: str = "incident",
    category: Category | None = None, team: Team | None = None, requester: User | None = None, signed: bool | None = None, active: bool = True,
    items_a_minute: int = 60, items_an_hour: int = 600,
) -> tuple[Hook, str]:
    """Make or change one; with the token of its address ('' when it was not made anew).

    `signed=True` gives it a secret with which each call must be signed; False takes it away; None leaves it.
    """
    by.require(perms.CONFIGURE)
    if not name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    if shape not in Hook.Shape.values:
        raise Refused(_("There is no such shape."), code="unknown", field="shape")
    if kind not in {one.key for one in kinds.every()}:
        raise Refused(_("There is no kind of work '%(kind)s'.") % {"kind": kind}, code="unknown_kind", field="kind")
    if shape == Hook.Shape.MAPPING:
        try:
            maps.validated(mapping)
        except maps.BadMapping as error:
            raise Refused(_("The mapping cannot be read: %(why)s") % {"why": error}, code="bad_mapping", field="mapping") from None
    hook, token = hook or Hook(created_by=by.user), ""
    if hook.pk is None:
        token = _new_token(hook)
    hook.name, hook.shape, hook.mapping, hook.kind = name.strip(), shape, dict(mapping or {}), kind
    hook.category, hook.team, hook.requester, hook.active = category, team, requester, active
    if items_a_minute < 1 or items_an_hour < items_a_minute:
        raise Refused(_("An hour allows at least as many items as a minute, and a minute at least one."), code="bad_limit", field="items_an_hour")
    hook.items_a_minute, hook.items_an_hour = items_a_minute, items_an_hour
    if signed is not None:
        hook.secret = (hook.secret or signatures.new_secret()) if signed else ""
    hook.save()
    return hook, token


def _new_token(hook: Hook) -> str:
    token = secrets.token_urlsafe(24)
    hook.token_hash, hook.token = _hash(token), token
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(f"hook:{token}".encode()).hexdigest()


@transaction.atomic
def renew_token(hook: Hook, *, by: Actor) -> str:
    """A new address; the old one is dead from now."""
    by.require(perms.CONFIGURE)
    token = _new_token(hook)
    hook.save(update_fields=["token_hash", "token"])
    return token


def address_of(token: str) -> str:
    """The address at which a hook is called."""
    return f"{settings.SITE_URL}/hooks/{token}"


def hook_of(token: str) -> Hook | None:
    """The hook in use with this token."""
    return Hook.objects.select_related("category", "team", "requester").filter(token_hash=_hash(token), active=True).first()


def take(hook: Hook, body: bytes, headers: Mapping[str, str]) -> HookCall:
    """A call comes in: its signature is checked, it is kept, then understood. The same `webhook-id` once more changes nothing.

    Raises Forbidden for a wrong signature, Refused for what is no JSON and TooMany where the address has opened all that it
    may: that call is not kept, the caller sends it again. What cannot be understood is on record as failed.
    """
    if hook.secret and not signatures.verified([hook.secret], headers, body, now=time.time()):
        raise Forbidden(_("The signature is wrong or too old."), code="bad_signature")
    if len(body) > MOST:
        raise Refused(_("It is larger than %(limit)d bytes.") % {"limit": MOST}, code="too_large")
    try:
        text = body.decode("utf-8")
        json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(_("The body is no JSON."), code="no_json") from None
    uid, now = headers.get("webhook-id", "")[:200], timezone.now()
    try:
        with transaction.atomic():
            # PostgreSQL takes no NUL in a text; in JSON it can only stand escaped.
            call = HookCall.objects.create(hook=hook, uid=uid, body=text, received_at=now)
    except IntegrityError:
        call = HookCall.objects.get(hook=hook, uid=uid)
    Hook.objects.filter(pk=hook.pk).update(last_at=now)
    try:
        return process(call, limited=True)
    except TooMany:
        call.delete()
        Hook.objects.filter(pk=hook.pk).update(refused_at=now)
        raise


def process(call: HookCall, *, limited: bool = False) -> HookCall:
    """Do what a kept call asks for, once; a failure is recorded with its reason. `limited`: raises TooMany where the address may open no more."""
    try:
        with transaction.atomic():
            call = HookCall.objects.select_for_update(of=("self",)).select_related("hook", "hook__category", "hook__team", "hook__requester").get(pk=call.pk)
            if call.status == HookCall.Status.DONE:
                return call
            payload = json.loads(call.body)
            understood = _chat if call.hook.shape == Hook.Shape.CHAT else _items
            call.opened = 0
            call.answer = understood(call, payload, limited)
            call.status, call.reason = HookCall.Status.DONE, ""
            call.save()
    except TooMany:
        raise
    except Exception as error:  # one bad call stops nothing; the reason is on record
        reason = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
        if not isinstance(error, Refused):
            log.exception("call %s could not be understood", call.pk)
        HookCall.objects.filter(pk=call.pk).update(status=HookCall.Status.FAILED, reason=reason[:500])
        call.refresh_from_db()
    return call


def again(call: HookCall, *, by: Actor) -> HookCall:
    """A person has a failed call read again, after the mapping was mended."""
    by.require(perms.CONFIGURE)
    if call.status == HookCall.Status.DONE:
        raise Refused(_("It has been read already."), code="done")
    return process(call)


def _one_at_a_time(hook: Hook, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hook:{hook.pk}:{key}"])


def _actor(hook: Hook, via: Any = "api") -> Actor:
    return Actor(via=via, chain=(f"hook:{hook.pk}",))


def _items(call: HookCall, payload: Any, limited: bool) -> dict[str, Any]:
    """By the mapping: each element opens an item, or goes on in the open one of its key, or ends it."""
    hook = call.hook
    mapping = maps.ALERTMANAGER if hook.shape == Hook.Shape.ALERTMANAGER else hook.mapping
    readings = maps.read(payload, mapping)
    if not readings:
        return {"items": []}
    # In one order, so that two calls with the same keys do not wait for each other crosswise.
    for key in sorted({reading.key for reading in readings if reading.key}):
        _one_at_a_time(hook, key)
    done = [_item(call, reading, limited) for reading in readings]
    return {"items": [one for one in done if one]}


def _item(call: HookCall, reading: maps.Reading, limited: bool) -> dict[str, Any] | None:
    hook, at = call.hook, call.received_at
    known = HookKey.objects.filter(hook=hook, key=reading.key).select_related("item__merged_into").first() if reading.key else None
    item = final_target(known.item) if known else None
    if item is not None and item.phase not in (Phase.RESOLVED, Phase.CLOSED):
        return _update(call, item, reading)
    if reading.resolved:
        return None
    if limited:
        require_room(hook, at)
    requester = _person(reading.requester) or hook.requester
    item = intake.open_item(
        hook.kind, title=reading.title, description=reading.description, by=_actor(hook), requester=requester, source=_SOURCES[Hook.Shape(hook.shape)],
        category=hook.category, team=hook.team, impact=reading.impact, urgency=reading.urgency, labels=list(dict.fromkeys(reading.labels)), subject=reading.subject,
        received_at=at, entry_kind=Entry.Kind.MESSAGE_IN, entry_details={"hook": hook.name, "call": call.pk},
    )
    if reading.key:
        HookKey.objects.update_or_create(hook=hook, key=reading.key, defaults={"item": item, "at": at})
    return _told(call, item, "opened")


def _update(call: HookCall, item: WorkItem, reading: maps.Reading) -> dict[str, Any]:
    """The same once more says nothing new; other words are added; 'resolved' ends what may be ended."""
    hook, at = call.hook, call.received_at
    words = reading.description or reading.title
    newest = item.entries.filter(kind=Entry.Kind.MESSAGE_IN).order_by("-id").first()
    if reading.resolved or newest is None or newest.text != words:
        text = _("%(hook)s reports that it is over.") % {"hook": hook.name} + f"\n{words}" if reading.resolved else words
        conversation.receive(item, by=_actor(hook), text=text, author=None, received_at=at, automatic=True, public=False, details={"hook": hook.name, "call": call.pk})
    HookKey.objects.filter(hook=hook, key=reading.key).update(at=at)
    if not reading.resolved:
        return _told(call, item, "updated")
    try:
        with transaction.atomic():
            progress.resolve(item, by=_actor(hook), cause=_("it went away by itself"), solution=_("%(hook)s reports that it is over.") % {"hook": hook.name})
    except Refused:
        # Its workflow wants more from a person: then a person ends it.
        return _told(call, item, "updated")
    return _told(call, item, "resolved")


def _told(call: HookCall, item: WorkItem, outcome: str) -> dict[str, Any]:
    call.items.add(item)
    call.opened += outcome == "opened"
    return {"number": item.number, "url": f"{settings.SITE_URL}{item.get_absolute_url()}", "outcome": outcome}


def _person(name: str) -> User | None:
    """The person of an address, a telephone number, an employee number or a user name; an unknown address becomes a contact as by mail."""
    name = name.strip()
    if not name:
        return None
    if "@" in name:
        return contact(Address("", name.lower()))
    found = User.objects.filter(Q(mobile=name) | Q(phone=name) | Q(employee_no=name) | Q(username__iexact=name), is_active=True)
    return found.order_by("id").first()


def _chat(call: HookCall, payload: Any, limited: bool) -> dict[str, Any]:
    """Words of a chat: `{"text", "user": {"id", "name", "email", "phone"}, "conversation", "new"}`; the answer is for the robot to say."""
    text = maps.shown(maps.at(payload, "text")).strip()
    if not text:
        raise Refused(_("There are no words in it."), code="missing", field="text")
    hook, facts = call.hook, {name: maps.shown(maps.at(payload, f"user.{name}")).strip() for name in ("id", "name", "email", "phone")}
    person = _speaker(facts) or hook.requester
    key = f"{maps.shown(maps.at(payload, 'conversation'))}/{facts['id'] or facts['email'] or facts['phone']}"[:300]
    _one_at_a_time(hook, key)
    with translation.override(person.language if person else settings.LANGUAGE_CODE):
        asked = _asked_about(text, person)
        if asked is not None:
            return {**_told(call, asked, "told"), "state": str(asked.state_of.label), "reply": _state_words(asked)}
        item, outcome = None, "updated"
        if not maps.at(payload, "new"):
            item = _named(text, person) or _going_on(hook, key, call.received_at)
        if item is not None:
            conversation.receive(
                item, by=_actor(hook, "chat"), text=text, author=person, received_at=call.received_at, details={"hook": hook.name, "call": call.pk, "from_name": facts["name"]},
            )
        else:
            if limited:
                require_room(hook, call.received_at)
            title, _newline, _rest = text.partition("\n")
            outcome = "opened"
            item = intake.open_item(
                hook.kind, title=title[:80], description=text, by=_actor(hook, "chat"), requester=person, source=Source.CHAT, category=hook.category, team=hook.team,
                received_at=call.received_at, entry_kind=Entry.Kind.MESSAGE_IN, entry_details={"hook": hook.name, "call": call.pk, "from_name": facts["name"]},
            )
        HookKey.objects.update_or_create(hook=hook, key=key, defaults={"item": item, "at": call.received_at})
        reply = _("Recorded as %(number)s. Write on here, or send the number alone to hear how it stands.") if outcome == "opened" else _("Added to %(number)s.")
        return {**_told(call, item, outcome), "state": str(item.state_of.label), "reply": reply % {"number": item.number}}


def _speaker(facts: Mapping[str, str]) -> User | None:
    for name in (facts["phone"], facts["id"]):
        found = _person(name) if "@" not in name else None
        if found is not None and not facts["email"]:
            return found
    return contact(Address(facts["name"], facts["email"].lower())) if "@" in facts["email"] else None


def _named(text: str, person: User | None) -> WorkItem | None:
    """The item whose number the words name, if the person has a right there."""
    for number in list(dict.fromkeys(_NUMBER.findall(text)))[:5]:
        item = WorkItem.objects.filter(number=number.upper()).select_related("merged_into").first()
        if item is not None:
            item = final_target(item)
            if item.phase != Phase.CLOSED and person is not None and may_join(Sender(Address(person.name, person.email), user=person), item, None):
                return item
    return None


def _asked_about(text: str, person: User | None) -> WorkItem | None:
    """The item that is asked about by its number alone."""
    bare = text.strip(" ?？#")
    if person is None or not _NUMBER.fullmatch(bare):
        return None
    return WorkItem.objects.visible_to(person).filter(number=bare.upper()).select_related("owner", "team").first()


def _going_on(hook: Hook, key: str, at: datetime) -> WorkItem | None:
    known = HookKey.objects.filter(hook=hook, key=key, at__gt=at - CONVERSATION).select_related("item__merged_into").first()
    item = final_target(known.item) if known else None
    return item if item is not None and item.phase not in (Phase.RESOLVED, Phase.CLOSED) else None


def _state_words(item: WorkItem) -> str:
    handled = _("handled by %(who)s") % {"who": item.owner} if item.owner else _("waits to be taken up")
    return _("%(number)s '%(title)s': %(state)s, %(handled)s.") % {"number": item.number, "title": item.title, "state": item.state_of.label, "handled": handled}
