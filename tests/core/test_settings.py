"""Settings come from the environment and one file; a wrong one is named with its mend, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hengwei.config.settings import BadSettings, Settings, file_in_use, settings


@pytest.fixture
def written(tmp_path, monkeypatch):
    def write(text: str) -> None:
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("HENGWEI_CONFIG", str(tmp_path / "mine.toml"))
        settings.cache_clear()

    yield write
    settings.cache_clear()


def test_the_file_is_read_and_the_environment_goes_before_it(written, monkeypatch):
    written('close_after_days = 7\nmax_file_mb = 40\nallowed_hosts = ["desk.example.com"]\n')
    monkeypatch.setenv("HENGWEI_MAX_FILE_MB", "60")
    found = Settings()
    assert (found.close_after_days, found.max_file_mb, found.allowed_hosts) == (7, 60, ["desk.example.com"])


def test_a_database_may_stand_in_the_file(written, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    written('database_url = "postgresql://me@db/hengwei"\n')
    assert Settings().database_url == "postgresql://me@db/hengwei"


def test_the_file_in_the_data_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("HENGWEI_CONFIG", raising=False)
    monkeypatch.setenv("HENGWEI_DATA_DIR", str(tmp_path))
    assert file_in_use() is None
    (tmp_path / "hengwei.toml").write_text("")
    assert file_in_use() == tmp_path / "hengwei.toml"


@pytest.mark.parametrize(("text", "words"), [
    ("max_file_mb = 0\n", ("max_file_mb", "greater than 0", "有误", "Mend it in")),
    ("max_fil_mb = 3\n", ("max_fil_mb", "did you mean max_file_mb", "是否应为")),
    ("port = [", ("cannot be read", "无法读取")),
    ('language = "fr"\n', ("language", "有误")),
])
def test_what_is_wrong_is_named_with_its_mend(written, text, words):
    written(text)
    with pytest.raises(BadSettings) as wrong:
        settings()
    assert all(word in str(wrong.value) for word in words)


def test_a_secret_is_not_shown(written, monkeypatch):
    written("metrics_token = 12345\n")
    with pytest.raises(BadSettings) as wrong:
        settings()
    assert "12345" not in str(wrong.value)


def test_the_command_ends_with_the_words_and_without_a_traceback(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("port = 99999\n")
    done = subprocess.run([sys.executable, "-m", "hengwei.config.cli", "doctor"], env={**os.environ, "HENGWEI_CONFIG": str(file)}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "port" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
