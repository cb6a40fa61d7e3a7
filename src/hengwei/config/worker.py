"""The worker: events after their commit, jobs and timers side by side, long work in a lane of its own, mail where it shall; in one process."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: A job that still runs is given so long when the worker is told to stop; then it goes back to the queue.
GRACE_SECONDS = 10
#: Long tasks that run at a time.
LONG_AT_ONCE = 1


#: Where mail is received: the address to listen on, and the port of SMTP; 0 for IMAP only.
Receiver = tuple[str, int]
log = logging.getLogger("hengwei.mail")
#: Seconds after which a receiver that could not begin tries again: its port may be another's for a while.
AGAIN = 10.0


def run(jobs: int, mail: Receiver | None = None) -> None:
    """Until SIGTERM or SIGINT. `jobs` run at a time: one that waits for a slow server does not keep the others waiting.

    With `mail` it receives mail besides: on one machine a process of its own for it would cost a hundred megabytes, and do
    nothing most of the time.
    """
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    from hengwei.core import memory, pulse
    from hengwei.core.acting import SYSTEM, become

    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    become(SYSTEM)
    pulse.register()
    memory.settle()
    with _receiving(mail), app.replace_connector(PsycopgConnector(kwargs=connector_params("default"), min_size=1, max_size=6)) as working:
        asyncio.run(_work(working, jobs, connector_params("default")))


@contextmanager
def _receiving(mail: Receiver | None) -> Iterator[None]:
    """Within the block mail is received, by threads. What stops them is told and tried again; jobs go on meanwhile."""
    if mail is None:
        yield
        return
    from hengwei.channels.receiving import serve

    stopping = threading.Event()

    def receive() -> None:
        while not stopping.is_set():
            try:
                serve(*mail, stopping)
            except Exception:
                log.exception("mail cannot be received now")
                stopping.wait(AGAIN)

    thread = threading.Thread(target=receive, name="mail", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(GRACE_SECONDS)


async def _work(app: Any, jobs: int, parameters: dict[str, Any]) -> None:
    from hengwei.core import outbox
    from hengwei.core.jobs import LONG

    short = sorted({task.queue for task in app.tasks.values()} - {LONG})
    async with app.open_async():
        options = {"shutdown_graceful_timeout": GRACE_SECONDS, "install_signal_handlers": False}
        lanes = [
            asyncio.create_task(app.run_worker_async(queues=short, concurrency=jobs, name="worker", **options)),
            asyncio.create_task(app.run_worker_async(queues=[LONG], concurrency=LONG_AT_ONCE, name="long", **options)),
            asyncio.create_task(outbox.lane(parameters)),
        ]
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: [lane.cancel() for lane in lanes])
        # One that ends by itself takes the others with it: the supervisor starts them anew.
        await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
        for lane in lanes:
            lane.cancel()
        for outcome in await asyncio.gather(*lanes, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
