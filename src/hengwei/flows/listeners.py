"""What several rooms do together: here, what a mail of one room offers to do in another."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from hengwei.channels.composing import Link, offers
from hengwei.desk.actions.satisfaction import rating_token
from hengwei.work.models import WorkItem


@offers("resolved")
def rate_with_one_click(item: WorkItem) -> list[Link]:
    """The verdict by a click on a number of stars, without signing in. The page asks once more: mail scanners click too."""
    address = f"{settings.SITE_URL}{reverse('desk:rate', args=[rating_token(item)])}"
    return [Link(f"{'★' * score}{'☆' * (5 - score)}", f"{address}?score={score}") for score in (5, 4, 3, 2, 1)]
