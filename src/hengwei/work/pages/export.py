"""The list with its filters as a file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hengwei.core.acting import current
from hengwei.ui.kit.exports import table_response
from hengwei.work import permissions as perms
from hengwei.work.models import label_of

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


@login_required
def export(request: HttpRequest, form: str) -> HttpResponse:
    """As CSV or XLSX; that it was taken out stands on the audit log."""
    user = agent_of(request)
    current().require(perms.EXPORT)
    _view, rows = rows_of(request, user)
    lines = ([read(item) for _name, read in COLUMNS] for item in rows.with_people().order_by("-id")[:EXPORTED].iterator(chunk_size=2000))
    return table_response(form, "items", [label_of(name) for name, _read in COLUMNS], lines)
