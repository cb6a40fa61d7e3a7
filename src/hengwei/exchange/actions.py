"""Preparing, trying, running and stopping imports."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core import outgoing
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.models import StoredFile
from hengwei.core.tasks import start as start_task

from . import jobs, mapping, reading, targets
from . import permissions as perms
from .models import Import


@transaction.atomic
def begin_file(*, by: Actor, file: StoredFile, target: str) -> Import:
    """Take a file; its columns are matched with the fields as far as their headings tell."""
    by.require(perms.IMPORT)
    if target not in targets.every():
        raise Refused(_("Nothing of this kind can be imported."), code="unknown_target", field="target")
    with default_storage.open(file.path) as content:
        heads = reading.heads(content, file.name)
    suggested = mapping.suggest(heads, targets.get(target).fields)
    assert by.user is not None
    return Import.objects.create(origin=Import.Origin.FILE, target=target, file=file, mapping=suggested, made_by=by.user)


@transaction.atomic
def begin_remote(*, by: Actor, origin: str, url: str, token: str, app_token: str = "") -> Import:
    """Point to another system. Its token is tried when the trial run begins; Refused when its address may not be called."""
    by.require(perms.IMPORT)
    if origin not in (Import.Origin.ZAMMAD, Import.Origin.GLPI):
        raise Refused(_("This system is not known."), code="unknown_origin", field="origin")
    if not token:
        raise Refused(_("Please give a token of that system."), code="missing", field="token")
    assert by.user is not None
    url = outgoing.usable(url).rstrip("/")
    return Import.objects.create(origin=origin, target="items", url=url, token=token, app_token=app_token, made_by=by.user)


@transaction.atomic
def set_mapping(run: Import, *, by: Actor, columns: dict[str, str], defaults: dict[str, str] | None = None, existing: str = "") -> Import:
    """Say which column each field comes from, what stands where a row has nothing, what happens to what is there already."""
    by.require(perms.IMPORT)
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.is_busy:
        raise Refused(_("The import is running. Stop it first."), code="busy")
    fields = {field.key: field for field in targets.get(run.target).fields}
    columns = {key: column for key, column in columns.items() if key in fields and column}
    defaults = {key: value for key, value in (defaults or {}).items() if key in fields and value}
    for key, field in fields.items():
        if field.required and key not in columns and key not in defaults:
            raise Refused(_("Please say which column holds “%(field)s”.") % {"field": field.label}, code="missing", field=key)
    run.mapping, run.defaults = columns, defaults
    if existing:
        if existing not in Import.Existing.values:
            raise Refused(_("This choice does not exist."), code="invalid", field="existing")
        run.existing = existing
    _afresh(run)
    run.save()
    return run


def _afresh(run: Import) -> None:
    """Forget what a trial found."""
    run.refused.all().delete()
    run.position = run.created = run.updated = run.skipped = run.failed = 0
    run.total, run.error, run.ended_at, run.state = None, "", None, Import.State.DRAFT


@transaction.atomic
def start(run: Import, *, by: Actor, trial: bool) -> Import:
    """Begin a trial run, or the import itself; one that was stopped or failed goes on where it was."""
    by.require(perms.IMPORT)
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.is_busy:
        raise Refused(_("It is running already."), code="busy")
    if run.state == Import.State.DONE:
        raise Refused(_("This import is finished. Begin a new one to import again."), code="finished")
    if trial or run.state in (Import.State.DRAFT, Import.State.CHECKED) or not run.position:
        _afresh(run)
    run.state, run.error, run.ended_at = (Import.State.CHECKING if trial else Import.State.RUNNING), "", None
    run.save()
    start_task(jobs.run_import, by=by, about=str(run), import_id=run.pk, trial=trial)
    return run


@transaction.atomic
def stop(run: Import, *, by: Actor) -> Import:
    """Stop after the batch at hand; what was written stays, and it can go on later."""
    by.require(perms.IMPORT)
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.is_busy:
        run.state = Import.State.DRAFT if run.state == Import.State.CHECKING else Import.State.PAUSED
        run.save(update_fields=["state"])
    return run


def preview(run: Import, *, most: int = 5) -> list[tuple[int, dict[str, str], dict[str, Any]]]:
    """The first rows as (line, values by field, what is wrong with them)."""
    from .running import FileSource

    if run.file is None:
        return []
    target = targets.get(run.target)()
    shown: list[tuple[int, dict[str, str], dict[str, Any]]] = []
    for batch in FileSource(run, target).batches(after=0):
        for number, _foreign, given, _row in batch[:most]:
            wrong: dict[str, Any] = {}
            try:
                target.check(given)
            except targets.Wrong as error:
                wrong = error.errors
            shown.append((number, given, wrong))
        break
    return shown


def heads_of(run: Import) -> list[str]:
    """The columns of an import's file."""
    if run.file is None:
        return []
    with default_storage.open(run.file.path) as content:
        return reading.heads(content, run.file.name)
