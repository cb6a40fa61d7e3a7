"""What the server hands on is what the product sees."""

import asyncio

import pytest

from hengwei.config import asgi


def ask(path: str = "/healthz", query: bytes = b"", headers: tuple = (), body: bytes = b"", method: str = "GET", app=None):
    """Status, headers and body of one request through the server's application."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(), "query_string": query, "scheme": "http", "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode()), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }
    asyncio.run((app or asgi.application)(scope, receive, send))
    start = next(m for m in sent if m["type"] == "http.response.start")
    return start["status"], dict(start["headers"]), b"".join(m.get("body", b"") for m in sent)


@pytest.fixture
def seen(monkeypatch):
    """What a page is told of its request."""
    from a2wsgi import WSGIMiddleware
    from django.core.handlers.wsgi import WSGIRequest

    requests = []

    def page(environ, start_response):
        request = WSGIRequest(environ)
        request.body  # noqa: B018
        requests.append(request)
        start_response("200 OK", [("content-type", "text/plain")])
        return [b"seen"]

    monkeypatch.setattr(asgi, "pages", WSGIMiddleware(page, workers=1))
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
