"""A Word document as Markdown: headings, lists, emphasis, links, tables, pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run

#: Keeps a picture (bytes, name) and says its address.
KeepPicture = Callable[[bytes, str], str]
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def convert(content: bytes, keep_picture: KeepPicture) -> tuple[str, str]:
    """(title, Markdown) of a .docx. The title is the document's title or first heading; '' where there is none.

    Raises ValueError when it is no Word document.
    """
    try:
        document = Document(io.BytesIO(content))
    except Exception as error:
        raise ValueError("not a Word document") from error
    title, lines, previous_list = "", [], False
    for block in _blocks(document):
        if isinstance(block, Table):
            lines += ["", *_table(block), ""]
            previous_list = False
            continue
        style = (block.style.name if block.style is not None else "") or ""
        text = _words(block, document, keep_picture).strip()
        if not text:
            continue
        heading = _HEADING.search(style)
        if style.casefold() in ("title", "标题") or (heading and not title and not lines):
            title = title or re.sub(_SPECIAL, r"\1", text).replace("\\", "").strip("*")
            continue
        marker = _list_marker(block, style)
        if heading:
            lines += ["", f"{'#' * min(6, int(heading[1]) + 1)} {text}", ""]
        elif marker:
            lines.append(f"{marker} {text}")
        else:
            lines += [*([""] if previous_list else []), text, ""]
        previous_list = bool(marker)
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return title or (document.core_properties.title or "").strip(), body


def _blocks(document: Any) -> Iterator[Paragraph | Table]:
    for child in document.element.body.iterchildren():
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)


def _list_marker(paragraph: Paragraph, style: str) -> str:
    """`-` or `1.` with its indentation, '' for a paragraph that belongs to no list."""
    properties = paragraph._p.pPr
    numbering: Any = properties.numPr if properties is not None else None
    named = style.casefold()
    if numbering is None and "list" not in named and "列表" not in named and "列项" not in named:
        return ""
    level = int(numbering.ilvl.val) if numbering is not None and numbering.ilvl is not None else 0
    ordered = "number" in named or "编号" in named
    return f"{'   ' * level}{'1.' if ordered else '-'}"


def _words(paragraph: Paragraph, document: Any, keep_picture: KeepPicture) -> str:
    pieces = []
    for part in paragraph.iter_inner_content():
        if isinstance(part, Hyperlink):
            words = "".join(_run(run, document, keep_picture) for run in part.runs)
            pieces.append(f"[{words}]({part.url})" if part.url else words)
        else:
            pieces.append(_run(part, document, keep_picture))
    return "".join(pieces).replace("****", "")


def _run(run: Run, document: Any, keep_picture: KeepPicture) -> str:
    pictures = []
    for blip in run._r.iter(qn("a:blip")):
        key = blip.get(qn("r:embed"))
        part = document.part.related_parts.get(key) if key else None
        if part is not None:
            name = str(part.partname).rsplit("/", 1)[-1]
            pictures.append(f"![]({keep_picture(part.blob, name)})")
    text = _SPECIAL.sub(r"\\\1", run.text)
    core = text.strip()
    if core and (run.bold or run.italic):
        mark = "**" if run.bold else "*"
        text = text.replace(core, f"{mark}{core}{mark}")
    return text + "".join(pictures)


def _table(table: Table) -> list[str]:
    rows = [[" ".join(cell.text.split()).replace("|", "\\|") for cell in row.cells] for row in table.rows]
    if not rows:
        return []
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    return [f"| {' | '.join(rows[0])} |", f"|{' --- |' * width}", *(f"| {' | '.join(row)} |" for row in rows[1:])]
