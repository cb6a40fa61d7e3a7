"""An article's Markdown as a page: headings with anchors, a table of contents, references to other articles as links. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

#: A reference to another article, written as its number.
REFERENCE = re.compile(r"(?<![\w/-])KB-\d{4}-\d{6}(?![\w-])")
#: Headings of these levels stand in the table of contents.
CONTENTS_LEVELS = ("h1", "h2", "h3")
_NOT_IN_ANCHOR = re.compile(r"[^\w\u3400-\u9fff]+")

_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "kbd", "li",
    "ol", "p", "pre", "s", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
_ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "ol": {"start"}, "input": {"type", "checked", "disabled"}, "code": {"class"},
    "li": {"class"}, "ul": {"class"}, "th": {"align"}, "td": {"align"}, **{f"h{n}": {"id"} for n in range(1, 7)},
}


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


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(["table", "strikethrough", "linkify"])
    return parser.use(tasklists_plugin)


_MARKDOWN = _parser()


def anchor(text: str, taken: set[str]) -> str:
    """A heading's address within its page; unlike all `taken` ones."""
    base = _NOT_IN_ANCHOR.sub("-", unicodedata.normalize("NFKC", text).casefold()).strip("-")[:60] or "part"
    name, n = base, 2
    while name in taken:
        name, n = f"{base}-{n}", n + 1
    taken.add(name)
    return name


def render(text: str, *, article_address: str = "/knowledge/") -> Rendered:
    """Markdown as clean HTML. Numbers of articles become links; nothing that a text says can run in the reader's browser."""
    environment: dict[str, object] = {}
    tokens = _MARKDOWN.parse(_references_linked(text, article_address), environment)
    taken: set[str] = set()
    contents: list[Heading] = []
    links: list[str] = []
    pictures: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = _plain(tokens[place + 1])
            name = anchor(words, taken)
            token.attrSet("id", name)
            if token.tag in CONTENTS_LEVELS:
                contents.append(Heading(int(token.tag[1]), words, name))
        for child in token.children or ():
            if child.type == "link_open":
                links.append(str(child.attrGet("href") or ""))
            elif child.type == "image":
                pictures.append(str(child.attrGet("src") or ""))
    html = nh3.clean(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow")
    return Rendered(mark_safe(html), contents, list(dict.fromkeys(links)), list(dict.fromkeys(pictures)))


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
