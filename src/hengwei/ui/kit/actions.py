"""What can be done with a row or with many: name, sign, right and deed in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from hengwei.core.acting import Actor
from hengwei.core.errors import Message


@dataclass(frozen=True)
class Action:
    """A deed on one row: `run(row, by, data)` calls the room's action and may return words for the corner.

    `data` is the cleaned data of `form`, {} without one. `confirm` asks before; `when` says whether it is possible for
    a row now; `bulk` offers it for many chosen rows; `primary` makes it the page's one coloured button.
    """

    key: str
    label: Message
    icon: str
    permission: str
    run: Callable[..., Any]
    confirm: Message = ""
    bulk: bool = False
    when: Callable[[Any], bool] = lambda row: True
    form: type[forms.Form] | None = None
    #: What the form begins with for a row.
    initial: Callable[[Any], dict[str, Any]] = lambda row: {}
    danger: bool = False
    primary: bool = False

    def offered(self, user: Any, row: Any) -> bool:
        """Whether this person may do it with this row now."""
        return (not self.permission or user.may(self.permission)) and self.when(row)

    def do(self, row: Any, *, by: Actor, data: dict[str, Any]) -> Message:
        """Do it; returns what to say afterwards, '' for the usual word."""
        if self.permission:
            by.require(self.permission)
        said = self.run(row, by, data)
        return said if isinstance(said, str) else ""
