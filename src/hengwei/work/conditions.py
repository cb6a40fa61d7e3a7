"""Conditions on the facts of an item, as data: used by routing, agreements, and automation rules. Pure.

    {"all": [{"field": "kind", "op": "is", "value": "incident"}, {"field": "priority", "op": "at_most", "value": 2}]}

A fact that an item does not have is None. Keyword tests fold case and full-width letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

Condition = Mapping[str, Any]
OPERATORS = ("is", "is_not", "in", "not_in", "contains", "at_least", "at_most", "is_set", "is_empty")


class BadCondition(ValueError):
    """The condition is not of the language; the message says where."""


def fold(text: object) -> str:
    """Text as keywords are compared: full-width letters narrowed, case folded."""
    return unicodedata.normalize("NFKC", str(text)).casefold()


def validate(condition: Condition, fields: set[str] | None = None, *, path: str = "") -> None:
    """Raise BadCondition when it is malformed or names a field not in `fields`."""
    if not isinstance(condition, Mapping):
        raise BadCondition(f"{path or '/'}: an object is expected")
    if not condition:
        return
    for joint in ("all", "any"):
        if joint in condition:
            parts = condition[joint]
            if len(condition) != 1 or not isinstance(parts, list):
                raise BadCondition(f"{path}/{joint}: a list is expected, alone")
            for index, part in enumerate(parts):
                validate(part, fields, path=f"{path}/{joint}/{index}")
            return
    if "not" in condition:
        if len(condition) != 1:
            raise BadCondition(f"{path}/not: expected alone")
        validate(condition["not"], fields, path=f"{path}/not")
        return
    if set(condition) - {"field", "op", "value"} or not {"field", "op"} <= set(condition):
        raise BadCondition(f"{path or '/'}: expected field, op and value")
    if condition["op"] not in OPERATORS:
        raise BadCondition(f"{path or '/'}: unknown operator {condition['op']}")
    if fields is not None and condition["field"] not in fields:
        raise BadCondition(f"{path or '/'}: unknown field {condition['field']}")
    if condition["op"] in ("in", "not_in") and not isinstance(condition.get("value"), list):
        raise BadCondition(f"{path or '/'}: {condition['op']} takes a list")
    if condition["op"] in ("at_least", "at_most") and not isinstance(condition.get("value"), int | float):
        raise BadCondition(f"{path or '/'}: {condition['op']} takes a number")


def matches(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether the facts meet the condition. The empty condition is met by everything.

    A fact may be a list or set (labels, the chain of a category's parents): `is` and `in` then ask for one of them.
    """
    if not condition:
        return True
    if "all" in condition:
        return all(matches(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(matches(part, facts) for part in condition["any"])
    if "not" in condition:
        return not matches(condition["not"], facts)
    fact, value, op = facts.get(condition["field"]), condition.get("value"), condition["op"]
    many = fact if isinstance(fact, list | tuple | set | frozenset) else None
    if op == "is_set":
        return fact not in (None, "") and many != []
    if op == "is_empty":
        return not matches({**condition, "op": "is_set"}, facts)
    if op == "is":
        return value in many if many is not None else fact == value
    if op == "is_not":
        return not matches({**condition, "op": "is"}, facts)
    if op == "in":
        wanted = value or []
        return any(one in wanted for one in many) if many is not None else fact in wanted
    if op == "not_in":
        return not matches({**condition, "op": "in"}, facts)
    if op == "contains":
        words = value if isinstance(value, list) else [value]
        text = fold(fact) if fact is not None else ""
        return any(fold(word) in text for word in words if word)
    if fact is None:
        return False
    return fact >= value if op == "at_least" else fact <= value
