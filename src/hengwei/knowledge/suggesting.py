"""Which articles may answer a question, fast: rare words that both share, weighted by where the article says them.

Every published article has its words in `knowledge_posting`. A question looks up its own words there, keeps the rarest, and adds
up weights times rarity. It reads a few thousand index entries whatever the number of articles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from hengwei.core.search import tokens
from hengwei.core.search.engine import synonyms
from hengwei.knowledge.models import Article, ArticleVersion, Posting
from hengwei.knowledge.models.articles import in_order

from .rendering import plain

if TYPE_CHECKING:
    from hengwei.org.models import User

#: How much a word tells by where it stands.
TITLE, TAG, SUMMARY, BODY = 8, 6, 4, 1
#: Words of a text that are kept: its most frequent ones.
BODY_WORDS = 80
#: A question's words that are looked at, and the rarest of them that count.
ASKED, COUNTED = 60, 14
#: Entries read of one word at most: a word of so many articles tells little.
READ = 400
#: Found ones of which those that the person may see are picked.
CANDIDATES = 60
#: Below this share of the best score nothing is suggested.
NEAR_ENOUGH = 0.35
#: Words with which people ask, whatever they ask about.
ASKING = frozenset(["怎么", "么办", "如何", "什么", "为什", "请问", "请教", "一下", "我的", "问题", "帮忙", "帮我", "麻烦", "谢谢", "您好", "你好", "可以", "需要", "the", "a", "an", "to", "is", "my", "of", "in", "on", "and", "or", "not", "do", "does", "how", "what", "please", "can", "i", "it"])

_SQL = """
WITH asked AS (SELECT unnest(%(terms)s::text[]) AS term),
rare AS (
  SELECT asked.term, seen.n FROM asked, LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM knowledge_posting p WHERE p.term = asked.term LIMIT %(read)s) capped) seen
   WHERE seen.n > 0 ORDER BY seen.n, asked.term LIMIT %(counted)s)
SELECT hit.article_id, sum(hit.weight * ln(1 + %(all)s::float / rare.n)) AS score, count(*) AS words
  FROM rare, LATERAL (SELECT p.article_id, p.weight FROM knowledge_posting p WHERE p.term = rare.term LIMIT %(read)s) hit
 GROUP BY hit.article_id ORDER BY score DESC, hit.article_id DESC LIMIT %(candidates)s
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may answer, with how well (1.0 is the best of this question)."""

    article: Article
    score: float


def _terms(text: str) -> list[str]:
    """The words of a text as they are indexed; single characters and digits alone tell nothing."""
    return [term for term in tokens.query_terms(text) if len(term) > 1 and not term.isdecimal() and term not in ASKING]


def postings_of(article: Article, version: ArticleVersion) -> dict[str, int]:
    """Every word of an article with its weight: the greatest of the places where it stands."""
    weights: dict[str, int] = {}
    counted = Counter(term for body in (version.body, version.body_en) for term in _all_terms(plain(body)))
    places = (
        (BODY, [term for term, _n in counted.most_common(BODY_WORDS)]), (SUMMARY, _terms(f"{version.summary}\n{version.summary_en}")),
        (TAG, _terms("\n".join(article.tags))), (TITLE, _terms(f"{version.title}\n{version.title_en}")),
    )
    for weight, terms in places:
        for term in terms:
            weights[term] = max(weights.get(term, 0), weight)
    return weights


def _all_terms(text: str) -> list[str]:
    return [term for term in tokens.tokens(text) if len(term) > 1 and not term.isdecimal()]


def index(article: Article) -> None:
    """Write the words of a published article anew; take out those of any other."""
    Posting.objects.filter(article=article).delete()
    if article.published is None or article.state != "published":
        return
    Posting.objects.bulk_create(
        Posting(article=article, term=term, weight=weight) for term, weight in sorted(postings_of(article, article.published).items()))


def suggest(text: str, *, user: User, limit: int = 5, category: int | None = None, exclude: int | None = None) -> list[Suggestion]:
    """The articles that may answer these words, best first: only what this person may read, and what is valid today."""
    asked = _terms(text)[:ASKED]
    table = synonyms()
    for word in tokens._RUNS.findall(tokens.fold(text))[:ASKED]:
        for other in table.get(word, ()):
            asked += _terms(other)
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'knowledge_article'::regclass")
        whole = max(cursor.fetchone()[0], 100.0)
        cursor.execute(_SQL, {"terms": list(dict.fromkeys(asked)), "read": READ, "counted": COUNTED, "all": whole, "candidates": CANDIDATES})
        scores = {pk: float(score) for pk, score, _words in cursor.fetchall() if pk != exclude}
    if not scores:
        return []
    found = Article.objects.visible_to(user).current(timezone.localdate()).filter(pk__in=scores).select_related("category")
    ranked = sorted(((scores[a.pk] * (1.25 if category is not None and a.category_id == category else 1.0), a) for a in found), key=lambda one: (-one[0], -one[1].pk))
    if not ranked:
        return []
    best = ranked[0][0]
    return [Suggestion(article, round(score / best, 3)) for score, article in ranked[:limit] if score >= best * NEAR_ENOUGH]


def related(article: Article, *, user: User, limit: int = 5) -> list[Article]:
    """Articles that speak of the same."""
    words = "\n".join([article.title, article.title_en, article.summary, article.summary_en, *article.tags])
    return [one.article for one in suggest(words, user=user, limit=limit, category=article.category_id, exclude=article.pk)]


def asked_for(text: str, *, user: User, limit: int = 30) -> list[Article]:
    """What the search of the knowledge base finds: every word by the search of the house, then what is near."""
    from hengwei.core import search

    exact = [hit.pk for hit in search.search(text, user=user, kinds=["article"], limit=limit).hits]
    found = in_order(list(Article.objects.filter(pk__in=exact).for_lists()), exact)
    near = [one.article for one in suggest(text, user=user, limit=limit) if one.article.pk not in exact]
    return [*found, *near][:limit]
