"""Who acts is told to the database just before it writes to a tracked table, so that the triggers can note it.

It is told within the transaction (`set_config(…, true)`), never to the session: a pool that hands one connection to
many, such as PgBouncer, cannot mix two people up. A statement that writes elsewhere, or only reads, costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hengwei.core.acting import Actor, current

from .tracking import tables

_WRITES = re.compile(r'\s*(?:WITH\b.*?\b)?(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?"?(\w+)"?', re.IGNORECASE | re.DOTALL)
_tables = cache(tables)


def described(actor: Actor) -> str:
    """An actor as the triggers read it."""
    return json.dumps({
        "user": actor.user.pk if actor.user else None, "name": actor.user.name if actor.user else "", "via": actor.via, "address": actor.address,
        "rules": list(actor.chain),
    }, ensure_ascii=False)


def name_the_actor(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper of Django's."""
    head = sql[:7].upper() if isinstance(sql, str) else ""
    if not head.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
        return execute(sql, params, many, context)
    writes = _WRITES.match(sql)
    if writes is None or writes[1] not in _tables() or (head.startswith("INSERT") and not _tables()[writes[1]]):
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
