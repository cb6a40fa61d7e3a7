"""From text to tree: run-on or in lines, Chinese or English, Markdown or as copied from a web page.

A mark begins a clause where it stands at the beginning of a line, or inside one after the end of a sentence, when it is
the next of its row. A mark that a sentence refers to (按照第五条的规定, 第三章规定的) does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import marks
from .clauses import FRAME, Document, Node, rank
from .marks import Mark

_ENDS = "。！？!?；;：:…”」』）)】》"
_OPENS_LIST = "：:；;。"
_CARRIES_ON = "：:；;。，,、.）)"
#: Words after which 第五条 is spoken of, not begun; and those that follow it then.
_BEFORE = re.compile(
    r"(?:按照?|依照?|依据|根据|遵照|参照|违反|符合|适用|见|详见|参见|本[制办规细条章]\S{0,2}|同|与|和|及|或|以及|至|到|除|在|由|从|对|因|属于?|依|如|即|包括|执行|上述|前述|该|的|"
    r"规定|法|条例|办法|规定》|》|、|,|，|\(|（|“|under|in|of|see|to|and|or|with|by|per)\s*$", re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:的|之?规定|所列|所述|所称|所指|所规定|以外|除外|第?\s*(?:[" + marks.HANZI + r"]+|\d+)\s*[款项目]|[至到、和或及与,，]\s*第|以及第|第\s*(?:[" + marks.HANZI + r"]+|\d+)\s*[条款项节]|(?:，|、)?(?:本制度|本办法)第)"
)
_AFTER_EN = re.compile(r"\s*(?:of|and|or|to|applies|shall apply|above|below|,)\b")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_LATIN = re.compile(r"[A-Za-z0-9,.;:)]$")


#: The usual heights of rows of lists, the highest first.
_HEIGHT = {"hanzi": 1, "roman": 1, "bracket_hanzi": 2, "letter": 2, "decimal1": 3, "bracket_arabic": 4, "circled": 5, "small_letter": 5}
#: A line shorter than this was ended on purpose, not broken by the width of a page.
_SHORT = 18


@dataclass
class Line:
    """A line as an importer gives it: with the level of its heading, how far it is indented, whether a blank one stood before."""

    text: str
    heading: int = 0
    indent: int = 0
    after_blank: bool = False


@dataclass
class _Open:
    node: Node
    style: str
    value: int
    sub: int = 0
    path: tuple[int, ...] = ()
    indent: int = 0


@dataclass
class Builder:
    """The tree as it grows, and the branch on which it grows."""

    document: Document = field(default_factory=Document)
    branch: list[_Open] = field(default_factory=list)
    last: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def node(self) -> Node | None:
        return self.branch[-1].node if self.branch else None

    def push(self, node: Node, style: str, value: int = 0, **more: object) -> Node:
        (self.branch[-1].node.children if self.branch else self.document.nodes).append(node)
        self.branch.append(_Open(node, style, value, **more))  # type: ignore[arg-type]
        return node

    def begin(self, mark: Mark) -> None:
        """Open a clause for a mark at its place in the tree."""
        if mark.kind in FRAME:
            height = rank(mark.kind) - (0.5 if mark.style == "part" else 0)
            if mark.style in ("chapter", "part") and mark.value == 1:
                self._forget_contents()
            while self.branch and not (self.branch[-1].node.kind in FRAME and rank(self.branch[-1].node.kind) - (0.5 if self.branch[-1].style == "part" else 0) < height):
                self.branch.pop()
            self.last[mark.style] = (mark.value, mark.sub)
            if mark.style == "chapter":
                self.last.pop("section", None)
        elif mark.path:
            own = len(mark.path)
            decimals = [n for n, one in enumerate(self.branch) if one.path]
            siblings = [n for n in decimals if len(self.branch[n].path) >= own]
            if siblings:
                del self.branch[siblings[0]:]
            elif decimals:
                del self.branch[decimals[-1] + 1:]
        else:
            same = [n for n, one in enumerate(self.branch) if one.style == mark.style]
            # A row that usually stands far above the open one does not lie in it: I. after (3).
            lower = [n for n, one in enumerate(self.branch) if _HEIGHT.get(one.style, 0) >= _HEIGHT.get(mark.style, 9) + 2]
            if same or lower:
                del self.branch[(same or lower)[-1 if same else 0]:]
        self.push(Node(mark.kind, mark.number), mark.style, mark.value, sub=mark.sub, path=mark.path)

    def _forget_contents(self) -> None:
        """A second first chapter: what came before it was the table of contents."""
        earlier = [n for n in self.document.nodes if n.kind in ("chapter", "section")]
        if earlier and not any(n.text or any(c.kind != "section" or c.children for c in n.children) for n in earlier):
            self.document.nodes = [n for n in self.document.nodes if n not in earlier and n.text.replace(" ", "") not in ("目录", "目次")]
            self.branch.clear()
            self.last.clear()

    def expects(self, mark: Mark) -> bool:
        """Whether the mark is the next of its row, or begins one."""
        if mark.kind in FRAME:
            value, sub = self.last.get(mark.style, (0, 0))
            if mark.sub:
                return mark.value == value and mark.sub == sub + 1
            return mark.value == value + 1 or (mark.value == 1 and mark.style == "article" and self.branch != [] and self.branch[-1].node.kind in ("chapter", "section"))
        if mark.path and len(mark.path) > 1:
            paths = [one.path for one in self.branch if one.path]
            return any(
                (len(p) == len(mark.path) and p[:-1] == mark.path[:-1] and p[-1] + 1 == mark.value) or (p == mark.path[:-1] and mark.value == 1) for p in paths
            )
        row = [one for one in self.branch if one.style == mark.style]
        return mark.value == (row[-1].value + 1 if row else 1)

    def continues(self, mark: Mark) -> bool:
        """Whether the mark carries on a row that is open."""
        return mark.value > 1 and self.expects(mark)

    def say(self, text: str) -> None:
        """Words for the open clause: the title of a chapter, or its text."""
        text = " ".join(text.split())
        node = self.node
        if not text or node is None:
            if text:
                self.push(Node("paragraph", text=text), "paragraph")
            return
        if node.kind in ("chapter", "section") and not node.title:
            node.title = text.strip("：: ")
        elif node.kind == "article" and not node.text and not node.title and (found := re.match(r"【([^】]{1,40})】\s*(.*)$", text)):
            node.title, node.text = found[1].strip(), found[2]
        elif node.text:
            node.text += ("" if not _LATIN.search(node.text) or not re.match(r"[A-Za-z0-9(]", text) else " ") + text
        else:
            node.text = text

    def paragraph(self, text: str, *, joined: bool) -> None:
        """A line without a mark: more of the text before it, or a paragraph of its own."""
        node = self.node
        if node is not None and node.kind in ("chapter", "section") and not node.title:
            return self.say(text)
        if node is not None and node.kind not in ("chapter", "section") and ((not node.text and not node.title) or joined):
            return self.say(text)
        article = next((n for n, one in enumerate(self.branch) if one.node.kind == "article"), None)
        if article is not None:
            del self.branch[article + 1:]
        else:
            while self.branch and self.branch[-1].node.kind == "paragraph":
                self.branch.pop()
        self.push(Node("paragraph", text=" ".join(text.split())), "paragraph")
        return None

    def bullet(self, text: str, indent: int) -> None:
        while self.branch and (self.branch[-1].style == "bullet" and self.branch[-1].indent >= indent):
            self.branch.pop()
        same = [n for n, one in enumerate(self.branch) if one.style == "bullet" and one.indent >= indent]
        if same:
            del self.branch[same[0]:]
        self.push(Node("bullet", text=" ".join(text.split())), "bullet", indent=indent)


def parse(text: str, *, title: str = "") -> Document:
    """The tree of a text as pasted: Markdown, plain lines, or one run-on paragraph."""
    from .markdown import canonical_lines

    own = canonical_lines(text)
    if own is not None:
        return own
    return build(lines_of(text), title=title)


def lines_of(text: str) -> list[Line]:
    """Lines with their indentation; Markdown's headings and emphasis taken off."""
    found, blank = [], False
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").replace("\ufeff", "").replace("\u2028", "\n").split("\n"):
        line = raw.expandtabs(4)
        stripped = line.strip().strip("　").strip()
        if not stripped or re.fullmatch(r"[-=*_]{3,}", stripped):
            blank = True
            continue
        heading = _HEADING.match(stripped)
        if heading:
            stripped = heading[2]
        stripped = re.sub(r"^\*\*(.+?)\*\*", r"\1", stripped)
        stripped = re.sub(r"^>\s*", "", stripped)
        found.append(Line(stripped, heading=len(heading[1]) if heading else 0, indent=len(line) - len(line.lstrip(" ")), after_blank=blank))
        blank = False
    return found


