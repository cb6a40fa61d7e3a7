"""Which tables are tracked, and the triggers that do it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models

from hengwei.core.secrets import SecretField

M = TypeVar("M", bound=type[models.Model])
#: Columns whose values are never written down: only that they changed.
SECRET_NAMES = {"password", "hash", "token", "secret"}


@dataclass(frozen=True)
class Tracked:
    """What is to be known of one table."""

    model: type[models.Model]
    leave_out: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    part_of: str = ""
    audited: bool | tuple[str, ...] = False
    made: bool = True
    m2m: tuple[str, ...] = ()


_tracked: dict[type[models.Model], Tracked] = {}


def tracked(
    *, leave_out: Sequence[str] = (), only: Sequence[str] = (), part_of: str = "", audited: bool | Sequence[str] = False, made: bool = True,
    m2m: Sequence[str] = (),
) -> Callable[[M], M]:
    """Keep the history of a model's rows. Nothing else is needed: the triggers are made when the database is brought up to this version.

    `leave_out` are fields that change by themselves (a last use, a counter), `only` the contrary: nothing but these.
    `part_of` is the foreign key to the record whose history this belongs to (a membership to its team). `audited`
    writes each change into the audit log too, or those of the fields named. `made=False` keeps silent about new rows, where something else tells
    of them (an item's timeline). `m2m` are many-to-many fields. Passwords, hashes and sealed fields are noted as
    changed, never with their values.
    """

    def register(model: M) -> M:
        _tracked[model] = Tracked(model, tuple(leave_out), tuple(only), part_of, audited if isinstance(audited, bool) else tuple(audited), made, tuple(m2m))
        return model

    return register


def all_tracked() -> list[Tracked]:
    """Every tracked table, those between two models of a many-to-many field included."""
    found = list(_tracked.values())
    for one in _tracked.values():
        for name in one.m2m:
            field = one.model._meta.get_field(name)
            through: Any = field.remote_field.through  # type: ignore[union-attr]
            found.append(Tracked(through, part_of=field.m2m_field_name(), audited=bool(one.audited)))  # type: ignore[union-attr]
    return found


def tracked_of(model: type[models.Model]) -> Tracked | None:
    """How a model is tracked, if it is."""
    return _tracked.get(model)


def is_tracked(model: type[models.Model]) -> bool:
    """Whether a model has a history, its own or that of what it extends."""
    return any(one in _tracked for one in (model, *model._meta.get_parent_list()))


def model_of(label: str) -> type[models.Model]:
    """The model of a revision's label; LookupError when the product no longer knows it."""
    return apps.get_model(label)


def _columns(one: Tracked) -> list[Any]:
    return [field for field in one.model._meta.local_concrete_fields if field.column]


def _left_out(one: Tracked) -> set[str]:
    fields = {field.name: field.column for field in _columns(one)}
    audited = () if isinstance(one.audited, bool) else one.audited
    unknown = ({*one.leave_out, *one.only, *audited} - set(fields)) | ({one.part_of} - {"", *fields})
    if unknown:
        raise LookupError(f"{one.model._meta.label} has no field {sorted(unknown)}")
    if one.only:
        return {column for name, column in fields.items() if name not in one.only}
    return {fields[name] for name in one.leave_out}


def _trigger(one: Tracked) -> str:
    """The statement that makes the table's trigger."""
    meta = one.model._meta
    left_out = _left_out(one)
    assert meta.pk is not None
    about: dict[str, Any] = {
        "model": meta.label_lower, "key": meta.pk.column, "leave_out": sorted(left_out), "audited": bool(one.audited),
        "audit_only": [] if isinstance(one.audited, bool) else sorted(meta.get_field(name).column for name in one.audited),  # type: ignore[union-attr]
        "hide": sorted(field.column for field in _columns(one) if isinstance(field, SecretField) or field.name in SECRET_NAMES),
    }
    if one.part_of:
        key: Any = meta.get_field(one.part_of)
        about["part_of"] = [key.related_model._meta.label_lower, key.column]
    watched = [field.column for field in _columns(one) if field.column not in left_out]
    old, new = (", ".join(f'{row}."{column}"' for column in watched) for row in ("OLD", "NEW"))
    argument = json.dumps(about, ensure_ascii=True).replace("'", "''")
    name, table = "hengwei_history", meta.db_table
    # An update of what nobody watches costs nothing: the trigger is not even fired.
    return (
        f"CREATE OR REPLACE TRIGGER {name}_changed AFTER UPDATE ON \"{table}\" FOR EACH ROW WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) "
        f"EXECUTE FUNCTION hengwei_history('{argument}');\n"
        f"CREATE OR REPLACE TRIGGER {name}_came AFTER {'INSERT OR ' if one.made else ''}DELETE ON \"{table}\" FOR EACH ROW "
        f"EXECUTE FUNCTION hengwei_history('{argument}');"
    )


def install(**_signal: Any) -> None:
    """Bring functions and triggers up to this version; a table whose trigger is as it should be is not touched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_revision') IS NOT NULL AND to_regclass('core_auditrecord') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        for file in (Path(__file__).with_name("history.sql"), Path(__file__).parent.parent / "audit" / "audit.sql"):
            cursor.execute(file.read_text(encoding="utf-8"))
        cursor.execute(
            "SELECT c.relname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = 'hengwei_history_changed' AND c.relnamespace = 'public'::regnamespace")
        there = dict(cursor.fetchall())
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
        tables = {row[0] for row in cursor.fetchall()}
        for one in all_tracked():
            table, statement = one.model._meta.db_table, _trigger(one)
            mark = hashlib.sha256(statement.encode()).hexdigest()[:16]
            if table in tables and there.pop(table, "") != mark:
                cursor.execute(f"{statement}\nCOMMENT ON TRIGGER hengwei_history_changed ON \"{table}\" IS '{mark}'")
        for table in there:
            cursor.execute(f'DROP TRIGGER hengwei_history_changed ON "{table}"; DROP TRIGGER hengwei_history_came ON "{table}"')


def tables() -> dict[str, bool]:
    """The names of all tracked tables, and whether new rows are revisions too."""
    return {one.model._meta.db_table: one.made for one in all_tracked()}
