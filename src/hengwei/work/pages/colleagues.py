"""What an item has to do with others: like ones, merging them, who can be mentioned, calls owed, questions to colleagues."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, NotFound
from hengwei.core.rest import keyset
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.actions import helping, relations, sharing
from hengwei.work.models import Callback, HandOver, WorkItem
from hengwei.work.similar import similar_to

from .item import find
from .queue import agent_of

#: Names offered while an @ is typed.
OFFERED = 8


@login_required
def similar(request: HttpRequest, number: str) -> HttpResponse:
    """Items like this one, fetched after the page is there."""
    user = agent_of(request)
    item = find(request, number)
    return render(request, "work/similar.html", {"item": item, "similar": similar_to(item, user), "may_link": user.may(perms.LINK)})


@login_required
def mentionable(request: HttpRequest, number: str) -> HttpResponse:
    """Colleagues whose name begins or goes on like what was typed after an @; those of the item's team first."""
    agent_of(request)
    item, text = find(request, number), request.GET.get("q", "").strip()
    people = User.objects.staff()
    if text:
        people = people.filter(Q(name__icontains=text) | Q(username__istartswith=text))
    team = set(item.team.memberships.values_list("user_id", flat=True)) if item.team else set()
    found = sorted(people.order_by("name", "id")[:200], key=lambda person: person.pk not in team)[:OFFERED]
    return JsonResponse({"people": [{"name": person.name, "title": person.title} for person in found]})


@login_required
@require_POST
def merge_preview(request: HttpRequest) -> HttpResponse:
    """What merging the chosen items into one would do, before it is done; nothing to say where something else is chosen than merging."""
    user = agent_of(request)
    if request.POST.get("how", "merge") != "merge":
        return HttpResponse("")
    pks = [int(pk) for pk in request.POST.getlist("items") if pk.isdecimal()]
    target: WorkItem | None = None
    with suppress(NotFound):
        target = WorkItem.objects.visible_to(user).by_number(request.POST.get("into") or request.POST.get("other", ""))
    if target is None:
        return HttpResponse("")
    items = list(WorkItem.objects.visible_to(user).filter(pk__in=pks).select_related("customer", "requester"))
    return render(request, "work/merge_preview.html", {"preview": relations.preview_merge(items, into=target, by=current())})


@login_required
def callbacks(request: HttpRequest) -> HttpResponse:
    """Calls that were promised and not made, the earliest due first."""
    user = agent_of(request)
    rows = Callback.objects.owed().filter(item__in=WorkItem.objects.visible_to(user)).select_related("item__requester", "owner", "entry")
    if request.GET.get("whose", "mine") == "mine":
        rows = rows.filter(owner=user)
    page = keyset(rows, order=("due_at", "id"), cursor=request.GET.get("cursor", ""))
    return render(request, "work/callbacks.html", {"page": page, "now": timezone.now(), "whose": request.GET.get("whose", "mine")})


@login_required
@require_POST
def callback_made(request: HttpRequest, pk: int) -> HttpResponse:
    """The call was made."""
    user = agent_of(request)
    one = get_object_or_404(Callback.objects.filter(item__in=WorkItem.objects.visible_to(user)), pk=pk)
    try:
        helping.callback_made(one, by=current())
    except ActionError as refusal:
        messages.error(request, str(refusal))
    return redirect("work:callbacks")


@login_required
def hand_overs(request: HttpRequest) -> HttpResponse:
    """Questions to colleagues that wait for an answer, by their age; for those who are asked, theirs."""
    user = signed_in(request)
    rows = HandOver.objects.visible_to(user).waiting().select_related("item", "to_team", "to_user", "asked_by")
    page = keyset(rows, order=("due_at", "id"), cursor=request.GET.get("cursor", ""))
    return render(request, "work/hand_overs.html", {"page": page, "now": timezone.now()})


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question that one was asked."""
    one = get_object_or_404(HandOver.objects.visible_to(signed_in(request)).select_related("item"), pk=pk)
    try:
        sharing.answer(one, by=current(), text=request.POST.get("text", ""))
        messages.success(request, _("Answered."))
    except ActionError as refusal:
        messages.error(request, str(refusal))
    return redirect("work:hand_overs")
