"""What conditions may ask of an item, as people choose it: no key and no JSON to type.

Used by automation rules, plans of approval and of follow-up; condition_rows.py is the form of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from hengwei.calendars.models import Calendar
from hengwei.core.errors import Message
from hengwei.org.models import Team
from hengwei.ui.kit.picking import picker_of
from hengwei.work import catalogue, kinds
from hengwei.work.models import Category, Level, Source, WaitingFor, WorkItem

Choice = tuple[str, str]
Sort = Literal["choice", "level", "row", "text", "number", "yes"]

#: Phases as people call them.
PHASES: dict[str, Message] = {"new": _("new"), "active": _("being worked on"), "waiting": _("waiting"), "resolved": _("resolved"), "closed": _("closed")}
#: What can be asked of each sort of fact.
OPERATORS: dict[str, Message] = {
    "is": _("is"), "is_not": _("is not"), "contains": _("contains"), "lacks": _("does not contain"), "urgent": _("is at least as high as"),
    "at_least": _("is at least"), "at_most": _("is at most"), "is_set": _("is filled in"), "is_empty": _("is empty"),
}
OPERATORS_OF: dict[Sort, tuple[str, ...]] = {
    "choice": ("is", "is_not", "is_set", "is_empty"), "row": ("is", "is_not", "is_set", "is_empty"), "level": ("is", "is_not", "urgent", "is_set", "is_empty"),
    "text": ("contains", "lacks", "is", "is_not", "is_set", "is_empty"), "number": ("at_least", "at_most", "is"), "yes": ("is",),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of an item: its name, its sort, what it can be chosen from."""

    key: str
    label: Message
    sort: Sort
    choices: Callable[[], Sequence[Choice]] = lambda: ()
    #: The picker (ui/kit/picking.py) that finds its value, where it is one of very many.
    find: str = ""

    def names(self, values: Iterable[str]) -> dict[str, str]:
        """What these values are called."""
        if not self.find:
            known = {key: label.strip("　") for key, label in self.choices()}
            return {value: known[value] for value in values if value in known}
        picker = picker_of(self.find)
        rows = picker.seen(None).filter(pk__in=[value for value in values if value.isdecimal()])
        return {str(row.pk): picker.label(row) for row in rows}


def _level() -> list[Choice]:
    return [(str(value), str(label)) for value, label in Level.choices]


def _kept(model: Any) -> list[Choice]:
    return [(str(row.pk), row.label) for row in model.objects.filter(archived_at=None).order_by("name", "id")]


