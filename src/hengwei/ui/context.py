"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .menu import corners_for, rail


def frame(request: HttpRequest) -> dict[str, Any]:
    """The menu, the person's appearance, and whether this is the sample company."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "auto", "languages": settings.LANGUAGES}
    from hengwei.core.sample import is_sample

    room = request.resolver_match.namespace if request.resolver_match else ""
    return {"menu": rail(user, request.path), "corners": corners_for(user), "theme": user.theme, "languages": settings.LANGUAGES, "room": room, "is_sample": is_sample()}
