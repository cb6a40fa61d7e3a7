"""A time limit for reading one message: in a process of its own, which is thrown away when it does not come back."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from concurrent.futures.process import BrokenProcessPool

from .reading.message import Message, parse

SECONDS = 30.0
#: Small and plain messages have shown no trouble; they are read at once, without the way to another process and back.
SMALL = 16_384


class TooLong(Exception):
    """The message took longer than SECONDS to read."""


class Reader:
    """Reads messages with a time limit each, on one or more processes that are started when first needed."""

    def __init__(self, processes: int = 1, seconds: float = SECONDS):
        self.processes, self.seconds = processes, seconds
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes) -> Message:
        """The message; TooLong when it took too long, MemoryError when its reader died of it."""
        return self._wait(self._submit(data))

    def read_many(self, many: Iterable[bytes], ahead: int = 16) -> Iterator[Message | Exception]:
        """The messages in order, some read ahead; in place of one that could not be read, why."""
        waiting: list[tuple[bytes, Future[Message]]] = []
        for data in many:
            waiting.append((data, self._submit(data)))
            if len(waiting) >= ahead:
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def _next(self, waiting: list[tuple[bytes, Future[Message]]]) -> Message | Exception:
        """The result of the first; where its process had to go, those read ahead with it begin anew."""
        _data, future = waiting.pop(0)
        try:
            return self._wait(future)
        except (TooLong, MemoryError) as error:
            waiting[:] = [(data, self._submit(data)) for data, _lost in waiting]
            return error
        except Exception as error:
            return error

    def _submit(self, data: bytes) -> Future[Message]:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self.processes, mp_context=multiprocessing.get_context("spawn"))
            return self._pool.submit(parse, data)

    def _wait(self, future: Future[Message]) -> Message:
        try:
            return future.result(self.seconds)
        except NotInTime:
            self.close()
            raise TooLong from None
        except BrokenProcessPool:
            self.close()
            raise MemoryError from None

    def close(self) -> None:
        """Throw the processes away, also those that hang."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


_reader = Reader()


def within(data: bytes) -> Message:
    """Read one message within the limit."""
    return parse(data) if len(data) <= SMALL and b"<" not in data[:SMALL].partition(b"\n\n")[2] else _reader.read(data)
