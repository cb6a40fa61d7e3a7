"""The description of the API in the reader's language: English for tools, whole in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.factories import UserFactory


def _described(query: str = "", **headers: str) -> dict[str, Any]:
    found: dict[str, Any] = Client().get(f"/api/v1/openapi.json{query}", headers=headers).json()
    return found


def _read(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """What people read in it, with its place."""
    if isinstance(node, dict):
        for key, one in node.items():
            if key in ("summary", "description") and isinstance(one, str):
                yield f"{path}/{key}", one
            elif key not in ("default", "example", "examples", "enum", "const"):
                yield from _read(one, f"{path}/{key}")
    elif isinstance(node, list):
        for number, one in enumerate(node):
            yield from _read(one, f"{path}/{number}")


def _han(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


@pytest.mark.parametrize(("query", "headers", "summary"), [
    ("", {}, "Record a new work item"),
    ("", {"Accept-Language": "*"}, "Record a new work item"),
    ("", {"Accept-Language": "fr"}, "Record a new work item"),
    ("", {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "登记新工单"),
    ("", {"Accept-Language": "zh;q=0.3,en;q=0.8"}, "Record a new work item"),
    ("?language=zh-hans", {"Accept-Language": "en"}, "登记新工单"),
    ("?language=en", {"Accept-Language": "zh-CN"}, "Record a new work item"),
])
def test_it_speaks_the_language_that_is_asked_for_else_english(db, query, headers, summary):
    assert _described(query, **headers)["paths"]["/api/v1/items"]["post"]["summary"] == summary


def test_it_is_whole_in_both_languages(db):
    english, chinese = _described("?language=en"), _described("?language=zh-hans")
    assert [path for path, _words in _read(english)] == [path for path, _words in _read(chinese)]
    assert [(path, words) for path, words in _read(chinese) if not _han(words)] == []
    # Examples of what is typed stay as they are.
    assert [words for _path, words in _read(english) if _han(words) and not any(example in words for example in ("from:李倩", "打印机"))] == []


def test_every_parameter_says_what_it_means(db):
    parameters = [
        (path, one["name"]) for path, verbs in _described()["paths"].items() for what in verbs.values() for one in what.get("parameters", ())
        if not (one.get("description") or one["schema"].get("description"))
    ]
    assert parameters == []


def test_the_names_of_fields_are_those_of_the_form_in_the_language(db):
    for language, label in (("en", "English name"), ("zh-hans", "英文名称")):
        assert _described(f"?language={language}")["components"]["schemas"]["TeamIn"]["properties"]["name_en"]["description"].startswith(label)


def test_the_page_tells_it_in_the_language_of_the_person_and_loads_nothing_from_elsewhere(client, department):
    for language, words in (("en", ("Record a new work item", "Id of the person it is for; you, unless given.")), ("zh-hans", ("登记新工单", "请求人的ID；不填则为本人。"))):
        client.force_login(UserFactory(role="agent", language=language))
        page = client.get("/api/v1/docs", headers={"Accept-Language": "fr"}).content.decode()
        assert all(one in page for one in words) and f"/api/v1/openapi.json?language={language}" in page
        assert "POST /api/v1/items" in page and "<code>sort=due</code>" in page
        # The policy of all our pages lets nothing else run: the library's page, loaded from elsewhere, stayed blank.
        assert re.findall(r'(?:src|href)="((?:https?:)?//[^"]+)', page) == []
