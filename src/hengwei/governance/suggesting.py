"""Which controls a clause's words speak of. Pure: a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Words that oblige: a clause without any explains.
DUTY = re.compile(r"应当|应该|应|必须|须|不得|严禁|禁止|负责|要求|需|定期|及时|按时|shall|must|required|may not|responsible", re.IGNORECASE)
#: Norms for people, which only a person can confirm.
CONDUCT = re.compile(r"态度|礼貌|仪容|仪表|着装|耐心|热情|形象|职业道德|诚信|保密|廉洁|团结|学习|培训|手册|档案|conduct|polite|patien|manner|confidential|ethic|training", re.IGNORECASE)
#: A suggestion below this is not made.
LEAST = 1.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A control as suggestions see it. The first keywords are the strongest."""

    key: str
    keywords: Sequence[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A control for a clause; the higher the score, the surer. `words` are those that spoke for it."""

    key: str
    score: float
    words: tuple[str, ...]


def suggest(words: str, candidates: Iterable[Candidate], *, most: int = 3) -> list[Suggestion]:
    """The controls that fit a clause, the best first; none for words that speak of none."""
    text = words.casefold()
    found = []
    for candidate in candidates:
        score = 0.0
        hits: list[str] = []
        for place, keyword in enumerate(candidate.keywords):
            word = keyword.casefold()
            if word in text and not any(word in hit for hit in hits):
                # A long word says more than a short one, an early one more than a late one.
                score += (1 + len(word) / (3 if word[0] > "\u2e80" else 7)) * (1.3 if place < 2 else 1.0)
                hits.append(word)
        if score >= LEAST:
            found.append(Suggestion(candidate.key, round(score, 2), tuple(hits)))
    return sorted(found, key=lambda s: (-s.score, s.key))[:most]


def numbers_in(words: str) -> dict[str, int]:
    """Times that a clause names: {"minutes": 30}, {"hours": 24}, {"days": 3}; the first of each unit."""
    found: dict[str, int] = {}
    for amount, unit in re.findall(r"(\d{1,4})\s*(?:个)?(?:工作)?\s*(分钟|小时|日|天|minutes?|hours?|days?)", words, re.IGNORECASE):
        name = {"分": "minutes", "小": "hours", "日": "days", "天": "days", "m": "minutes", "h": "hours", "d": "days"}[unit[0].lower()]
        found.setdefault(name, int(amount))
    return found


def nature(words: str) -> str:
    """control, attestation or explanation: what a clause's words ask for when no control is named."""
    if CONDUCT.search(words) and DUTY.search(words):
        return "attestation"
    return "control" if DUTY.search(words) else "explanation"
