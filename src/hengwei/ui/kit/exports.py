"""Lists as files: CSV for programs and Excel, XLSX for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from hengwei.core import audit

#: Rows of one file; a larger list is asked for in parts.
MOST = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(value: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _cell(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else safe(str(value if value is not None else ""))


def table_response(form: str, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as `csv` (with a byte order mark, which Excel needs for Chinese) or `xlsx`; Http404 for another form."""
    if form in ("csv", "xlsx"):
        audit.record("export", details={"what": name, "form": form})
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}-{timezone.localtime():%Y%m%d-%H%M}.{form}") or "attachment"}
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(head)
        writer.writerows([_cell(value) for value in row] for row in rows)
        return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
    if form == "xlsx":
        # Large, and numpy comes with it: read when the first file is made, not by every process.
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet(name[:31])
        sheet.append(list(head))
        for row in rows:
            sheet.append([_cell(value) for value in row])
        target = io.BytesIO()
        book.save(target)
        return HttpResponse(target.getvalue(), content_type=XLSX, headers=headers)
    raise Http404
