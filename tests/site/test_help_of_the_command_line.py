"""`hengwei --help` in the language of the installation, else of the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _said(tmp_path: Path, *arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("HENGWEI_LANGUAGE", "HENGWEI_CONFIG", "LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    done = subprocess.run(
        [sys.executable, "-m", "hengwei.config.cli", *arguments], capture_output=True, text=True, check=False,
        env=kept | {"HENGWEI_DATA_DIR": str(tmp_path), "COLUMNS": "100", "PYTHONUTF8": "1"} | environment)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("environment", "chinese"), [
    ({}, False), ({"LANG": "zh_CN.UTF-8"}, True), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, False), ({"HENGWEI_LANGUAGE": "zh-hans"}, True),
    ({"HENGWEI_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, False),
    # Settings that cannot be read are no reason to keep silent.
    ({"HENGWEI_LANGUAGE": "fr", "LANG": "zh_CN.UTF-8"}, True),
])
def test_the_setting_goes_before_the_terminal(tmp_path, environment, chinese):
    said = _said(tmp_path, "--help", **environment)
    assert ("将数据库升级到当前版本。" in said, "Bring the database up to this version." in said) == (chinese, not chinese)


def test_the_settings_file_counts_too(tmp_path):
    (tmp_path / "hengwei.toml").write_text('language = "zh-hans"\n')
    assert "将数据库升级到当前版本。" in _said(tmp_path, "--help")


def test_commands_of_the_rooms_and_their_options_whole(tmp_path):
    said = _said(tmp_path, "user", "add", "--help", LANG="zh_CN.UTF-8")
    for words in ("添加可以登录的人员。", "登录用的用户名。", "电子邮箱地址。", "[必填]", "显示本帮助并退出。", "选项"):
        assert words in said
    # Nothing is cut off for want of spaces.
    assert "…" not in said and "system_admin（系统管理员）等" in said.replace("\n", "").replace(" ", "").replace("│", "")
    assert "Add a person" not in said
    assert "收取各邮箱的新邮件并处理。" in _said(tmp_path, "mail", LANG="zh_CN.UTF-8")


def test_what_is_typed_wrongly_is_answered_in_it(tmp_path):
    assert "没有'nix'这条命令。" in _said(tmp_path, "nix", LANG="zh_CN.UTF-8")
