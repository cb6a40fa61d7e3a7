"""The parts of a record's page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from hengwei.core.errors import Message

from .columns import Column


@dataclass(frozen=True, kw_only=True)
class Panel(ABC):
    """A part of the page; in the narrow column on the right when `side`. Shown to those who hold `permission`."""

    side: bool = False
    permission: str = ""
    order: int = 100

    @abstractmethod
    def render(self, row: Any, request: HttpRequest) -> SafeString:
        """Its HTML; empty for nothing."""


@dataclass(frozen=True)
class Facts(Panel):
    """Names and values; a plain string stands for a field of that name."""

    title: Message
    facts: Sequence[str | Column] = field(default_factory=list)

    def render(self, row: Any, request: HttpRequest) -> SafeString:
        columns = [Column(one) if isinstance(one, str) else one for one in self.facts]
        lines = [(column.title(type(row)), column.html(row)) for column in columns]
        return render_to_string("ui/kit/facts.html", {"title": self.title, "lines": lines}, request)


@dataclass(frozen=True)
class Table(Panel):
    """Rows that belong to the record; `most` are shown, `more` leads to the rest."""

    title: Message
    rows: Callable[[Any, Any], Any]
    columns: Sequence[Column] = field(default_factory=list)
    empty: Message = ""
    most: int = 20
    more: Callable[[Any], str] | None = None

    def render(self, row: Any, request: HttpRequest) -> SafeString:
        found = list(self.rows(row, request.user)[: self.most + 1])
        if not found and not self.empty:
            return SafeString("")
        model = type(found[0]) if found else None
        return render_to_string("ui/kit/table.html", {
            "title": self.title, "heads": [(c, c.title(model)) for c in self.columns], "empty": self.empty,
            "lines": [(one, [(c, c.is_short(model), c.html(one)) for c in self.columns]) for one in found[: self.most]],
            "more": self.more(row) if self.more and len(found) > self.most else "",
        }, request)


@dataclass(frozen=True)
class Part(Panel):
    """A template of the room's own. `context(row, request)` gives what it shows besides `row`; None leaves the part out."""

    template: str
    context: Callable[[Any, HttpRequest], dict[str, Any] | None] = lambda row, request: {}

    def render(self, row: Any, request: HttpRequest) -> SafeString:
        values = self.context(row, request)
        return SafeString("") if values is None else render_to_string(self.template, {"row": row, **values}, request)


#: Panels that rooms above hang on a record's page, by `room.name` of its Pages.
_hung: dict[str, list[Panel]] = {}


def hang(page: str, panel: Panel) -> Panel:
    """Add a panel to the page of another room's record, such as `org.customer`; called in a room's `panels.py`."""
    _hung.setdefault(page, []).append(panel)
    return panel


def hung(page: str) -> list[Panel]:
    """What rooms above added to a page."""
    return _hung.get(page, [])
