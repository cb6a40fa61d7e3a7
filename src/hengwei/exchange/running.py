"""Carrying an import out: batch by batch, each in its own transaction with the place it has come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor, acting_as
from hengwei.core.errors import ActionError
from hengwei.core.live import silent
from hengwei.core.tasks import Cancelled, Work

from . import reading, targets
from .models import ForeignRecord, Import, RefusedRow
from .targets import Target, Written, Wrong

#: Rows of one transaction.
BATCH = 500

Row = tuple[int, dict[str, str]]


class Stopped(Exception):
    """Somebody stopped the import."""


class Source(Protocol):
    """Where rows come from. `ready` rows are (number, foreign id, what the target writes)."""

    def total(self) -> int | None: ...
    def batches(self, *, after: int) -> Iterator[list[tuple[int, str, Any, dict[str, str]]]]: ...


class FileSource:
    """The rows of a spreadsheet, by the import's mapping."""

    def __init__(self, run: Import, target: Target):
        self.run, self.target = run, target

    def _rows(self) -> Iterator[Row]:
        assert self.run.file is not None
        with default_storage.open(self.run.file.path) as content:
            yield from reading.rows(content, self.run.file.name)

    def total(self) -> int | None:
        return sum(1 for _row in self._rows())

    def batches(self, *, after: int) -> Iterator[list[tuple[int, str, Any, dict[str, str]]]]:
        batch: list[tuple[int, str, Any, dict[str, str]]] = []
        for place, (number, row) in enumerate(self._rows(), 1):
            if place <= after:
                continue
            mapped = {field: row.get(column, "") for field, column in self.run.mapping.items()}
            given = {**{k: v for k, v in self.run.defaults.items() if v}, **{k: v for k, v in mapped.items() if v}}
            batch.append((number, given.get(self.target.identity, "").strip(), given, row))
            if len(batch) >= BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def source_of(run: Import, target: Target) -> Source:
    """Where this import's rows come from."""
    if run.origin == Import.Origin.FILE:
        return FileSource(run, target)
    from .remote import source_of as remote

    return remote(run)


def carry_out(import_id: int, *, trial: bool, work: Work | None = None) -> None:
    """Run an import, or try it without keeping anything; goes on where an earlier run stopped. `work` is told how far it is."""
    run = Import.objects.select_related("file", "made_by").get(pk=import_id)
    if run.state != (Import.State.CHECKING if trial else Import.State.RUNNING):
        return
    by = Actor(user=run.made_by, via="import")
    with translation.override(run.made_by.language), acting_as(by), silent():
        try:
            target = targets.get(run.target)()
            source = source_of(run, target)
            if run.total is None:
                run.total = source.total()
                Import.objects.filter(pk=run.pk).update(total=run.total)
            if work is not None and run.total is not None:
                work.expect(run.total)
            for batch in source.batches(after=run.position):
                _batch(run, target, batch, by=by, trial=trial)
                if work is not None:
                    work.step(len(batch))
        except Stopped:
            return
        except Cancelled:
            Import.objects.filter(pk=run.pk).update(state=Import.State.DRAFT if trial else Import.State.PAUSED)
            raise
        except (ActionError, OSError) as error:
            _failed(run, str(error))
            return
        except Exception as error:
            # The task notes where it was; the page must not wait for ever for what has ended.
            _failed(run, _("It ended at something unforeseen: %(why)s") % {"why": f"{type(error).__name__}: {error}"[:300]})
            raise
    Import.objects.filter(pk=run.pk, state=run.state).update(state=Import.State.CHECKED if trial else Import.State.DONE, ended_at=timezone.now(), total=run.position)


def _failed(run: Import, why: str) -> None:
    # What a trial had read is not kept, so that nothing goes on behind it.
    begins = dict.fromkeys(("position", "created", "updated", "skipped", "failed"), 0) if run.state == Import.State.CHECKING else {}
    Import.objects.filter(pk=run.pk, state=run.state).update(state=Import.State.FAILED, error=why, ended_at=timezone.now(), **begins)


