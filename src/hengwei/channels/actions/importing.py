"""Many messages at once, by one process or several."""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import re
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection as pipes
from multiprocessing.process import BaseProcess

from django.db import connection

from hengwei.channels import signing
from hengwei.channels.lane import work
from hengwei.channels.limit import SECONDS, Reader, TooLong
from hengwei.channels.models import InboundMessage, Mailbox

from . import inbound

BATCH = 64
#: Messages that a process has before it at a time.
AHEAD = 8
_FIELD = re.compile(rb"^(message-id|in-reply-to|references):((?:.*\r?\n)(?:[ \t].*\r?\n)*)", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(rb"<([^<>\s]{1,500})>")


def take_in(messages: Iterable[bytes], mailbox: Mailbox | None, *, jobs: int = 1) -> Counter[str]:
    """Keep and understand each; how many came to what. One that fails is on record like any other and stops nothing.

    With more `jobs` so many processes understand them side by side; messages of one conversation stay in their order.
    """
    try:
        # Should the machine lose power, the files are still there, and what was done is not done twice.
        _wait_for_disk(False)
        return _alone(messages, mailbox) if jobs < 2 else _side_by_side(messages, mailbox, jobs)
    finally:
        _wait_for_disk(True)


def _kept(messages: Iterable[bytes], mailbox: Mailbox | None, outcomes: Counter[str]) -> Iterable[list[tuple[InboundMessage, bytes]]]:
    """The messages on record, batch by batch, without those that were there before."""
    waiting = iter(messages)
    while batch := list(itertools.islice(waiting, BATCH)):
        rows = inbound.keep_many(batch, mailbox=mailbox)
        new: dict[int, tuple[InboundMessage, bytes]] = {}
        for row, data in zip(rows, batch, strict=True):
            if row.status == InboundMessage.Status.KEPT and row.pk not in new:
                new[row.pk] = (row, data)
            else:
                outcomes["known"] += 1
        yield list(new.values())


def _alone(messages: Iterable[bytes], mailbox: Mailbox | None) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    reader = Reader()
    try:
        for new in _kept(messages, mailbox, outcomes):
            for (row, _data), message in zip(new, reader.read_many(data for _row, data in new), strict=True):
                outcomes[_outcome(inbound.process(row.pk, message))] += 1
    finally:
        reader.close()
    return outcomes


def _outcome(row: InboundMessage | None) -> str:
    if row is None:
        return "known"
    return row.outcome if row.status != InboundMessage.Status.FAILED else "failed"


class Lanes:
    """Which process a message goes to: all of one conversation to the same, told by the ids in its header alone."""

    def __init__(self, count: int):
        self.count = count
        self._roots: dict[bytes, bytes] = {}

    def of(self, data: bytes) -> int:
        """The lane, counted from 0."""
        found: dict[bytes, list[bytes]] = {}
        head = data[:65_536].lstrip(b"\r\n")
        for name, value in _FIELD.findall(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0] + b"\n"):
            found.setdefault(name.lower(), []).extend(_ID.findall(value))
        own = found.get(b"message-id", [])[:1] or [hashlib.sha256(data).digest()]
        named = [*found.get(b"references", []), *found.get(b"in-reply-to", [])]
        root = next((self._roots[one] for one in named if one in self._roots), None) or _ours(named) or (named or own)[0]
        for one in (*named, *own):
            self._roots.setdefault(one, root)
        return int.from_bytes(hashlib.blake2b(root, digest_size=4).digest()) % self.count


def _ours(ids: Sequence[bytes]) -> bytes:
    """The item that one of the ids is signed for, as a root."""
    items = (signing.item_of(one.decode("ascii", "replace")) for one in ids)
    return next((b"item:%d" % item for item in items if item), b"")


@dataclass
class _Lane:
    """One process with what lies before it: messages by their row and where they are kept."""

    waiting: deque[tuple[int, str]] = field(default_factory=deque)
    given: deque[tuple[int, str]] = field(default_factory=deque)
    process: BaseProcess | None = None
    pipe: pipes.Connection | None = None
    since: float = 0.0

    def start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=work, args=(theirs, connection.settings_dict["NAME"]), daemon=True)
        self.process.start()
        theirs.close()

    def give(self) -> None:
        """As much as it may have before it."""
        if self.waiting and self.process is None:
            self.start()
        while self.pipe is not None and self.waiting and len(self.given) < AHEAD:
            if not self.given:
                self.since = time.monotonic()
            self.given.append(self.waiting.popleft())
            self.pipe.send(self.given[-1])

    def stop(self) -> None:
        """End the process, also one that hangs; what it had goes back to the front."""
        if self.pipe is not None:
            self.pipe.close()
        if self.process is not None:
            self.process.kill()
            self.process.join()
        self.waiting.extendleft(reversed(self.given))
        self.given.clear()
        self.process = self.pipe = None


def answer(pipe: pipes.Connection) -> None:
    """In a process of its own: understand each message that is named, say what came of it."""
    _wait_for_disk(False)
    with suppress(EOFError, OSError):
        while True:
            pk, path = pipe.recv()
            pipe.send((pk, _outcome(inbound.process(pk, inbound.read_here(path)))))


#: A process that has just begun reads in the whole product before its first message.
_BEGINNING = 60.0


def _side_by_side(messages: Iterable[bytes], mailbox: Mailbox | None, jobs: int) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    lanes, choice = [_Lane() for _ in range(jobs)], Lanes(jobs)
    try:
        for new in _kept(messages, mailbox, outcomes):
            for row, data in new:
                lanes[choice.of(data)].waiting.append((row.pk, row.path))
            _go_on(lanes, outcomes, until=BATCH * jobs)
        _go_on(lanes, outcomes, until=0)
    finally:
        for lane in lanes:
            lane.stop()
    return outcomes


def _go_on(lanes: list[_Lane], outcomes: Counter[str], *, until: int) -> None:
    """Hand out and take results until no more than so many wait."""
    while sum(len(lane.waiting) + len(lane.given) for lane in lanes) > until:
        for lane in lanes:
            lane.give()
        busy = {lane.pipe: lane for lane in lanes if lane.given and lane.pipe is not None}
        ready = pipes.wait(list(busy), timeout=1.0)
        for pipe in ready:
            _result(busy[pipe], outcomes)  # type: ignore[index]
        for lane in busy.values():
            if lane.given and time.monotonic() - lane.since > SECONDS + _BEGINNING:
                _given_up(lane, TooLong(), outcomes)


def _result(lane: _Lane, outcomes: Counter[str]) -> None:
    try:
        pk, outcome = lane.pipe.recv()  # type: ignore[union-attr]
    except (EOFError, OSError):
        return _given_up(lane, MemoryError(), outcomes)
    lane.given = deque(one for one in lane.given if one[0] != pk)
    lane.since = time.monotonic()
    outcomes[outcome] += 1
    return None


def _given_up(lane: _Lane, why: Exception, outcomes: Counter[str]) -> None:
    """The message that a process hung on or died of is on record as failed; the others behind it begin anew."""
    lane.stop()
    if lane.waiting:
        outcomes[_outcome(inbound.process(lane.waiting.popleft()[0], why))] += 1


def _wait_for_disk(wait: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {'on' if wait else 'off'}")
