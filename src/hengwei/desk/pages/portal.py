"""The portal of those who need help: one question, their requests, and what is expected of them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.files import files_of
from hengwei.core.rest import keyset
from hengwei.desk.actions import catalogue, satisfaction, surveys
from hengwei.desk.models import CatalogueEntry, DeskSettings, Standard
from hengwei.desk.notices import notices_for
from hengwei.desk.promises import promised
from hengwei.desk.suggestions import suggestions_for
from hengwei.org.models import User
from hengwei.work import kinds
from hengwei.work.actions.intake import open_item
from hengwei.work.models import ApprovalVote, Source, WorkItem

from .asking import answers_of, form_context

#: Own requests shown at the start of the portal.
RECENT = 12
#: Decisions asked of the person that are shown there; the rest has its page.
TO_DECIDE = 5
#: What `?show=` chooses among one's own requests.
SHOWN = ("open", "closed", "all", "colleagues")


def portal(request: HttpRequest) -> HttpResponse:
    """One question in the middle, and below it what I asked for and where it stands."""
    now = timezone.now()
    if not request.user.is_authenticated:
        if not DeskSettings.current().guests:
            return redirect_to_login(request.get_full_path())
        return render(request, "desk/guest_portal.html", {
            "entries": CatalogueEntry.objects.offered_to_strangers(), "notices": notices_for(None, now), "offers_url": reverse("desk:offers"),
        })
    user = signed_in(request)
    mine = WorkItem.objects.filter(requester=user, merged_into=None).select_related("owner", "rating").order_by("-id")
    opened = list(mine.filter(phase__in=("new", "active", "waiting", "resolved"))[:RECENT])
    asking = [item for item in opened if expects(item)]
    votes = ApprovalVote.objects.waiting_for(user, now).select_related("step__approval__item__requester", "step__approval__asked_by", "user").order_by("step__opened_at", "id")
    return render(request, "desk/portal.html", {
        "votes": votes[:TO_DECIDE], "decides": ApprovalVote.objects.filter(user=user).exists(),
        "entries": CatalogueEntry.objects.offered_to(user), "asking": asking, "mine": [item for item in opened if item not in asking],
        "recent": list(mine.filter(phase="closed")[:3]), "notices": notices_for(user, now), "surveys": [(one.campaign, surveys.link_of(one.campaign, one)) for one in surveys.waiting_for(user, now)[:3]],
        "has_standards": Standard.objects.exists(),
    })


def expects(item: WorkItem) -> bool:
    """Whether the requester is asked for something: an answer, or a confirmation."""
    return (item.phase == "waiting" and item.waiting_for == "customer") or item.phase == "resolved"


def offers(request: HttpRequest) -> HttpResponse:
    """What fits the words typed so far: things to read first, then what of the catalogue fits them."""
    user = request.user if request.user.is_authenticated else None
    if user is None and not DeskSettings.current().guests:
        return redirect_to_login(request.get_full_path())
    text = request.GET.get("q", "").strip()
    entries = CatalogueEntry.objects.offered_to(user) if user is not None else CatalogueEntry.objects.offered_to_strangers()
    return render(request, "desk/offers.html", {
        "entries": fitting(entries, text), "text": text, "suggestions": suggestions_for(text, user), "guest": user is None,
    })


def fitting(entries: Any, text: str) -> Any:
    """Entries in whose name or explanation one of the words stands; Chinese by pairs of characters."""
    if not text:
        return entries
    wanted = Q()
    for word in {*text.split(), *(text[i : i + 2] for i in range(len(text) - 1) if not text[i : i + 2].isascii())}:
        wanted |= Q(name__icontains=word) | Q(name_en__icontains=word) | Q(description__icontains=word) | Q(description_en__icontains=word)
    return entries.filter(wanted)


@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """All my requests, with search; those of my colleagues where our customer allows it."""
    user = signed_in(request)
    show = request.GET.get("show", "all") if request.GET.get("show") in SHOWN else "all"
    shares = not user.is_agent and user.customer is not None and user.customer.shares_requests
    rows = WorkItem.objects.filter(requester=user)
    if show == "colleagues":
        rows = WorkItem.objects.visible_to(user).exclude(requester=user) if shares else WorkItem.objects.none()
    elif show != "all":
        rows = rows.filter(phase="closed") if show == "closed" else rows.exclude(phase="closed")
    for word in request.GET.get("q", "").split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word) | Q(number__icontains=word) | Q(catalogue_key=word))
    page = keyset(rows.select_related("owner", "requester", "rating"), order=("-id",), cursor=request.GET.get("cursor", ""), limit=30)
    return render(request, "desk/requests.html", {
        "items": page["items"], "next": page["next"], "show": show, "shares": shares, "q": request.GET.get("q", ""),
    })


@login_required
def ask(request: HttpRequest, key: str = "") -> HttpResponse:
    """The form of an entry, or of 'something else'; what was typed stays when something is wrong."""
    by, user = current(), signed_in(request)
    entry = catalogue.offered(key, user) if key else None
    error: ActionError | None = None
    if request.method == "POST":
        try:
            item = _send(request, entry, by, user)
            return redirect("desk:sent", number=item.number)
        except ActionError as refusal:
            error = refusal
    return render(request, "desk/ask.html", {
        **form_context(request, entry, error), "promise": promised(entry, user, timezone.now(), request.POST.get("kind", "incident")),
    }, status=422 if error else 200)


def _send(request: HttpRequest, entry: CatalogueEntry | None, by: Actor, user: User) -> WorkItem:
    files = files_of(request.POST.getlist("files"), user=user)
    title, description = request.POST.get("title", ""), request.POST.get("description", "")
    if entry is not None and entry.published is not None:
        return catalogue.submit(entry, by=by, title=title, description=description, answers=answers_of(entry.published, request.POST), files=files, source=Source.PORTAL)
    kind = request.POST.get("kind", "incident")
    if kind not in {k.key for k in kinds.every() if k.for_requesters}:
        raise Refused(_("This cannot be chosen."), code="invalid", field="kind")
    return open_item(kind, by=by, title=title, description=description, files=files, source=Source.PORTAL)


@login_required
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """It is with us: the number, what happens next, and when."""
    user = signed_in(request)
    item = WorkItem.objects.visible_to(user).with_people().by_number(number)
    clocks = {clock.measure: clock for clock in item.clocks.filter(state__in=("running", "paused"))}
    return render(request, "desk/sent.html", {
        "item": item, "answer": clocks.get("first_response"), "solved": clocks.get("resolution"), "approval": item.approvals.filter(state="open").exists(),
        "promise": promised(None, user, timezone.now(), item.kind),
    })


@login_required
def standards(request: HttpRequest) -> HttpResponse:
    """The service standards as published; an earlier version by `?version=`."""
    versions = list(Standard.objects.select_related("published_by")[:50])
    wanted = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == wanted), versions[0] if versions else None)
    return render(request, "desk/standards.html", {"standard": shown, "versions": versions})


# --- verdicts ----------------------------------------------------------------------------------------------------


def _score(request: HttpRequest) -> int:
    given = request.POST.get("score", "")
    return int(given) if given in "12345" and given else 0


@login_required
@require_POST
def rate_item(request: HttpRequest, number: str) -> HttpResponse:
    """Rate one's own request in the portal."""
    item = WorkItem.objects.visible_to(signed_in(request)).by_number(number)
    satisfaction.rate(item, score=_score(request), by=current(), comment=request.POST.get("comment", ""))
    return redirect(item)


#: What the stars mean, by how many of them.
SCORES = {"1": gettext_lazy("very poor"), "2": gettext_lazy("poor"), "3": gettext_lazy("fair"), "4": gettext_lazy("good"), "5": gettext_lazy("very good")}


def rate_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Rate by the link of a mail, without signing in. A click on a star shows the page; sending it counts."""
    item = satisfaction.item_of_token(token)
    error, done = None, False
    if request.method == "POST":
        try:
            satisfaction.rate(item, score=_score(request), by=Actor(user=item.requester, via="mail"), comment=request.POST.get("comment", ""), with_token=True)
            done = True
        except ActionError as refusal:
            error = refusal
    return render(request, "desk/rate.html", {"item": item, "error": error, "done": done, "score": request.POST.get("score") or request.GET.get("score", ""), "scores": SCORES.items()})
