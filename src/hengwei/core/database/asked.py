"""Questions that come with every message: put into SQL once, asked with other values each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

from .prepared import prepared

M = TypeVar("M", bound=Model)


class _Slot:
    """Where the value of this place goes."""

    def __init__(self, place: int):
        self.place = place


class Asked(Generic[M]):
    """The first row that a query finds, with what its `select_related` names.

    `query` gives the question for values that are not known yet: they stand where a filter takes an expression, never in
    a list. Of a question that joins four tables the ORM spends longer on its words than the database on the answer, which
    it also plans anew each time; so this is for what is found by a key and asked thousands of times (see `prepared`).
    """

    def __init__(self, query: Callable[..., QuerySet[M]], values: int):
        self.query, self.values = query, values
        # A compiler belongs to its connection, and each thread has one of its own.
        self._worded = threading.local()

    def first(self, *values: Any) -> M | None:
        """The row, or None. Raises ValueError when values are too many or too few."""
        if len(values) != self.values:
            raise ValueError(f"{self.values} values are asked for, not {len(values)}")
        if not hasattr(self._worded, "sql"):
            compiler = self.query(*(Value(_Slot(place)) for place in range(self.values)))[:1].query.get_compiler(connection=connection)
            self._worded.sql, self._worded.params = compiler.as_sql()
            self._worded.compiler = compiler
        given = [values[one.place] if isinstance(one, _Slot) else one for one in self._worded.params]
        with prepared(), connection.cursor() as cursor:
            cursor.execute(self._worded.sql, given)
            found = cursor.fetchall()
        return self._made(found) if found else None

    def _made(self, found: list[tuple[Any, ...]]) -> M:
        compiler = self._worded.compiler
        info = compiler.klass_info
        fields = info["select_fields"]
        own = slice(fields[0], fields[-1] + 1)
        [row] = compiler.results_iter(results=[found])
        made: M = info["model"].from_db(connection.alias, [one.target.attname for one, *_rest in compiler.select[own]], row[own])
        for populator in get_related_populators(info, compiler.select, connection.alias):  # type: ignore[call-arg]
            populator.populate(row, made)
        return made
