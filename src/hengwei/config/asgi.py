"""The web application, as a server runs it: pages by a pool of threads, live streams without one each."""

import os
from collections.abc import Awaitable, Callable
from string import printable
from typing import Any
from urllib.parse import quote_from_bytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengwei.config.django")

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

THREADS = 12
STREAMS = "/live"

streams = get_asgi_application()
# Django's own bridge makes a thread and several hand-overs for every request, which cost more than a small answer.
pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """One request of the server, to whichever of the two answers its address."""
    if scope["type"] == "http" and scope["path"] != STREAMS:
        async def received() -> Any:
            # The bridge makes a task of this, for which it must be a coroutine; the server gives a future.
            return await receive()

        await pages(_plain(scope), received, send)  # type: ignore[arg-type]
    else:
        await streams(scope, receive, send)


def _plain(scope: dict[str, Any]) -> dict[str, Any]:
    """The request as WSGI can tell it.

    There a header with an underscore would pass for another with a hyphen, such as one that a proxy sets and clients may
    not; and an address is ASCII, which careless clients do not keep to.
    """
    question: bytes = scope["query_string"]
    return scope | {
        "headers": [header for header in scope["headers"] if b"_" not in header[0]],
        "query_string": question if question.isascii() else quote_from_bytes(question, safe=printable).encode(),
    }
