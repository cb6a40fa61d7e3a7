"""Not holding a connection while something outside is waited for."""

from __future__ import annotations

from django.db import connection


def let_go() -> None:
    """Give this thread's connection back to the pool; the next question takes one again. Inside a transaction it stays."""
    if not connection.in_atomic_block:
        connection.close()
