"""Who may read a picture or file of an article: whoever may read the article."""

from __future__ import annotations

from typing import Any

from hengwei.core.files import grants
from hengwei.core.models import StoredFile
from hengwei.knowledge.models import Article, ArticleFile


@grants
def through_articles(user: Any, file: StoredFile) -> bool:
    """A file that stands in an article, or hangs on it."""
    return ArticleFile.objects.filter(file=file, removed_at=None, article__in=Article.objects.visible_to(user)).exists()
