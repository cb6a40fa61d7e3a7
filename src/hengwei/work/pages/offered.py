"""What several parts of a page offer to choose from."""

from __future__ import annotations

from django.http import HttpRequest

from hengwei.core.asked import once
from hengwei.org.models import Team


def teams(request: HttpRequest) -> list[Team]:
    """The teams that there are, asked for once."""
    return once(request, "teams", lambda: list(Team.objects.filter(archived_at=None)))
