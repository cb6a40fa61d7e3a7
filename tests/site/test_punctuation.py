"""Full-width punctuation stays with Chinese, Latin with English: in the catalogues, and in what the code joins."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import hengwei

HOUSE = Path(hengwei.__file__).parent
FULL = re.compile("[，。；：！？（）、]")
#: Modules whose Chinese is data in Chinese: sample and built-in texts, wordings by language, and what reads other people's texts.
IN_CHINESE = re.compile(r"(^|/)(demo\w*|seed|migrations|texts|packs|wording|campaigns|regulation_texts|reading|settings|beginnings|private_data|asking|exchange)(/|\.py$|_)|/locale/|cli\.py$")
#: Functions whose argument is read, not written: splitting, replacing, stripping, searching.
READING = {"replace", "split", "strip", "rstrip", "lstrip", "compile", "findall", "sub", "match", "search", "partition", "maketrans", "translate", "find", "startswith", "endswith", "Wording", "finditer"}


def _joined(path: Path):
    """Literal text with Chinese punctuation in the code, where no Chinese stands beside it: it would come out in any language."""
    tree = ast.parse(path.read_text())
    apart: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in READING:
                apart |= {id(part) for argument in node.args for part in ast.walk(argument)}
        elif isinstance(node, ast.IfExp) and "is_chinese" in ast.unparse(node.test):
            apart |= {id(part) for part in ast.walk(node.body)} | {id(part) for part in ast.walk(node.orelse)}
        elif isinstance(node, ast.Compare):
            apart |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body and isinstance(node.body[0], ast.Expr):
            apart.add(id(node.body[0].value))
        elif isinstance(node, ast.For | ast.Assign) and isinstance(getattr(node, "iter", getattr(node, "value", None)), ast.Tuple | ast.Set | ast.List | ast.Dict):
            # Marks that are looked for.
            apart |= {id(part) for part in ast.walk(getattr(node, "iter", getattr(node, "value", None)))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart and FULL.search(node.value):
            yield node.lineno, node.value


def test_the_code_joins_words_by_the_readers_language():
    wrong = [
        f"{path.relative_to(HOUSE)}:{line}: {text[:60]!r}"
        for path in sorted(HOUSE.rglob("*.py")) if not IN_CHINESE.search(str(path.relative_to(HOUSE)))
        for line, text in _joined(path)
    ]
    assert not wrong, "by core.i18n: listed, clauses, aside, colon; or a message with Chinese of its own\n" + "\n".join(wrong)


def test_templates_have_none_of_their_own():
    wrong = []
    for path in sorted(HOUSE.rglob("templates/**/*.html")):
        text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
        wrong += [f"{path.relative_to(HOUSE)}: {one!r}" for one in re.findall(r".{0,20}[，。；：！？（）、].{0,10}", text)]
    assert not wrong, "\n".join(wrong)


def _messages():
    for path in sorted(HOUSE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po")):
        from babel.messages.pofile import read_po

        for message in read_po(path.open("rb")):
            if message.id:
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
                yield path.parts[-5], ids, texts


def test_english_messages_have_no_chinese_punctuation():
    assert [one for _room, ids, _texts in _messages() for one in ids if FULL.search(one)] == []


#: A Latin mark right beside a Chinese sign.
#: Keys of the quick search, such as 团队:, are typed with either colon.
LATIN = re.compile(r"[\u4e00-\u9fff”’]\s?[,;!?](?![\d/])|[\u4e00-\u9fff]\s?\.(?=\s|$)|[,;!?](?=[\u4e00-\u9fff])|\((?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\)")


def test_chinese_messages_have_no_latin_punctuation():
    wrong = [f"{room}: {text!r}" for room, _ids, texts in _messages() for text in texts if LATIN.search(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", ["请选择, 再提交", "完成!", "共3条(未读)"])
def test_what_the_rule_finds(text):
    assert LATIN.search(text)