def build(lines: Iterable[Line], *, title: str = "") -> Document:
    """The tree of lines."""
    builder = Builder()
    builder.document.title = title
    for number, line in enumerate(lines):
        if number == 0 and not title and _is_title(line):
            builder.document.title = line.text
            continue
        _read(builder, line)
    return builder.document


def _is_title(line: Line) -> bool:
    narrowed = marks.narrow(line.text)
    if line.heading == 1:
        return marks.frame_at(narrowed, 0) is None
    begins = marks.frame_at(narrowed, 0) or marks.list_at(narrowed, 0) or marks.BULLET.match(narrowed)
    return not begins and len(line.text) <= 60 and not re.search(r"[。；;！!？?，：]", line.text) and line.text[-1:] not in ".:"


def _read(builder: Builder, line: Line) -> None:
    text = line.text
    narrowed = marks.narrow(text)
    first = _at_beginning(builder, narrowed, line)
    place = 0
    if first is not None:
        builder.begin(first)
        place = first.end
    elif line.heading:
        level = "chapter" if line.heading <= 2 else "section"
        while builder.branch and not (builder.branch[-1].node.kind in FRAME and rank(builder.branch[-1].node.kind) < rank(level)):
            builder.branch.pop()
        builder.push(Node(level, title=" ".join(text.split())), level)
        return
    elif (bullet := marks.BULLET.match(narrowed)) is not None and bullet.end() < len(text):
        rest = text[bullet.end():]
        inner = _at_beginning(builder, marks.narrow(rest), line)
        if inner is None:
            builder.bullet(rest, line.indent)
            return
        builder.begin(inner)
        text, narrowed, place = rest, marks.narrow(rest), inner.end
    else:
        node = builder.node
        joined = node is not None and node.kind not in ("chapter", "section") and len(node.text) >= _SHORT and not line.after_blank and node.text[-1] not in _ENDS + "."
        cut = next((m for m in _inside(builder, narrowed, 0)), None)
        if cut is not None and cut.kind in FRAME and not builder.document.nodes and not builder.document.title and _is_title(Line(text[: cut.start])):
            builder.document.title = text[: cut.start].strip("　 ")
        else:
            builder.paragraph(text[: cut.start] if cut else text, joined=joined)
        if cut is None:
            return
        builder.begin(cut)
        place = cut.end
    while True:
        cut = next((m for m in _inside(builder, narrowed, place)), None)
        builder.say(text[place: cut.start if cut else len(text)].lstrip("　 、.:：") if place else text)
        if cut is None:
            return
        builder.begin(cut)
        place = cut.end


