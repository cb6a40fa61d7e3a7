"""The documentation: the pages of docs/ and the reference that is read from the code, built strictly into one folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def cell(text: object) -> str:
    """Text that breaks neither a table nor the page."""
    return str(text).replace("|", "\\|").replace("<br>", "\0").replace("<", "&lt;").replace("\0", "<br>").replace("\n", " ").strip()


def table(head: list[str], rows: list[list[object]]) -> Iterator[str]:
    """A Markdown table, with an empty line after it."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell(one) for one in row) + " |"
    yield ""


def settings_page(chinese: bool) -> Iterator[str]:
    """Each setting with its name in the environment and its default."""
    from django.utils.translation import gettext

    from hengwei.config.settings import Settings

    yield (
        "# 设置\n\n进程启动时读取：先看环境变量，再看设置文件（`HENGWEI_CONFIG`指定的文件，否则为数据目录中的`hengwei.toml`，再否则为`/etc/hengwei/hengwei.toml`）。"
        "文件中用小写名称，不带`HENGWEI_`前缀。环境变量中的列表写成JSON：`[\"10.20.0.0/16\"]`。\n"
        if chinese else
        "# Settings\n\nRead when a process starts: from the environment, then from the settings file (`HENGWEI_CONFIG`, else `hengwei.toml` in the data folder, else "
        "`/etc/hengwei/hengwei.toml`), where names are in small letters without `HENGWEI_`. Lists in the environment are JSON: `[\"10.20.0.0/16\"]`.\n"
    )
    rows: list[list[object]] = []
    for name, field in Settings.model_fields.items():
        alias = "DATABASE_URL" if name == "database_url" else f"HENGWEI_{name.upper()}"
        kind = getattr(field.annotation, "__name__", str(field.annotation)) if not str(field.annotation).startswith("list") else str(field.annotation)
        rows.append([f"`{alias}`", kind, f"`{json.dumps(field.default) if isinstance(field.default, list) else field.default}`" if field.default != "" else "无" if chinese else "none", gettext(field.description) if field.description else ""])
    yield from table(["名称", "类型", "默认值", "说明"] if chinese else ["Name", "Type", "Default", "Meaning"], rows)


def cli_page(chinese: bool) -> Iterator[str]:
    """Each command with its arguments and options."""
    import typer

    from hengwei.config import cli

    if not typer.main.get_command(cli.app).commands.get("mail"):  # type: ignore[attr-defined]
        cli._attach_rooms()
    yield (
        "# 命令行\n\n`hengwei --help`及各命令的`--help`给出同样的说明。语言依次取决于：`HENGWEI_LANGUAGE`或设置文件中的`language`（如已设置）；"
        "环境变量`LC_ALL`、`LC_MESSAGES`、`LANG`中第一个非空的，以`zh`开头即为中文；否则为英文。\n"
        if chinese else
        "# Command line\n\n`hengwei --help`, and `--help` of each command, say the same. The language is `HENGWEI_LANGUAGE`, or `language` in the settings file, where it is set; "
        "else the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty: Chinese when it begins with `zh`; else English.\n"
    )
    yield from _command(typer.main.get_command(cli.app), "hengwei", chinese)


def _command(command: Any, path: str, chinese: bool) -> Iterator[str]:
    from django.utils.translation import gettext

    words = {"argument": "参数", "option": "选项", "yes": "是"} if chinese else {"argument": "argument", "option": "option", "yes": "yes"}
    for name, below in sorted(getattr(command, "commands", {}).items()):
        full = f"{path} {name}"
        yield f"## {full}\n\n{gettext(cleandoc(below.help)) if below.help else ''}\n"
        rows = [
            [f"`{' '.join(one.opts)}`", words["argument" if one.param_type_name == "argument" else "option"], words["yes"] if one.required else "", gettext(one.help) if getattr(one, "help", "") else ""]
            for one in below.params if one.name != "help"
        ]
        if rows:
            yield from table(["名称", "种类", "必填", "说明"] if chinese else ["Name", "Kind", "Required", "Meaning"], rows)
        yield from _command(below, full, chinese)


