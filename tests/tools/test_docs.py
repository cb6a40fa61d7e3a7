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
