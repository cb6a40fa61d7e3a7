"""The quick search outside of the queue: what the command palette shows of it, and how it explains itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.org.models import User
from hengwei.work import asking, listing
from hengwei.work.models import WorkItem

#: Items shown before one goes to the queue.
FIRST = 6


def in_palette(text: str, user: User) -> dict[str, Any]:
    """What the queue answers to the words: its address, the first hits where more than words is asked, what was not understood.

    Without words: how one asks. Nothing for those who have no queue.
    """
    if not user.is_agent:
        return {}
    if not text:
        return {"examples": examples()}
    now = timezone.now()
    question = asking.parse(text, today=timezone.localdate(now))
    given = {"view": "all", "q": text}
    hits: list[WorkItem] = []
    if question.is_structured:
        rows = listing.asked_for(given, user=user, now=now)
        hits = list(rows.select_related("owner", "requester").order_by("-id")[:FIRST])
    return {
        "queue_url": f"{reverse('work:queue')}?{urlencode(given)}", "hits": hits, "structured": question.is_structured, "unknown": question.unknown, "text": text,
    }


def examples() -> list[tuple[str, str]]:
    """What can be asked: (as it is typed, what it finds). Other names for the same are in asking.py."""
    month = f"{timezone.localdate():%Y-%m}"
    return [
        (_("from:Emma"), _("asked for by her")), (_("team:it-support"), _("of a team; team:me of my own")), ("is:overdue", _("overdue; also unassigned, soon, unread, snoozed, urged")),
        ("owner:me", _("handled by me; owner:none by nobody")), (month, _("received in this month; also created>7d, due<2026-12-01")), ("priority:1", _("by priority, kind:, state:, category:, label:, source:")),
        (_('"E05 after restart"'), _("exactly these words")), (_("-is:waiting"), _("a minus: not these")),
    ]
