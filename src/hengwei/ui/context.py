"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .menu import corners_for, rail, way_to


def frame(request: HttpRequest) -> dict[str, Any]:
    """The menu, the person's appearance, and whether this is the sample company.

    Made once a request and asked for its numbers only where a template shows them: an item's page is put together
    from many cards, each of which is rendered with this.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "auto", "languages": settings.LANGUAGES}
    made: dict[str, Any] | None = getattr(request, "frame_of_page", None)
    if made is None:
        from hengwei.core.sample import is_sample

        room = request.resolver_match.namespace if request.resolver_match else ""
        made = {
            "menu": SimpleLazyObject(lambda: rail(user, request.path)), "corners": SimpleLazyObject(lambda: corners_for(user)),
            "way": SimpleLazyObject(lambda: way_to(user, request.path)), "theme": user.theme, "languages": settings.LANGUAGES, "room": room, "is_sample": SimpleLazyObject(is_sample),
        }
        request.frame_of_page = made  # type: ignore[attr-defined]
    return made
