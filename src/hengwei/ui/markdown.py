"""Markdown as clean HTML: CommonMark with tables, strike-through, task lists and bare links; nothing that could run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

_TAGS = nh3.ALLOWED_TAGS | {"input", "del"}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES, "input": {"type", "checked", "disabled", "class"}, "code": {"class"}, "li": {"class"}, "ul": {"class"},
    "th": {"align"}, "td": {"align"}, **{f"h{level}": {"id"} for level in range(1, 7)}, "img": {"src", "alt", "title", "width", "height"},
}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
        .enable(["table", "strikethrough", "linkify"]).use(tasklists_plugin).use(anchors_plugin, max_level=4)
    )


def read(text: str) -> tuple[list[Token], SafeString]:
    """The text's parts beside its HTML: for a table of contents, for its links."""
    tokens, environment = _parser().parse(text), dict[str, Any]()
    html = str(_parser().renderer.render(tokens, _parser().options, environment))
    clean = nh3.clean(html, tags=set(_TAGS), attributes={k: set(v) for k, v in _ATTRIBUTES.items()}, url_schemes={"http", "https", "mailto", "tel"})
    return tokens, mark_safe(clean)


@lru_cache(maxsize=256)
def render(text: str) -> SafeString:
    """The text as HTML; images and links only by http(s), mailto, tel or within the site."""
    return read(text)[1]
