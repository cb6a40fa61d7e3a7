"""Follow-up calls and visits (回访)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.desk.actions import follow_ups as actions
from hengwei.desk.models import FollowUp

from .common import staff


@login_required
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Calls owed, the most overdue first."""
    user = staff(request)
    rows = FollowUp.objects.filter(done_at=None).select_related("item", "item__requester", "customer", "owner").order_by("due_at", "id")
    if request.GET.get("whose") != "all":
        rows = rows.filter(owner=user)
    return render(request, "desk/follow_ups.html", {"rows": rows[:100], "whose": request.GET.get("whose", "mine"), "now": timezone.now()})


@login_required
@require_POST
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what came of a call."""
    staff(request)
    actions.complete(get_object_or_404(FollowUp, pk=pk), by=current(), result=request.POST.get("result", ""))
    return redirect("desk:follow_ups")
