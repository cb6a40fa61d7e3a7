"""The agent's day: lists of work items."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from openpyxl import Workbook

from hengwei.core.acting import current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.rest import keyset
from hengwei.org.models import Team, User
from hengwei.work import listing
from hengwei.work import permissions as perms
from hengwei.work.actions.assignment import assign_many
from hengwei.work.models import WorkItem, label_of
from hengwei.work.models.items import WorkItemQuerySet

#: Rows of one export; a larger one is asked for in parts.
EXPORTED = 100_000
#: Standing views that a person may keep for himself.
KEPT_VIEWS = 30


def _user(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.is_agent:
        raise Http404
    return user


def _rows(request: HttpRequest, user: User) -> tuple[listing.View, WorkItemQuerySet]:
    view = listing.BY_KEY.get(request.GET.get("view", "mine"), listing.VIEWS[0])
    rows = WorkItem.objects.visible_to(user).with_people()
    return view, listing.filtered(listing.of_view(rows, view.key, user=user, now=timezone.now()), request.GET.dict())


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The list: standing views with their counts, filters in the address bar, fifty rows at a time."""
    user = _user(request)
    view, rows = _rows(request, user)
    page = keyset(rows, order=("next_due_at", "id") if view.by_due else ("-id",), cursor=request.GET.get("cursor", ""))
    given = {name: request.GET[name] for name in listing.FILTERS if request.GET.get(name)}
    offered = listing.choices()
    return render(request, "work/queue.html", {
        "view": view, "views": listing.VIEWS, "counts": listing.counts(user, now=timezone.now()), "page": page,
        "filters": [(name, listing.FILTER_NAMES[name], [(str(value), label) for value, label in options], given.get(name, "")) for name, options in offered.items()],
        "hidden": {name: value for name, value in given.items() if name not in offered}, "given": given,
        "here": urlencode({"view": view.key, **given}), "kept": user.pref("views", []), "now": timezone.now(),
        "teams": offered["team"], "people": offered["owner"][1:], "cursor": request.GET.get("cursor", ""),
    })


@login_required
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row anew, after somebody changed it."""
    item = get_object_or_404(WorkItem.objects.visible_to(_user(request)).with_people(), pk=pk)
    return render(request, "work/row.html", {"item": item, "now": timezone.now(), "glow": True})


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Assign the chosen rows; what is refused is said, the rest is done."""
    user = _user(request)
    rows = [int(pk) for pk in request.POST.getlist("items") if pk.isdecimal()]
    items = list(WorkItem.objects.visible_to(user).filter(pk__in=rows))
    owner = User.objects.staff().filter(pk=chosen(request.POST, "owner")).first()
    team = Team.objects.filter(pk=chosen(request.POST, "team")).first()
    outcomes = assign_many(items, by=current(), owner=owner, team=team)
    done = sum(1 for outcome in outcomes if outcome.error is None)
    if done:
        messages.success(request, ngettext("%(n)d item assigned.", "%(n)d items assigned.", done) % {"n": done})
    for outcome in outcomes:
        if outcome.error is not None:
            messages.error(request, f"{outcome.item.number}: {outcome.error}")
    return redirect(f"{request.path.removesuffix('/bulk')}?{request.POST.get('here', '')}")


@login_required
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name of one's own, or forget a kept view."""
    user = _user(request)
    name, query = " ".join(request.POST.get("name", "").split())[:40], request.POST.get("query", "")[:500]
    kept = [view for view in user.pref("views", []) if view["name"] != name]
    if name and not request.POST.get("forget"):
        kept = [*kept, {"name": name, "query": query}][-KEPT_VIEWS:]
    User.objects.filter(pk=user.pk).update(preferences={**user.preferences, "views": kept})
    return redirect(f"/items?{query}")


COLUMNS: list[tuple[Any, Any]] = [
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
    for item in rows.order_by("-id")[:EXPORTED].iterator(chunk_size=2000):
        yield [_safe(read(item)) for _name, read in COLUMNS]


@login_required
def export(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """The list with its filters as CSV (with a byte order mark, which Excel needs for Chinese) or XLSX."""
    user = _user(request)
    current().require(perms.EXPORT)
    _view, rows = _rows(request, user)
    name = f"items-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "csv":
        table = list(_table(rows))
        text = io.StringIO()
        csv.writer(text).writerows(table)
        return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
    if form == "xlsx":
        book = Workbook(write_only=True)
        sheet = book.create_sheet(_("Items"))
        for line in _table(rows):
            sheet.append(line)
        target = io.BytesIO()
        book.save(target)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return HttpResponse(target.getvalue(), content_type=kind, headers=headers)
    raise Http404
