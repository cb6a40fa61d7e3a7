"""Whether this database was made by the sample company: then its accounts have known passwords, and every page says so."""

from __future__ import annotations

import sys
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


def progress(done: int, all_of_it: int) -> None:
    """Say how far the loading is, now and then: it takes a minute or two."""
    if done % 250 == 0 or done == all_of_it:
        sys.stderr.write(f"hengwei  | 示例公司 sample company: {done} / {all_of_it}\n")
        sys.stderr.flush()


@cache
def is_sample() -> bool:
    """Asked once by each process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
        return bool(cursor.fetchone()[0] == MARK)
