"""The transactional outbox: events that are heard after their commit, by the worker.

One row an event, written in the emitting transaction; the worker is woken by NOTIFY, which comes with the commit. It
takes the oldest rows, tells their listeners and deletes the rows in one transaction, so what a listener writes is
written exactly once, whatever dies when. A listener that fails does not hold up the others: it is tried again by a job.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, get_type_hints

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from pydantic import TypeAdapter

from . import events
from .acting import Actor
from .database.prepared import prepared
from .jobs import PATIENT, enqueue, job
from .models import WaitingEvent

CHANNEL = "hengwei_outbox"
#: Events told in one transaction. Rules lock the items that they change until its end.
AT_A_TIME = 20
#: Seconds after which the worker looks without being woken.
LOOK_SECONDS = 5.0
log = logging.getLogger(__name__)


def keep(told: Sequence[tuple[events.Event, Sequence[str]]]) -> None:
    """Keep events for these listeners, by name, and wake the worker when the caller's transaction commits."""
    rows = ", ".join(["(%s, %s, %s::jsonb)"] * len(told))
    values = [part for event, names in told for part in (events.name_of(type(event)), list(names), packed(event))]
    with prepared(), connection.cursor() as cursor:
        cursor.execute(
            f"WITH kept AS (INSERT INTO core_waitingevent (event, listeners, data) VALUES {rows}) SELECT pg_notify(%s, '')",
            [*values, CHANNEL])


def deliver(most: int = AT_A_TIME) -> int:
    """Tell the oldest events that nobody else is telling; how many. In one transaction, or each in its own where one fails."""
    try:
        with transaction.atomic():
            taken = _take(most)
            for kind, names, data in taken:
                event = unpacked(kind, data)
                for name in names:
                    events.hearing[name](event)
            return len(taken)
    except Exception as error:  # whichever it was, it is found below
        log.warning("outbox: an event failed (%s); the next %d are told one by one", error, most)
        return sum(_one() for _ in range(most))


def _one() -> int:
    with transaction.atomic():
        taken = _take(1)
        for kind, names, data in taken:
            for name in names:
                try:
                    with transaction.atomic():
                        events.hearing[name](unpacked(kind, data))
                except Exception:  # of one listener: the others are told, and a job tries again
                    log.exception("outbox: %s on %s", name, kind)
                    enqueue(tell_again, listener=name, event=kind, data=data)
        return len(taken)


@job(queue="events", retry=PATIENT)
def tell_again(listener: str, event: str, data: dict[str, Any]) -> None:
    """Tell one listener that failed of its event once more."""
    with transaction.atomic():
        events.hearing[listener](unpacked(event, data))


def waiting() -> int:
    """How many events nobody has told yet."""
    return WaitingEvent.objects.count()


def _take(most: int) -> list[tuple[str, list[str], dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM core_waitingevent WHERE id = ANY (ARRAY(
                 SELECT id FROM core_waitingevent ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
               RETURNING id, event, listeners, data::text""", [most])
        rows = sorted(cursor.fetchall())
    # What a listener of an older version waited for, and none waits for now, is nobody's.
    return [(event, [name for name in names if name in events.hearing], json.loads(data)) for _, event, names, data in rows]


class _Exact(DjangoJSONEncoder):
    """Django's, but for moments, which it cuts to milliseconds: what follows a deed may not seem to come before it."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def packed(event: events.Event) -> str:
    """The event as JSON; the actor by his id."""
    actor = event.actor
    data: dict[str, Any] = {one.name: getattr(event, one.name) for one in fields(event) if one.name != "actor"}
    data["actor"] = [actor.user.pk if actor.user else None, actor.via, actor.address, actor.chain]
    return json.dumps(data, cls=_Exact, ensure_ascii=False)


def unpacked(kind: str, data: dict[str, Any]) -> events.Event:
    """The event as it was emitted, but for values of `Any`, which are as JSON has them."""
    from django.contrib.auth import get_user_model

    user_id, via, address, chain = data["actor"]
    user = get_user_model()._default_manager.filter(pk=user_id).first() if user_id else None
    event, types = _shape(kind)
    values = {name: types[name].validate_python(value) for name, value in data.items() if name in types}
    return event(actor=Actor(user, via, address, tuple(chain)), **values)


@cache
def _shape(kind: str) -> tuple[type[events.Event], dict[str, TypeAdapter[Any]]]:
    """The event of this name, and how each of its fields is read; KeyError where there is none."""
    found, open_ones = {}, [events.Event]
    while open_ones:
        one = open_ones.pop()
        found[events.name_of(one)] = one
        open_ones += one.__subclasses__()
    event = found[kind]
    return event, {name: TypeAdapter(hint) for name, hint in get_type_hints(event).items() if name != "actor"}


async def lane(parameters: dict[str, Any]) -> None:
    """Tell whatever comes, from now on: woken by NOTIFY on a connection made with these parameters, and looking by itself now and then."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "outbox") as teller:
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            while True:
                while await loop.run_in_executor(teller, deliver):
                    pass
                async for _ in listening.notifies(timeout=LOOK_SECONDS, stop_after=1):
                    pass
