"""The documentation: the pages of docs/ and the reference that is read from the code, built strictly into one folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def cell(text: object) -> str:
    """Text that breaks neither a table nor the page."""
    return str(text).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ").strip()


def table(head: list[str], rows: list[list[object]]) -> Iterator[str]:
    """A Markdown table, with an empty line after it."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell(one) for one in row) + " |"
    yield ""


def settings_page() -> Iterator[str]:
    """Each setting with its name in the environment and its default."""
    from hengwei.config.settings import Settings

    yield "# Settings\n\nRead from the environment when a process starts. Lists are JSON: `[\"10.20.0.0/16\"]`.\n"
    rows: list[list[object]] = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias if isinstance(field.validation_alias, str) else f"HENGWEI_{name.upper()}"
        kind = getattr(field.annotation, "__name__", str(field.annotation)) if not str(field.annotation).startswith("list") else str(field.annotation)
        rows.append([f"`{alias}`", kind, f"`{field.default}`" if field.default != "" else "none", field.description or ""])
    yield from table(["Name", "Type", "Default", "Meaning"], rows)


def cli_page() -> Iterator[str]:
    """Each command with its arguments and options."""
    import typer

    from hengwei.config import cli

    cli._attach_rooms()
    yield "# Command line\n"
    yield from _command(typer.main.get_command(cli.app), "hengwei")


def _command(command: Any, path: str) -> Iterator[str]:
    for name, below in sorted(getattr(command, "commands", {}).items()):
        full = f"{path} {name}"
        yield f"## {full}\n\n{below.help or ''}\n"
        rows = [
            [f"`{' '.join(one.opts)}`", "argument" if one.param_type_name == "argument" else "option", "yes" if one.required else "", getattr(one, "help", "") or ""]
            for one in below.params if one.name != "help"
        ]
        if rows:
            yield from table(["Name", "Kind", "Required", "Meaning"], rows)
        yield from _command(below, full)


def rest_page() -> Iterator[str]:
    """Each path of the OpenAPI schema, by the room that owns it."""
    from hengwei.site.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    yield f"# REST\n\n{schema['info']['description']} An installation shows it, to be tried, at `/api/v1/docs`.\n"
    rooms: dict[str, list[list[object]]] = {}
    for path, verbs in sorted(schema["paths"].items()):
        room = path.removeprefix("/api/v1/").split("/")[0]
        for verb, what in verbs.items():
            query = ", ".join(f"`{one['name']}`" for one in what.get("parameters", []) if one["in"] == "query")
            rooms.setdefault(room, []).append([f"`{verb.upper()} {path}`", what.get("description") or what.get("summary", ""), query])
    for room, rows in sorted(rooms.items()):
        yield f"## {room}\n"
        yield from table(["Call", "What it does", "Query"], rows)


def controls_page() -> Iterator[str]:
    """Each control that a clause can be bound to, in both languages."""
    from django.utils.translation import override

    from hengwei.core import controls

    yield "# Controls\n\nWhat live records can prove.\n"
    for control in sorted(controls.every(), key=lambda one: one.key):
        with override("zh-hans"):
            chinese = str(control.title)
        with override("en"):
            yield f"## {control.key}\n\n**{control.title}** · {chinese}\n\n{control.plain({one.name: one.default for one in control.params})}\n"
            if control.proves:
                yield f"Proves: {', '.join(control.proves)}\n"
            if control.params:
                yield from table(["Parameter", "Meaning", "Default", "Unit"], [[f"`{one.name}`", one.label, one.default, one.unit] for one in control.params])


def chinese_controls_page() -> Iterator[str]:
    """The same for Chinese readers."""
    from django.utils.translation import override

    from hengwei.core import controls

    yield "# 控制\n\n实际记录能够证明什么。\n"
    with override("zh-hans"):
        for control in sorted(controls.every(), key=lambda one: one.key):
            yield f"## {control.title}\n\n`{control.key}` · {control.plain({one.name: one.default for one in control.params})}\n"
            if control.proves:
                yield f"证明：{'、'.join(control.proves)}\n"
            if control.params:
                yield from table(["参数", "含义", "默认值", "单位"], [[f"`{one.name}`", one.label, one.default, one.unit] for one in control.params])


PAGES = {"settings": settings_page, "cli": cli_page, "rest": rest_page, "controls": controls_page, "controls-zh": chinese_controls_page}


def gather(target: Path) -> None:
    """Copy docs/ to `target` and write the reference beside it."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "docs", target)
    shutil.copy(ROOT / "CHANGELOG.md", target / "changes.md")
    (target / "reference").mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (target / "reference" / f"{name}.md").write_text("\n".join(page()))


def main() -> int:
    """Build; returns mkdocs' verdict. No database is asked."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HENGWEI_DATA_DIR"] = scratch
        os.environ["DATABASE_URL"] = "postgresql://none@127.0.0.1:1/none"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengwei.config.django")
        import django

        django.setup()
        gather(ROOT / "build/docs-source")
    where = sys.argv[1:] and ["--site-dir", str(Path(sys.argv[1]).resolve())]
    return subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", *where], cwd=ROOT, check=False, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}).returncode


if __name__ == "__main__":
    raise SystemExit(main())
