"""An article's Markdown as a page: headings with anchors, a table of contents, references to other articles as links. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from markdown_it.token import Token

from hengwei.ui import markdown

#: A reference to another article, written as its number.
REFERENCE = re.compile(r"(?<![\w/-])KB-\d{4}-\d{6}(?![\w-])")
#: Headings of these levels stand in the table of contents.
CONTENTS_LEVELS = ("h1", "h2", "h3")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as HTML, with what it holds."""

    html: SafeString
    contents: list[Heading] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def render(text: str, *, article_address: str = "/knowledge/") -> Rendered:
    """Markdown as clean HTML. Numbers of articles become links; nothing that a text says can run in the reader's browser."""
    tokens, html = markdown.read(_references_linked(text, article_address))
    contents: list[Heading] = []
    links: list[str] = []
    pictures: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in CONTENTS_LEVELS:
            contents.append(Heading(int(token.tag[1]), _plain(tokens[place + 1]), str(token.attrGet("id") or "")))
        for child in token.children or ():
            if child.type == "link_open":
                links.append(str(child.attrGet("href") or ""))
            elif child.type == "image":
                pictures.append(str(child.attrGet("src") or ""))
    return Rendered(html, contents, list(dict.fromkeys(links)), list(dict.fromkeys(pictures)))


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


_FENCED = re.compile(r"(```.*?```|~~~.*?~~~|`[^`\n]*`|\]\([^)]*\)|\[[^\]]*\]|<[^>]*>|https?://\S+)", re.DOTALL)


def _references_linked(text: str, address: str) -> str:
    """Article numbers as links, except within code, links and addresses."""
    pieces = _FENCED.split(text)
    for place in range(0, len(pieces), 2):
        pieces[place] = REFERENCE.sub(lambda match: f"[{match[0]}]({address}{match[0]})", pieces[place])
    return "".join(pieces)


_MARKS = re.compile(r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|[#>*_`~|]+|^\s*[-+]\s+|^\s*\d+\.\s+", re.MULTILINE)


def plain(text: str) -> str:
    """Markdown without its marks: for searching, suggesting, and for inserting into a reply's text."""
    return _MARKS.sub(lambda match: match[1] or "", text)
