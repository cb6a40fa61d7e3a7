"""What a person answers for in this room: articles and manuals, and reviews that he was asked for (C3)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.org.handing import holds
from hengwei.org.models import User

from . import permissions as perms
from .actions.writing import What, note_change, saved
from .models import Article, ArticleVersion, State, Status


def _articles(person: User, until: datetime | None) -> QuerySet[Article]:
    """Of who leaves all that are in use; of who is away those whose review falls due before he is back."""
    kept = Article.objects.filter(owner=person).exclude(state__in=(State.ARCHIVED, State.SUPERSEDED)).order_by("id")
    return kept if until is None else kept.filter(next_review_on__lte=timezone.localdate(until))


def _give_article(article: Article, to: User, by: Actor, at: datetime) -> None:
    if not to.may(perms.WRITE):
        raise Refused(_t("%(name)s does not write articles.") % {"name": to}, code="not_writer", field="deputy")
    article = article.locked(None)
    before, article.owner, article.reminded_on = str(article.owner), to, None
    saved(article, at, "owner", "reminded_on")
    note_change(article, What.FACTS, by=by, at=at, reason=_t("handed over"), changes={"owner": [before, str(to)]})


def _reviews(person: User, until: datetime | None) -> QuerySet[ArticleVersion]:
    return ArticleVersion.objects.filter(asked=person, status=Status.IN_REVIEW).select_related("article").order_by("id")


def _give_review(version: ArticleVersion, to: User, by: Actor, at: datetime) -> None:
    """Who wrote it himself, or does not review, is not asked: any reviewer may look at it then."""
    able = to.may(perms.REVIEW) and not version.written_by(to)
    ArticleVersion.objects.filter(pk=version.pk).update(asked=to if able else None)


holds("articles", _("Articles and manuals"), of=_articles, give=_give_article, order=60)
holds("reviews", _("Reviews asked for"), of=_reviews, give=_give_review, order=65, shown=lambda version: version.article)
