"""A regulation as .docx in the usual office form, and back: of our own exports exactly, of others by their words, styles and numbering.

Office form: title in 小标宋 or bold, chapters centred and bold, 第X条 bold, body in 仿宋, first lines indented by two characters.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document as open_docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from . import marks
from .clauses import FRAME, Document, Node
from .reading import Line, build

#: Our own styles: what they say is believed when a file comes back.
TITLE, CHAPTER, SECTION, ARTICLE = "制度标题", "制度章", "制度节", "制度条"
BODY_STYLE = {"item": "制度项", "paragraph": "制度款", "bullet": "制度点"}
_FRAME_STYLE = {"chapter": CHAPTER, "section": SECTION, "article": ARTICLE}
_OWN = re.compile(r"制度(项|款|点)(\d+)$")
#: A file that unpacks to more than this is not read, in bytes.
LARGEST = 60 * 2**20


class Unreadable(ValueError):
    """The file is no Word document, or one that is not read here."""


def to_docx(document: Document, *, facts: list[tuple[str, str]] | None = None) -> bytes:
    """The document as .docx; `facts` (number, effective date …) stand under its title."""
    word = open_docx()
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.6), Cm(3.7), Cm(3.5)
    _font(word.styles["Normal"], "仿宋", 16)
    if document.title:
        paragraph = word.add_paragraph(document.title, style=_style(word, TITLE, font="方正小标宋简体", size=22, bold=True, centred=True))
        paragraph.paragraph_format.space_after = Pt(12)
    for label, value in facts or []:
        line = word.add_paragraph(f"{label}：{value}", style=_style(word, "制度说明", font="楷体", size=12, centred=True))
        line.paragraph_format.space_after = Pt(0)

    def write(node: Node, level: int) -> None:
        if node.kind in ("chapter", "section"):
            style = _style(word, _FRAME_STYLE[node.kind], font="黑体", size=16 if node.kind == "chapter" else 15, bold=True, centred=True)
            words = "　".join(part for part in (node.number, node.title) if part)
            word.add_paragraph(words + (f"\n{node.text}" if node.text else ""), style=style)
            level = -1
        elif node.kind == "article":
            paragraph = word.add_paragraph(style=_style(word, ARTICLE, indent=2))
            if node.number:
                paragraph.add_run(node.number).bold = True
                paragraph.add_run("　")
            if node.title:
                paragraph.add_run(f"【{node.title}】").bold = True
            paragraph.add_run(node.text)
            level = -1
        else:
            style = _style(word, f"{BODY_STYLE[node.kind]}{level + 1}", indent=2 + 2 * level)
            sign = {"item": f"{node.number}\u2060", "bullet": "• ", "paragraph": ""}[node.kind]
            word.add_paragraph(sign + node.text, style=style)
        for child in node.children:
            write(child, level + 1)

    for node in document.nodes:
        write(node, 0)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _style(word: Any, name: str, *, font: str = "仿宋", size: float = 16, bold: bool = False, centred: bool = False, indent: int = 0) -> Any:
    if name in [style.name for style in word.styles]:
        return word.styles[name]
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    _font(style, font, size)
    style.font.bold = bold
    shape = style.paragraph_format
    shape.line_spacing, shape.space_before, shape.space_after = Pt(28), Pt(6 if centred else 0), Pt(6 if centred else 0)
    if centred:
        shape.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        shape.left_indent, shape.first_line_indent = Pt(size * (indent - 2)), Pt(size * 2)
    return style


def from_docx(content: bytes) -> Document:
    """The tree of a Word file; Unreadable when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise Unreadable("too large")
        word = open_docx(io.BytesIO(content))
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(str(error)) from error
    paragraphs = list(_paragraphs(word))
    if any((p.style.name if p.style is not None else "") in (CHAPTER, ARTICLE) or _OWN.match(p.style.name or "") for p in paragraphs if p.style is not None):
        return _own(paragraphs)
    numbering = _Numbering(word)
    lines, blank = [], False
    for paragraph in paragraphs:
        text = paragraph.text.strip().strip("　").strip()
        if not text:
            blank = True
            continue
        label = numbering.label(paragraph)
        heading = re.match(r"(?:Heading|标题)\s*(\d)", paragraph.style.name or "") if paragraph.style is not None else None
        is_title = paragraph.style is not None and paragraph.style.name in ("Title", "标题")
        for part in text.split("\n"):
            if part.strip():
                lines.append(Line(f"{label}{part.strip()}", heading=1 if is_title else int(heading[1]) + 1 if heading else 0, after_blank=blank))
                label, blank = "", False
    return build(lines)


def source_of(document: Document) -> str:
    """The words of a tree, line by line, to show beside it."""
    from .clauses import walk

    lines = [document.title] if document.title else []
    return "\n".join(lines + ["　" * depth + " ".join(p for p in (node.number, node.title, node.text) if p) for depth, node in walk(document.nodes)])


