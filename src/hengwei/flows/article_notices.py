"""People are told what happens to articles: who reviews, who wrote, who keeps them (C3)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengwei.channels.actions import notices
from hengwei.core.events import on
from hengwei.core.i18n import in_each_language
from hengwei.knowledge.events import (
    ArticleEvent,
    ArticlePublished,
    ArticleReturned,
    ArticleSubmitted,
    CorrectionSuggested,
    ReviewDue,
)
from hengwei.knowledge.models import Article
from hengwei.org.models import User

SUBMITTED, RETURNED, PUBLISHED = gettext_noop("waits for your review"), gettext_noop("came back from review: %(why)s"), gettext_noop("is published")
CORRECTION, DUE, OVERDUE = gettext_noop("a reader suggests a correction"), gettext_noop("due within two weeks"), gettext_noop("its day has passed")


def _tell(event: ArticleEvent, people: Iterable[int | None], kind: str, words: str, **values: str) -> None:
    article = Article.objects.get(pk=event.article_id)
    params = {"name": in_each_language(lambda: article), "reason": in_each_language(lambda: _(words) % values), "url": article.get_absolute_url()}
    notices.tell(User.objects.filter(pk__in=[pk for pk in people if pk], is_active=True), kind, at=event.at, by=event.actor, params=params)


@on(ArticleSubmitted)
def to_review(event: ArticleSubmitted) -> None:
    """Whoever was asked to review it."""
    _tell(event, [event.asked_id], "article", SUBMITTED)


@on(ArticleReturned)
def came_back(event: ArticleReturned) -> None:
    """Its author, with the reason."""
    _tell(event, [event.author_id], "article", RETURNED, why=event.reason)


@on(ArticlePublished)
def went_out(event: ArticlePublished) -> None:
    """Its author."""
    _tell(event, [event.author_id], "article", PUBLISHED)


@on(CorrectionSuggested)
def to_correct(event: CorrectionSuggested) -> None:
    """Who keeps it."""
    _tell(event, [event.owner_id], "article", CORRECTION)


@on(ReviewDue)
def to_confirm(event: ReviewDue) -> None:
    """Who keeps it: the review falls due, or is overdue."""
    _tell(event, [event.owner_id], "review", OVERDUE if event.overdue else DUE)