def _batch(run: Import, target: Target, batch: list[tuple[int, str, Any, dict[str, str]]], *, by: Actor, trial: bool) -> None:
    sound: list[tuple[int, str, Any, dict[str, str]]] = []
    refused: list[RefusedRow] = []
    for number, foreign, given, row in batch:
        try:
            sound.append((number, foreign, target.check(given) if isinstance(given, dict) else given, row))
        except Wrong as wrong:
            refused.append(RefusedRow(of=run, number=number, values=row, errors=wrong.errors))
    with transaction.atomic():
        # The row is locked, so that a second worker that took the same job waits, then sees the place it has come to.
        current = Import.objects.select_for_update().get(pk=run.pk)
        if current.state != run.state:
            raise Stopped
        if current.position != run.position:
            run.position = current.position
            return
        counts = {"created": 0, "updated": 0, "skipped": 0}
        undo = transaction.savepoint()
        written, worse = _write(run, target, sound, by=by)
        if trial:
            transaction.savepoint_rollback(undo)
        refused += worse
        for one in written:
            counts["created" if one.created else "updated" if run.existing == Import.Existing.UPDATE else "skipped"] += 1
        RefusedRow.objects.bulk_create(refused, ignore_conflicts=True)
        run.position = current.position + len(batch)
        for name, more in counts.items():
            setattr(current, name, getattr(current, name) + more)
        current.failed += len(refused)
        current.position = run.position
        current.save(update_fields=["position", "failed", *counts])


def _write(
    run: Import, target: Target, rows: Sequence[tuple[int, str, Any, dict[str, str]]], *, by: Actor,
) -> tuple[list[Written], list[RefusedRow]]:
    """All at once; when that is refused, one by one, so that only those at fault are left out."""
    try:
        with transaction.atomic():
            return _keep(run, target, rows, by=by), []
    except (ActionError, DatabaseError) as error:
        if len(rows) == 1:
            number, _foreign, _ready, row = rows[0]
            field = getattr(error, "field", None) or ""
            said = str(error) if isinstance(error, ActionError) else _("The database refuses this row: %(why)s") % {"why": str(error).splitlines()[0]}
            return [], [RefusedRow(of=run, number=number, values=row, errors={field: said})]
    written: list[Written] = []
    refused: list[RefusedRow] = []
    for one in rows:
        good, bad = _write(run, target, [one], by=by)
        written += good
        refused += bad
    return written, refused


def _keep(run: Import, target: Target, rows: Sequence[tuple[int, str, Any, dict[str, str]]], *, by: Actor) -> list[Written]:
    foreign = [one for _number, one, _ready, _row in rows if one]
    # A file's own numbers are nobody else's: remembered by the kind of record alone.
    before = dict(ForeignRecord.objects.filter(source=run.source, target=run.target, foreign_id__in=foreign).values_list("foreign_id", "object_id"))
    twice: dict[str, int] = {}
    first: list[tuple[int, str, Any, dict[str, str]]] = []
    again: list[tuple[int, str, Any, dict[str, str]]] = []
    for row in rows:
        (again if row[1] and (row[1] in twice) else first).append(row)
        twice[row[1]] = 1
    written: list[Written] = []
    for part in (first, again):
        if not part:
            continue
        known = [before.get(one) for _number, one, _ready, _row in part]
        made = target.write([ready for _n, _f, ready, _r in part], known=known, update=run.existing == Import.Existing.UPDATE, by=by)
        fresh = [
            ForeignRecord(source=run.source, target=run.target, foreign_id=one[:200], object_id=result.object_id, of=run)
            for (_number, one, _ready, _row), result, pk in zip(part, made, known, strict=True) if one and pk is None
        ]
        ForeignRecord.objects.bulk_create(fresh, ignore_conflicts=True)
        before.update({record.foreign_id: record.object_id for record in fresh})
        written += made
    return written
