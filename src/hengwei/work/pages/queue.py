"""The agent's day: lists of work items, and one deed on many of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError, NotFound, Refused
from hengwei.core.rest import keyset
from hengwei.org.models import Customer, Site, Team, User
from hengwei.ui.kit.picking import picked
from hengwei.work import asking, listing
from hengwei.work.actions import bulk as deeds
from hengwei.work.actions import views
from hengwei.work.models import Category, Closure, Level, Seen, WorkItem
from hengwei.work.models.items import WorkItemQuerySet, rank
from hengwei.work.workflow import Phase

#: Where the session keeps what undoing the last deed on many needs.
UNDO = "work.undo"
#: Recent items offered beside the list.
RECENT = 12
#: Filters whose value is a row that is found while one types.
_NAMED: dict[str, Any] = {"requester": User, "owner": User, "customer": Customer, "site": Site}


def agent_of(request: HttpRequest) -> User:
    """The person who asks, if he works here; for others these pages do not exist."""
    user = signed_in(request)
    if not user.is_agent:
        raise Http404
    return user


def rows_of(request: HttpRequest, user: User) -> tuple[listing.View, WorkItemQuerySet]:
    """The standing view and the rows of an address."""
    view = listing.BY_KEY.get(request.GET.get("view", "mine"), listing.VIEWS[0])
    return view, listing.asked_for(request.GET.dict(), user=user, now=timezone.now())


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The list: standing and kept views with their counts, filters in the address bar, fifty rows at a time."""
    user, now = agent_of(request), timezone.now()
    view, rows = rows_of(request, user)
    sort = request.GET.get("sort", "")
    order = listing.SORTS[sort][1] if sort in listing.SORTS else listing.SORTS["due" if view.by_due else "newest"][1]
    listed = rows.with_people().select_related("site")
    if "rank" in order:
        listed = listed.annotate(rank=rank())
    page = keyset(listed, order=order, cursor=request.GET.get("cursor", ""))
    given = {name: request.GET[name] for name in listing.FILTERS if request.GET.get(name)}
    text = request.GET.get("q", "").strip()
    asked = asking.parse(text, today=timezone.localdate(now))
    here = {"view": view.key, **given, **({"q": text} if text else {}), **({"sort": sort} if sort else {})}
    offered = listing.choices()
    return render(request, "work/queue.html", {
        "view": view, "views": listing.VIEWS, "counts": listing.counts(user, now=now), "saved": listing.saved(user, now=now), "page": page,
        "filters": [
            (name, listing.FILTER_NAMES[name], [(str(value), label) for value, label in options], given.get(name, ""))
            for name, options in offered.items()
        ],
        "hidden": {name: value for name, value in given.items() if name not in offered}, "given": given, "here": urlencode(here),
        "chips": _chips(given, offered, here), "facets": _facets(rows, offered, given, here), "text": text, "unknown": asked.unknown,
        "now": now, "cursor": request.GET.get("cursor", ""), "sorts": [(key, label) for key, (label, _order) in listing.SORTS.items()], "sort": sort,
        "columns": listing.columns_of(user), "all_columns": listing.COLUMNS,
        "recent": Seen.objects.filter(user=user).select_related("item").order_by("-seen_at")[:RECENT],
        "my_teams": Team.objects.filter(pk__in=user.team_ids, archived_at=None), "undo": request.session.get(UNDO),
        **_bulk_choices(offered),
    })


def _bulk_choices(offered: dict[str, Any]) -> dict[str, Any]:
    """What the small dialogs over the list offer."""
    return {
        "teams": offered["team"], "categories": Category.objects.filter(archived_at=None), "levels": Level.choices,
        "closures": [(c.value, c.label) for c in (Closure.SOLVED, Closure.WORKAROUND, Closure.NOT_SOLVED)], "naps": naps(timezone.now()),
    }


def naps(now: datetime) -> list[tuple[str, str]]:
    """Moments that people usually put work off to: (ISO, words), in the reader's time zone."""
    here = timezone.localtime(now)
    morning = here.replace(hour=9, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=7 - here.weekday())
    return [
        ((here + timedelta(hours=1)).isoformat(), _("for an hour")), ((here + timedelta(hours=4)).isoformat(), _("for four hours")),
        ((morning + timedelta(days=1)).isoformat(), _("until tomorrow at nine")), (monday.isoformat(), _("until Monday at nine")),
    ]


def _without(here: dict[str, str], *names: str) -> str:
    return urlencode({name: value for name, value in here.items() if name not in names})


def _chips(given: dict[str, str], offered: dict[str, Any], here: dict[str, str]) -> list[dict[str, Any]]:
    """The filters in force, each with the address without it."""
    found = []
    for name, value in given.items():
        words = next((label for key, label in offered.get(name, []) if str(key) == value), value)
        if words == value and name in _NAMED:
            words = str(_NAMED[name].objects.filter(pk=chosen(given, name)).first() or value)
        found.append({"name": listing.FILTER_NAMES[name], "words": words, "without": _without(here, name)})
    return found


def _facets(rows: WorkItemQuerySet, offered: dict[str, Any], given: dict[str, str], here: dict[str, str]) -> list[dict[str, Any]]:
    """Chips that narrow further, with how many rows each leaves."""
    found = []
    for name, counted in listing.facets(rows).items():
        if name in given or len(counted) < 2:
            continue
        found += [
            {"words": label, "n": counted[value], "query": urlencode({**here, name: value})}
            for value, label in offered[name] if counted.get(value)
        ]
    return found


