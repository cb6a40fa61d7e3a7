"""Which rules run, in which order, and what keeps them from running in circles. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message
from hengwei.work.conditions import Condition, matches

#: A chain of rules this long is stopped.
DEEPEST = 10
#: How often one rule may run on one item within an hour: a mail robot at the other end answers faster than any person.
PER_ITEM_AND_HOUR = 5

#: The triggers on events, as people know them.
EVENTS: dict[str, Message] = {
    "opened": _("a new item is recorded"), "changed": _("facts are changed"), "assigned": _("it is assigned"), "moved": _("its state changes"),
    "told_by_requester": _("the requester writes"), "told_by_staff": _("staff write to the requester"), "chased": _("the requester urges"),
    "escalated": _("a promise is in danger or broken"), "rated": _("it is rated"), "approval_decided": _("an approval is decided"), "merged": _("it is merged into another"),
}
#: The triggers on time.
TIMES: dict[str, Message] = {
    "in_phase": _("it has been in a phase for so long"), "unanswered": _("the requester has waited for an answer for so long"),
    "before_due": _("so long before the next promise is due"), "after_due": _("so long after a promise was due"), "schedule": _("at a time of day, on weekdays chosen"),
}
TRIGGERS: dict[str, Message] = {**EVENTS, **TIMES}


@dataclass(frozen=True, slots=True)
class Heard:
    """What happened, as far as triggers ask: which facts changed, into which phase, with which verdict or outcome."""

    event: str
    changed: frozenset[str] = frozenset()
    phase: str = ""
    phase_before: str = ""
    score: int | None = None
    outcome: str = ""
    late: bool = False


class Rule(Protocol):
    """What a rule must have to be walked."""

    pk: int
    order: int
    trigger: str
    options: Mapping[str, Any]
    conditions: Condition
    stop: bool


class Turn(StrEnum):
    """Whether a rule may have its turn in a chain."""

    RUN = "run"
    #: It has just done this itself: no news to it.
    ITSELF = "itself"
    #: It ran on this item earlier in the chain, and others led back to it.
    LOOP = "loop"
    DEEP = "deep"


@dataclass(slots=True)
class Walk:
    """What became of the rules that heard an event: by primary key, in order."""

    fired: list[int] = field(default_factory=list)
    stopped: list[tuple[int, Turn]] = field(default_factory=list)
    ended_by: int | None = None


def key_of(rule_id: int, item_id: int) -> str:
    """How a chain names a rule on an item."""
    return f"rule:{rule_id}@{item_id}"


def rule_ids(chain: Iterable[str]) -> list[int]:
    """The rules that a chain names, oldest first; what is no rule of ours is left out."""
    return [int(one[5:].split("@")[0]) for one in chain if one.startswith("rule:") and one[5:].split("@")[0].isdecimal()]


def turn_of(rule_id: int, item_id: int, chain: Sequence[str]) -> Turn:
    """Whether the rule may run on the item in this chain: once on one item, and not beyond DEEPEST."""
    key = key_of(rule_id, item_id)
    if chain and chain[-1] == key:
        return Turn.ITSELF
    if key in chain:
        return Turn.LOOP
    return Turn.DEEP if len(chain) >= DEEPEST else Turn.RUN


def listens(rule: Rule, heard: Heard) -> bool:
    """Whether the rule's trigger is what happened, with its options: a fact that changed, a phase entered, a verdict at most so good."""
    if rule.trigger != heard.event:
        return False
    options = rule.options
    if heard.event == "changed" and options.get("changed"):
        return options["changed"] in heard.changed
    if heard.event == "moved" and options.get("phase"):
        return heard.phase == options["phase"] and heard.phase_before != heard.phase
    if heard.event == "rated" and options.get("score"):
        return heard.score is not None and heard.score <= int(options["score"])
    if heard.event == "approval_decided" and options.get("outcome"):
        return heard.outcome == options["outcome"]
    return True


def in_order(rules: Iterable[Any]) -> list[Any]:
    """By their number; of equal ones the older first."""
    return sorted(rules, key=lambda rule: (rule.order, rule.pk))


def walk(
    rules: Iterable[Any], heard: Heard, *, item_id: int, chain: Sequence[str], facts: Callable[[], Mapping[str, Any]], fire: Callable[[Any], object],
    stopped: Callable[[Any, Turn], object] = lambda rule, turn: None,
) -> Walk:
    """Give each rule that listens its turn, in order, until one says stop. `facts` is asked anew for each, since the one before may have changed them."""
    found = Walk()
    for rule in in_order(rules):
        if not listens(rule, heard):
            continue
        turn = turn_of(rule.pk, item_id, chain)
        if turn is Turn.ITSELF or not matches(rule.conditions, facts()):
            continue
        if turn is not Turn.RUN:
            found.stopped.append((rule.pk, turn))
            stopped(rule, turn)
            continue
        found.fired.append(rule.pk)
        fire(rule)
        if rule.stop:
            found.ended_by = rule.pk
            break
    return found
