"""The embedded database: closed to others, one server for one folder, and nothing lost when its parent is killed."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from hengwei.core.database.embedded import DatabaseError, Embedded, throw_away


@pytest.fixture(scope="module")
def server():
    embedded = throw_away()
    embedded.start()
    yield embedded
    embedded.destroy()
    shutil.rmtree(embedded.folder.parent, ignore_errors=True)


def test_it_answers_at_its_address(server):
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT current_database(), current_setting('server_version_num')::int >= 150000").fetchone() == ("hengwei", True)


def test_a_wrong_password_is_refused(server):
    password = (server.folder / "password").read_text()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url.replace(password, "wrong"))


def test_no_other_local_user_can_reach_the_socket(server):
    for folder in (server.folder, server.socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_listens_on_no_network_address(server):
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_second_start_on_the_same_data_goes_on_with_the_server_that_runs(server):
    before = server.pid()
    assert Embedded(server.folder, durable=False).start() == server.url
    assert server.pid() == before


def test_a_start_while_the_server_is_being_stopped_waits_and_starts_anew(server):
    before = server.pid()
    guest = psycopg.connect(server.url)
    # A smart shutdown waits for the guest; until he leaves the server says that it is stopping.
    os.kill(before, signal.SIGTERM)
    threading.Timer(0.8, guest.close).start()
    time.sleep(0.2)
    server.start()
    assert server.pid() not in (None, before)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_was_committed_survives_a_stop_and_a_start(server):
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    server.stop()
    assert server.pid() is None
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_it_recovers_after_being_killed(server):
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE before_the_kill (n int)")
    pid = server.pid()
    os.kill(pid, signal.SIGKILL)
    server.start()
    assert server.pid() != pid
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM before_the_kill").fetchone() == (0,)


def test_it_outlives_a_parent_that_is_killed(tmp_path):
    made = throw_away()
    code = (
        "import sys, os, signal; from pathlib import Path; from hengwei.core.database.embedded import Embedded;"
        "Embedded(Path(sys.argv[1]), durable=False).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    try:
        done = subprocess.run([sys.executable, "-c", code, str(made.folder)], check=False, timeout=90)
        assert done.returncode == -signal.SIGKILL
        assert made.pid() is not None
        with psycopg.connect(made.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        made.destroy()
        shutil.rmtree(made.folder.parent, ignore_errors=True)


def test_a_path_too_long_for_a_socket_is_refused_with_the_mend(tmp_path):
    with pytest.raises(DatabaseError, match="HENGWEI_DATA_DIR"):
        Embedded(tmp_path / ("x" * 100), durable=False).start()
