"""The API `/api/v1/`: every room's router under one roof, one way to sign in, one form of error."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth
from pydantic import Field

from hengwei import __version__
from hengwei.core import search as index
from hengwei.core.acting import Actor, become
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.rest import problem, problem_of
from hengwei.org.tokens import authenticate_token
from hengwei.site import audit, history, operation
from hengwei.site.openapi import Api
from hengwei.site.reference import Docs


class TokenAuth(HttpBearer):
    """`Authorization: Bearer <token>`, within the token's scopes: `read`, `write`, or those of one room (`items:read`)."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = authenticate_token(token)
        if found is None:
            return None
        user, scopes = found
        need = "read" if request.method in ("GET", "HEAD", "OPTIONS") else "write"
        room = request.path.removeprefix("/api/v1/").split("/")[0]
        if not {need, f"{room}:{need}", "*"} & set(scopes):
            raise HttpError(403, _("This token does not reach that far: it needs the scope %(scope)s.") % {"scope": f"{room}:{need}"})
        request.user = user
        become(Actor(user=user, via="api", address=request.META.get("REMOTE_ADDR", "")))
        return user


api = Api(
    title="Hengwei 恒维", version=__version__, urls_namespace="api",
    description="Everything that the pages do, by the same actions. Errors are problem+json; lists are keyset pages.",
    auth=[TokenAuth(), SessionAuth(csrf=True)], docs=Docs(),
)


@api.exception_handler(ActionError)
def _refused(request: HttpRequest, error: ActionError) -> HttpResponse:
    return problem_of(error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]["loc"][-1] if error.errors else None
    return problem(
        status=422, title=_("Some of the input cannot be read."), code="invalid", field=str(first) if first else None,
        detail=[{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors],
    )


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(status=401, title=_("Please sign in, or send a token."), code="not_signed_in")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(status=error.status_code, title=str(error), code="forbidden" if error.status_code == 403 else "refused")


# Work items are what programs ask for most, and an address is found by trying one after the other.
for _room in sorted(settings.ROOMS, key=lambda room: room != "hengwei.work"):
    if _room != "hengwei.site" and find_spec(f"{_room}.api") is not None:
        api.add_router("", import_module(f"{_room}.api").router)


for _router in (history.router, audit.router, audit.AuditPages.router(), operation.router, operation.TaskPages.router()):
    api.add_router("", _router)


class HitOut(Schema):
    """Something found: of which kind, where it is, and the words around, with <mark>."""

    kind: str
    id: int
    title: str
    url: str
    snippet: str


class FoundOut(Schema):
    """Hits, newest first. `instead` names the words tried when what was asked for is nowhere (`printr` finds printer)."""

    items: list[HitOut]
    next: int | None = Field(None, description="Pass as `cursor` to get what follows.")
    instead: str = ""


@api.get("/search", response=FoundOut, tags=["search"], summary="Everything that contains the words")
def search(request: HttpRequest, q: str, cursor: int | None = None, limit: int = 20) -> dict[str, Any]:
    """Items, articles and whatever else the rooms hold, as far as you may see it."""
    found = index.search(q.strip(), user=signed_in(request), limit=max(1, min(limit, 100)), cursor=cursor)
    hits = [{"kind": h.kind, "id": h.pk, "title": h.title, "url": h.url, "snippet": str(h.snippet)} for h in found.hits]
    return {"items": hits, "next": found.cursor, "instead": found.instead}
