"""Live updates: PostgreSQL's NOTIFY carries them between processes; pages get them as server-sent events."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import connection

CHANNEL = "hengwei_live"
#: Sent when nothing happens, so that proxies keep the stream and a dead reader is noticed.
HEARTBEAT_SECONDS = 20.0
#: News that one slow reader may have waiting; beyond it he reloads anyway.
QUEUED = 200
log = logging.getLogger(__name__)


def announce(topic: str, **payload: Any) -> None:
    """Tell every open page that listens to `topic` (such as `item:123` or `user:7`), when the transaction commits.

    Only ids and short words travel: PostgreSQL limits a notification to 8,000 bytes, and the page fetches what its
    reader may see by itself.
    """
    if _silent.get():
        return
    message = json.dumps({"topic": topic, **payload}, ensure_ascii=False, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])


def announce_to(users: Sequence[int], **payload: Any) -> None:
    """Tell the open pages of these people, in one go."""
    if _silent.get() or not users:
        return
    messages = [json.dumps({"topic": f"user:{pk}", **payload}, ensure_ascii=False, separators=(",", ":")) for pk in users]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, m) FROM unnest(%s::text[]) m", [CHANNEL, messages])


_silent: ContextVar[bool] = ContextVar("hengwei_live_silent", default=False)


@contextmanager
def silent() -> Iterator[None]:
    """Within the block nothing is announced: for loads of many rows that nobody watches."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


class Hub:
    """One connection that listens, for all open pages of a process."""

    def __init__(self) -> None:
        self._readers: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def stream(self, topics: Sequence[str], opening: Sequence[dict[str, Any]] = ()) -> AsyncIterator[str]:
        """Events for these topics as text/event-stream, until the reader goes.

        `opening` is told first: how things stand, for a page that was made a moment before it began to listen.
        """
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUED)
        for topic in topics:
            self._readers[topic].add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        try:
            yield "retry: 3000\n\n"
            for news in opening:
                yield f"data: {json.dumps(news)}\n\n"
            while True:
                try:
                    yield f"data: {await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)}\n\n"
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            for topic in topics:
                self._readers[topic].discard(queue)
                if not self._readers[topic]:
                    del self._readers[topic]

    async def _listen(self) -> None:
        parameters = connection.get_connection_params()
        names = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if parameters.get(key)}
        while self._readers:
            try:
                async with await psycopg.AsyncConnection.connect(**names, autocommit=True) as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    # Whatever was said before we listened, every page looks once itself.
                    for topic in list(self._readers):
                        self._pass_on(json.dumps({"topic": topic}))
                    while self._readers:
                        async for notice in listening.notifies(timeout=HEARTBEAT_SECONDS, stop_after=1):
                            self._pass_on(notice.payload)
            except psycopg.Error as error:
                log.warning("live updates: %s; trying again", error)
                await asyncio.sleep(2)

    def _pass_on(self, payload: str) -> None:
        for queue in self._readers.get(json.loads(payload)["topic"], ()):
            with suppress(asyncio.QueueFull):
                queue.put_nowait(payload)


hub = Hub()
