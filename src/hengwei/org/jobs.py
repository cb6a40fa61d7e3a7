"""What is done about people by itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.jobs import job, timer

from .models import SignInFailure


@job(queue="org")
def sync_directory(directory_id: int) -> None:
    """Take over the people of one directory."""
    from .directory import sync
    from .models import Directory

    directory = Directory.objects.select_related("default_role", "default_customer").filter(pk=directory_id, active=True).first()
    if directory is not None:
        sync(directory)


@timer("23 18 * * *", _("Synchronise directories; forget old failed sign-ins"), queue="org")
def sync_directories(timestamp: int) -> None:
    """Every night (Shanghai): all directories; and old failures are forgotten."""
    from hengwei.core.jobs import enqueue

    from .models import Directory

    for pk in Directory.objects.filter(active=True).values_list("pk", flat=True):
        enqueue(sync_directory, directory_id=pk)
    SignInFailure.objects.filter(last_at__lt=timezone.now() - timedelta(days=30)).delete()
