"""What a regulation is made of: a tree of chapters, sections, articles, paragraphs, items and bullets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

#: The kinds of the framework: each contains only those after it, and what lies below articles.
FRAME = ("chapter", "section", "article")
#: The kinds below: they nest freely.
BODY = ("paragraph", "item", "bullet")
KINDS = (*FRAME, *BODY)


@dataclass
class Node:
    """One clause. `number` is its mark as printed (第一条, （一）, 1.1); `title` names chapters, sections and, in 【】, articles."""

    kind: str
    number: str = ""
    title: str = ""
    text: str = ""
    children: list[Node] = field(default_factory=list)


@dataclass
class Document:
    """A regulation as text."""

    title: str = ""
    nodes: list[Node] = field(default_factory=list)


def walk(nodes: Iterable[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    """Every node with its depth, in reading order."""
    for node in nodes:
        yield depth, node
        yield from walk(node.children, depth + 1)


def rank(kind: str) -> int:
    """How high a kind stands: what has a lower rank contains what has a higher one."""
    return FRAME.index(kind) if kind in FRAME else len(FRAME)


def may_contain(parent: str | None, child: str) -> bool:
    """Whether a clause of one kind may lie in another; None is the document itself."""
    if parent is None or child in BODY:
        return True
    return parent in FRAME and rank(parent) < rank(child)


def identify(nodes: Iterable[Node]) -> list[tuple[str, Node]]:
    """Every node with an id of its own, made of its place and words: the same text always gets the same ids."""
    found: list[tuple[str, Node]] = []
    seen: set[str] = set()

    def visit(children: Iterable[Node], path: str) -> None:
        for place, node in enumerate(children):
            own = f"{path}/{node.number or f'{node.kind}{place}'}"
            key = hashlib.sha256(f"{own}|{node.title}|{node.text}".encode()).hexdigest()[:10]
            while key in seen:
                key = hashlib.sha256(key.encode()).hexdigest()[:10]
            seen.add(key)
            found.append((key, node))
            visit(node.children, own)

    visit(nodes, "")
    return found