#: Parameters of every list; told once.
OF_LISTS = ("q", "sort", "cursor", "limit")


def rest_page(chinese: bool) -> Iterator[str]:
    """Each path of the OpenAPI schema, by the room that owns it."""
    from hengwei.site.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    every = {one["name"]: one.get("description", "") for verbs in schema["paths"].values() for what in verbs.values() for one in what.get("parameters", [])}
    yield f"# REST\n\n{schema['info']['description']}\n"
    yield (
        "系统在`/api/v1/docs`按读者的语言列出全部调用及其参数和正文，并在`/api/v1/openapi.json`提供OpenAPI文档。该文档的语言由`?language=zh-hans`或`?language=en`指定，否则按`Accept-Language`，两者都没有时为英文。\n"
        if chinese else
        "An installation lists all calls with their parameters and bodies at `/api/v1/docs`, in the reader's language, and describes them as OpenAPI at `/api/v1/openapi.json`, in the language of `?language=zh-hans` or `?language=en`, else of `Accept-Language`, else in English.\n"
    )
    yield "各列表共有的参数：\n" if chinese else "Parameters of every list:\n"
    yield from table(["参数", "含义"] if chinese else ["Parameter", "Meaning"], [[f"`{name}`", every[name]] for name in OF_LISTS])
    rooms: dict[str, list[list[object]]] = {}
    for path, verbs in sorted(schema["paths"].items()):
        room = path.removeprefix("/api/v1/").split("/")[0]
        for verb, what in verbs.items():
            said = [what.get("summary", ""), what.get("description", "")]
            query = [
                f"`{one['name']}`" + (f" {one.get('description') or one['schema'].get('description', '')}" if one["name"] not in OF_LISTS else "")
                for one in what.get("parameters", []) if one["in"] == "query"
            ]
            rooms.setdefault(room, []).append([f"`{verb.upper()} {path}`", "<br>".join(one for one in said if one), "<br>".join(query)])
    for room, rows in sorted(rooms.items()):
        yield f"## {room}\n"
        yield from table(["调用", "作用", "查询参数"] if chinese else ["Call", "What it does", "Query"], rows)


def controls_page(chinese: bool) -> Iterator[str]:
    """Each control that a clause can be bound to."""
    from django.utils.translation import override

    from hengwei.core import controls

    yield "# 控制\n\n实际记录能够证明什么。\n" if chinese else "# Controls\n\nWhat live records can prove.\n"
    for control in sorted(controls.every(), key=lambda one: one.key):
        told = control.plain({one.name: one.default for one in control.params})
        if chinese:
            yield f"## {control.title}\n\n`{control.key}` · {told}\n"
        else:
            with override("zh-hans"):
                name = str(control.title)
            yield f"## {control.key}\n\n**{control.title}** · {name}\n\n{told}\n"
        if control.proves:
            yield f"证明：{'、'.join(control.proves)}\n" if chinese else f"Proves: {', '.join(control.proves)}\n"
        if control.params:
            yield from table(["参数", "含义", "默认值", "单位"] if chinese else ["Parameter", "Meaning", "Default", "Unit"], [[f"`{one.name}`", one.label, one.default, one.unit] for one in control.params])


PAGES = {"settings": settings_page, "cli": cli_page, "rest": rest_page, "controls": controls_page}


def gather(target: Path) -> None:
    """Copy docs/ to `target` and write the reference beside it, each page in both languages."""
    from django.utils.translation import override

    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "docs", target)
    shutil.copy(ROOT / "CHANGELOG.md", target / "changes.md")
    (target / "reference").mkdir(exist_ok=True)
    for name, page in PAGES.items():
        for language, file in (("en", f"{name}.md"), ("zh-hans", f"{name}-zh.md")):
            with override(language):
                (target / "reference" / file).write_text("\n".join(page(language != "en")), encoding="utf-8")


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
