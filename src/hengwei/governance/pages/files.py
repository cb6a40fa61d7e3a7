"""A frozen month as a workbook: the board, and the evidence."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengwei.governance.actions.running import zone
from hengwei.governance.models import Regulation, Snapshot
from hengwei.ui.kit.exports import XLSX, safe


def snapshot_workbook(regulation: Regulation, snapshot: Snapshot, rows: list[dict[str, Any]]) -> HttpResponse:
    """Two sheets: clause by clause, and exception by exception."""
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

    sheet(_("Clauses"), [_("Clause"), _("Text"), _("State"), _("Proved by"), _("In plain words"), _("Complies"), _("Exceptions"), _("Attested by"), _("Requirements")], [
        [row["number"], row["title"] or row["text"], str(row["words"]), proof["title"] if proof else "", proof["plain"] if proof else "", proof["figure"] if proof else "",
         proof["exceptions"] if proof else None, proof["attested_by"] if proof else "", ", ".join(row["requirements"])]
        for row in rows for proof in (row["proofs"] or [None])
    ])
    numbers = {row["key"]: row["number"] for row in rows}
    sheet(_("Evidence"), [_("Clause"), _("Control"), _("Record"), _("Why"), _("Person"), _("When"), _("Address")], [
        [numbers.get(one.clause_key, one.clause_key), one.control, one.record, one.why, one.person, timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M") if one.at else "", one.url]
        for one in snapshot.exceptions.all().iterator()
    ])
    target = io.BytesIO()
    book.save(target)
    return HttpResponse(target.getvalue(), content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, f"{regulation.code}-{month}.xlsx") or "attachment"})