def categories() -> list[Choice]:
    """The tree as indented choices, by key."""
    rows = list(Category.objects.filter(archived_at=None).order_by("order", "id"))
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Choice] = []

    def add(parent: int | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append((row.key, f"{'　' * depth}{row.label}"))
            add(row.pk, depth + 1)

    add(None, 0)
    return found


FACTS: dict[str, Fact] = {fact.key: fact for fact in (
    Fact("kind", _("kind"), "choice", lambda: [(kind.key, str(kind.label)) for kind in kinds.every()]),
    Fact("phase", _("phase"), "choice", lambda: [(key, str(label)) for key, label in PHASES.items()]),
    Fact("waiting_for", _("waiting for"), "choice", lambda: [(key, str(label)) for key, label in WaitingFor.choices]),
    Fact("priority", _("priority"), "level", _level), Fact("impact", _("impact"), "level", _level), Fact("urgency", _("urgency"), "level", _level),
    Fact("category", _("category"), "row", categories), Fact("team", _("team"), "row", lambda: _kept(Team)), Fact("owner", _("handled by"), "row", find="org.staff"),
    Fact("customer", _("customer or department"), "row", find="org.customer"), Fact("key_account", _("key account"), "yes"),
    Fact("catalogue", _("catalogue entry"), "choice", lambda: list(catalogue.choices())),
    Fact("source", _("channel"), "choice", lambda: [(key, str(label)) for key, label in Source.choices]),
    Fact("labels", _("labels"), "text"), Fact("text", _("title and description"), "text"), Fact("subject", _("affected system or product"), "text"),
    Fact("working_time", _("within working hours"), "yes"), Fact("escalation_level", _("escalation level"), "number"),
    Fact("chased", _("times urged"), "number"), Fact("reopened", _("times reopened"), "number"),
)}
#: Facts that are kept as numbers of rows or levels.
_NUMBERS = ("team", "owner", "customer")


def of(item: WorkItem, *, at: datetime) -> dict[str, Any]:
    """The facts of an item at a moment: those of `WorkItem.facts`, and what rules ask besides."""
    calendar = default_calendar()
    return {
        **item.facts(), "waiting_for": item.waiting_for, "key_account": bool(item.customer and item.customer.key_account),
        "working_time": calendar.is_open(at) if calendar is not None else True, "chased": item.chased_count, "reopened": item.reopened_count,
    }


def default_calendar() -> Any:
    """The compiled calendar of the department; None when there is none."""
    row = Calendar.objects.filter(is_default=True).first()
    return row.current().compiled() if row is not None else None


# --- rows of a form and conditions as data ------------------------------------------------------------------------


def _value(fact: Fact, value: str) -> Any:
    if fact.sort in ("level", "number") or fact.key in _NUMBERS:
        return int(value)
    return value not in ("", "no", "0") if fact.sort == "yes" else value


def condition_of(rows: Iterable[Mapping[str, Any]], *, any_of: bool = False) -> dict[str, Any]:
    """The condition of the rows {"fact", "op", "value"}. Rows that ask `is` or `contains` of one fact are alternatives; of the rest all hold, or any.

    Raises ValueError for a value that does not fit its fact.
    """
    parts: list[dict[str, Any]] = []
    either: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        fact, op = FACTS[row["fact"]], row["op"]
        if op in ("is_set", "is_empty"):
            parts.append({"field": fact.key, "op": op})
            continue
        value = _value(fact, row["value"])
        if op in ("is", "contains") and fact.sort != "yes":
            together = either.get((fact.key, op))
            if together is None:
                together = either[fact.key, op] = {"field": fact.key, "op": "in" if op == "is" else "contains", "value": []}
                parts.append(together)
            together["value"].append(value)
        elif op == "lacks":
            parts.append({"not": {"field": fact.key, "op": "contains", "value": [value]}})
        else:
            parts.append({"field": fact.key, "op": {"urgent": "at_most"}.get(op, op), "value": value})
    return {"any" if any_of else "all": parts} if parts else {}


def rows_of(condition: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The contrary; None when the condition was written by a program in a way that rows cannot show."""
    if not condition:
        return []
    parts = condition.get("all", condition.get("any", [condition] if "field" in condition or "not" in condition else None))
    if not isinstance(parts, list):
        return None
    found: list[dict[str, Any]] = []
    for part in parts:
        lacks = part.get("not")
        part = lacks or part
        fact = FACTS.get(part.get("field", ""))
        if fact is None or (lacks and part.get("op") != "contains"):
            return None
        op, value = part["op"], part.get("value")
        op = "lacks" if lacks else {"in": "is", "at_most": "urgent" if fact.sort == "level" else "at_most"}.get(op, op)
        if op not in OPERATORS_OF[fact.sort]:
            return None
        for one in value if isinstance(value, list) else [value]:
            shown = "" if one is None else ("yes" if one else "no") if fact.sort == "yes" else str(one)
            found.append({"fact": fact.key, "op": op, "value": shown})
    return found


def asked_in(condition: Mapping[str, Any]) -> set[str]:
    """The keys of the facts that a condition asks about."""
    if "field" in condition:
        return {condition["field"]}
    inner = condition.get("all") or condition.get("any") or ([condition["not"]] if "not" in condition else [])
    return {key for part in inner for key in asked_in(part)}


def in_words(condition: Mapping[str, Any]) -> list[str]:
    """Each line of a condition as people read it."""
    rows = rows_of(condition)
    if rows is None:
        return [str(_("a condition set by a program"))]
    used: dict[str, set[str]] = {}
    for row in rows:
        used.setdefault(row["fact"], set()).add(row["value"])
    names = {key: FACTS[key].names(values) for key, values in used.items()}
    lines: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        fact = FACTS[row["fact"]]
        known = names[fact.key]
        shown = {"yes": str(_("yes")), "no": str(_("no"))}.get(row["value"], row["value"]) if fact.sort == "yes" else known.get(row["value"], row["value"])
        lines.setdefault((fact.key, row["op"]), []).append(shown)
    return [f"{FACTS[fact].label} {OPERATORS[op]} {' / '.join(filter(None, values))}".strip() for (fact, op), values in lines.items()]
