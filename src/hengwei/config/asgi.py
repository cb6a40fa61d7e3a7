"""The web application, as a server runs it: pages by a pool of threads, live streams without one each."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from string import printable
from typing import Any
from urllib.parse import quote_from_bytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengwei.config.django")

from django.core.asgi import get_asgi_application
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from hengwei.core import memory

THREADS = 12
STREAMS = "/live"
#: Seconds after which a thread that hands a part of an answer over looks whether the server still runs.
LOOK = 1.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Any], Awaitable[None]]


class Pages(ASGIHandler):
    """Django's handler, with one hand-over to a thread and back for each request.

    Django's own way to call what is not asynchronous makes a thread and several hand-overs for every request, which cost more
    than a small answer does.
    """

    def __init__(self, threads: int = THREADS) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware()
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A client that is gone before its request was read gets no answer, and nothing is done for it."""
        try:
            body = BytesIO() if scope["method"] in ("GET", "HEAD") else await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()

        def tell(message: dict[str, Any]) -> None:
            told = asyncio.run_coroutine_threadsafe(_sent(send, message), loop)
            while True:
                try:
                    return told.result(LOOK)
                except TimeoutError:
                    # A loop that was stopped never answers; its process must be able to end all the same. A server may say so, too.
                    if told.done() or not loop.is_running():
                        raise RequestAborted from None

        for message in await loop.run_in_executor(self.pool, self._answer, scope, body, tell):
            await send(message)

    def _answer(self, scope: Scope, body: Any, tell: Callable[[dict[str, Any]], None]) -> Iterable[dict[str, Any]]:
        """In a thread: what is to be sent. Of an answer that comes in parts, such as a file, they are told here, by the thread that may ask its database connection."""
        response: Any = None
        try:
            set_script_prefix(get_script_prefix(scope))
            request_started.send(sender=self.__class__, scope=scope)
            request, response = self.create_request(scope, body)
            if request is not None:
                response = self.get_response(request)
            start = {"type": "http.response.start", "status": response.status_code, "headers": _headers(response)}
            if not response.streaming:
                return start, {"type": "http.response.body", "body": response.content}
            tell(start)
            for part in response:
                tell({"type": "http.response.body", "body": part, "more_body": True})
            return ({"type": "http.response.body", "body": b""},)
        except RequestAborted:
            return ()
        finally:
            if response is not None:
                response.close()
            body.close()


async def _sent(send: Send, message: dict[str, Any]) -> None:
    # The server gives a future, where a loop can take only a coroutine from another thread.
    await send(message)


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    found = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    return [*found, *((b"Set-Cookie", cookie.OutputString().encode("ascii")) for cookie in response.cookies.values())]


streams = get_asgi_application()
pages = Pages()
memory.settle()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One request of the server, to whichever of the two answers its address."""
    if scope["type"] == "http" and scope["path"] != STREAMS:
        question: bytes = scope["query_string"]
        # An address is ASCII, which careless clients do not keep to.
        await pages(scope if question.isascii() else scope | {"query_string": quote_from_bytes(question, safe=printable).encode()}, receive, send)
    else:
        await streams(scope, receive, send)
