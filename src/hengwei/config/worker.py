"""The worker: events after their commit, jobs and timers side by side, long work in a lane of its own, in one process."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Any

#: A job that still runs is given so long when the worker is told to stop; then it goes back to the queue.
GRACE_SECONDS = 10
#: Long tasks that run at a time.
LONG_AT_ONCE = 1


def run(jobs: int) -> None:
    """Until SIGTERM or SIGINT. `jobs` run at a time: one that waits for a slow server does not keep the others waiting."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    from hengwei.core import memory, pulse
    from hengwei.core.acting import SYSTEM, become

    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    become(SYSTEM)
    pulse.register()
    memory.settle()
    with app.replace_connector(PsycopgConnector(kwargs=connector_params("default"), min_size=1, max_size=6)) as working:
        asyncio.run(_work(working, jobs, connector_params("default")))


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
