"""Articles in the search of the house. Only what everyone may read stands among its public words."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from hengwei.core import search
from hengwei.knowledge.models import Article, Audience, Category
from hengwei.org.models import User

from . import suggesting
from .rendering import plain

#: Characters of a text that are indexed.
INDEXED_CHARACTERS = 40_000


def open_to_all(article: Article) -> bool:
    """Whether article and category, up to the root, are meant for everyone: else its words must not become common knowledge."""
    if article.audience != Audience.EVERYONE:
        return False
    category: Category | None = article.category
    while category is not None:
        if category.audience != Audience.EVERYONE:
            return False
        category = category.parent
    return True


def index(article: Article) -> None:
    """Write the entries of a published article anew; a draft and what is out of use are found by nobody."""
    suggesting.index(article)
    version = article.published
    if version is None or article.state != "published":
        search.remove("article", article.pk)
        return
    title = " / ".join(filter(None, (version.title, version.title_en)))
    text = "\n".join(filter(None, (article.number, version.summary, version.summary_en, " ".join(article.tags), plain(version.body), plain(version.body_en))))[:INDEXED_CHARACTERS]
    if open_to_all(article):
        search.index("article", article.pk, title=title, public_text=text)
    else:
        # Internal words are matched and shown only after `visible` has picked the reader's own; the words that are
        # offered in place of misspelt ones come from public ones alone.
        search.index("article", article.pk, title="", internal_text=f"{title}\n{text}")


def _visible(user: User, pks: Sequence[int]) -> set[int]:
    from django.utils import timezone

    return set(Article.objects.visible_to(user).current(timezone.localdate()).filter(pk__in=pks).values_list("pk", flat=True))


def _show(pks: Sequence[int]) -> dict[int, tuple[str, str]]:
    return {article.pk: (article.label, reverse("knowledge:article", args=[article.number])) for article in Article.objects.filter(pk__in=pks)}


search.register("article", visible=_visible, show=_show, internal=lambda user: True)
