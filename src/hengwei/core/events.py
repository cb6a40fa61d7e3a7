"""Events join rooms that may not import each other.

An action emits an event inside its transaction; listeners run at once, in that transaction, in the order in
which they registered. What is slow or reaches outside enqueues a job (which commits or vanishes with the
transaction). Nothing is emitted by signals or by save().
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
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
_listeners: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def on(*event_types: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a listener for exactly these event types."""

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        for event_type in event_types:
            if listener not in _listeners[event_type]:
                _listeners[event_type].append(listener)
        return listener

    return register


def emit(event: Event) -> None:
    """Tell every listener. An exception in a listener undoes the whole action: an event is part of it."""
    for event_type in type(event).__mro__:
        for listener in _listeners.get(event_type, ()):
            listener(event)
