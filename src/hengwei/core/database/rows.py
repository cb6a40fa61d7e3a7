"""New rows of several tables in one statement: for what is written together, and very often.

A new item is its own row and its kind's, its first entries, its clocks and their stretches. The ORM writes them one table
after the other, each statement put together anew; here they travel as JSON, one parameter a table, in one statement
that PostgreSQL keeps prepared. Constraints and triggers hold as ever; signals are not sent.

    [number] = give_ids(item, *entries, also=[sequence])
    insert(item, *entries)
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model


def give_ids(*rows: Model, also: Sequence[str] = ()) -> list[int]:
    """Give each row the id that it will have; returns the next value of each sequence in `also`. One statement for all, of which PostgreSQL takes some 1,600."""
    by_model: dict[type[Model], list[Model]] = defaultdict(list)
    for row in rows:
        by_model[_tables(type(row))[0]].append(row)
    names = [*also, *(_sequence(model) for model, members in by_model.items() for _one in members)]
    with connection.cursor() as cursor:
        # One place for each value: how many `generate_series` makes is not known to a plan that is kept, so it would be made anew each time.
        cursor.execute(f"SELECT {', '.join(['nextval(%s::regclass)'] * len(names))}", names)
        given = iter(cursor.fetchone())
    others = [next(given) for _name in also]
    for model, members in by_model.items():
        for row in members:
            # Where the model extends another's table, that one's id is an attribute of its own.
            row.pk = next(given)
            setattr(row, model._meta.pk.attname, row.pk)  # type: ignore[union-attr]
    return others


def insert(*rows: Model) -> None:
    """Write rows into their tables, those of a model with a parent into both. A row without an id gets one that it is not told.

    References to rows that got their ids after they were named are followed. Raises what the database raises.
    """
    lines: dict[tuple[type[Model], bool], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for table in _tables(type(row)):
            given = row.pk is not None
            lines[table, given].append(_line(row, table, given))
    if not lines:
        return
    parts = [_statement(table, given) for table, given in lines]
    text = f"WITH {', '.join(f'part{n} AS ({part})' for n, part in enumerate(parts[:-1]))} {parts[-1]}" if len(parts) > 1 else parts[0]
    with connection.cursor() as cursor:
        cursor.execute(text, [json.dumps(members, default=_plain, ensure_ascii=False) for members in lines.values()])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@cache
def _sequence(model: type[Model]) -> str:
    """The sequence that numbers a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])  # type: ignore[union-attr]
        return str(cursor.fetchone()[0])


@cache
def _tables(model: type[Model]) -> list[type[Model]]:
    """The model, and before it the one whose table it extends."""
    return [*(parent for parent in model._meta.parents if not parent._meta.abstract), model]


@cache
def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


@cache
def _statement(model: type[Model], given: bool) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in _fields(model) if given or not field.primary_key)
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"


@cache
def _columns(model: type[Model], given: bool) -> tuple[list[tuple[str, str]], list[tuple[str, Field[Any, Any]]]]:
    """The columns whose value is the attribute as it stands, each with its attribute; and those of fields that have a say."""
    fields = [field for field in _fields(model) if given or not field.primary_key]
    plain = [field for field in fields if not field.is_relation and type(field).pre_save is Field.pre_save]
    return [(str(field.column), field.attname) for field in plain], [(str(field.column), field) for field in fields if field not in plain]


def _line(row: Model, table: type[Model], given: bool) -> dict[str, Any]:
    plain, others = _columns(table, given)
    line = {column: getattr(row, attname) for column, attname in plain}
    for column, field in others:
        value = field.pre_save(row, True)
        if value is None and field.is_relation and field.is_cached(row):  # type: ignore[attr-defined]
            named = field.get_cached_value(row)  # type: ignore[attr-defined]
            if named is not None:
                value = named.pk
                setattr(row, field.attname, value)
        line[column] = value
    return line


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    raise TypeError(f"{value!r} cannot be written as JSON")
