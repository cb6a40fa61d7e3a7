"""What several rooms do together: here, what a mail of one room offers to do in another."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from hengwei.channels.composing import Link, offers
from hengwei.desk.actions.satisfaction import rating_token
from hengwei.work.models import WorkItem


@offers("resolved")
def rate_with_one_click(item: WorkItem) -> list[Link]:
    """The verdict by one click, without signing in."""
    return [Link(_("How did we do? One click"), f"{settings.SITE_URL}{reverse('desk:rate', args=[rating_token(item)])}")]
