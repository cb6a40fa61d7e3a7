"""Items that read alike: the words of one title, looked for among the newest others."""

from __future__ import annotations

from django.db import connection

from hengwei.core.search import tokens
from hengwei.org.models import User
from hengwei.work import permissions as perms

from .models import WorkItem

#: The newest so many search entries are looked at: likeness to what is years old helps nobody, and costs.
NEWEST = 50_000
#: Words of a title that are compared.
TERMS = 24


def similar_to(item: WorkItem, user: User, *, limit: int = 6) -> list[WorkItem]:
    """The items most like this one by their title's words, of those that the person may see, the likest first."""
    terms = tokens.query_terms(item.title)[:TERMS]
    if not terms:
        return []
    query = " | ".join(tokens._quoted(term) for term in terms)
    vector = "internal_vector" if user.may(perms.VIEW_ALL) else "public_vector"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT object_id FROM (
                  SELECT object_id, ts_rank({vector}, %(q)s::tsquery) AS likeness FROM core_searchentry
                   WHERE kind = 'item' AND {vector} @@ %(q)s::tsquery AND object_id <> %(own)s
                     AND id > (SELECT coalesce(max(id), 0) FROM core_searchentry) - %(newest)s) found
                ORDER BY likeness DESC, object_id DESC LIMIT %(want)s""",
            {"q": query, "own": item.pk, "newest": NEWEST, "want": limit * 3},
        )
        pks = [row[0] for row in cursor.fetchall()]
    seen = WorkItem.objects.visible_to(user).filter(merged_into=None).in_bulk(pks)
    return [seen[pk] for pk in pks if pk in seen][:limit]
