"""What became of a reply that went out by mail, under the reply itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.channels import permissions as perms
from hengwei.channels.actions import outgoing
from hengwei.channels.models import OutboundMessage
from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.org.models import User
from hengwei.work.models import Entry, WorkItem


def under_replies(item: WorkItem, entries: Sequence[Entry], user: User) -> dict[int, SafeString]:
    """The state of the mail of each entry, with 'send again' once it failed; where a mail came from."""
    rows = OutboundMessage.objects.filter(item=item, user=None, entry__in=[e.pk for e in entries if e.kind == Entry.Kind.MESSAGE_OUT]).order_by("id")
    newest = {row.entry_id: row for row in rows}
    found: dict[int, SafeString] = {}
    for entry in entries:
        row = newest.get(entry.pk)
        if row is not None:
            found[entry.pk] = mark_safe(render_to_string("channels/under_reply.html", {
                "row": row, "may_resend": user.may(perms.RESEND) and row.status in (row.Status.FAILED, row.Status.BOUNCED),
            }))
        elif entry.kind == Entry.Kind.MESSAGE_IN and entry.details.get("from"):
            found[entry.pk] = mark_safe(render_to_string("channels/under_mail.html", {"entry": entry, "d": {**entry.details, "checks": _checks(entry.details.get("authentication") or {})}, "may_read": user.may(perms.CONFIGURE)}))
    return found


def _checks(authentication: dict[str, str]) -> str:
    """What the trusted server found of the sender: 'SPF pass · DKIM pass'."""
    return " · ".join(f"{method.upper()} {authentication[method]}" for method in ("spf", "dkim", "dmarc") if authentication.get(method))


def _row(request: HttpRequest, pk: int) -> OutboundMessage:
    row = OutboundMessage.objects.filter(pk=pk, item__isnull=False).select_related("item", "entry", "mailbox", "user").first()
    if row is None or row.item is None or not row.item.visible_to(signed_in(request)):
        raise Http404
    return row


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again, to recipients that a person has looked at."""
    row = _row(request, pk)
    outgoing.send_again(row, by=current(), to=request.POST.get("to", "").replace("；", ";").replace(",", ";").split(";"))
    messages.success(request, _("On its way again."))
    return redirect(row.item)  # type: ignore[arg-type]
