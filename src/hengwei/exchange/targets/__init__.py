"""What can be imported: each file here registers one kind of record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from hengwei.core.acting import Actor
from hengwei.core.errors import Message


class Wrong(ValueError):
    """A row that cannot be taken: {field: reason}."""

    def __init__(self, errors: dict[str, Message]):
        super().__init__(str(errors))
        self.errors = {key: str(value) for key, value in errors.items()}


@dataclass(frozen=True)
class Field:
    """Something a column may mean. `aliases` are the headings by which it is recognised, in either language."""

    key: str
    label: Message
    aliases: tuple[str, ...] = ()
    required: bool = False
    help: Message = ""


@dataclass(frozen=True)
class Written:
    """What became of a row."""

    object_id: int
    created: bool


class Target(ABC):
    """A kind of record that can be imported."""

    key: ClassVar[str]
    label: ClassVar[Message]
    fields: ClassVar[Sequence[Field]]
    #: The field by which a row that comes again is known.
    identity: ClassVar[str]

    @abstractmethod
    def check(self, values: dict[str, str]) -> Any:
        """A row's values (by field) made ready to be written; Wrong with every field at fault."""

    @abstractmethod
    def write(self, ready: Sequence[Any], *, known: Sequence[int | None], update: bool, by: Actor) -> list[Written]:
        """Write rows that were checked, in the caller's transaction; `known` are the ids of those that came before."""


_targets: dict[str, type[Target]] = {}


def register(target: type[Target]) -> type[Target]:
    """Add a kind of record."""
    _targets[target.key] = target
    return target


def every() -> dict[str, type[Target]]:
    """All kinds of record that can be imported."""
    from . import articles, customers, items, people  # noqa: F401

    return dict(_targets)


def get(key: str) -> type[Target]:
    """The kind of this key; KeyError when there is none."""
    return every()[key]