def _at_beginning(builder: Builder, narrowed: str, line: Line) -> Mark | None:
    mark = marks.frame_at(narrowed, 0)
    if mark is not None:
        after = narrowed[mark.end:]
        spoken_of = _AFTER.match(after) or (mark.number[0].isascii() and _AFTER_EN.match(after))
        return None if spoken_of and not line.heading else mark
    found = marks.list_at(narrowed, 0)
    if not found and (bare := marks.BARE.match(narrowed)) is not None:
        mark = Mark("item", "decimal1", int(bare["n"]), 0, f"{bare['n']}.", 0, bare.end(), (int(bare["n"]),))
        return mark if builder.expects(mark) and len(narrowed) < 40 else None
    if not found:
        return None
    best = next((m for m in found if builder.expects(m)), found[0])
    # 1.5小时: a quantity, not a clause.
    if len(best.path) > 1 and not builder.expects(best) and not narrowed[best.end: best.end + 1].isspace():
        return None
    return best


def _inside(builder: Builder, narrowed: str, place: int) -> Iterable[Mark]:
    """Where in a line, after `place`, the next clause begins."""
    for found in marks.CANDIDATE.finditer(narrowed, place):
        at = found.start()
        before = narrowed[place:at]
        if not before.strip() and place:
            # Right after a mark: 第一章第一条, 一、（一）.
            node = builder.node
            if node is None or node.kind not in ("article", "item", "chapter", "section"):
                continue
        elif at == 0:
            continue
        previous = before.rstrip()[-1:]
        mark = marks.frame_at(narrowed, at)
        if mark is not None:
            if _frame_begins(builder, narrowed, mark, before, previous):
                yield mark
                return
            continue
        for mark in marks.list_at(narrowed, at):
            if _list_begins(builder, narrowed, mark, before, previous):
                yield mark
                return


