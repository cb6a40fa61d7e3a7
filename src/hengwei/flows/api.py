"""Items and knowledge over REST."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import actor_of
from hengwei.flows import articles
from hengwei.flows.automation.api import router as automation
from hengwei.flows.models import StepDone
from hengwei.knowledge import permissions as kb
from hengwei.knowledge.api import ArticleOut, article_out
from hengwei.knowledge.models import Article, Fault, FaultStep
from hengwei.work.api.items import find

router = Router(tags=["knowledge"])
router.add_router("", automation)


class UsedOut(Schema):
    """An article that has to do with an item."""

    article: str
    title: str
    how: str
    by: str | None
    at: Any


class SuggestedOut(Schema):
    """An article that may help, the best first (score 1.0)."""

    score: float
    article: ArticleOut


class ItemArticlesOut(Schema):
    used: list[UsedOut]
    suggested: list[SuggestedOut]


class UseIn(Schema):
    how: str = Field(description="`solved`, `not_solved` or `sent`.", pattern="^(solved|not_solved|sent)$")


class StepIn(Schema):
    as_expected: bool = True
    note: str = ""
    undo: bool = False


def _staff(request: HttpRequest) -> Any:
    user = signed_in(request)
    if not user.may(kb.READ):
        raise NotFound("")
    return user


@router.get("/items/{number}/articles", response=ItemArticlesOut, summary="Articles used for a work item, and those that may help")
def item_articles(request: HttpRequest, number: str, text: str = "") -> dict[str, Any]:
    """With `text`, suggested by those words instead of the item's own."""
    user, item = _staff(request), find(request, number)
    used = [{"article": r.article.number, "title": r.article.label, "how": r.how, "by": r.by.name if r.by else None, "at": r.at} for r in articles.used(item)]
    return {"used": used, "suggested": [{"score": s.score, "article": article_out(s.article)} for s in articles.suggested(item, user=user, text=text)]}


@router.post("/items/{number}/articles/{article}", response=ItemArticlesOut, summary="Say what an article did for a work item")
def use_article(request: HttpRequest, number: str, article: str, payload: UseIn) -> dict[str, Any]:
    user, item, by = _staff(request), find(request, number), actor_of(request)
    row = Article.objects.visible_to(user).by_number(article)
    {"solved": articles.solved_by, "not_solved": articles.not_solved_by, "sent": articles.sent}[payload.how](item, row, by=by)
    return item_articles(request, number)


@router.post("/items/{number}/article", response={201: ArticleOut}, summary="Draft an article from a work item")
def draft_article(request: HttpRequest, number: str) -> tuple[int, dict[str, Any]]:
    """Problem, cause and solution as headings. Take out what is private before it is given to review."""
    _staff(request)
    return 201, article_out(articles.draft_from_item(find(request, number), by=actor_of(request)))


@router.get("/items/{number}/manual", summary="The maintenance manual for a work item")
def item_manual(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """The faults of its systems, each step with what was ticked off."""
    user, item = _staff(request), find(request, number)
    done = {row.step_id: row for row in StepDone.objects.filter(item=item, undone_at=None)}
    faults = Fault.objects.visible_to(user).filter(system__in=articles.systems_of(item), archived_at=None).select_related("system").prefetch_related("steps")
    return [{
        "id": fault.pk, "system": fault.system.label, "fault": fault.label, "symptoms": fault.signs, "cause": fault.reason,
        "steps": [{"id": s.pk, "number": s.number, "text": s.label, "expected": s.outcome, "done": s.pk in done, "as_expected": done[s.pk].as_expected if s.pk in done else None}
                  for s in fault.steps.all() if s.withdrawn_at is None],
    } for fault in faults]


@router.post("/items/{number}/manual/{step}", summary="Tick off a step of the manual")
def tick_step(request: HttpRequest, number: str, step: int, payload: StepIn) -> list[dict[str, Any]]:
    """Goes into the item's timeline, whether it came out as expected or not."""
    _staff(request)
    row = FaultStep.objects.select_related("fault").filter(pk=step).first()
    if row is None:
        raise NotFound("")
    item, by = find(request, number), actor_of(request)
    if payload.undo:
        articles.untick(item, row, by=by)
    else:
        articles.tick(item, row, by=by, as_expected=payload.as_expected, note=payload.note)
    return item_manual(request, number)


