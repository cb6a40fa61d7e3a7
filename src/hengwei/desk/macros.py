"""Macros as data: several changes and words done to an item at once. Pure.

    [{"do": "change", "field": "priority", "value": 2},
     {"do": "assign", "team": "operations"}, {"do": "assign", "owner": "me"},
     {"do": "labels", "add": ["vpn"], "remove": []},
     {"do": "reply", "text": "{{requester}}，您好…", "text_en": "…"}, {"do": "note", "text": "…"},
     {"do": "step", "transition": "pend", "facts": {"waiting_for": "customer"}}]

Steps run in this order, whatever the order in which they are written: changes first, words next, the step of the
workflow last, so that what is said is said in the state in which it is true.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.errors import Message

DEEDS: dict[str, Message] = {
    "change": gettext_lazy("change a fact"), "labels": gettext_lazy("labels"), "assign": gettext_lazy("assign"), "note": gettext_lazy("internal note"),
    "reply": gettext_lazy("reply to the requester"), "step": gettext_lazy("step of the workflow"),
}
#: What a macro may change.
FIELDS = ("category", "impact", "urgency", "priority", "subject", "cause", "solution")
LEVELS = ("impact", "urgency", "priority")
FACTS = ("solution", "cause", "closure", "waiting_for", "comment")
STEPS_AT_MOST = 12
#: What a text of a macro or of a reply kept ready may name.
PLACES: dict[str, Message] = {
    "requester": gettext_lazy("who asked"), "number": gettext_lazy("the number"), "title": gettext_lazy("the title"), "agent": gettext_lazy("who writes"),
    "team": gettext_lazy("the whole team"), "due": gettext_lazy("when it is due"), "customer": gettext_lazy("the customer"), "state": gettext_lazy("the state"),
    "solution": gettext_lazy("the solution"), "link": gettext_lazy("the address of the request"),
}
#: A requester, an item: what a preview is filled with.
EXAMPLE = {
    "requester": "李倩", "number": "INC-2026-000412", "title": "三楼打印机卡纸", "agent": "王敏", "team": "IT支持组", "due": "11-24 17:30", "customer": "财务部",
    "state": "处理中", "solution": "更换了搓纸轮", "link": "https://help.example.com/items/INC-2026-000412",
}
_ORDER = {deed: place for place, deed in enumerate(DEEDS)}


class BadMacro(ValueError):
    """The macro cannot be done; the message says which step and why."""


def check(steps: Any, *, transitions: Collection[str], categories: Collection[str], teams: Collection[str], people: Collection[str] = ()) -> None:
    """Raise BadMacro unless every step can be done. `people` are user names that may own work."""
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not steps:
        raise BadMacro(_("A macro does at least one thing."))
    if len(steps) > STEPS_AT_MOST:
        raise BadMacro(_("A macro has at most %(n)d steps.") % {"n": STEPS_AT_MOST})
    moves = 0
    for number, step in enumerate(steps, 1):
        if not isinstance(step, Mapping) or step.get("do") not in DEEDS:
            raise BadMacro(_("Step %(n)d: it is not clear what to do.") % {"n": number})
        wrong = _wrong(step, transitions, categories, teams, people)
        if wrong:
            raise BadMacro(_("Step %(n)d: %(why)s") % {"n": number, "why": wrong})
        moves += step["do"] == "step"
    if moves > 1:
        raise BadMacro(_("Only one step of the workflow can be made at once."))


def _wrong(step: Mapping[str, Any], transitions: Collection[str], categories: Collection[str], teams: Collection[str], people: Collection[str]) -> str:
    deed = step["do"]
    if deed == "change":
        return _wrong_change(step, categories)
    if deed == "labels":
        names = [*step.get("add", []), *step.get("remove", [])]
        return "" if names and all(isinstance(one, str) and 0 < len(one.strip()) <= 40 for one in names) else _("name a label of at most 40 characters.")
    if deed == "assign":
        known = step.get("owner") in ("me", None, *people) and (step.get("team") in (None, *teams))
        return "" if known and (step.get("owner") or step.get("team")) else _("this team or person does not exist.")
    if deed in ("reply", "note"):
        return "" if str(step.get("text", "")).strip() else _("there are no words.")
    if step.get("transition") not in transitions:
        return _("the workflow has no such step.")
    return "" if set(step.get("facts") or {}) <= set(FACTS) else _("this fact cannot be given.")


def _wrong_change(step: Mapping[str, Any], categories: Collection[str]) -> str:
    name, value = step.get("field"), step.get("value")
    if name not in FIELDS:
        return _("this fact cannot be changed.")
    if name in LEVELS and value not in (1, 2, 3, 4):
        return _("a level goes from 1 to 4.")
    if name == "category" and value not in categories:
        return _("this category does not exist.")
    if name not in (*LEVELS, "category") and not (isinstance(value, str) and value.strip()):
        return _("the value is missing.")
    return ""


def in_order(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps in the order in which they are done; those of one sort stay in the order in which they were written."""
    return sorted(steps, key=lambda step: _ORDER[step["do"]])


def words(step: Mapping[str, Any], *, english: bool) -> str:
    """A text in the language of who reads it."""
    return str(step.get("text_en") if english and str(step.get("text_en") or "").strip() else step.get("text", ""))
