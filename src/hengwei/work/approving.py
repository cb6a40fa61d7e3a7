"""When a step of an approval is decided, and which step is asked next. Pure.

A step is asked of several people. `votes` holds one word for each: True approved, False refused, None not yet spoken.
An approver who could not be found counts as None: he is missed, never passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How many of those asked must agree."""

    #: 或签: the first word decides.
    ANY = "any"
    #: 会签: all agree, one refusal ends it.
    ALL = "all"
    #: So many of those asked.
    QUORUM = "quorum"


class Verdict(StrEnum):
    """Where a step or a whole approval stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Question:
    """One step as the rule sees it. `quorum` matters in mode QUORUM only."""

    mode: Mode
    votes: tuple[bool | None, ...]
    quorum: int = 1


def verdict(question: Question) -> Verdict:
    """What the words spoken so far decide. A step that nobody is asked in stays open: it never passes by itself."""
    yes = sum(vote is True for vote in question.votes)
    no = sum(vote is False for vote in question.votes)
    asked = len(question.votes)
    if asked == 0:
        return Verdict.OPEN
    if question.mode is Mode.ANY:
        needed, refused = 1, no > 0
    elif question.mode is Mode.ALL:
        needed, refused = asked, no > 0
    else:
        needed = max(1, question.quorum)
        refused = asked - no < needed and asked >= needed
    if yes >= needed:
        return Verdict.APPROVED
    return Verdict.REFUSED if refused else Verdict.OPEN


def whole(verdicts: Sequence[Verdict]) -> Verdict:
    """What the steps decide together: refused by one of them, approved by all, and never by none."""
    if Verdict.REFUSED in verdicts:
        return Verdict.REFUSED
    if verdicts and all(one is Verdict.APPROVED for one in verdicts):
        return Verdict.APPROVED
    return Verdict.OPEN


def next_step(verdicts: Sequence[Verdict]) -> int | None:
    """The index of the step whose turn it is; None when the whole is decided."""
    if whole(verdicts) is not Verdict.OPEN:
        return None
    return next((index for index, one in enumerate(verdicts) if one is Verdict.OPEN), None)
