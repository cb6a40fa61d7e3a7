"""The documentation builds, strictly, and loads nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_documentation_builds_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / "tools/docs.py", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = {str(file.relative_to(tmp_path)): file.read_text() for file in tmp_path.rglob("*.html")}
    for name, text in pages.items():
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="?([^">\s]+)|<link[^>]*rel="?(?:stylesheet|preconnect|icon)[^>]*href="?([^">\s]+)', text)
        assert not [one for pair in loaded for one in pair if re.match("(https?:)?//", one)], name
    assert "HENGWEI_MAX_FILE_MB" in pages["reference/settings.html"]
    assert "hengwei mail import" in pages["reference/cli.html"]
    assert "GET /api/v1/items" in pages["reference/rest.html"]
    assert "投诉及时答复" in pages["reference/controls.html"]
    # The reference is whole in both languages.
    for name in ("settings", "cli", "rest", "controls"):
        english, chinese = (_rows(pages[f"reference/{name}{tail}.html"]) for tail in ("", "-zh"))
        assert english.keys() == chinese.keys() and english
        assert [(code, said) for code, said in chinese.items() if said and not _han(said)] == [], name
        assert [(code, said) for code, said in english.items() if _han(said)] == [], name
    assert "存放数据库、文件、密钥和日志的目录。" in pages["reference/settings-zh.html"]
    assert "从文件导入邮件" in pages["reference/cli-zh.html"]
    assert "登记新工单" in pages["reference/rest-zh.html"]


def _rows(page: str) -> dict[str, str]:
    """What each row of each table is about, and what is said of it."""
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
    return {row[0]: re.sub(r"<[^>]+>", " ", " ".join(row[1:])).strip() for row in rows if row}


def _han(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)
