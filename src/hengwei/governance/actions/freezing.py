"""The month frozen: a regulation's board with its evidence, which nobody changes any more (K5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.controls import ExceptionRow, Period
from hengwei.core.errors import Refused
from hengwei.governance import board, periods
from hengwei.governance import permissions as perms
from hengwei.governance.models import (
    Binding,
    ControlRun,
    ExceptionRecord,
    Regulation,
    RegulationVersion,
    Snapshot,
)
from hengwei.work.actions.writing import moment

from .running import live_bindings, result, zone

#: Exceptions of one control that are kept; a control with more says how many in its figures.
KEPT = 2000
#: A month is frozen in the night after its end: what records tell only of now is told as it is then.
NIGHT = timedelta(days=1)
#: Controls that are judged by these spans are judged by the whole month in its frozen board.
SHORTER = (Binding.Span.DAY, Binding.Span.WEEK)


@transaction.atomic
def freeze(regulation: Regulation, *, by: Actor, at: datetime | None = None, back: int = 0) -> Snapshot:
    """Freeze the month that runs, as it stands, or the one `back` before it as the records tell it now. Once a month.

    Every control is judged by the whole month (by its quarter, where it is judged by quarters), and all its exceptions are
    kept as evidence, up to `KEPT` of each.
    """
    at = moment(at)
    by.require(perms.RUN)
    version = regulation.published()
    if version is None:
        raise Refused(_("Only a regulation in force is frozen."), code="not_in_force")
    start, end = periods.span_of("month", at, zone(), back)
    if regulation.snapshots.filter(period_start=start).exists():
        raise Refused(_("This month is frozen already."), code="frozen")
    seen = min(at, end)
    runs, evidence = _judge(regulation, version, start, end, at=at)
    found = board.build(version, now=seen if back == 0 else seen - timedelta(seconds=1), runs=runs)
    data = {"totals": dict(found.totals), "clauses": found.clauses, "coverage": [_plain(part) for part in found.coverage], "rows": [_row(row) for row in found.rows]}
    raw = json.dumps(data, ensure_ascii=False, sort_keys=True)
    snapshot = Snapshot.objects.create(
        regulation=regulation, version=version, period_start=start, period_end=end, taken_at=at, taken_by=by.user, board=data, sha256=hashlib.sha256(raw.encode()).hexdigest())
    ExceptionRecord.objects.bulk_create(
        [
            ExceptionRecord(
                snapshot=snapshot, clause_key=binding.clause_key, control=binding.control, key=one.key[:80], record=one.record[:400], url=one.url[:300],
                why=one.why[:500], person=one.person[:120], at=one.at,
            ) for binding, rows in evidence for one in rows
        ], batch_size=500,
    )
    return snapshot


def _judge(
    regulation: Regulation, version: RegulationVersion, start: datetime, end: datetime, *, at: datetime,
) -> tuple[dict[int, ControlRun], list[tuple[Binding, Sequence[ExceptionRow]]]]:
    """Every control of the month, and the exceptions of those that are red. What can no longer be told stays as it was last run."""
    runs: dict[int, ControlRun] = {}
    evidence: list[tuple[Binding, Sequence[ExceptionRow]]] = []
    for binding in live_bindings(regulation, version):
        first, last = (start, end) if binding.span in SHORTER else periods.span_of(binding.span, start, zone())
        seen = min(at, end)
        findings, run = result(binding, Period(first, last, seen, past=seen + NIGHT < at), now=at)
        if findings is None or (run.state == ControlRun.State.INSUFFICIENT and findings.insufficient):
            kept = binding.runs.filter(period_start__lt=end, period_end__gt=start, as_of__lte=end).order_by("-as_of").first()
            run = kept or run
        runs[binding.pk] = run
        if findings is not None and run.state == ControlRun.State.RED:
            evidence.append((binding, findings.rows(0, KEPT)))
    return runs, evidence


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, int) else str(value) for key, value in part.items()}


def _both(say: Any) -> dict[str, str]:
    """Words in both languages: a frozen month is read in either."""
    found = {}
    for language, key in (("zh-hans", "zh"), ("en", "en")):
        with translation.override(language):
            found[key] = str(say())
    return found


def _row(row: board.Row) -> dict[str, Any]:
    clause = row.clause
    return {
        "key": clause.key, "depth": clause.depth, "kind": clause.kind, "number": clause.number, "title": clause.title, "text": clause.text, "title_en": clause.title_en,
        "text_en": clause.text_en, "state": row.state, "counted": row.counted, "requirements": clause.requirements,
        "proofs": [
            {
                "kind": proof.binding.kind, "control": proof.binding.control, "title": _both(lambda proof=proof: proof.title), "plain": _both(lambda proof=proof: proof.plain),
                "state": proof.state, "figure": proof.figure, "threshold": proof.binding.threshold, "exceptions": proof.run.exceptions if proof.run else 0,
                "as_of": proof.run.as_of.isoformat() if proof.run else "", "message": _both(lambda proof=proof: proof.run.said if proof.run else ""),
                "attested_by": str(proof.attestation.by) if proof.attestation else "", "attested_at": proof.attestation.at.isoformat() if proof.attestation else "",
                "statement": proof.attestation.statement if proof.attestation else "", "answers": str(proof.owner),
            } for proof in row.proofs
        ],
    }


def freeze_last_month(now: datetime) -> int:
    """At the beginning of a month: the month before it, of every regulation in force that has not been frozen by hand."""
    start, _end = periods.span_of("month", now, zone(), 1)
    frozen = 0
    for regulation in Regulation.objects.in_force().distinct():
        first = RegulationVersion.objects.filter(regulation=regulation).exclude(published_at=None).order_by("published_at").first()
        if first is None or first.published_at is None or first.published_at >= _end or regulation.snapshots.filter(period_start=start).exists():
            continue
        freeze(regulation, by=Actor(), at=now, back=1)
        frozen += 1
    return frozen


