"""Events join rooms that may not import each other.

An action emits an event inside its transaction. Listeners run at once, in that transaction, in the order in which
they registered (`on`), or soon after it (`later`): those are kept in the outbox, which commits or vanishes with the
transaction, and heard by the worker. At once is what belongs to the deed; later is what others learn of it. What is
slow or reaches outside enqueues a job. Nothing is emitted by signals or by save().
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from .acting import Actor, current


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened. Subclasses are frozen dataclasses of ids and plain values."""

    actor: Actor = field(default_factory=current)
    at: datetime = field(default_factory=timezone.now)


E = TypeVar("E", bound=Event)
Listener = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Later:
    """A listener that hears after the commit, if it wants to: `wants` is asked at once, so it must cost next to nothing."""

    hear: Listener
    wants: Callable[[Any], bool]

    @property
    def name(self) -> str:
        """By which the outbox remembers it."""
        return name_of(self.hear)


_listeners: dict[type[Event], list[Listener]] = defaultdict(list)
_later: dict[type[Event], list[Later]] = defaultdict(list)
#: Those that hear later, by name.
hearing: dict[str, Listener] = {}


def on(*event_types: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a listener for exactly these event types."""

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        for event_type in event_types:
            if listener not in _listeners[event_type]:
                _listeners[event_type].append(listener)
        return listener

    return register


def later(*event_types: type[E], when: Callable[[E], bool] = lambda event: True) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a listener that the worker tells after the commit, in a transaction of its own, where `when` says yes of the event."""

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        one = Later(listener, when)
        if one.name not in hearing:
            hearing[one.name] = listener
            for event_type in event_types:
                _later[event_type].append(one)
        return listener

    return register


def emit(*events: Event) -> None:
    """Tell every listener of one event after the other.

    An exception in a listener undoes the whole action: an event is part of it. Those that hear later are told by the worker;
    within `jobs.not_now` at once, for nobody would tell them.
    """
    kept: list[tuple[Event, list[str]]] = []
    for event in events:
        for listener in _of(event, _listeners):
            listener(event)
        waiting = [one.name for one in _of(event, _later) if one.wants(event)]
        if waiting:
            kept.append((event, waiting))
    if kept:
        from . import jobs, outbox

        if jobs.nothing_later():
            for event, names in kept:
                for name in names:
                    hearing[name](event)
        else:
            outbox.keep(kept)


L = TypeVar("L")


def _of(event: Event, registered: dict[type[Event], list[L]]) -> Iterable[L]:
    for event_type in type(event).__mro__:
        yield from registered.get(event_type, ())


def name_of(thing: Any) -> str:
    """The name by which the outbox remembers a listener or an event: where it is defined, without the project's own name."""
    return f"{thing.__module__.removeprefix('hengwei.')}.{thing.__qualname__}"
