"""Many messages at once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable

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
        while batch := list(itertools.islice(waiting, BATCH)):
            rows = [inbound.keep(data, mailbox=mailbox, now=False) for data in batch]
            new = [(row, data) for row, data in zip(rows, batch, strict=True) if row.status == InboundMessage.Status.KEPT]
            outcomes["known"] += len(rows) - len(new)
            for (row, _data), message in zip(new, reader.read_many(data for _row, data in new), strict=True):
                done = inbound.process(row.pk, message)
                if done is not None:
                    outcomes[done.outcome if done.status != InboundMessage.Status.FAILED else "failed"] += 1
    finally:
        reader.close()
    return outcomes
