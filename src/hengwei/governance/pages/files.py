"""Regulations as files: the text in the usual office form, exceptions as a table, a frozen month with its evidence."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengwei.core.controls import Control, ExceptionRow
from hengwei.core.i18n import is_chinese
from hengwei.governance.actions.running import zone
from hengwei.governance.board import MARKS
from hengwei.governance.models import Regulation, RegulationVersion, Snapshot
from hengwei.governance.texts import marks, to_docx, to_markdown
from hengwei.ui.kit.exports import XLSX, safe, table_response
from hengwei.ui.printing import pdf

TEXT_FORMS = ("docx", "pdf", "md")
SNAPSHOT_FORMS = ("pdf", "xlsx")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Lines of evidence on a page and in a PDF; the workbook holds all.
EVIDENCE = 5000


def _file(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": content_disposition_header(True, name) or "attachment"})


def text_file(regulation: Regulation, version: RegulationVersion, form: str) -> HttpResponse:
    """The text of a version as `docx`, `pdf` or `md`, in the reader's language."""
    facts = [(_("Number"), regulation.code), (_("Version"), str(version.number))]
    if version.effective_from:
        facts.append((_("In force from"), timezone.localtime(version.effective_from).strftime("%Y-%m-%d")))
    name = f"{regulation.label}-v{version.number}.{form}"
    if form == "docx":
        return _file(to_docx(version.document(), facts=facts), DOCX, name)
    if form == "pdf":
        return _file(pdf("governance/print_text.html", {"regulation": regulation, "version": version, "clauses": version.tree(), "facts": facts}), "application/pdf", name)
    return _file(to_markdown(version.document()), "text/markdown; charset=utf-8", name)


def exceptions_file(regulation: Regulation, control: Control, rows: Iterable[ExceptionRow], form: str) -> HttpResponse:
    """Exceptions of a clause as `csv` or `xlsx`."""
    lines = [(one.record, one.why, one.person, timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M") if one.at else "", one.url) for one in rows]
    return table_response(form, f"{regulation.code} {control.title}"[:60], [_("Case on record"), _("Why"), _("Person"), _("When"), _("Address")], lines)


def frozen_context(regulation: Regulation, snapshot: Snapshot) -> dict[str, Any]:
    """A frozen month as its page and its PDF show it."""
    rows = frozen_rows(snapshot.board)
    return {
        "regulation": regulation, "snapshot": snapshot, "rows": rows, "evidence": list(snapshot.exceptions.all()[:EVIDENCE]),
        "coverage": snapshot.board["coverage"], "numbers": {row["key"]: row["number"] for row in rows},
    }


def frozen_rows(board: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a frozen board in the reader's language, with the marks of the board."""
    english = not is_chinese()
    language = "en" if english else "zh"
    rows = []
    for row in board["rows"]:
        sign, words, tone = MARKS[row["state"]]
        proofs = []
        for proof in row["proofs"]:
            own_sign, own_words, own_tone = MARKS[proof["state"]]
            proofs.append({**proof, "title": proof["title"][language], "plain": proof["plain"][language], "message": proof["message"][language], "words": own_words, "tone": own_tone, "sign": own_sign})
        rows.append({
            **row, "number": marks.in_english(row["number"]) if english and (row["title_en"] or row["text_en"]) else row["number"], "title": (english and row["title_en"]) or row["title"], "text": (english and row["text_en"]) or row["text"],
            "sign": sign if row["counted"] or row["proofs"] else "", "words": words, "tone": tone, "proofs": proofs,
        })
    return rows


def snapshot_file(regulation: Regulation, snapshot: Snapshot, form: str) -> HttpResponse:
    """A frozen month as `pdf` or `xlsx`."""
    if form == "xlsx":
        return _workbook(regulation, snapshot)
    made = pdf("governance/print_snapshot.html", frozen_context(regulation, snapshot))
    return _file(made, "application/pdf", f"{regulation.code}-{snapshot.period_start.astimezone(zone()):%Y-%m}.pdf")


def _workbook(regulation: Regulation, snapshot: Snapshot) -> HttpResponse:
    """Three sheets: what it is and that it is frozen, clause by clause, and exception by exception."""
    # Large, and numpy comes with it: read when the first file is made, not by every process.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    month = snapshot.period_start.astimezone(zone()).strftime("%Y-%m")

    def sheet(name: str, head: list[str], lines: list[list[Any]]) -> None:
        page = book.create_sheet(name[:31])
        bold = []
        for title in head:
            cell = WriteOnlyCell(page, value=title)
            cell.font = Font(bold=True)
            bold.append(cell)
        page.append(bold)
        for line in lines:
            page.append([safe(value) if isinstance(value, str) else value for value in line])

    sheet(_("Snapshot"), [_("Regulation"), str(regulation.label)], [
        [_("Number"), regulation.code], [_("Version"), snapshot.version.number], [_("Month"), month],
        [_("Frozen at"), timezone.localtime(snapshot.taken_at).strftime("%Y-%m-%d %H:%M")], [_("Frozen by"), str(snapshot.taken_by or _("the system"))], ["SHA-256", snapshot.sha256],
    ])
    rows = frozen_rows(snapshot.board)
    head = [
        _("Clause"), _("Text"), _("State"), _("Proved by"), _("In plain words"), _("Complies"), _("Must comply"), _("Exceptions"), _("As of"), _("Answers for it"), _("Attested by"),
        _("What was seen"), _("Requirements"),
    ]
    sheet(_("Clauses"), head, [_line(row, proof) for row in rows for proof in (row["proofs"] or [None])])
    numbers = {row["key"]: row["number"] for row in rows}
    sheet(_("Evidence"), [_("Clause"), _("Control"), _("Case on record"), _("Why"), _("Person"), _("When"), _("Address")], [
        [numbers.get(one.clause_key, one.clause_key), one.control, one.record, one.why, one.person, timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M") if one.at else "", one.url]
        for one in snapshot.exceptions.all().iterator()
    ])
    target = io.BytesIO()
    book.save(target)
    return _file(target.getvalue(), XLSX, f"{regulation.code}-{month}.xlsx")


def _line(row: dict[str, Any], proof: dict[str, Any] | None) -> list[Any]:
    said = [row["number"], row["title"] or row["text"], str(row["words"]) if row["sign"] else ""]
    if proof is None:
        return [*said, *[""] * 9, ", ".join(row["requirements"])]
    control = proof["kind"] == "control"
    return [
        *said, proof["title"], proof["plain"] if control else "", proof["figure"], f"{proof['threshold']}%" if control else "", proof["exceptions"] if control else None,
        proof["as_of"][:16].replace("T", " "), proof.get("answers", ""), proof["attested_by"], proof["statement"], ", ".join(row["requirements"]),
    ]
