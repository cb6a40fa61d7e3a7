"""The list with its filters as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import current
from hengwei.work import permissions as perms
from hengwei.work.models import label_of
from hengwei.work.models.items import WorkItemQuerySet

from .queue import agent_of, rows_of

#: Rows of one export; a larger one is asked for in parts.
EXPORTED = 100_000
COLUMNS: list[tuple[str, Any]] = [
    ("number", lambda i: i.number), ("kind", lambda i: str(i.kind_of.label)), ("title", lambda i: i.title), ("state", lambda i: str(i.state_of.label)),
    ("priority", lambda i: i.get_priority_display() or ""), ("category", lambda i: str(i.category or "")), ("requester", lambda i: str(i.requester or "")),
    ("customer", lambda i: str(i.customer or "")), ("team", lambda i: str(i.team or "")), ("owner", lambda i: str(i.owner or "")),
    ("received_at", lambda i: _local(i.received_at)), ("resolved_at", lambda i: _local(i.resolved_at)), ("next_due_at", lambda i: _local(i.due_at)),
]


def _local(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def _safe(value: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{value}" if value[:1] in "=+-@\t\r" else value


def _table(rows: WorkItemQuerySet) -> Iterator[list[str]]:
    yield [label_of(name) for name, _read in COLUMNS]
    for item in rows.with_people().order_by("-id")[:EXPORTED].iterator(chunk_size=2000):
        yield [_safe(read(item)) for _name, read in COLUMNS]


@login_required
def export(request: HttpRequest, form: str) -> HttpResponse:
    """As CSV (with a byte order mark, which Excel needs for Chinese) or XLSX."""
    user = agent_of(request)
    current().require(perms.EXPORT)
    _view, rows = rows_of(request, user)
    name = f"items-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(_table(rows))
        return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
    if form == "xlsx":
        # Large, and numpy comes with it: read when the first file is made, not by every process.
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet(_("Items"))
        for line in _table(rows):
            sheet.append(line)
        target = io.BytesIO()
        book.save(target)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return HttpResponse(target.getvalue(), content_type=kind, headers=headers)
    raise Http404
