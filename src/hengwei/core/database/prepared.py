"""Statements that come again and again, kept prepared; and statements that need not wait for each other's answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: A statement is prepared when it comes for this time on its connection.
THRESHOLD = 3


@contextmanager
def prepared() -> Iterator[None]:
    """Within the block PostgreSQL keeps the plan of each statement that comes again: a third less for a new item.

    For statements whose best plan is the same whatever their values: inserts, and what is found by a unique key. A plan
    that is kept knows no values, so for a list that is narrowed by them it may be the worst; elsewhere nothing is prepared.
    """
    connection.ensure_connection()
    ours = connection.connection
    before, ours.prepare_threshold = ours.prepare_threshold, THRESHOLD
    try:
        yield
    finally:
        ours.prepare_threshold = before


@contextmanager
def together() -> Iterator[None]:
    """Within the block a statement whose rows nobody asks for is sent without waiting for the answer of the one before.

    What the database refuses is raised by a later statement or at the end of the block, as ever as a DatabaseError. For
    statements of our own within one transaction: the ORM's saves ask at once how many rows they changed, and are told none.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
