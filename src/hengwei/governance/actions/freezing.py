"""The month frozen: a regulation's board with its evidence, which nobody changes any more (K5)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.governance import board, periods
from hengwei.governance import permissions as perms
from hengwei.governance.models import ExceptionRecord, Regulation, RegulationVersion, Snapshot
from hengwei.work.actions.writing import moment

from .running import exceptions_of, period_of, zone

#: Exceptions of one control that are kept; a control with more says how many in its figures.
KEPT = 2000


@transaction.atomic
def freeze(regulation: Regulation, *, by: Actor, at: datetime | None = None, back: int = 0) -> Snapshot:
    """Freeze the month that runs, as it stands, or the one `back` before it as the records tell it now. Once a month."""
    at = moment(at)
    by.require(perms.RUN)
    version = regulation.published()
    if version is None:
        raise Refused(_("Only a regulation in force is frozen."), code="not_in_force")
    start, end = periods.span_of("month", at, zone(), back)
    if regulation.snapshots.filter(period_start=start).exists():
        raise Refused(_("This month is frozen already."), code="frozen")
    seen = min(at, end)
    found = board.build(version, now=seen if back == 0 else _last_moment(seen))
    data = {"totals": dict(found.totals), "clauses": found.clauses, "coverage": [_plain(part) for part in found.coverage], "rows": [_row(row) for row in found.rows]}
    raw = json.dumps(data, ensure_ascii=False, sort_keys=True)
    snapshot = Snapshot.objects.create(
        regulation=regulation, version=version, period_start=start, period_end=end, taken_at=at, taken_by=by.user, board=data, sha256=hashlib.sha256(raw.encode()).hexdigest())
    kept = []
    for row in found.rows:
        for proof in row.proofs:
            if proof.run is None or proof.state != "red":
                continue
            span = period_of(proof.binding, proof.run.period_start)
            rows = exceptions_of(proof.binding, now=at, limit=KEPT, as_of=min(proof.run.as_of, span.end) if proof.run.as_of < at else None)
            kept += [
                ExceptionRecord(
                    snapshot=snapshot, clause_key=row.clause.key, control=proof.binding.control, key=one.key[:80], record=one.record[:400], url=one.url[:300],
                    why=one.why[:500], person=one.person[:120], at=one.at,
                ) for one in rows
            ]
    ExceptionRecord.objects.bulk_create(kept, batch_size=500)
    return snapshot


def _last_moment(end: datetime) -> datetime:
    from datetime import timedelta

    return end - timedelta(seconds=1)


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
                "as_of": proof.run.as_of.isoformat() if proof.run else "", "message": proof.run.message if proof.run else "",
                "attested_by": str(proof.attestation.by) if proof.attestation else "", "attested_at": proof.attestation.at.isoformat() if proof.attestation else "",
                "statement": proof.attestation.statement if proof.attestation else "",
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


