"""How the history tells the hours of a calendar and its days that differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from hengwei.core.history import Teller, tells

from .forms import KINDS
from .models import CalendarVersion


def _hours(spans: Iterable[Sequence[int]]) -> str:
    return _(", ").join(f"{start // 60:02}:{start % 60:02}–{end // 60:02}:{end % 60:02}" for start, end in spans) or _("closed")


def _week(days: Sequence[Any]) -> list[str]:
    return [_("%(field)s: %(values)s") % {"field": str(WEEKDAYS_ABBR[number]), "values": _hours(spans)} for number, spans in enumerate(days[:7])]


@tells(CalendarVersion, "week")
def week() -> Teller:
    """The hours of each weekday."""
    return _week


@tells(CalendarVersion, "earlier")
def earlier() -> Teller:
    """The weeks before, each with the day since which it held."""
    return lambda value: [f"{one.get('since') or '—'}　{_('; ').join(_week(one.get('week', [])))}" for one in value]


@tells(CalendarVersion, "days")
def days() -> Teller:
    """The days that differ: holidays and make-up days."""
    kinds = {key: str(label) for key, label in KINDS}

    def lines(value: Any) -> list[str]:
        return [f"{day} {kinds.get(one.get('kind', ''), '')} {one.get('name', '')} {_hours(one['hours']) if one.get('hours') else ''}".rstrip() for day, one in sorted(value.items())]

    return lines
