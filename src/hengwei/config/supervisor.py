"""One process that keeps the parts of the product running, and stops them cleanly."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import IO

#: A part that keeps dying is started again after 1, 2, 4 … seconds, at most this many.
LONGEST_PAUSE = 30.0
#: One that ran this long died of something new: the pause begins again at one second.
STEADY = 60.0
STOP_SECONDS = 15.0


@dataclass
class Part:
    """A program that shall run."""

    name: str
    command: list[str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    pause: float = 1.0
    start_at: float = field(default=0.0)


class Supervisor:
    """Starts the parts, prefixes what they say with their name, starts a dead one again, and stops all on a signal."""

    def __init__(self, parts: list[Part]):
        self.parts = parts
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        while not self._stopping.is_set():
            for part in self.parts:
                self._look_after(part)
            self._stopping.wait(0.2)
        self._stop()

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is not None and part.process.poll() is not None:
            ran = now - part.started
            part.pause = 1.0 if ran > STEADY else min(part.pause * 2, LONGEST_PAUSE)
            say(part.name, f"ended with {part.process.returncode}, starts again in {part.pause:.0f} s")
            part.process, part.start_at = None, now + part.pause
        if part.process is None and now >= part.start_at:
            # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
            part.process = subprocess.Popen(
                part.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )
            part.started = now
            assert part.process.stdout is not None
            threading.Thread(target=_relay, args=(part.name, part.process.stdout), daemon=True).start()

    def _stop(self) -> None:
        running = [part.process for part in self.parts if part.process is not None and part.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def say(name: str, line: str) -> None:
    """One line of the log."""
    sys.stdout.write(f"{name:<8} {line}\n")
    sys.stdout.flush()


def _relay(name: str, stream: IO[str]) -> None:
    for line in stream:
        say(name, line.rstrip())
