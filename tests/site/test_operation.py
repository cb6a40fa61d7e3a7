"""Running it: how it is, backup and restore, accounts from the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from hengwei.core.database.embedded import throw_away
from tests.factories import open_incident
from tests.processes import surroundings


def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hengwei.config.cli", *arguments], env=surroundings(**more), capture_output=True, text=True, check=False)


@pytest.mark.django_db
def test_alive_ready_and_figures(client, requester, team):
    open_incident(requester=requester, team=team)
    with connection.cursor() as cursor:
        # A test before this one may have let a worker live.
        cursor.execute("DELETE FROM procrastinate_workers")
    assert client.get("/healthz").content == b"ok\n"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["no worker lives"])
    figures = client.get("/metrics").content.decode()
    assert "hengwei_items_open 1.0" in figures
    assert 'hengwei_mail_in{state="failed"} 0.0' in figures


@pytest.mark.django_db
def test_figures_are_for_this_machine_or_with_a_token(monkeypatch):
    far = Client(REMOTE_ADDR="203.0.113.9")
    assert far.get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    monkeypatch.setattr(settings, "METRICS_TOKEN", "s3cret")
    assert far.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    assert far.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403


@pytest.mark.slow
def test_backup_and_restore_bring_everything_back(tmp_path):
    server = throw_away()
    try:
        home = tmp_path / "home"
        here = {"DATABASE_URL": server.start(), "HENGWEI_DATA_DIR": str(home)}
        assert command("migrate", **here).returncode == 0
        added = command("user", "add", "zhang", "--name", "张三", "--role", "agent", "--password", "Zh4ng-longpass", **here)
        assert added.returncode == 0, added.stderr
        assert "weak" not in command("user", "add", "li", "--name", "李", "--password", "123", **here).stdout
        assert command("user", "add", "wang", "--name", "王", "--role", "king", "--password", "Zh4ng-longpass", **here).returncode == 1
        (home / "media" / "files").mkdir(parents=True)
        (home / "media" / "files" / "a").write_bytes(b"kept")
        secret = (home / "secret_key").read_text()
        made = command("backup", str(tmp_path / "backups"), **here)
        assert made.returncode == 0, made.stderr
        file = made.stdout.strip()
        assert Path(file).stat().st_mode & 0o077 == 0

        with psycopg.connect(here["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT (details->>'bytes')::int FROM core_auditrecord WHERE action = 'backup'").fetchall() == [(Path(file).stat().st_size,)]

        refused = command("restore", file, **here)
        assert refused.returncode == 1
        assert "--over" in refused.stderr
        command("user", "deactivate", "zhang", **here)
        other = {**here, "HENGWEI_DATA_DIR": str(tmp_path / "other")}
        restored = command("restore", file, "--over", **other)
        assert restored.returncode == 0, restored.stderr
        with psycopg.connect(here["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT name, is_active FROM org_user").fetchall() == [("张三", True)]
            assert connection.execute("SELECT details->>'file' FROM core_auditrecord WHERE action = 'restore' AND via = 'cli'").fetchall() == [(Path(file).name,)]
        assert (tmp_path / "other" / "media" / "files" / "a").read_bytes() == b"kept"
        assert (tmp_path / "other" / "secret_key").read_text() == secret
        assert command("restore", __file__, "--over", **other).returncode == 1
    finally:
        server.destroy()
