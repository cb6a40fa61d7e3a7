"""Many messages at once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable

from django.db import connection, transaction

from hengwei.channels.limit import Reader
from hengwei.channels.models import InboundMessage, Mailbox

from . import inbound

BATCH = 64


def take_in(messages: Iterable[bytes], mailbox: Mailbox | None) -> Counter[str]:
    """Keep and understand each; how many came to what. One that fails is on record like any other and stops nothing."""
    outcomes: Counter[str] = Counter()
    reader = Reader()
    waiting = iter(messages)
    try:
        # Should the machine lose power, the files are still there, and what was done is not done twice.
        _wait_for_disk(False)
        while batch := list(itertools.islice(waiting, BATCH)):
            with transaction.atomic():
                rows = [inbound.keep(data, mailbox=mailbox, now=False) for data in batch]
            new = [(row, data) for row, data in zip(rows, batch, strict=True) if row.status == InboundMessage.Status.KEPT]
            outcomes["known"] += len(rows) - len(new)
            for (row, _data), message in zip(new, reader.read_many(data for _row, data in new), strict=True):
                done = inbound.process(row.pk, message)
                if done is not None:
                    outcomes[done.outcome if done.status != InboundMessage.Status.FAILED else "failed"] += 1
    finally:
        reader.close()
        _wait_for_disk(True)
    return outcomes


def _wait_for_disk(wait: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {'on' if wait else 'off'}")
