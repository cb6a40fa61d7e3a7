"""Any JSON to what an item needs, by a mapping that a person writes. Pure.

    {"each": "alerts",                                    one item for each element of this list; without it one for the whole
     "key": "{{fingerprint}}",                            the same key is the same item, for as long as that is open
     "title": "{{labels.alertname}}：{{labels.instance}}", places name a path: members by name, elements by number
     "description": "{{annotations.description}}\\n{{root.externalURL}}",   `root` is the whole where `each` is given
     "impact": {"from": "labels.severity", "map": {"critical": 1, "warning": 3}, "default": 3},
     "requester": "{{labels.owner_mail}}",                an e-mail address, telephone or employee number
     "labels": ["alert", "{{labels.job}}"],
     "ignore_when": {"field": "labels.severity", "op": "is", "value": "none"},
     "resolved_when": {"field": "status", "op": "is", "value": "resolved"}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hengwei.work.conditions import BadCondition, matches, validate

TEXTS = ("key", "title", "description", "requester", "subject")
LEVELS = ("impact", "urgency")
CONDITIONS = ("ignore_when", "resolved_when")
#: At most this many items of one call.
MOST = 200
_PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")

ALERTMANAGER: dict[str, Any] = {
    "each": "alerts",
    "key": "{{fingerprint}}",
    "title": "{{labels.alertname}} {{labels.instance}}",
    "description": "{{annotations.summary}}\n{{annotations.description}}\n{{generatorURL}}",
    "impact": {"from": "labels.severity", "map": {"critical": 1, "page": 1, "error": 2, "warning": 3, "info": 4}, "default": 3},
    "urgency": {"from": "labels.severity", "map": {"critical": 1, "page": 1, "error": 2, "warning": 3, "info": 4}, "default": 3},
    "subject": "{{labels.instance}}",
    "labels": ["{{labels.job}}"],
    "resolved_when": {"field": "status", "op": "is", "value": "resolved"},
}


class BadMapping(ValueError):
    """The mapping is not of the language; the message says where."""


@dataclass(frozen=True)
class Reading:
    """What one element says."""

    key: str = ""
    title: str = ""
    description: str = ""
    requester: str = ""
    subject: str = ""
    impact: int | None = None
    urgency: int | None = None
    labels: tuple[str, ...] = ()
    resolved: bool = False


def validated(mapping: Any) -> dict[str, Any]:
    """The mapping, if it is one. Raises BadMapping."""
    if not isinstance(mapping, dict):
        raise BadMapping("an object is expected")
    unknown = set(mapping) - {"each", "labels", *TEXTS, *LEVELS, *CONDITIONS}
    if unknown:
        raise BadMapping(f"unknown: {', '.join(sorted(unknown))}")
    if not isinstance(mapping.get("title"), str) or not mapping["title"].strip():
        raise BadMapping("title: a text is expected")
    for name in ("each", *TEXTS):
        if not isinstance(mapping.get(name, ""), str):
            raise BadMapping(f"{name}: a text is expected")
    labels = mapping.get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise BadMapping("labels: a list of texts is expected")
    for name in LEVELS:
        _check_level(name, mapping.get(name))
    for name in CONDITIONS:
        try:
            validate(mapping.get(name, {}))
        except BadCondition as error:
            raise BadMapping(f"{name}: {error}") from None
    return mapping


def _check_level(name: str, level: Any) -> None:
    if level is None:
        return
    if not isinstance(level, dict) or not isinstance(level.get("from"), str) or not isinstance(level.get("map"), dict):
        raise BadMapping(f"{name}: expected from, map and default")
    if any(value not in (1, 2, 3, 4) for value in [*level["map"].values(), level.get("default", 3)]):
        raise BadMapping(f"{name}: values are 1 (highest) to 4")


def at(payload: Any, path: str) -> Any:
    """What stands at a path such as `alerts.0.labels.job`; None when nothing does. A name with dots in it is found whole first."""
    if path == "" or path == ".":
        return payload
    if isinstance(payload, Mapping):
        if path in payload:
            return payload[path]
        parts = path.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            head = ".".join(parts[:cut])
            if head in payload:
                return at(payload[head], ".".join(parts[cut:]))
        return None
    if isinstance(payload, list):
        head, _dot, rest = path.partition(".")
        if head.isascii() and head.isdecimal() and int(head) < len(payload):
            return at(payload[int(head)], rest)
    return None


def shown(value: Any) -> str:
    """A value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).replace("\x00", "")
    return json.dumps(value, ensure_ascii=False)


def fill(text: str, payload: Any) -> str:
    """The text with its places filled; a place where nothing stands is empty."""
    filled = _PLACE.sub(lambda match: shown(at(payload, match[1])), text)
    return "\n".join(line.strip() for line in filled.split("\n") if line.strip())


class _Facts(Mapping[str, Any]):
    """A payload as conditions ask about it: by path."""

    def __init__(self, payload: Any):
        self.payload = payload

    def __getitem__(self, path: str) -> Any:
        return at(self.payload, path)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def read(payload: Any, mapping: Mapping[str, Any]) -> list[Reading]:
    """What a payload says, element by element; elements without a title say nothing."""
    elements = [payload]
    if mapping.get("each"):
        found = at(payload, mapping["each"])
        elements = [{**one, "root": payload} if isinstance(one, dict) else one for one in found] if isinstance(found, list) else []
    readings = []
    for element in elements[:MOST]:
        facts = _Facts(element)
        if mapping.get("ignore_when") and matches(mapping["ignore_when"], facts):
            continue
        texts = {name: fill(mapping.get(name, ""), element) for name in TEXTS}
        title = " ".join(texts["title"].split())[:300]
        if not title:
            continue
        readings.append(Reading(
            key=texts["key"][:300], title=title, description=texts["description"], requester=texts["requester"], subject=texts["subject"][:200],
            impact=_level(mapping.get("impact"), element), urgency=_level(mapping.get("urgency"), element),
            labels=tuple(one[:40] for label in mapping.get("labels", []) if (one := fill(label, element))),
            resolved=bool(mapping.get("resolved_when")) and matches(mapping["resolved_when"], facts),
        ))
    return readings


def _level(level: Mapping[str, Any] | None, element: Any) -> int | None:
    if level is None:
        return None
    found = level["map"].get(shown(at(element, level["from"])), level.get("default"))
    return int(found) if found is not None else None
