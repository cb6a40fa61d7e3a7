"""What the reference says is a message without being marked, and its Chinese may not be missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOM = '''
class ThingOut(Schema):
    """A thing."""
    name: str = Field(description="What it is called.")

class Inner(ThingOut):
    """A thing in another."""

class Other:
    """Nobody reads this."""

@router.get("/things", summary="All things")
def things(request):
    """The newest first,
    then the others."""

@app.command()
def count(of: str = typer.Option("", help="Of which.")):
    """Count them."""

def plain():
    """Nor this."""
'''
FOUND = {"A thing.", "What it is called.", "A thing in another.", "All things", "The newest first,\nthen the others.", "Of which.", "Count them."}


@pytest.fixture
def messages(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOMS", tmp_path)
    (tmp_path / "room").mkdir()
    (tmp_path / "room/__init__.py").write_text("")
    (tmp_path / "room/api.py").write_text(ROOM)
    return module


def test_a_text_of_the_reference_without_chinese_is_a_fault(messages, tmp_path, capsys):
    assert messages.check() == 1
    assert f"{len(FOUND)} messages to mend" in capsys.readouterr().out
    messages.extract()
    file = tmp_path / "room/locale/zh_Hans/LC_MESSAGES/django.po"
    catalogue = polib.pofile(str(file), wrapwidth=0)
    assert {entry.msgid for entry in catalogue} == FOUND
    assert messages.check() == 1
    for entry in catalogue:
        entry.msgstr = f"中文 {entry.msgid}"
    catalogue.save(str(file))
    assert messages.check() == 0