def _paragraphs(word: Any) -> Iterator[Any]:
    """Paragraphs in order, those in tables too."""
    for block in word.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                seen = set()
                for cell in row.cells:
                    if cell._tc not in seen:
                        seen.add(cell._tc)
                        yield from cell.paragraphs
        else:
            yield block


def _own(paragraphs: list[Any]) -> Document:
    document = Document()
    frame: list[Node] = []
    below: list[Node] = []
    for paragraph in paragraphs:
        name, text = paragraph.style.name if paragraph.style is not None else "", paragraph.text
        if name == TITLE:
            document.title = text.strip()
        elif name in (CHAPTER, SECTION, ARTICLE):
            kind = next(k for k, style in _FRAME_STYLE.items() if style == name)
            node = Node(kind)
            head, _line, rest = text.partition("\n") if kind != "article" else (text, "", "")
            number, gap, words = head.partition("　")
            if gap:
                node.number = number
            elif marks.frame_at(marks.narrow(head), 0):
                node.number, words = head.strip(), ""
            else:
                words = head
            if kind == "article":
                titled = re.match(r"【([^】]+)】(.*)$", words) if any(r.bold and r.text.startswith("【") for r in paragraph.runs) else None
                node.title, node.text = (titled[1], titled[2]) if titled else ("", words)
            else:
                node.title, node.text = words, rest
            while frame and FRAME.index(frame[-1].kind) >= FRAME.index(kind):
                frame.pop()
            (frame[-1].children if frame else document.nodes).append(node)
            frame.append(node)
            below = []
        elif found := _OWN.match(name or ""):
            kind = next(k for k, style in BODY_STYLE.items() if style == f"制度{found[1]}")
            node = Node(kind, text=text)
            if kind == "item":
                node.number, _joiner, node.text = text.partition("\u2060")
                if not _joiner:
                    mark = next(iter(marks.list_at(marks.narrow(text), 0)), None)
                    node.number, node.text = (mark.number, text[mark.end:]) if mark else ("", text)
            elif kind == "bullet":
                node.text = text.removeprefix("• ")
            del below[int(found[2]) - 1:]
            (below[-1].children if below else frame[-1].children if frame else document.nodes).append(node)
            below.append(node)
    return document


class _Numbering:
    """The numbers that Word itself puts before paragraphs: they are not in their text."""

    def __init__(self, word: Any) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.counts: dict[tuple[str, int], int] = {}
        try:
            root = word.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {a.get(qn("w:abstractNumId")): a for a in root.findall(qn("w:abstractNum"))}
        for num in root.findall(qn("w:num")):
            link = num.find(qn("w:abstractNumId"))
            own = abstract.get(link.get(qn("w:val"))) if link is not None else None
            for level in own.findall(qn("w:lvl")) if own is not None else ():
                value = {tag: (found.get(qn("w:val")) if (found := level.find(qn(f"w:{tag}"))) is not None else "") for tag in ("numFmt", "lvlText", "start")}
                self.levels[num.get(qn("w:numId")), int(level.get(qn("w:ilvl")))] = (value["numFmt"] or "decimal", value["lvlText"] or "", int(value["start"] or 1))

    def label(self, paragraph: Any) -> str:
        found = paragraph._p.pPr.numPr if paragraph._p.pPr is not None else None
        style = paragraph.style
        while found is None and style is not None:
            found = style.element.pPr.numPr if style.element.pPr is not None else None
            style = style.base_style
        if found is None or found.numId is None:
            return ""
        key, level = str(found.numId.val), int(found.ilvl.val) if found.ilvl is not None else 0
        if (key, level) not in self.levels:
            return ""
        form, shape, start = self.levels[key, level]
        if form == "bullet":
            return "• "
        self.counts[key, level] = self.counts.get((key, level), start - 1) + 1
        for deeper in range(level + 1, 9):
            self.counts.pop((key, deeper), None)

        def said(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            own_form = self.levels.get((key, at), (form, "", 1))[0]
            return _as(own_form, self.counts.get((key, at), 1))

        text = re.sub(r"%(\d)", said, shape)
        return f"{text} " if text and not text.endswith(("、", "）", ")")) else text


def _as(form: str, value: int) -> str:
    if form in ("chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "chineseLegalSimplified", "taiwaneseCountingThousand"):
        return marks.to_hanzi(value)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("a") + (value - 1) % 26)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("upperRoman", "lowerRoman"):
        said = ""
        for sign, worth in (("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)):
            while value >= worth:
                said, value = said + sign, value - worth
        return said
    if form == "decimalEnclosedCircle" and value <= 20:
        return "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"[value - 1]
    return str(value)
