"""Numbers of records, such as INC-2026-000123: unique and never reused.

Each prefix and year has a PostgreSQL sequence of its own. A sequence gives out numbers without waiting for anybody's
transaction; the price is that an undone transaction leaves a gap, which is harmless.
"""

from __future__ import annotations

import re

from django.db import connection, transaction

_PREFIX = re.compile(r"[A-Z]{2,6}")
_known: set[tuple[str, str]] = set()


def next_number(prefix: str, year: int) -> str:
    """The next number of a prefix (two to six capitals) in a year; ValueError for another prefix."""
    return next_numbers(prefix, year, 1)[0]


def next_numbers(prefix: str, year: int, count: int) -> list[str]:
    """The next `count` numbers, in one go."""
    name = sequence(prefix, year)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [name, count])
        return [written(prefix, year, value) for (value,) in cursor.fetchall()]


def written(prefix: str, year: int, value: int) -> str:
    """A number as people read it."""
    return f"{prefix}-{year}-{value:06d}"


def sequence(prefix: str, year: int) -> str:
    """The sequence that gives out the numbers of a prefix and year, made where it is missing; ValueError for no prefix."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is no prefix for numbers")
    name = f"hengwei_number_{prefix.lower()}_{year:d}"
    known = (connection.settings_dict["NAME"], name)
    if known not in _known:
        _make(name)
        # Only once it is committed: an undone transaction takes the sequence with it.
        transaction.on_commit(lambda: _known.add(known))
    return name


def _make(name: str) -> None:
    """Make the sequence, if nobody has; a lock keeps two makers from colliding in the catalogue."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is None:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {name}")
