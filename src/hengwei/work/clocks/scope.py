"""For which items a promise is meant, as a person chooses it: kinds, priorities, categories … Pure.

A scope is a condition (conditions.py) of one simple shape, so that it can be shown as lists to choose from. A condition
of another shape (made by a program) is kept as it is and not offered for editing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

#: In a choice of priorities: items that have none yet.
WITHOUT = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The items meant; an empty choice means all."""

    kind: tuple[str, ...] = ()
    priority: tuple[int, ...] = ()
    category: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    customer: tuple[int, ...] = ()
    team: tuple[int, ...] = ()

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    def condition(self) -> dict[str, Any]:
        """The condition that says the same."""
        parts: list[dict[str, Any]] = []
        for name in self.names():
            chosen = list(getattr(self, name))
            if not chosen:
                continue
            if name == "priority" and WITHOUT in chosen:
                empty = {"field": name, "op": "is_empty"}
                rest = [value for value in chosen if value != WITHOUT]
                parts.append({"any": [{"field": name, "op": "in", "value": rest}, empty]} if rest else empty)
            else:
                parts.append({"field": name, "op": "in", "value": chosen})
        if not parts:
            return {}
        return parts[0] if len(parts) == 1 else {"all": parts}

    @classmethod
    def of(cls, condition: Mapping[str, Any]) -> Scope | None:
        """The scope that a condition says, None where it is of another shape."""
        chosen: dict[str, tuple[Any, ...]] = {}
        if not condition:
            return cls()
        parts = condition.get("all", [condition])
        for part in parts:
            found = _choice(part)
            if found is None or found[0] in chosen or found[0] not in cls.names():
                return None
            chosen[found[0]] = found[1]
        return cls(**chosen)


def _choice(part: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]] | None:
    """(field, chosen values) of one part of a condition."""
    if "any" in part:
        inner = [_choice(one) for one in part["any"]]
        if len(inner) == 2 and all(one is not None and one[0] == "priority" for one in inner):
            values = [value for one in inner if one is not None for value in one[1]]
            return ("priority", tuple(sorted(set(values)))) if WITHOUT in values else None
        return None
    name, op = part.get("field"), part.get("op")
    if not isinstance(name, str):
        return None
    if op == "is":
        return name, (part.get("value"),)
    if op == "in":
        return name, tuple(part["value"])
    if op == "is_empty" and name == "priority":
        return name, (WITHOUT,)
    return None
