"""Kinds of work: each room that has one registers it in its own `kinds.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from hengwei.core.errors import Message

from .workflow import Workflow

if TYPE_CHECKING:
    from .models import WorkItem


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work item. `model` is `app.Model`, a one-to-one extension of WorkItem, or `work.WorkItem` itself."""

    key: str
    prefix: str
    label: Message
    icon: str
    model: str
    workflow: Workflow
    #: Offered to requesters on the portal and by mail.
    for_requesters: bool = False
    #: Whether promises that are for items of every kind are for these, too; the others have deadlines of their own, and only
    #: the promises that name their kind.
    promised: bool = True
    order: int = 100

    @property
    def model_class(self) -> type[WorkItem]:
        return apps.get_model(self.model)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; its key and its number prefix must be its own."""
    for other in _kinds.values():
        if other.key != kind.key and other.prefix == kind.prefix:
            raise ValueError(f"{kind.key} and {other.key} share the prefix {kind.prefix}")
    _kinds[kind.key] = kind
    return kind


def get(key: str) -> Kind:
    """The kind of this key; KeyError when no room registered it."""
    return _kinds[key]


def every() -> list[Kind]:
    """All kinds, in their order."""
    return sorted(_kinds.values(), key=lambda k: (k.order, k.key))
