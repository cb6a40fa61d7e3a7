"""The portal of those who need help, and the desk's form for those who call."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.files import files_of
from hengwei.core.i18n import is_chinese
from hengwei.desk.actions import catalogue, satisfaction
from hengwei.desk.models import CatalogueEntry
from hengwei.org.models import User
from hengwei.work import kinds
from hengwei.work.actions.intake import open_item
from hengwei.work.clocks.matching import promises_for
from hengwei.work.models import Measure, Source, WorkItem

#: Own requests shown at the start of the portal.
RECENT = 30


@login_required
def portal(request: HttpRequest) -> HttpResponse:
    """One question in the middle, and below it what I asked for and where it stands."""
    user = signed_in(request)
    mine = WorkItem.objects.filter(requester=user, merged_into=None).select_related("owner", "rating").order_by("-id")[:RECENT]
    asking = [item for item in mine if _expects(item)]
    return render(request, "desk/portal.html", {
        "entries": CatalogueEntry.objects.offered_to(user), "asking": asking, "mine": [item for item in mine if item not in asking],
    })


def _expects(item: WorkItem) -> bool:
    """Whether the requester is asked for something: an answer, or a confirmation."""
    return (item.phase == "waiting" and item.waiting_for == "customer") or item.phase == "resolved"


@login_required
def offers(request: HttpRequest) -> HttpResponse:
    """What of the catalogue fits the words typed so far."""
    user = signed_in(request)
    text = request.GET.get("q", "").strip()
    entries = CatalogueEntry.objects.offered_to(user)
    if text:
        wanted = Q()
        for word in {text, *(text[i : i + 2] for i in range(len(text) - 1) if not text.isascii())}:
            wanted |= Q(name__icontains=word) | Q(name_en__icontains=word) | Q(description__icontains=word) | Q(description_en__icontains=word)
        entries = entries.filter(wanted)
    return render(request, "desk/offers.html", {"entries": entries, "text": text})


def _fields(entry: CatalogueEntry | None, typed: Any, errors: dict[str, str]) -> list[dict[str, Any]]:
    """The entry's own fields with what was typed and what is wrong."""
    if entry is None or entry.published is None:
        return []
    found = []
    for field in entry.published.fields:
        label = field["label"] if is_chinese() or not field.get("label_en") else field["label_en"]
        value = typed.getlist(f"f_{field['key']}") if hasattr(typed, "getlist") else []
        found.append({**field, "label": label, "value": value if field["type"] == "choices" else (value[-1] if value else ""), "error": errors.get(field["key"], "")})
    return found


@login_required
def ask(request: HttpRequest, key: str = "") -> HttpResponse:
    """The form of an entry, or of 'something else'; what was typed stays when something is wrong."""
    by, user = current(), request.user
    entry = catalogue.offered(key, user) if key else None  # type: ignore[arg-type]
    error: ActionError | None = None
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            files = files_of(request.POST.getlist("files"), user=user)
            title, description = request.POST.get("title", ""), request.POST.get("description", "")
            if entry is not None:
                answers = {f["key"]: request.POST.getlist(f"f_{f['key']}") for f in entry.published.fields}  # type: ignore[union-attr]
                item = catalogue.submit(entry, by=by, title=title, description=description, answers=answers, files=files, source=Source.PORTAL)
            else:
                kind = request.POST.get("kind", "incident")
                if kind not in {k.key for k in kinds.every() if k.for_requesters}:
                    raise Refused(_("This cannot be chosen."), code="invalid", field="kind")
                item = open_item(kind, by=by, title=title, description=description, files=files, source=Source.PORTAL)
            return redirect(f"{item.get_absolute_url()}?new=1")
        except ActionError as refusal:
            error, errors = refusal, refusal.params.get("errors", {})
    typed = request.POST if request.method == "POST" else {}
    return render(request, "desk/ask.html", {
        "entry": entry, "fields": _fields(entry, typed, errors), "error": error, "typed": typed, "title": request.POST.get("title") or request.GET.get("q", ""),
        "kinds": [k for k in kinds.every() if k.for_requesters], "promise": _promised(entry, user),  # type: ignore[arg-type]
    }, status=422 if error else 200)


def _promised(entry: CatalogueEntry | None, user: User) -> dict[str, Any]:
    """Until when we would answer and solve it, if it were sent now."""
    version = entry.published if entry else None
    now = timezone.now()
    item = WorkItem(kind=version.kind if version else "incident", customer=user.customer, requester=user, catalogue_key=entry.key if entry else "", category=version.category if version else None)
    if version is not None:
        from hengwei.work.priorities import priority_of

        item.priority = priority_of(version.impact, version.urgency)
    found = {}
    for measure, promise in promises_for(item.facts()).items():
        if measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION):
            found[measure.value if hasattr(measure, "value") else measure] = promise.working_time().add(now, promise.allowed(now))
    return found


@login_required
@require_POST
def rate_item(request: HttpRequest, number: str) -> HttpResponse:
    """Rate one's own request in the portal."""
    item = WorkItem.objects.visible_to(signed_in(request)).by_number(number)
    satisfaction.rate(item, score=int(request.POST.get("score", "0") or 0), by=current(), comment=request.POST.get("comment", ""))
    return redirect(item)


def rate_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Rate by the link of a mail, without signing in. A click on a star shows the page; sending it counts."""
    item = satisfaction.item_of_token(token)
    error, done = None, False
    if request.method == "POST":
        try:
            satisfaction.rate(
                item, score=int(request.POST.get("score", "0") or 0), by=Actor(user=item.requester, via="mail"), comment=request.POST.get("comment", ""), with_token=True)
            done = True
        except ActionError as refusal:
            error = refusal
    return render(request, "desk/rate.html", {"item": item, "error": error, "done": done, "score": request.POST.get("score") or request.GET.get("score", "")})
