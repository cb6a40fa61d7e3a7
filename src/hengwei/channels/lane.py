"""Where a process of the import begins: nothing here may need Django before it is set up."""

from __future__ import annotations

from multiprocessing import connection as pipes


def work(pipe: pipes.Connection, database: str) -> None:
    """Understand each message that is named, say what came of it; until the other end closes."""
    import django

    django.setup()
    from django.db import connection

    from hengwei.core import memory

    from .actions.importing import answer

    connection.settings_dict["NAME"] = database
    memory.settle()
    answer(pipe)
