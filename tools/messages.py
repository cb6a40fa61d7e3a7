"""The words on the screen: find them, see that each has its Chinese, and compile them.

    python tools/messages.py extract   # add new message ids to each room's catalogue, drop those that are gone
    python tools/messages.py check     # fail on a missing, fuzzy or broken translation
    python tools/messages.py compile   # write the .mo files

Needs no gettext tools: templates are read by Django, Python by Babel, catalogues by polib. What the reference says
(docstrings and descriptions of settings, commands and the API) is found where it stands, unmarked.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = Path(__file__).resolve().parent.parent / "src" / "hengwei"
KEYWORDS = {"_": None, "_t": None, "_l": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]")
#: Calls that make a setting, a command, an operation of the API or a member of what it takes and gives, and what of them is read by people.
DESCRIBED = {"Field", "Query", "Path", "Body", "Header", "Typer", "Option", "Argument", "NinjaAPI", "Api"}
VERBS = {"get", "post", "put", "patch", "delete", "command", "callback"}
READ = {"summary", "description", "help"}

Key = tuple[str, str, str]


def _of_the_reference(tree: ast.Module) -> Iterator[str]:
    """What stands in the reference: descriptions of settings, help of commands, words of the API's operations and schemas."""
    schemas: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in DESCRIBED | VERBS:
            yield from (k.value.value for k in node.keywords if k.arg in READ and isinstance(k.value, ast.Constant) and isinstance(k.value.value, str))
        elif isinstance(node, ast.FunctionDef) and any(isinstance(one, ast.Call) and _name(one.func) in VERBS for one in node.decorator_list):
            yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.ClassDef) and any(_is_schema(base, schemas) for base in node.bases):
            schemas.add(node.name)
            yield ast.get_docstring(node) or ""


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _is_schema(base: ast.expr, known: set[str]) -> bool:
    """Whether a class with this base is taken or given by the API: ours are named …Out, …In, …Patch."""
    name = _name(base.value if isinstance(base, ast.Subscript) else base)
    return name in known or name in ("Schema", "ModelSchema") or name.endswith(("Out", "In", "Patch"))


def _found(room: Path) -> dict[Key, list[str]]:
    """Message ids of a room as (context, singular, plural), with the files that say them."""
    messages: dict[Key, list[str]] = {}
    for path in sorted(room.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts or "static" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # A template's indentation means nothing; Python's would.
            source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
        for _line, function, said, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, (), {"encoding": "utf-8"}):
            if said is None:
                # A word in a variable: where it was written, gettext_noop names it.
                continue
            parts = [said] if isinstance(said, str) else [part for part in said if isinstance(part, str)]
            if not parts or not parts[-1]:
                continue
            if function == "ngettext":
                key = ("", parts[0], parts[1])
            elif function in ("pgettext", "pgettext_lazy"):
                key = (parts[0], parts[1], "")
            else:
                key = ("", parts[0], "")
            messages.setdefault(key, []).append(str(path.relative_to(ROOMS)))
        if path.suffix == ".py":
            for said in filter(None, _of_the_reference(ast.parse(source))):
                messages.setdefault(("", inspect.cleandoc(said), ""), []).append(str(path.relative_to(ROOMS)))
    return messages


def _file(room: Path) -> Path:
    return room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def _rooms() -> list[Path]:
    return sorted(path for path in ROOMS.iterdir() if (path / "__init__.py").exists())


def _catalogue(room: Path) -> polib.POFile:
    file = _file(room)
    if file.exists():
        return polib.pofile(str(file), wrapwidth=0)
    made = polib.POFile(wrapwidth=0)
    made.metadata = {"Content-Type": "text/plain; charset=utf-8", "Language": "zh_Hans", "Plural-Forms": "nplurals=1; plural=0;"}
    return made


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def extract() -> int:
    # The Chinese of a sentence is the same wherever it is said: a new place takes it over.
    known: dict[Key, polib.POEntry] = {_key(e): e for room in _rooms() for e in _catalogue(room) if e.translated()}
    for room in _rooms():
        found = _found(room)
        if not found:
            continue
        old = {_key(entry): entry for entry in _catalogue(room)}
        made = _catalogue(room)
        made.clear()
        for key, places in sorted(found.items(), key=lambda item: (item[1][0], item[0])):
            context, singular, plural = key
            before = old.get(key) or known.get(key)
            entry = polib.POEntry(msgid=singular, msgctxt=context or None, occurrences=[(p, "") for p in dict.fromkeys(places)])
            if plural:
                entry.msgid_plural = plural
                entry.msgstr_plural = dict(before.msgstr_plural) if before else {0: ""}
            else:
                entry.msgstr = before.msgstr if before else ""
            if PLACE.search(singular):
                entry.flags = ["python-format"]
            made.append(entry)
        _file(room).parent.mkdir(parents=True, exist_ok=True)
        made.save(str(_file(room)))
    return 0


def _said_in_two_ways() -> int:
    """All catalogues are one to Django: a sentence that two rooms say differently would be said wrongly in one of them."""
    said: dict[Key, dict[str, Path]] = {}
    for room in _rooms():
        for entry in _catalogue(room):
            chinese = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
            if chinese:
                said.setdefault(_key(entry), {}).setdefault(chinese, room)
    wrong = {key: ways for key, ways in said.items() if len(ways) > 1}
    for key, ways in wrong.items():
        print(f"said in two ways: {key[1]!r}: " + ", ".join(f"{chinese} ({room.name})" for chinese, room in ways.items()))
    return len(wrong)


def check() -> int:
    wrong = _said_in_two_ways()
    for room in _rooms():
        entries = {_key(entry): entry for entry in _catalogue(room)}
        for key, places in _found(room).items():
            entry = entries.get(key)
            said = (entry.msgstr_plural.get(0, "") if key[2] else entry.msgstr) if entry else ""
            problem = ""
            if not said:
                problem = "no Chinese"
            elif entry is not None and entry.fuzzy:
                problem = "fuzzy"
            elif sorted(m[0] for m in PLACE.finditer(said)) != sorted(m[0] for m in PLACE.finditer(key[2] or key[1])):
                problem = "other places for values"
            if problem:
                wrong += 1
                print(f"{places[0]}: {problem}: {key[1]!r}")
    if wrong:
        print(f"{wrong} messages to mend")
    return 1 if wrong else 0


def compile_all() -> int:
    for room in _rooms():
        if _file(room).exists():
            polib.pofile(str(_file(room))).save_as_mofile(str(_file(room).with_suffix(".mo")))
    return 0


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    sys.exit({"extract": extract, "check": check, "compile": compile_all}[sys.argv[1]]())
