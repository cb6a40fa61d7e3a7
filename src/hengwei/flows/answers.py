"""What items and knowledge do to each other by themselves: answers before asking, requests not saved after all, notices."""

from __future__ import annotations

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hengwei.core.events import on
from hengwei.desk.suggestions import Suggestion, suggests
from hengwei.knowledge.actions.reading import asked_after_all
from hengwei.knowledge.suggesting import suggest
from hengwei.org.models import User
from hengwei.work.events import ItemMoved, ItemOpened
from hengwei.work.models import WorkItem

from .articles import reopened


@suggests
def articles_before_asking(text: str, user: User | None) -> list[Suggestion]:
    """In the portal, while typing: articles that may already answer it. Opened from there, they ask whether that solved it."""
    if user is None:
        return []
    return [
        Suggestion(one.article.label, f"{one.article.get_absolute_url()}?{urlencode({'asked': text[:300]})}", one.article.brief, "book-2", _("Article"))
        for one in suggest(text, user=user)
    ]


@on(ItemOpened)
def asked_anyway(event: ItemOpened) -> None:
    """Who asks soon after leaving satisfied was not helped: what counted as saved does not count."""
    requester = WorkItem.objects.select_related("requester").get(pk=event.item_id).requester
    if requester is not None:
        asked_after_all(requester, at=event.at)


@on(ItemMoved)
def solved_no_more(event: ItemMoved) -> None:
    """Reopened: the article did not solve it."""
    if event.phase_before in ("resolved", "closed") and event.phase in ("new", "active", "waiting"):
        reopened(event.item_id, event.at)
