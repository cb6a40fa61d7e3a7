"""The portal of those who need help, and the desk's form for those who call."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.files import files_of
from hengwei.core.filling import fill
from hengwei.core.i18n import is_chinese
from hengwei.desk.actions import catalogue, satisfaction
from hengwei.desk.models import CannedReply, CatalogueEntry, FollowUp
from hengwei.org.models import User
from hengwei.work import kinds
from hengwei.work.actions.intake import open_item
from hengwei.work.clocks.matching import promises_for
from hengwei.work.models import Category, Level, Measure, Source, WorkItem

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


# --- the desk ----------------------------------------------------------------------------------------------------


def _staff(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.is_agent:
        raise Http404
    return user


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Log a request while talking: who calls, in one field; the rest below."""
    user, error = _staff(request), None
    typed: Any = request.POST if request.method == "POST" else request.GET
    requester = User.objects.filter(pk=chosen(typed, "requester"), is_active=True).select_related("customer").first()
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
        "error": error, "typed": typed, "requester": requester, "chosen": [requester] if requester else [], "kinds": kinds.every(), "levels": Level.choices,
        "categories": Category.objects.filter(archived_at=None), "sources": [(s.value, s.label) for s in (Source.PHONE, Source.AGENT, Source.CHAT, Source.EMAIL)],
    }, status=422 if error else 200)


@login_required
def find_people(request: HttpRequest) -> HttpResponse:
    """Contacts by name, number or address, for the caller's field."""
    user = _staff(request)
    text = request.GET.get("who", "").strip()
    people = []
    if len(text) >= 2 or (text and not text.isascii()):
        found = Q(name__icontains=text) | Q(email__istartswith=text) | Q(phone__startswith=text) | Q(mobile__startswith=text) | Q(employee_no=text) | Q(username__istartswith=text)
        people = User.objects.visible_to(user).filter(found, is_active=True).select_related("customer").order_by("name", "id")[:8]
    return render(request, "desk/people.html", {"people": people, "text": text})


@login_required
def canned(request: HttpRequest, number: str) -> HttpResponse:
    """The replies that this person keeps ready, filled in for the item."""
    user = _staff(request)
    item = WorkItem.objects.visible_to(user).with_people().by_number(number)
    values = {
        "requester": str(item.requester or ""), "number": item.number, "title": item.title, "agent": user.name, "team": str(item.team or ""),
        "due": timezone.localtime(item.due_at).strftime("%m-%d %H:%M") if item.due_at else "",
    }
    english = bool(item.requester and item.requester.language == "en")
    replies = [{"label": r.label, "text": fill(r.text_en if english and r.text_en else r.text, values)} for r in CannedReply.objects.usable_by(user)]
    return render(request, "desk/canned.html", {"replies": replies})


@login_required
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Calls owed, the most overdue first."""
    user = _staff(request)
    rows = FollowUp.objects.filter(done_at=None).select_related("item", "item__requester", "customer", "owner").order_by("due_at", "id")
    if request.GET.get("whose") != "all":
        rows = rows.filter(owner=user)
    return render(request, "desk/follow_ups.html", {"rows": rows[:100], "whose": request.GET.get("whose", "mine"), "now": timezone.now()})


@login_required
@require_POST
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what came of a call."""
    _staff(request)
    satisfaction.complete_follow_up(get_object_or_404(FollowUp, pk=pk), by=current(), result=request.POST.get("result", ""))
    return redirect("desk:follow_ups")
