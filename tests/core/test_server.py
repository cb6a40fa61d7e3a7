"""What the server hands on is what the product sees."""

import asyncio
import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from hengwei.config import asgi

SCOPE = {
    "type": "http", "http_version": "1.1", "method": "GET", "raw_path": b"", "query_string": b"", "scheme": "http", "root_path": "", "headers": [(b"host", b"127.0.0.1")],
    "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
}


def ask(path: str = "/healthz", query: bytes = b"", headers: tuple = (), body: bytes = b"", method: str = "GET", app=None):
    """Status, headers and body of one request through the server's application."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = SCOPE | {
        "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode()), *headers],
    }
    asyncio.run((app or asgi.application)(scope, receive, send))
    start = next(m for m in sent if m["type"] == "http.response.start")
    return start["status"], dict(start["headers"]), b"".join(m.get("body", b"") for m in sent)


@pytest.fixture
def seen(monkeypatch):
    """What a page is told of its request."""
    requests = []

    def page(request):
        request.body  # noqa: B018
        requests.append(request)
        return HttpResponse("seen")

    monkeypatch.setattr(asgi.pages, "get_response", page)
    return requests


def test_a_page_is_answered():
    assert ask()[::2] == (200, b"ok\n")


def test_a_chinese_address_and_a_careless_question_arrive(seen):
    assert ask("/files/1/截图.png", "q=打印机&a=%E5%8D%A1+x".encode())[0] == 200
    assert seen[0].path == "/files/1/截图.png"
    assert (seen[0].GET["q"], seen[0].GET["a"]) == ("打印机", "卡 x")


def test_no_header_passes_for_one_that_only_a_proxy_may_set(seen):
    ask(headers=((b"x_forwarded_for", b"10.0.0.9"), (b"x-real", b"yes")))
    assert "X-Forwarded-For" not in seen[0].headers
    assert seen[0].headers["X-Real"] == "yes"


def test_a_body_arrives_whole(seen):
    ask(method="POST", body=b"x" * 1_000_000)
    assert len(seen[0].body) == 1_000_000


def test_parts_are_sent_as_they_come_and_by_one_thread(monkeypatch):
    threads = set()

    def parts():
        for n in range(3):
            threads.add(threading.get_ident())
            yield b"part %d\n" % n

    monkeypatch.setattr(asgi.pages, "get_response", lambda request: StreamingHttpResponse(parts()))
    assert ask()[2] == b"part 0\npart 1\npart 2\n"
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_an_answer_that_nobody_takes_any_more_holds_up_no_end(monkeypatch):
    # The server was stopped while a client took its time: the thread that answers must not wait for ever.
    closed = threading.Event()
    response = StreamingHttpResponse(iter(lambda: b"x", b""))
    response._resource_closers.append(closed.set)
    monkeypatch.setattr(asgi, "LOOK", 0.05)
    monkeypatch.setattr(asgi.pages, "get_response", lambda request: response)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def never(message):
        loop.call_later(0.1, loop.stop)
        await asyncio.Event().wait()

    loop = asyncio.new_event_loop()
    task = loop.create_task(asgi.application(SCOPE | {"path": "/"}, receive, never))
    loop.run_forever()
    assert closed.wait(5)
    loop.run_until_complete(task)
    left = asyncio.all_tasks(loop)
    [one.cancel() for one in left]
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
