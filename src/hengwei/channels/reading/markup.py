"""HTML of mail: made harmless, split from what it quotes, read as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy

import lxml.html
import nh3
from lxml import etree
from lxml.html import HtmlElement

#: More than this is not cleaned but shown as text only.
MAX_HTML = 1_500_000
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "tt", "u", "ul",
}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"}, "a": {"href", "name"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"}, "ol": {"start", "type"}, "font": {"color"}, "span": {"style"}, "p": {"style"}, "div": {"style"},
}
_STYLES = {"color", "background-color", "font-weight", "font-style", "text-decoration", "text-align"}
_BLOCKS = {"p", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "pre", "hr", "dl", "dt", "dd", "center", "section", "article", "header", "footer"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "pre"}
_SKIPPED = {"script", "style", "head", "title", "meta", "link", "template", "noscript"}
_MARKUP = {"img", "table", "a", "b", "strong", "ul", "ol", "pre", "h1", "h2", "h3", "code", "font", "u", "del"}

#: Elements that hold what is quoted, and elements from which on everything is quoted.
_QUOTE_IDS = {"isreplycontent", "isforwardcontent", "divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "mailreply", "origbody", "oldmail", "ntes-pcmac-signature-quote"}
_QUOTE_CLASSES = {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "ntes-mailmaster-quote", "protonmail_quote", "zmail_extra", "qqmail_quote", "foxmail_quote", "aliyun_quote"}
_ONWARD = {"divrplyfwdmsg", "appendonsend"}
_OUTLOOK_LINE = re.compile(r"border-top:\s*solid\s*#(e1e1e1|b5c4df)", re.IGNORECASE)
_MARK_TEXT = re.compile(r"^\s*[-_—*]{2,}\s*(original message|原始邮件|原邮件|回复的原邮件|转发的原邮件|转发邮件信息|forwarded message)\s*[-_—*]{2,}", re.IGNORECASE)


def clean(html: str, *, pictures: Callable[[str], str | None] = lambda content_id: None) -> tuple[str, int]:
    """Harmless HTML, and how many pictures from elsewhere were left out (they tell the sender who reads what, and when).

    `pictures` gives the address of an inline picture by its Content-ID.
    """
    remote = 0

    def attribute(tag: str, name: str, value: str) -> str | None:
        nonlocal remote
        if tag == "img" and name == "src":
            if value.lower().startswith("cid:"):
                return pictures(value[4:].strip("<> "))
            if value.startswith("data:image/") and len(value) < 200_000 and not value.startswith("data:image/svg"):
                return value
            remote += 1
            return None
        return value

    cleaned = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=attribute, strip_comments=True, link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"}, filter_style_properties=_STYLES, clean_content_tags={"script", "style", "title"},
    )
    return re.sub(r"(?:<(?:div|p)>(?:\s|&nbsp;|<br>)*</(?:div|p)>|<br>|\s)+$", "", cleaned).strip(), remote


def tree(html: str) -> HtmlElement | None:
    """The parsed body; None where there is nothing to parse."""
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
        root = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    body = root.find("body")
    return body if body is not None else root


def source(element: HtmlElement) -> str:
    """The HTML inside an element."""
    inner = lxml.html.tostring(element, encoding="unicode")
    return re.sub(r"^<body[^>]*>|</body>\s*$", "", inner)


def split(body: HtmlElement) -> tuple[HtmlElement, HtmlElement | None]:
    """(what was written, what it quotes). `body` is taken apart."""
    quoted = lxml.html.Element("body")
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element is body or not _inside(element, body):
            continue
        if _onward(element):
            _move_from(element, body, quoted)
            break
        if _quotes(element):
            _move(element, quoted)
    has_quote = len(quoted) > 0 and (text(quoted).strip() != "" or quoted.find(".//img") is not None)
    return body, quoted if has_quote else None


def _inside(element: HtmlElement, body: HtmlElement) -> bool:
    parent = element
    while parent is not None:
        if parent is body:
            return True
        parent = parent.getparent()
    return False


def _quotes(element: HtmlElement) -> bool:
    identity = (element.get("id") or "").lower()
    classes = set((element.get("class") or "").lower().split())
    if identity in _QUOTE_IDS or classes & _QUOTE_CLASSES:
        return True
    return (element.tag == "blockquote" and (element.get("type") or "").lower() == "cite") or element.tag == "includetail"


def _onward(element: HtmlElement) -> bool:
    if (element.get("id") or "").lower() in _ONWARD or _OUTLOOK_LINE.search(element.get("style") or ""):
        return True
    return element.tag in ("div", "p", "span", "font", "b") and bool(_MARK_TEXT.match((element.text or "").replace("\xa0", " ")))


def _move(element: HtmlElement, quoted: HtmlElement) -> None:
    parent, tail = element.getparent(), element.tail
    before = element.getprevious()
    element.tail = None
    if tail:
        if before is not None:
            before.tail = (before.tail or "") + tail
        elif parent is not None:
            parent.text = (parent.text or "") + tail
    quoted.append(element)


def _move_from(element: HtmlElement, body: HtmlElement, quoted: HtmlElement) -> None:
    """Move the element and all that follows it in the document, leaving the words before it where they are."""
    level: HtmlElement | None = element
    first = True
    while level is not None and level is not body:
        following = list(level.itersiblings())
        parent = level.getparent()
        if not first and level.tail and level.tail.strip():
            holder = lxml.html.Element("div")
            holder.text, level.tail = level.tail, None
            quoted.append(holder)
        if first:
            quoted.append(level)
            first = False
        for one in following:
            quoted.append(one)
        level = parent


def worth_showing(body: HtmlElement) -> bool:
    """Whether the HTML says more than its text does."""
    return any(element.tag in _MARKUP for element in body.iter() if isinstance(element.tag, str))


def text(body: HtmlElement) -> str:
    """The words as one would read them: paragraphs, list marks, cells in a row, links with their address."""
    out: list[str] = []
    _write(body, out, pre=False, depth=0)
    joined = "".join(out)
    joined = re.sub(r"[ \t\xa0]*\n[ \t\xa0]*", "\n", joined)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def _append(out: list[str], value: str | None, pre: bool) -> None:
    words = value or ""
    if not pre:
        words = re.sub(r"[ \t\r\n]+", " ", words)
        if not out or out[-1].endswith("\n"):
            words = words.lstrip(" ")
    if words:
        out.append(words)


def _write(element: HtmlElement, out: list[str], *, pre: bool, depth: int) -> None:
    tag = element.tag
    if not isinstance(tag, str) or tag in _SKIPPED or depth > 180:
        return
    if _hidden(element):
        return
    if tag == "br":
        out.append("\n")
        return
    if tag == "hr":
        out.append("\n----------\n")
        return
    pre = pre or tag in ("pre", "textarea")
    if tag in _BLOCKS and out and not out[-1].endswith("\n"):
        out.append("\n")
    if tag in _PARAGRAPHS and out and len(out) > 1 and not "".join(out[-2:]).endswith("\n\n"):
        out.append("\n")
    if tag == "li":
        out.append("- ")
    start = len(out)
    if tag == "img" and element.get("alt"):
        out.append(f"[{element.get('alt')}]")
    _append(out, element.text, pre)
    for child in element:
        _write(child, out, pre=pre, depth=depth + 1)
        _append(out, child.tail, pre)
    if tag == "a":
        href, shown = element.get("href") or "", "".join(out[start:]).strip()
        if href.startswith(("http://", "https://")) and href.rstrip("/") not in shown and shown:
            out.append(f" <{href}>")
    if tag in ("td", "th"):
        out.append("\t")
    if tag in _BLOCKS and out and not out[-1].endswith("\n"):
        out.append("\n")


def _hidden(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "mso-hide:all" in style


def copy(body: HtmlElement) -> HtmlElement:
    """A copy to take apart."""
    return deepcopy(body)
