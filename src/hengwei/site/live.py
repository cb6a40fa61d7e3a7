"""The stream of live updates of one open page."""

from __future__ import annotations

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
    if subject == "user":
        return int(pk) == user.pk
    return subject == "item" and WorkItem.objects.visible_to(user).filter(pk=int(pk)).exists()


def _allowed(request: HttpRequest) -> list[str] | None:
    user = request.user
    if not user.is_authenticated:
        return None
    return [topic for topic in request.GET.getlist("topic")[:MOST] if may_hear(user, topic)]


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events of the topics asked for, of those that the reader may hear."""
    topics = await sync_to_async(_allowed)(request)
    if not topics:
        return HttpResponseForbidden()
    response = StreamingHttpResponse(hub.stream(topics), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
