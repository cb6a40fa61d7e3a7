"""Values that are data (conditions, steps, fields of a form) in the reader's words: each room says how its own are told.

    @tells(RoutingRule, "conditions")
    def _conditions() -> Teller:          # called once for a page: what it needs of names is read once
        return facts.in_words

What no room tells is told plainly, without brackets and quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

#: A value as lines of words.
Teller = Callable[[Any], list[str]]
_makers: dict[tuple[type[models.Model], str], Callable[[], Teller]] = {}


def tells(model: type[models.Model], *names: str) -> Callable[[Callable[[], Teller]], Callable[[], Teller]]:
    """Register how these fields of a model are told."""

    def register(maker: Callable[[], Teller]) -> Callable[[], Teller]:
        for name in names:
            model._meta.get_field(name)
            _makers[model, name] = maker
        return maker

    return register


class Telling:
    """Tells values for one page."""

    def __init__(self) -> None:
        self._ready: dict[Callable[[], Teller], Teller] = {}

    @staticmethod
    def knows(field: Any) -> bool:
        """Whether a room tells this field."""
        return not isinstance(field, str) and (field.model, field.name) in _makers

    def lines(self, field: models.Field[Any, Any], value: Any) -> list[str]:
        """The value of a field, a line for each of its parts."""
        maker = _makers.get((field.model, field.name))
        if maker is None:
            return plainly(value)
        if maker not in self._ready:
            self._ready[maker] = maker()
        return self._ready[maker](value)


def plainly(value: Any) -> list[str]:
    """Data of any shape: a line for each part, 'name: value' where it has a name."""
    if isinstance(value, Mapping):
        return [_("%(field)s: %(values)s") % {"field": str(key).replace("_", " "), "values": _short(one)} for key, one in value.items() if one not in (None, "", [], {})]
    if isinstance(value, list):
        return [_short(one) for one in value]
    return [_short(value)]


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return _("; ").join(plainly(value))
    if isinstance(value, list):
        return _(", ").join(_short(one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value is None else str(value)
