"""What is called from here: only what may be, and at the address that was looked at."""

from __future__ import annotations

import socket

import pytest

from hengwei.core import outgoing
from hengwei.core.errors import Refused
from tests.channels.receiver import receiving


@pytest.mark.parametrize(("address", "public"), [
    ("8.8.8.8", True), ("2606:4700:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False),
    ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:10.0.0.1", False),
    ("::ffff:8.8.8.8", True), ("64:ff9b::a00:1", False), ("64:ff9b::808:808", True), ("2002:7f00:1::", False),
])
def test_which_addresses_are_outside(address, public):
    assert outgoing.is_public(address) is public


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://169.254.169.254/latest/meta-data", "http://127.0.0.1./"])
def test_inside_is_refused_however_it_is_written(url):
    with pytest.raises((outgoing.Blocked, outgoing.Unreachable)):
        outgoing.call("GET", url)


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "example.com", "", "http://", "https://user:secret@example.com/", "http://example.com:99999/"])
def test_what_is_no_address_is_said(url):
    with pytest.raises(Refused):
        outgoing.check(url)


def test_what_the_installation_allows_is_reached(settings):
    with receiving() as receiver:
        with pytest.raises(outgoing.Blocked):
            outgoing.call("POST", receiver.url, content=b"x")
        settings.OUTGOING_ALLOW = ["127.0.0.0/8"]
        answer = outgoing.call("POST", receiver.url, content=b"x")
        assert (answer.status, answer.body) == (200, b"ok")
        settings.OUTGOING_ALLOW = ["localhost"]
        assert outgoing.call("POST", f"http://localhost:{receiver.port}/", content=b"x").ok
        with pytest.raises(outgoing.Blocked):
            outgoing.call("POST", receiver.url)


def test_a_name_that_means_something_else_a_moment_later(settings, monkeypatch):
    """DNS rebinding: the name is asked once for the call, and the connection goes to what was looked at."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with receiving() as receiver:
        real, asked = socket.getaddrinfo, []

        def rebinding(host, port, *args, **kwargs):
            if host != "rebind.example":
                return real(host, port, *args, **kwargs)
            asked.append(host)
            return real("127.0.0.1" if len(asked) <= 2 else "10.0.0.1", port, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        assert outgoing.call("POST", f"http://rebind.example:{receiver.port}/", content=b"x").ok
        assert receiver.calls[0][0]["host"] == f"rebind.example:{receiver.port}"
        with pytest.raises(outgoing.Blocked):
            outgoing.call("POST", f"http://rebind.example:{receiver.port}/")
    assert len(receiver.calls) == 1


def test_one_inner_address_among_others_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("10.0.0.1", 80))])
    with pytest.raises(outgoing.Blocked):
        outgoing.resolve("mixed.example", 80)


def test_a_redirect_is_not_followed(settings):
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with receiving() as receiver:
        receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/"}
        assert outgoing.call("POST", receiver.url).status == 302
        assert len(receiver.calls) == 1


def test_an_answer_is_read_only_so_far(settings):
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with receiving() as receiver:
        receiver.body = b"x" * 500_000
        assert len(outgoing.call("POST", receiver.url, most=1000).body) == 1000


def test_libraries_go_through_the_same_guard(settings):
    import requests

    with receiving() as receiver:
        assert requests.post(receiver.url, timeout=5).ok
        with outgoing.guarded(), pytest.raises(requests.ConnectionError, match=r"127\.0\.0\.1"):
            requests.post(receiver.url, timeout=5)
        settings.OUTGOING_ALLOW = ["127.0.0.1"]
        receiver.status, receiver.headers = 307, {"Location": "http://10.0.0.1/"}
        with outgoing.guarded(), pytest.raises(requests.ConnectionError, match=r"10\.0\.0\.1"):
            requests.post(receiver.url, timeout=5)


def test_nobody_there_is_said():
    with pytest.raises(outgoing.Unreachable):
        outgoing.resolve("no-such-name.invalid", 80)
