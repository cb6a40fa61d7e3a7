"""The stream of live updates of one open page."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, StreamingHttpResponse

from hengwei.core.live import hub
from hengwei.org.models import User
from hengwei.work.models import WorkItem

#: Topics that one page may follow.
MOST = 20


def may_hear(user: User, topic: str) -> bool:
    """Whether the person may know that something happened there."""
    subject, _, pk = topic.partition(":")
    if subject == "queue":
        return user.is_agent
    if not pk.isdecimal():
        return False
    if subject in ("user", "tasks"):
        return int(pk) == user.pk
    # Who looks and who types is for colleagues.
    if subject == "presence" and not user.is_agent:
        return False
    return subject in ("item", "presence") and WorkItem.objects.visible_to(user).filter(pk=int(pk)).exists()


def _allowed(request: HttpRequest) -> tuple[list[str], list[dict[str, Any]]]:
    """(what the person may hear, how the items among it stand now)."""
    user = request.user
    if not user.is_authenticated:
        return [], []
    topics = [topic for topic in dict.fromkeys(request.GET.getlist("topic")[:MOST]) if may_hear(user, topic)]
    items = [int(topic.removeprefix("item:")) for topic in topics if topic.startswith("item:")]
    versions = WorkItem.objects.filter(pk__in=items).values_list("pk", "version") if items else ()
    return topics, [{"topic": f"item:{pk}", "version": version} for pk, version in versions]


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events of the topics asked for, of those that the reader may hear."""
    topics, opening = await sync_to_async(_allowed)(request)
    if not topics:
        return HttpResponseForbidden()
    response = StreamingHttpResponse(hub.stream(topics, opening), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
