"""Workflows as data: the states of a kind, the phase that each is in, and who may lead from one to the next.

Pure: no Django models. A page draws a workflow, the API lists what is possible now, an action asks `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hengwei.core.errors import Message


class Phase(StrEnum):
    """What every state of every workflow is, to clocks, queues and figures."""

    NEW = "new"
    ACTIVE = "active"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something."""
        return self in (Phase.NEW, Phase.ACTIVE, Phase.WAITING)


OPEN_PHASES = (Phase.NEW, Phase.ACTIVE, Phase.WAITING)


@dataclass(frozen=True, slots=True)
class State:
    """One state of a workflow."""

    key: str
    label: Message
    phase: Phase


@dataclass(frozen=True, slots=True)
class Transition:
    """A lawful step. `permission` is who may; `demands` are the facts that must be given with it."""

    key: str
    label: Message
    sources: frozenset[str]
    target: str
    permission: str
    demands: tuple[str, ...] = ()
    by_requester: bool = False
    #: Made by the outcome of an approval and by nobody's hand.
    by_approval: bool = False
    #: Asks for an approval; the two transitions that its outcome makes: approved, refused.
    asks_approval: tuple[str, str] | None = None


class IllegalTransition(ValueError):
    """The step does not lead on from this state, or facts that it demands are missing."""

    def __init__(self, reason: str, *, missing: tuple[str, ...] = ()):
        super().__init__(reason)
        self.reason = reason
        self.missing = missing


@dataclass(frozen=True)
class Workflow:
    """The states and transitions of one kind of work; refuses to exist when it cannot work."""

    key: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    _states: dict[str, State] = field(init=False, repr=False, compare=False)
    _transitions: dict[str, Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_states", {s.key: s for s in self.states})
        object.__setattr__(self, "_transitions", {t.key: t for t in self.transitions})
        if len(self._states) != len(self.states) or len(self._transitions) != len(self.transitions):
            raise ValueError(f"{self.key}: a key is used twice")
        for transition in self.transitions:
            for name in (*transition.sources, transition.target):
                if name not in self._states:
                    raise ValueError(f"{self.key}: {transition.key} names the unknown state {name}")
            for name in transition.asks_approval or ():
                if name not in self._transitions or transition.target not in self._transitions[name].sources:
                    raise ValueError(f"{self.key}: {transition.key} asks an approval whose outcome {name} does not lead on")
        lost = set(self._states) - self.reachable()
        if lost:
            raise ValueError(f"{self.key}: no way leads to {sorted(lost)}")
        for state in self.states:
            if state.phase is not Phase.CLOSED and not any(state.key in t.sources for t in self.transitions):
                raise ValueError(f"{self.key}: no way leads out of {state.key}")

    @property
    def initial(self) -> State:
        """The state of a new item: the first."""
        return self.states[0]

    @property
    def asks_approval(self) -> bool:
        """Whether one of its steps puts an item to approval."""
        return any(t.asks_approval is not None for t in self.transitions)

    def reachable(self) -> set[str]:
        """The states that a new item can come to."""
        seen, todo = {self.states[0].key}, [self.states[0].key]
        while todo:
            state = todo.pop()
            for transition in self.transitions:
                if state in transition.sources and transition.target not in seen:
                    seen.add(transition.target)
                    todo.append(transition.target)
        return seen

    def state(self, key: str) -> State:
        return self._states[key]

    def transition(self, key: str) -> Transition | None:
        return self._transitions.get(key)

    def possible(self, state: str, may: Callable[[Transition], bool] = lambda _: True) -> list[Transition]:
        """The transitions that lead on from `state`, of those that `may` allows, in the order of the workflow."""
        return [t for t in self.transitions if state in t.sources and may(t)]

    def check(self, state: str, key: str, given: Iterable[str] = ()) -> Transition:
        """The transition `key`, or IllegalTransition: unknown, not from here, or facts missing."""
        transition = self._transitions.get(key)
        if transition is None:
            raise IllegalTransition("unknown")
        if state not in transition.sources:
            raise IllegalTransition("not_from_here")
        missing = tuple(name for name in transition.demands if name not in set(given))
        if missing:
            raise IllegalTransition("missing", missing=missing)
        return transition

    def phases(self) -> list[State]:
        """The main road for the drawn strip: the first state of each phase, in the order of the phases."""
        road: list[State] = []
        for phase in Phase:
            first = next((s for s in self.states if s.phase is phase), None)
            if first is not None:
                road.append(first)
        return road
