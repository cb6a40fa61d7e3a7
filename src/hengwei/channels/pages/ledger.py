"""What became of every message: the ledger."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
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

SHOWN = 50
#: Why a machine's message was taken for one, and other reasons, are the names of header fields and shown as they are.


def _keeper(request: HttpRequest) -> None:
    if not signed_in(request).may(perms.CONFIGURE):
        raise Http404


@login_required
def messages_in(request: HttpRequest) -> HttpResponse:
    """Messages received, newest first, by what became of them."""
    _keeper(request)
    rows = InboundMessage.objects.select_related("item").order_by("-id")
    show = request.GET.get("show", "")
    if show in InboundMessage.Status.values:
        rows = rows.filter(status=show)
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    return render(request, "channels/messages_in.html", {
        "rows": found[:SHOWN], "show": show, "views": [("", _("All")), *[(s.value, s.label) for s in InboundMessage.Status]],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
    })


@login_required
def messages_out(request: HttpRequest) -> HttpResponse:
    """Messages sent or not sent, newest first."""
    _keeper(request)
    rows = OutboundMessage.objects.select_related("item", "user").order_by("-id")
    show = request.GET.get("show", "")
    if show in OutboundMessage.Status.values:
        rows = rows.filter(status=show)
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    return render(request, "channels/messages_out.html", {
        "rows": found[:SHOWN], "show": show, "views": [("", _("All")), *[(s.value, s.label) for s in OutboundMessage.Status]],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
    })


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
