"""A support report as Word and PDF, in the form a Chinese office expects."""

from __future__ import annotations

import io
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from hengwei.ui import printing

from .models import SupportReport


def _tables(found: dict[str, Any]) -> list[tuple[str, list[str], list[list[str]]]]:
    """(title, heads, lines) of the figures that go with the text."""
    volumes, before = found["volumes"], found["before"]
    names = {"received": _("taken in"), "resolved": _("resolved"), "closed": _("closed"), "open_after": _("open at the end"), "reopened": _("reopened")}
    made = [(_("Volumes"), [_("Figure"), _("This period"), _("Period before")], [[label, str(volumes[key]), str(before[key])] for key, label in names.items()])]
    if found["promises"]:
        made.append((_("Promises"), [_("Promise"), _("Decided"), _("Met"), "%"], [[name, str(n), str(met), f"{met * 100 / n:.1f}" if n else "—"] for name, n, met in found["promises"]]))
    for key, title in (("category", _("By category")), ("cause", _("By cause")), ("customer", _("By customer or department"))):
        if found["by"][key]:
            made.append((title, [title, _("Items"), "%", _("together %")], [[b["label"], str(b["count"]), f"{b['share']}", f"{b['together']}"] for b in found["by"][key]]))
    if found["recurring"]:
        made.append((_("Recurring faults"), [_("Fault"), _("Times"), _("Problem record")], [[one["title"], str(one["count"]), one["problem"]["number"] if one["problem"] else "—"] for one in found["recurring"]]))
    return made


def _decisions(report: SupportReport) -> list[list[str]]:
    return [[d.text, d.owner.name, d.due_on.isoformat(), d.result or _("open")] for d in report.decisions.select_related("owner")]


def _texts(report: SupportReport) -> list[tuple[str, str]]:
    return [(heading, text) for _name, heading, text in report.texts() if text]


def docx(report: SupportReport, found: dict[str, Any]) -> bytes:
    """The report as a Word file."""
    document = Document()
    for style, latin, chinese, size in (("Normal", "Times New Roman", "仿宋", 12), ("Heading 1", "Times New Roman", "黑体", 14), ("Title", "Times New Roman", "黑体", 18)):
        font = document.styles[style].font
        font.name, font.size = latin, Pt(size)
        document.styles[style].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), chinese)
    title = document.add_paragraph(str(report), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line = document.add_paragraph(_facts(report))
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for heading, text in _texts(report):
        document.add_heading(heading, 1)
        for paragraph in text.splitlines():
            if paragraph.startswith("- "):
                document.add_paragraph(paragraph[2:], style="List Bullet")
            elif paragraph.strip():
                document.add_paragraph(paragraph)
    decided = _decisions(report)
    tables = [*_tables(found), *([(_("Decisions"), [_("Decision taken"), _("Responsible"), _("To be done by"), _("Result")], decided)] if decided else [])]
    for heading, heads, lines in tables:
        document.add_heading(heading, 1)
        table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            cell.text = text
            for run in cell.paragraphs[0].runs:
                run.bold = True
        for values in lines:
            for cell, text in zip(table.add_row().cells, values, strict=True):
                cell.text = text
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _facts(report: SupportReport) -> str:
    parts = [report.number, str(report.team or _("whole department")), f"{report.period_start.isoformat()} – {report.span.last.isoformat()}"]
    parts.append(_("draft") if not report.is_published else _("published %(day)s by %(who)s") % {"day": timezone.localtime(report.published_at).date().isoformat(), "who": report.published_by})
    return " · ".join(parts)


def pdf(report: SupportReport, found: dict[str, Any]) -> bytes:
    """The report as PDF."""
    return printing.pdf("insight/print.html", {"report": report, "facts": _facts(report), "texts": _texts(report), "tables": _tables(found), "decisions": _decisions(report)})
