"""Around every page: the reader's language and time zone, who acts, and what the browser may load."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from hengwei.core.acting import Actor, Via, acting_as
from hengwei.core.errors import ActionError

Respond = Callable[[HttpRequest], HttpResponse]

#: No inline script or style, nothing from elsewhere.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Person:
    """Speak the person's language, in his time; name him as the one who acts."""

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        address = request.META.get("REMOTE_ADDR", "")
        if not user.is_authenticated:
            with acting_as(Actor(via="api" if request.path.startswith("/api/") else "web", address=address)):
                return self.get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        via: Via = "web" if user.is_agent else "portal"
        with timezone.override(ZoneInfo(user.timezone)), acting_as(Actor(user=user, via=via, address=address)):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal that no page caught becomes a page of its own, or a word in the corner."""
        if not isinstance(error, ActionError) or request.path.startswith("/api/"):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=error.status if error.status != 422 else 400, headers={"X-Message": quote(str(error))})
        return render(request, "ui/refused.html", {"error": error}, status=error.status)


class ContentSecurity:
    """Say what the browser may load, on everything that does not say so itself."""

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
        return response