def _frame_begins(builder: Builder, narrowed: str, mark: Mark, before: str, previous: str) -> bool:
    after = narrowed[mark.end:]
    if _AFTER.match(after) or (mark.number[0].isascii() and _AFTER_EN.match(after)):
        return False
    node = builder.node
    in_title = node is not None and node.kind in ("chapter", "section") and not node.title and len(before) <= 40 and not re.search(r"[。；;，,！？]", before)
    if in_title:
        return builder.expects(mark) or mark.kind == "section"
    if not builder.document.nodes and mark.value == 1 and len(before) <= 60 and not re.search(r"[。；;，,！？]", before):
        return True
    if previous and previous not in _ENDS + "." and not before[-1:].isspace():
        return False
    if previous and previous not in _ENDS + "." and _BEFORE.search(before.rstrip()):
        return False
    if previous in ("》", ")", "”", "」", "：", ":") and not builder.expects(mark):
        return False
    if previous == "》":
        return False
    value, _sub = builder.last.get(mark.style, (0, 0))
    return builder.expects(mark) or (previous in "。！？" and value < mark.value <= value + 5)


def _list_begins(builder: Builder, narrowed: str, mark: Mark, before: str, previous: str) -> bool:
    if not builder.expects(mark):
        return False
    after = narrowed[mark.end: mark.end + 1]
    if re.match(r"[款项条目章节]", after) or before.endswith(("第", "前款", "本条", "上述")):
        return False
    if not previous:
        return mark.value == 1
    gap = before[-1:].isspace()
    if mark.style == "hanzi":
        # 一、二级: numerals in a row of words, not clauses.
        if re.match(rf"[{marks.HANZI}]", after):
            return False
        return previous in "。；;：:" or (gap and builder.continues(mark))
    if mark.path:
        return (previous in _OPENS_LIST or (gap and previous in _ENDS + ".")) and not after.isdecimal()
    if mark.style in ("roman", "letter", "small_letter"):
        return previous in _OPENS_LIST + "." and (gap or not after.isascii() or builder.continues(mark))
    if builder.continues(mark):
        return previous in _CARRIES_ON or gap
    return previous in _OPENS_LIST or (gap and previous in _ENDS)
