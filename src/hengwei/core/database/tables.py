"""Migrations that make many tables in one step, and what they replace."""

from __future__ import annotations

from typing import ClassVar

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel, RunSQL
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

#: The last version with the small steps that are one now: whoever stands between them goes there first.
LAST_IN_STEPS = "2026-12-01 (git f56c578)"


class TablesAtOnce(Migration):
    """Tables that come as they are in the end, all of a room together.

    Django shows each operation the models before and after it, and for that builds every model anew that hangs
    together with the one concerned. Here nearly all hang on the person: step by step an empty database took more
    than a minute of the processor. These are built once, when all operations have been read; so none of them may
    change what another one makes.
    """

    allowed: ClassVar = (CreateModel, AddTrigger, RunSQL)

    def apply(self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False) -> ProjectState:
        """Read all operations, then do them; the statements of `sqlmigrate` are gathered by the editor itself."""
        vars(project_state).pop("apps", None)
        for operation in self.operations:
            if not isinstance(operation, self.allowed):
                raise TypeError(f"{self}: {operation.describe()}: a migration of its own")
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, project_state, project_state)
        return project_state


def halfway() -> list[str]:
    """Rooms that stand between the steps which are one now: some were taken, others not.

    Django would pass such a room over without a word, if no other depends on it, and leave its tables as they are.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    steps = {key[0]: {step in applied for step in migration.replaces} for key, migration in MigrationLoader(None).disk_migrations.items() if isinstance(migration, TablesAtOnce)}
    return sorted(room for room, taken in steps.items() if len(taken) > 1)
