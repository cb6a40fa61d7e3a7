"""What stands in the places of a macro's or a kept reply's text, for one item and one writer."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from hengwei.core.filling import fill
from hengwei.org.models import User
from hengwei.work.models import WorkItem


def values_of(item: WorkItem, writer: User | None) -> dict[str, str]:
    """The values by place (macros.PLACES)."""
    return {
        "requester": str(item.requester or ""), "number": item.number, "title": item.title, "agent": writer.name if writer else "", "team": str(item.team or ""),
        "due": timezone.localtime(item.due_at).strftime("%m-%d %H:%M") if item.due_at else "", "customer": str(item.customer or ""),
        "state": str(item.state_of.label), "solution": item.solution, "link": f"{settings.SITE_URL}{item.get_absolute_url()}",
    }


def reads_english(item: WorkItem) -> bool:
    """Whether the requester reads English rather than Chinese."""
    return bool(item.requester and item.requester.language == "en")


def filled(text: str, item: WorkItem, writer: User | None) -> str:
    """The text with its places filled."""
    return fill(text, values_of(item, writer))
