"""Imports run in the background, and are found under 'running tasks'."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.core.tasks import Work, task


@task("exchange.import", _("Import"))
def run_import(work: Work, *, import_id: int, trial: bool) -> None:
    """Carry an import out. Begun again after a crash, it goes on where the last batch was kept."""
    from .running import carry_out

    carry_out(import_id, trial=trial, work=work)
