"""What became of every message: the ledger."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.db.models import QuerySet, TextChoices
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.channels import permissions as perms
from hengwei.channels.actions import inbound
from hengwei.channels.models import InboundMessage, OutboundMessage
from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.rest import keyset

SHOWN = 50


def _keeper(request: HttpRequest) -> None:
    if not signed_in(request).may(perms.CONFIGURE):
        raise Http404


@login_required
def messages_in(request: HttpRequest) -> HttpResponse:
    """Messages received, newest first, by what became of them."""
    return _list(request, InboundMessage.objects.select_related("item"), InboundMessage.Status, "channels/messages_in.html")


@login_required
def messages_out(request: HttpRequest) -> HttpResponse:
    """Messages sent or not sent, newest first."""
    return _list(request, OutboundMessage.objects.select_related("item", "user"), OutboundMessage.Status, "channels/messages_out.html")


def _list(request: HttpRequest, rows: QuerySet[Any], states: type[TextChoices], template: str) -> HttpResponse:
    _keeper(request)
    show = request.GET.get("show", "")
    if show in states.values:
        rows = rows.filter(status=show)
    page = keyset(rows, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    return render(request, template, {"rows": page["items"], "next": page["next"], "show": show, "views": [("", _("All")), *states.choices]})


def _row(pk: int) -> InboundMessage:
    row = InboundMessage.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@login_required
def source(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The message as it came, to keep or to look into."""
    _keeper(request)
    row = _row(pk)
    if not row.path:
        raise Http404  # erased with its sender
    return FileResponse(default_storage.open(row.path), as_attachment=True, filename=f"message-{row.pk}.eml", content_type="message/rfc822")


@login_required
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Have it read again, or make an item of it."""
    row = _row(pk)
    if what == "again":
        row = inbound.again(row, by=current())
        if row.status == InboundMessage.Status.FAILED:
            messages.error(request, _("It still cannot be read: %(why)s") % {"why": row.reason})
        else:
            messages.success(request, _("Read."))
    elif what == "take":
        item = inbound.take_in(row, by=current())
        messages.success(request, _("It is %(number)s now.") % {"number": item.number})
    else:
        raise Http404
    return redirect("channels:messages_in")
