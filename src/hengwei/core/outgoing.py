"""The one way out to addresses that people type in: webhooks, chat robots, probes, systems to import from.

A name is resolved once, and the connection goes to the address that was looked at, so that it cannot mean something
else a moment later. Private, loopback, link-local and other addresses that are not of the public internet are refused
unless the installation allows them (`HENGWEI_OUTGOING_ALLOW`: networks such as 10.20.0.0/16, or names). No redirect is followed,
no proxy of the environment used, and an answer is read only so far and so long.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from .errors import Refused

SECONDS = 10.0
#: Bytes of an answer that are read.
MOST = 65_536
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Blocked(Refused):
    """The target is none that this installation lets out to."""

    code = "blocked_target"


class Unreachable(Exception):
    """Nothing came back, or it cannot be resolved; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    milliseconds: int = 0

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also where it is wrapped in an IPv6 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _allowed(host: str, address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    for entry in settings.OUTGOING_ALLOW:
        try:
            if ip in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            if host == entry.lower().rstrip("."):
                return True
    return is_public(address)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order, each one looked at. Raises Blocked if any may not be reached, Unreachable if there is none."""
    host = host.strip("[]").lower().rstrip(".")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("'%(host)s' cannot be resolved: %(why)s") % {"host": host, "why": error}) from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        if not _allowed(host, address):
            raise Blocked(
                _("'%(host)s' is an address inside (%(address)s). Your administrator can allow it with HENGWEI_OUTGOING_ALLOW.") % {"host": host, "address": address},
                field="url",
            )
    return addresses


def check(url: str) -> tuple[str, int]:
    """(host, port) of an address that may be called; Blocked, or Refused at the field `url`, for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(_("Please give an address that begins with https:// or http://."), code="bad_url", field="url")
    if parts.username or parts.password:
        raise Refused(_("Please put no user name or password into the address."), code="bad_url", field="url")
    host, port = parts.hostname, port or (443 if parts.scheme == "https" else 80)
    resolve(host, port)
    return host, port


def usable(url: str) -> str:
    """An address that was typed in, trimmed; Refused at the field `url` when it may not be called or has no such host."""
    url = url.strip()
    try:
        check(url)
    except Unreachable as error:
        raise Refused(str(error), code="unreachable", field="url") from None
    return url


class Transport(httpx.HTTPTransport):
    """What an httpx client sends goes to addresses that were looked at; raises Blocked or Unreachable besides what httpx raises."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host, url = request.url.host, request.url
        address = resolve(host, url.port or (443 if url.scheme == "https" else 80))[0]
        # The name stays in the Host header and for TLS.
        return super().handle_request(httpx.Request(
            request.method, url.copy_with(host=address), headers=request.headers, stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        ))


def call(
    method: str, url: str, *, content: bytes = b"", headers: Mapping[str, str] | None = None, seconds: float = SECONDS, most: int = MOST,
) -> Answer:
    """Ask an address. Raises Blocked, Refused (no address) or Unreachable; whatever was answered is returned, errors too."""
    begun = time.monotonic()
    check(url)
    try:
        with (
            httpx.Client(transport=Transport(), follow_redirects=False, timeout=seconds) as client,
            client.stream(method, url, content=content, headers=headers) as response,
        ):
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) >= most or time.monotonic() - begun > seconds * 2:
                    break
            return Answer(response.status_code, body[:most], dict(response.headers), int((time.monotonic() - begun) * 1000))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from None


_guarding: ContextVar[bool] = ContextVar("hengwei_outgoing_guarding", default=False)


@contextmanager
def guarded() -> Iterator[None]:
    """Within the block, whatever libraries send by urllib3 (requests) goes through the same guard, redirects included."""
    _install()
    token = _guarding.set(True)
    try:
        yield
    finally:
        _guarding.reset(token)


def _install() -> None:
    from urllib3.util import connection

    plain = connection.create_connection
    if getattr(plain, "hengwei_guard", False):
        return

    def create_connection(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        if _guarding.get():
            host, port = address
            try:
                address = (resolve(host, port)[0], port)
            except (Blocked, Unreachable) as error:
                # What urllib3 expects of a connection that does not come about.
                raise OSError(str(error)) from None
        return plain(address, *args, **kwargs)

    create_connection.hengwei_guard = True  # type: ignore[attr-defined]
    connection.create_connection = create_connection
