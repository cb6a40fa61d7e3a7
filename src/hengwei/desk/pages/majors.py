"""A major incident's page: what everybody may read, its reports, one update for all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.errors import ActionError, NotFound
from hengwei.core.i18n import listed
from hengwei.desk import permissions as perms
from hengwei.desk.actions import majors as actions
from hengwei.desk.models import Incident
from hengwei.work.models import Entry, WorkItem

from .common import staff


@login_required
def majors(request: HttpRequest) -> HttpResponse:
    """Those that are open, and the latest that are over."""
    staff(request)
    rows = Incident.objects.filter(major=True).select_related("owner", "team", "customer")
    return render(request, "desk/majors.html", {"open": rows.open().order_by("-major_at"), "over": rows.filter(phase__in=("resolved", "closed")).order_by("-major_at")[:20]})


def _find(request: HttpRequest, number: str) -> Incident:
    try:
        item = WorkItem.objects.visible_to(staff(request)).by_number(number)
    except NotFound as error:
        raise Http404(str(error)) from None
    own = Incident.objects.select_related("owner", "team", "customer", "root_problem", "requester").filter(pk=item.pk, major=True).first()
    if own is None:
        raise Http404
    return own


@login_required
def major(request: HttpRequest, number: str) -> HttpResponse:
    """One of them."""
    return _show(request, _find(request, number))


def _show(request: HttpRequest, own: Incident, error: ActionError | None = None) -> HttpResponse:
    told = Entry.objects.filter(item=own.pk, public=True, by_staff=True, details__major=own.number).select_related("author").order_by("-happened_at")
    reports = WorkItem.objects.filter(parent=own.pk)
    return render(request, "desk/major.html", {
        "item": own, "reports": reports.with_people().order_by("-id")[:100], "open_reports": reports.open().count(), "told": told[:50], "error": error,
        "may_lead": current().may(perms.MAJOR), "typed": request.POST if error else {},
    }, status=422 if error else 200)


@login_required
@require_POST
def update_major(request: HttpRequest, number: str) -> HttpResponse:
    """One update for all, or the flag taken back."""
    own = _find(request, number)
    item = WorkItem.objects.get(pk=own.pk)
    try:
        if request.POST.get("deed") == "revoke":
            actions.revoke(item, by=current(), why=request.POST.get("why", ""))
            return redirect(own)
        done = actions.update(item, by=current(), text=request.POST.get("text", ""), public_words=request.POST.get("public_words"))
    except ActionError as error:
        return _show(request, own, error)
    messages.success(request, ngettext("%(n)d requester was told.", "%(n)d requesters were told.", done["told"]) % {"n": done["told"]})
    if done["refused"]:
        messages.error(request, _("Refused: %(numbers)s") % {"numbers": listed(done["refused"])})
    return redirect("desk:major", number=own.number)
