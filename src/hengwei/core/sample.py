"""Whether this database was made by the sample company: then its accounts have known passwords, and every page says so."""

from __future__ import annotations

from functools import cache

from django.db import connection

#: A comment on the database: it travels with a backup, and no table of the product knows it.
MARK = "hengwei sample company"


def mark_as_sample() -> None:
    """Say so, for good."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0].replace('"', '""')
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{MARK}'")
    is_sample.cache_clear()


@cache
def is_sample() -> bool:
    """Asked once by each process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
        return bool(cursor.fetchone()[0] == MARK)
