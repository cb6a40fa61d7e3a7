"""What a person holds, and how it goes to who stands in, in one step: each room says its own (`holdings.py`).

    holds("follow_ups", _("Follow-ups"), of=lambda person, until: FollowUp.objects.due().filter(owner=person), give=field("owner"))

Who is away gives what falls due before he is back; who leaves gives all that he answers for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Message

from .models import User

#: The rows that would go: of a person, until the moment at which he is back; None for one who leaves.
Of = Callable[[User, datetime | None], "Sequence[Any] | models.QuerySet[Any]"]
#: Gives one row to another. Whether it may be done was asked by who said that the person is away. A refusal leaves the row where it is.
Give = Callable[[Any, User, Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class Holding:
    """One sort of thing that somebody answers for."""

    key: str
    title: Message
    of: Of
    give: Give
    order: int = 100
    #: The record that a person recognises a row by.
    shown: Callable[[Any], Any] = lambda row: row
    #: Whoever holds this permission finds them in a panel of their own: he is told how many, and reads them once.
    listed_for: str = ""


@dataclass(slots=True)
class Handed:
    """What went, by sort, and what stayed with the reason."""

    moved: dict[str, list[Any]] = field(default_factory=dict)
    stayed: list[tuple[Any, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.moved.values()))


_holdings: dict[str, Holding] = {}


def holds(key: str, title: Message, *, of: Of, give: Give, order: int = 100, shown: Callable[[Any], Any] = lambda row: row, listed_for: str = "") -> None:
    """Register what a room lets people answer for."""
    _holdings[key] = Holding(key, title, of, give, order, shown, listed_for)


def set_field(name: str) -> Give:
    """The giving of a row whose field names the person: the history notes it."""

    def give(row: Any, to: User, by: Actor, at: datetime) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(**{name: to})

    return give


def held_by(person: User, *, until: datetime | None = None) -> list[tuple[Holding, list[Any]]]:
    """All that would be handed over, by sort; sorts of which there is nothing are left out."""
    found = [(one, list(one.of(person, until))) for one in sorted(_holdings.values(), key=lambda one: (one.order, one.key))]
    return [(one, rows) for one, rows in found if rows]


@transaction.atomic
def hand_over_to(person: User, *, to: User, by: Actor, at: datetime, until: datetime | None = None) -> Handed:
    """Give all of it to another. What he cannot take (his own request to approve) stays, and is named with the reason."""
    handed = Handed()
    for one, rows in held_by(person, until=until):
        for row in rows:
            try:
                with transaction.atomic():
                    one.give(row, to, by, at)
                handed.moved.setdefault(one.key, []).append(row)
            except ActionError as error:
                handed.stayed.append((row, str(error)))
    return handed


def seen_by(viewer: User, person: User, *, until: datetime | None = None) -> list[tuple[Holding, list[Any], int]]:
    """The same for a reader: by sort the records that he may see, and how many there are in all."""
    found = []
    for one, rows in held_by(person, until=until):
        records = [one.shown(row) for row in rows]
        visible = getattr(type(records[0])._default_manager, "visible_to", None)
        seen = set(visible(viewer).filter(pk__in=[record.pk for record in records]).values_list("pk", flat=True)) if visible else None
        found.append((one, [record for record in records if seen is None or record.pk in seen], len(rows)))
    return found