@login_required
def counters(request: HttpRequest) -> HttpResponse:
    """The views with their numbers, renewed while the page is open."""
    user, now = agent_of(request), timezone.now()
    view = listing.BY_KEY.get(request.GET.get("view", "mine"), listing.VIEWS[0])
    return render(request, "work/views.html", {
        "view": view, "views": listing.VIEWS, "counts": listing.counts(user, now=now), "saved": listing.saved(user, now=now),
        "here": request.GET.urlencode(), "my_teams": Team.objects.filter(pk__in=user.team_ids, archived_at=None),
    })


@login_required
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row anew, after somebody changed it."""
    user = agent_of(request)
    item = get_object_or_404(WorkItem.objects.visible_to(user).with_people().select_related("site"), pk=pk)
    return render(request, "work/row.html", {"item": item, "now": timezone.now(), "glow": True, "columns": listing.columns_of(user)})


def _given(post: Any, user: User) -> dict[str, Any]:
    """What the small dialogs send, read."""
    given: dict[str, Any] = {name: post.get(name, "").strip() for name in ("reason", "label", "solution", "cause", "comment")}
    given["owner"] = User.objects.staff().filter(pk=picked(post, "owner", "org.staff")).first()
    given["team"] = Team.objects.filter(pk=chosen(post, "team")).first()
    given["category"] = Category.objects.filter(pk=chosen(post, "category")).first()
    given["priority"] = chosen(post, "priority") or None
    given["until_answered"] = post.get("until") == "answered"
    if post.get("until") and not given["until_answered"]:
        given["until"] = moment_of(post["until"])
    if post.get("into", "").strip():
        try:
            given["into"] = WorkItem.objects.visible_to(user).by_number(post["into"])
        except NotFound as error:
            raise Refused(error.message, code="unknown", field="into") from None
    return given


def moment_of(text: str, field: str = "until") -> datetime:
    """A moment of a form in its reader's time zone; Refused when it is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("This is no date and time."), code="invalid", field=field)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing with the chosen rows; what is refused is said row by row, the rest is done and may be undone."""
    user, by, now = agent_of(request), current(), timezone.now()
    what = request.POST.get("do", "assign")
    pks = [int(pk) for pk in request.POST.getlist("items") if pk.isdecimal()]
    items = list(WorkItem.objects.visible_to(user).filter(pk__in=pks).order_by("pk"))
    back = f"{request.path.removesuffix('/bulk')}?{request.POST.get('here', '')}"
    try:
        outcomes, before = deeds.do_many(items, what, by=by, at=now, **_given(request.POST, user))
    except ActionError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    _say(request, outcomes)
    if before:
        request.session[UNDO] = {"what": what, "before": before, "n": len(before)}
    else:
        request.session.pop(UNDO, None)
    return redirect(back)


def _say(request: HttpRequest, outcomes: list[deeds.Outcome]) -> None:
    done = sum(1 for outcome in outcomes if outcome.error is None)
    if done:
        messages.success(request, ngettext("%(n)d item done.", "%(n)d items done.", done) % {"n": done})
    for outcome in outcomes:
        if outcome.error is not None:
            messages.error(request, format_html('<a href="{}">{}</a> {}', outcome.item.get_absolute_url(), outcome.item.number, outcome.error))


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Undo the last deed on many."""
    agent_of(request)
    kept = request.session.pop(UNDO, None)
    if kept is not None:
        _say(request, deeds.undo_many(kept["what"], kept["before"], by=current(), at=timezone.now()))
    return redirect(f"/items?{request.POST.get('here', '')}")


@login_required
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name, for oneself or a team, or forget a kept view."""
    agent_of(request)
    query = views.cleaned(request.POST.get("query", ""))
    try:
        if request.POST.get("forget"):
            views.forget_view(chosen(request.POST, "forget"), by=current())
        else:
            team = Team.objects.filter(pk=chosen(request.POST, "team")).first()
            views.keep_view(by=current(), name=request.POST.get("name", ""), query=query, team=team)
    except ActionError as refusal:
        messages.error(request, str(refusal))
    return redirect(f"/items?{query}")


@login_required
@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Remember the columns and their widths; a script sends widths alone."""
    user = agent_of(request)
    if request.POST.get("widths"):
        try:
            widths = json.loads(request.POST["widths"])
        except ValueError:
            widths = None
        if isinstance(widths, dict):
            views.choose_columns(user, widths=widths)
        return HttpResponse(status=204)
    views.choose_columns(user, columns=request.POST.getlist("column"))
    return redirect(f"/items?{request.POST.get('here', '')}")


def next_after(user: User, item: WorkItem, now: datetime) -> WorkItem | None:
    """The item to go on with after this one: the next of one's own, else of one's teams that nobody has."""
    seen = WorkItem.objects.visible_to(user).exclude(pk=item.pk)
    for view in ("mine", "unassigned"):
        rows = listing.of_view(seen, view, user=user, now=now).exclude(phase=Phase.WAITING)
        found = rows.order_by("next_due_at", "id").first()
        if found is not None:
            return found
    return None
