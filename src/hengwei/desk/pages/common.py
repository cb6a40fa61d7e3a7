"""What the desk's pages share."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from hengwei.core.asked import signed_in
from hengwei.org.models import User


def staff(request: HttpRequest) -> User:
    """Who works at the desk; for everyone else the page does not exist."""
    user = signed_in(request)
    if not user.is_agent:
        raise Http404
    return user
