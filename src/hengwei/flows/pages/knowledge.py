"""The knowledge card of an item: what may help, what was used, the manual's steps; and the deeds of its buttons."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError
from hengwei.flows import articles
from hengwei.flows.models import ItemArticle, StepDone
from hengwei.knowledge import permissions as kb
from hengwei.knowledge.models import Article, Fault, FaultStep
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.models import WorkItem
from hengwei.work.pages.item import find

#: Faults shown on an item; the whole manual is a click away.
FAULTS = 12


def _staff(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.may(kb.READ):
        raise Http404
    return user


@login_required
def card(request: HttpRequest, number: str) -> HttpResponse:
    """What may help with the item; with `text`, what fits the words being written."""
    user, item = _staff(request), find(request, number)
    return render(request, "flows/suggested.html", _suggested(item, user, request.GET.get("text", "")))


def _suggested(item: WorkItem, user: User, text: str = "") -> dict[str, Any]:
    used = articles.used(item)
    found = articles.suggested(item, user=user, text=text)
    shown = [one.article for one in found]
    open_to = articles.readable_by_requester(item, shown)
    published = {a.pk: a for a in Article.objects.filter(pk__in=[a.pk for a in shown]).select_related("published")}
    rows = []
    for article in shown:
        link, words = articles.for_reply(item, published[article.pk]) if article.pk in open_to else ("", "")
        rows.append({"article": article, "link": link, "words": words})
    return {
        "item": item, "rows": rows, "used": used, "solved_ids": {row.article_id for row in used if row.how == ItemArticle.How.SOLVED}, "text": text,
        "written": next((row for row in used if row.how == ItemArticle.How.WRITTEN), None), "may_work": user.may(perms.WORK), "may_write": user.may(kb.WRITE),
        "is_reusable": hasattr(item, "reusable"),
    }


@login_required
def manual(request: HttpRequest, number: str) -> HttpResponse:
    """The manual of the item's systems, its steps to be ticked off."""
    user, item = _staff(request), find(request, number)
    return render(request, "flows/manual.html", _manual(item, user, chosen(request.GET, "fault")))


def _manual(item: WorkItem, user: User, opened: int = 0, error: ActionError | None = None) -> dict[str, Any]:
    systems = articles.systems_of(item)
    steps = Prefetch("steps", FaultStep.objects.filter(withdrawn_at=None), to_attr="current_steps")
    faults = list(Fault.objects.visible_to(user).filter(system__in=systems, archived_at=None).select_related("system").prefetch_related(steps)[:FAULTS])
    done = {row.step_id: row for row in StepDone.objects.filter(item=item, undone_at=None).select_related("by")}
    shown: Any
    for shown in faults:
        for step in shown.current_steps:
            step.done = done.get(step.pk)
        shown.ticked = len([step for step in shown.current_steps if step.done])
    return {"item": item, "systems": systems, "faults": faults, "opened": opened, "may_work": user.may(perms.WORK) and item.is_open, "error": error}


@login_required
@require_POST
def tick(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A step was done, as expected or not; or not done after all."""
    user, item = _staff(request), find(request, number)
    step = FaultStep.objects.select_related("fault").filter(pk=pk).first()
    if step is None:
        raise Http404
    error: ActionError | None = None
    try:
        if request.POST.get("how") == "undo":
            articles.untick(item, step, by=current())
        else:
            articles.tick(item, step, by=current(), as_expected=request.POST.get("how") != "other", note=request.POST.get("note", ""))
    except ActionError as refusal:
        error = refusal
    if not request.headers.get("HX-Request"):
        return redirect(item)
    return render(request, "flows/manual.html", _manual(item, user, step.fault_id, error), status=422 if error else 200)


@login_required
@require_POST
def use(request: HttpRequest, number: str, article: str, how: str) -> HttpResponse:
    """An article solved the item, did not after all, or went into a reply."""
    user, item = _staff(request), find(request, number)
    row = Article.objects.visible_to(user).by_number(article)
    verbs = {"solved": articles.solved_by, "not-solved": articles.not_solved_by, "sent": articles.sent}
    if how not in verbs:
        raise Http404
    verbs[how](item, row, by=current())
    if not request.headers.get("HX-Request"):
        return redirect(item)
    return render(request, "flows/suggested.html", _suggested(item, user))


@login_required
@require_POST
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """Write an article from the item: leads to the editor, where what is private is flagged."""
    _staff(request)
    made = articles.draft_from_item(find(request, number), by=current())
    return redirect("knowledge:edit", made.number)


@login_required
@require_POST
def reusable(request: HttpRequest, number: str) -> HttpResponse:
    """Others will meet this again; or they will not."""
    user, item = _staff(request), find(request, number)
    articles.mark_reusable(item, by=current(), reusable=request.POST.get("reusable") == "1")
    if not request.headers.get("HX-Request"):
        return redirect(item)
    return render(request, "flows/suggested.html", _suggested(find(request, number), user))


def item_card(item: WorkItem, request: HttpRequest) -> str:
    """Beside an item: the card, which fetches what it shows."""
    user = signed_in(request)
    if not user.may(kb.READ):
        return ""
    from django.template.loader import render_to_string

    return render_to_string("flows/card.html", {"item": item, "address": reverse("flows:card", args=[item.number]), "manual": reverse("flows:manual", args=[item.number])}, request)


def items_solved(article: Article, request: HttpRequest) -> str:
    """Beside an article: the items that it solved, as far as the reader may see them."""
    user = signed_in(request)
    if not user.may(kb.READ):
        return ""
    from django.template.loader import render_to_string

    rows = ItemArticle.objects.filter(article=article, undone_at=None, item__in=WorkItem.objects.visible_to(user)).select_related("item").order_by("-at")[:8]
    return render_to_string("flows/items_solved.html", {"rows": rows}, request) if rows else ""
