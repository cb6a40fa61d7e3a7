"""The desk's form for those who call, and the replies kept ready."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengwei.core.acting import current
from hengwei.core.asked import chosen
from hengwei.core.errors import ActionError, Refused
from hengwei.core.files import files_of, still_there
from hengwei.desk.models import CannedReply
from hengwei.desk.texts import filled, reads_english
from hengwei.org.models import User
from hengwei.ui.kit.picking import picked
from hengwei.work import kinds
from hengwei.work.actions.intake import open_item
from hengwei.work.models import Category, Level, Source, WorkItem

from .common import staff

#: Replies offered while one types.
OFFERED = 8


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Log a request while talking: who calls, in one field; the rest below."""
    user, error = staff(request), None
    typed: Any = request.POST if request.method == "POST" else request.GET
    requester = User.objects.filter(pk=picked(typed, "requester", "org.person"), is_active=True).select_related("customer").first()
    if requester is None and request.method == "GET" and typed.get("kind") in [kind.key for kind in kinds.every() if not kind.for_requesters]:
        # A change or a problem is the department's own: who writes it down asks for it, unless he says otherwise.
        requester = user
    if request.method == "POST":
        try:
            if requester is None:
                raise Refused(_("Please choose who it is for."), code="missing", field="requester")
            facts: dict[str, Any] = {name: int(typed[name]) for name in ("impact", "urgency") if typed.get(name, "").isdecimal()}
            item = open_item(
                typed.get("kind", "incident"), by=current(), title=typed.get("title", ""), description=typed.get("description", ""), requester=requester,
                source=typed.get("source", Source.PHONE), category=Category.objects.filter(pk=chosen(typed, "category")).first(), subject=typed.get("subject", ""),
                owner=user if typed.get("take") else None, files=files_of(typed.getlist("files"), user=user), **facts)
            return redirect(item)
        except ActionError as refusal:
            error = refusal
    return render(request, "desk/new.html", {
        "error": error, "typed": typed, "requester": requester, "kept_files": still_there(request.POST.getlist("files"), user=user), "asked": "form-select is-invalid" if error and error.field == "requester" else "form-select", "kinds": kinds.every(), "levels": Level.choices,
        "categories": Category.objects.filter(archived_at=None), "sources": [(s.value, s.label) for s in (Source.PHONE, Source.AGENT, Source.CHAT, Source.EMAIL)],
    }, status=422 if error else 200)


@login_required
def caller(request: HttpRequest) -> HttpResponse:
    """How to reach who was chosen: read out while he is on the line."""
    person = User.objects.visible_to(staff(request)).filter(pk=chosen(request.GET, "requester"), is_active=True).first()
    return render(request, "desk/caller.html", {"person": person})


@login_required
def canned(request: HttpRequest, number: str) -> HttpResponse:
    """The replies that this person keeps ready, filled in for the item; by `q` those that fit what was typed after a /, as JSON."""
    user = staff(request)
    item = WorkItem.objects.visible_to(user).with_people().by_number(number)
    english, typed = reads_english(item), request.GET.get("q")
    rows = CannedReply.objects.usable_by(user)
    kept = list(rows) if typed is None else list(rows.like(typed)[:OFFERED])
    replies = [{"label": r.label, "text": filled(r.text_en if english and r.text_en else r.text, item, user)} for r in kept]
    if typed is not None:
        return JsonResponse({"replies": replies})
    return render(request, "desk/canned.html", {"replies": replies})
