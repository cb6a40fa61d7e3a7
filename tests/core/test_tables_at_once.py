"""A room's tables are made in one step, and a database that stands between the former steps is not passed over."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from hengwei.config import cli
from hengwei.core.database import DatabaseError
from hengwei.core.database.tables import LAST_IN_STEPS, TablesAtOnce, halfway


@pytest.mark.django_db
def test_the_tables_are_those_of_the_models():
    # Ends the process when a model was changed and no migration follows it.
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_a_database_between_the_former_steps_is_sent_to_the_last_version_that_has_them(monkeypatch):
    monkeypatch.setattr(cli, "_django", lambda: None)
    recorder = MigrationRecorder(connection)
    assert halfway() == []
    # No other room depends on these two: Django alone would say that there is nothing to do.
    recorder.record_unapplied("governance", "0004_messages_in_both_languages")
    recorder.record_unapplied("desk", "0003_catalogue_plans")
    with pytest.raises(DatabaseError) as refused:
        cli._prepare(sample=False)
    assert str(refused.value).count("desk, governance") == 2
    assert str(refused.value).count(LAST_IN_STEPS) == 2
    assert "Nothing was changed." in str(refused.value) and "数据没有任何改动。" in str(refused.value)
    # A backup of such a database was put back before: that did change it.
    with pytest.raises(DatabaseError) as after:
        cli._prepare(sample=False, restored=True)
    assert "The backup was put back as it is" in str(after.value) and "备份已按原样恢复" in str(after.value)
    assert "Nothing was changed." not in str(after.value) and "数据没有任何改动" not in str(after.value)


@pytest.mark.django_db
def test_a_database_that_took_all_former_steps_has_nothing_left_to_do():
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(name="0001_tables").delete()
    assert halfway() == []
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_no_operation_changes_what_another_one_makes():
    class Migration(TablesAtOnce):
        operations = (
            migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddField("thing", "name", models.CharField(max_length=10)),
        )

    with pytest.raises(TypeError, match="Add field name to thing"):
        Migration("0001_tables", "core").apply(ProjectState(), None)
