"""Questions of a survey as data, what an answer must be, and what many answers say together. Pure.

    [{"key": "overall", "type": "csat", "label": "总体满意度", "label_en": "Overall", "required": true},
     {"key": "recommend", "type": "nps", "label": "您会向同事推荐我们吗？"},
     {"key": "what", "type": "choices", "label": "哪些方面需要改进", "choices": ["速度", "态度"]},
     {"key": "words", "type": "text", "label": "想说的话"}]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.errors import Message
from hengwei.desk import fields as form
from hengwei.desk.fields import BadDefinition

TYPES: dict[str, Message] = {
    "csat": gettext_lazy("satisfaction, 1 to 5"), "nps": gettext_lazy("recommendation, 0 to 10"), "scale": gettext_lazy("scale, 1 to 5"),
    "choice": gettext_lazy("one choice"), "choices": gettext_lazy("several choices"), "text": gettext_lazy("own words"),
}
RANGES = {"csat": (1, 5), "scale": (1, 5), "nps": (0, 10)}
QUESTIONS_AT_MOST = 20
#: A satisfaction up to this opens a follow-up, as with single items.
LOW = 2
#: Answers of an anonymous survey are shown only where there are so many.
ANONYMOUS_AT_LEAST = 5


def check(questions: Any) -> None:
    """Raise BadDefinition unless every question can be asked."""
    if not isinstance(questions, list) or not questions or len(questions) > QUESTIONS_AT_MOST:
        raise BadDefinition(_("A survey has one to %(n)d questions.") % {"n": QUESTIONS_AT_MOST})
    for number, question in enumerate(questions, 1):
        if not isinstance(question, Mapping) or question.get("type") not in TYPES:
            raise BadDefinition(_("Question %(n)d: this type does not exist.") % {"n": number})
    form.check([_as_field(question) for question in questions])


def _as_field(question: Mapping[str, Any]) -> dict[str, Any]:
    """The question as a field of a form, so that both follow the same rules."""
    kind = question["type"]
    if kind in RANGES:
        low, high = RANGES[kind]
        return {**question, "type": "number", "min": low, "max": high}
    return {**question, "type": "long_text" if kind == "text" else kind}


def clean(questions: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers as they are kept, and what is wrong by question."""
    answers, errors = form.clean([_as_field(question) for question in questions], given)
    for question in questions:
        value = answers.get(question["key"])
        if isinstance(value, float):
            errors[question["key"]] = _("Please choose one of the numbers.")
            del answers[question["key"]]
    return answers, errors


def first(questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Any], kind: str) -> int | None:
    """The answer to the first question of a type, where it was answered."""
    return next((answers[q["key"]] for q in questions if q["type"] == kind and q["key"] in answers), None)


@dataclass(frozen=True, slots=True)
class Figure:
    """What the answers to one question say together. `counts` is by value; words are listed in `texts`."""

    key: str
    type: str
    label: str
    count: int
    counts: dict[str, int]
    average: float | None = None
    #: Promoters less detractors, -100 to 100.
    nps: float | None = None
    texts: tuple[str, ...] = ()


def figures(questions: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """One figure for each question."""
    return [_figure(question, [one[question["key"]] for one in answers if question["key"] in one]) for question in questions]


def _figure(question: Mapping[str, Any], given: list[Any]) -> Figure:
    kind, label = question["type"], form.label(question)
    if kind == "text":
        return Figure(question["key"], kind, label, len(given), {}, texts=tuple(str(one) for one in given))
    if kind in RANGES:
        low, high = RANGES[kind]
        found = Counter(int(one) for one in given)
        counts = {str(value): found[value] for value in range(low, high + 1)}
        return Figure(question["key"], kind, label, len(given), counts, average=sum(given) / len(given) if given else None, nps=nps(given) if kind == "nps" else None)
    chosen = Counter(str(one) for value in given for one in (value if isinstance(value, list) else [value]))
    return Figure(question["key"], kind, label, len(given), {name: chosen[value] for value, name in form.choices(question)})


def nps(given: Sequence[int]) -> float | None:
    """Net promoter score: the share of 9 and 10 less the share of 0 to 6, in points from -100 to 100."""
    if not given:
        return None
    return 100 * (sum(one >= 9 for one in given) - sum(one <= 6 for one in given)) / len(given)
