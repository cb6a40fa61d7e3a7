"""Who acts is told to the database just before it writes to a tracked table, so that the triggers can note it.

It is told within the transaction (`set_config(…, true)`), never to the session: a pool that hands one connection to
many, such as PgBouncer, cannot mix two people up. A statement that writes elsewhere, or only reads, costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hengwei.core.acting import Actor, current

from .tracking import tables

_WRITES = re.compile(r'\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?"?(\w+)"?', re.IGNORECASE)
_tables = cache(tables)


@lru_cache(4096)
def _noted(sql: str) -> bool:
    """Whether the statement writes what triggers note: asked of every statement, and most come again."""
    head = sql[:20].lstrip().upper()
    if not head.startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
        return False
    writes = _WRITES.findall(sql) if head.startswith("WITH") else _WRITES.findall(sql, 0, 200)[:1]
    return any(table in _tables() and (_tables()[table] or not verb.upper().startswith("INSERT")) for verb, table in writes)


def described(actor: Actor) -> str:
    """An actor as the triggers read it."""
    return json.dumps({
        "user": actor.user.pk if actor.user else None, "name": actor.user.name if actor.user else "", "via": actor.via, "address": actor.address,
        "rules": list(actor.chain),
    }, ensure_ascii=False)


def name_the_actor(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper of Django's."""
    if not isinstance(sql, str) or not _noted(sql):
        return execute(sql, params, many, context)
    connection: BaseDatabaseWrapper = context["connection"]
    with transaction.atomic(using=connection.alias, savepoint=False):
        assert connection.connection is not None
        connection.connection.execute("SELECT set_config('hengwei.acting', %s, true)", [described(current())])
        return execute(sql, params, many, context)


def attend(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """A connection was opened: from now on it is told who acts."""
    if connection.vendor == "postgresql" and name_the_actor not in connection.execute_wrappers:
        connection.execute_wrappers.append(name_the_actor)
