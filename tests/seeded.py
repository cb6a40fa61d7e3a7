"""What every installation begins with, installed once by its actions and then put back as rows: a test begins in a tenth of the time."""

from __future__ import annotations

import json
from typing import Any

import time_machine
from django.db import connection
from psycopg.sql import Literal

#: What puts the rows back, made by the first test of this process that needs them.
_script = ""
#: Its records are sealed when a transaction commits; of the other tables no trigger fires: what they wrote is among the rows.
SEALED = "core_auditrecord"


def install() -> None:
    """Roles, calendars, the general agreement: as their own actions make them, or the same rows again."""
    global _script
    if time_machine.traveller_stack or not connection.in_atomic_block:
        _by_actions()
    elif _script:
        connection.connection.execute(_script, prepare=False)
    else:
        before = _everything()
        _by_actions()
        _script = _written({table: [row for row in rows if row not in before[table]] for table, rows in _everything().items()})


def _by_actions() -> None:
    from hengwei.calendars import seed as calendars
    from hengwei.org import seed as org
    from hengwei.work.clocks import seed as clocks

    org.install()
    calendars.install()
    clocks.install()


def _everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, without what the database computes itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, array_agg(column_name::text) FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public') GROUP BY 1")
        tables = cursor.fetchall()
        found = {}
        for table, columns in tables:
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f'SELECT row_to_json(one)::text FROM (SELECT {names} FROM "{table}") one')
            found[table] = [json.loads(row) for row, in cursor.fetchall()]
    return found


def _written(made: dict[str, list[dict[str, Any]]]) -> str:
    inserts = []
    for table, rows in sorted(made.items(), key=lambda pair: pair[0] == SEALED):
        if rows:
            names = ", ".join(f'"{name}"' for name in rows[0])
            if table == SEALED:
                inserts.append("SET LOCAL session_replication_role = DEFAULT")
            inserts.append(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM json_populate_recordset(NULL::"{table}", {Literal(json.dumps(rows)).as_string(None)})')
    return "; ".join(["SET LOCAL session_replication_role = replica", *inserts, "SET LOCAL session_replication_role = DEFAULT"])
