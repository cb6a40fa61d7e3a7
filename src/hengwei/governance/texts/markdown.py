"""A regulation as Markdown, and back. What lies below articles is indented, two spaces a level, and so read again exactly."""

from __future__ import annotations

import re

from . import marks
from .clauses import FRAME, Document, Node

#: The first line of our own Markdown: it says that indentation is to be trusted.
HEAD = "<!-- hengwei regulation -->"
_SPECIAL = re.compile(r"[\\#*\-+•·●○■□▪◆◇▫–—<>【]")


def _escaped(text: str) -> str:
    """A text that begins like a mark is told apart by a backslash."""
    narrowed = marks.narrow(text)
    risky = _SPECIAL.match(text) or marks.frame_at(narrowed, 0) or marks.list_at(narrowed, 0) or marks.BARE.match(narrowed)
    return f"\\{text}" if risky else text


def _plain(text: str) -> str:
    return text.removeprefix("\\")


def to_markdown(document: Document) -> str:
    """The document as Markdown."""
    lines = [HEAD, ""]
    if document.title:
        lines += [f"# {document.title}", ""]

    def write(node: Node, level: int) -> None:
        if node.kind in ("chapter", "section"):
            lines.extend([f"{'##' if node.kind == 'chapter' else '###'} {node.number or '-'} {node.title}".rstrip(), ""])
            level = -1
            if node.text:
                lines.extend([f"> {node.text}", ""])
        elif node.kind == "article":
            title = f"【{node.title}】" if node.title else ""
            body = node.text if title else ("\\" + node.text if node.text.startswith(("【", "\\")) else node.text)
            lines.extend([f"**{node.number or '-'}** {title}{body}".rstrip(), ""])
            level = -1
        else:
            indent = "  " * level
            sign = {"item": f"- {node.number} ", "bullet": "- ", "paragraph": ""}[node.kind]
            body = node.text if node.kind == "item" else _escaped(node.text)
            lines.extend([f"{indent}{sign}{body}".rstrip(), ""])
        for child in node.children:
            write(child, level + 1)

    for node in document.nodes:
        write(node, 0)
    return "\n".join(lines).rstrip() + "\n"


def canonical_lines(text: str) -> Document | None:
    """The document of our own Markdown; None for any other text."""
    body = text.replace("\r\n", "\n").lstrip("\ufeff \n")
    if not body.startswith(HEAD):
        return None
    document = Document()
    frame: list[Node] = []
    below: list[Node] = []

    def place(node: Node, level: int | None = None) -> None:
        if level is None:
            height = FRAME.index(node.kind)
            while frame and FRAME.index(frame[-1].kind) >= height:
                frame.pop()
            (frame[-1].children if frame else document.nodes).append(node)
            frame.append(node)
            below.clear()
        else:
            del below[level:]
            (below[-1].children if below else frame[-1].children if frame else document.nodes).append(node)
            below.append(node)

    for line in body.split("\n")[1:]:
        if not line.strip():
            continue
        stripped = line.lstrip(" ")
        level = (len(line) - len(stripped)) // 2
        if stripped.startswith("# "):
            document.title = stripped[2:].strip()
        elif stripped.startswith(("## ", "### ")):
            kind = "section" if stripped.startswith("### ") else "chapter"
            mark = marks.frame_at(rest := stripped.split(" ", 1)[1], 0)
            number, title = (mark.number, rest[mark.end:]) if mark else ("", rest.removeprefix("-"))
            place(Node(kind, number, title.strip()))
        elif stripped.startswith("> ") and frame:
            frame[-1].text = stripped[2:]
        elif found := re.match(r"\*\*(第[^*]+|Article [^*]+|-)\*\* ?(.*)$", stripped):
            node = Node("article", "" if found[1] == "-" else found[1])
            titled = re.match(r"【([^】]+)】(.*)$", found[2])
            node.title, node.text = (titled[1], titled[2]) if titled else ("", _plain(found[2]))
            place(node)
        elif stripped.startswith("- ") or stripped == "-":
            rest = stripped[2:]
            marked = [] if rest.startswith("\\") else marks.list_at(rest, 0) or _verbatim(rest)
            if marked:
                own = next((m for m in marked if rest.startswith(m.number)), marked[0])
                place(Node("item", own.number, text=rest[len(own.number):].strip()), level)
            else:
                place(Node("bullet", text=_plain(rest)), level)
        else:
            place(Node("paragraph", text=_plain(stripped)), level)
    return document


def _verbatim(rest: str) -> list[marks.Mark]:
    """A mark in full-width signs, as printed."""
    return marks.list_at(marks.narrow(rest), 0)
