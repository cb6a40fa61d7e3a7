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
    """The first row that a query finds, with what its `select_related` and `annotate` name.

    `query` gives the question for values that are not known yet: they stand where a filter takes an expression, never in
    a list. Of a question that joins four tables the ORM spends longer on its words than the database on the answer, which
    it also plans anew each time; so this is for what is found by a key and asked thousands of times (see `prepared`).
    """

    def __init__(self, query: Callable[..., QuerySet[M]], values: int):
        self.query, self.values = query, values
        # What is worded belongs to a connection, and each thread has one of its own.
        self._own = threading.local()

    def first(self, *values: Any) -> M | None:
        """The row, or None. Raises ValueError when values are too many or too few."""
        return self.sent(*values)()

    def sent(self, *values: Any) -> Callable[[], M | None]:
        """Ask now and read the answer, as `first` gives it, by calling what is returned: within `together` no question waits for the answer of the one before."""
        if len(values) != self.values:
            raise ValueError(f"{self.values} values are asked for, not {len(values)}")
        if not hasattr(self._own, "worded"):
            self._own.worded = _Worded(self.query(*(Value(_Slot(place)) for place in range(self.values)))[:1])
        worded: _Worded[M] = self._own.worded
        cursor = connection.cursor()
        with prepared():
            cursor.execute(worded.sql, [values[one.place] if isinstance(one, _Slot) else one for one in worded.params])

        def answer() -> M | None:
            with cursor:
                found = cursor.fetchall()
            return worded.made(found) if found else None

        return answer


class _Worded(Generic[M]):
    """The SQL of a query on the connection of this thread, and how a row of it becomes a row of the model."""

    def __init__(self, query: QuerySet[M]):
        compiler = query.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        info, self.compiler = compiler.klass_info, compiler
        self.model: type[M] = info["model"]
        self.own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.names = [one.target.attname for one, *_rest in compiler.select[self.own]]
        self.annotated = compiler.annotation_col_map
        self.converters = compiler.get_converters([one for one, *_rest in compiler.select])
        self.populators = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]

    def made(self, found: list[tuple[Any, ...]]) -> M:
        """The one row that was found, with its related ones."""
        [row] = self.compiler.apply_converters(found, self.converters)
        made: M = self.model.from_db(connection.alias, self.names, row[self.own])
        for populator in self.populators:
            populator.populate(row, made)
        for name, place in self.annotated.items():
            setattr(made, name, row[place])
        return made
