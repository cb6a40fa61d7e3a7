"""Working time between two moments of a row, computed by PostgreSQL: for figures over many rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Expression, Func

from .business_time import BusinessCalendar


class _OpenUntil(Func):
    """Open seconds from the table's beginning to a moment."""

    output_field = BigIntegerField()
    arity = 1

    def __init__(self, moment: Any, starts: list[int] | None = None, lengths: list[int] | None = None, sums: list[int] | None = None, **extra: Any) -> None:
        super().__init__(moment, **extra)
        self.starts, self.lengths, self.sums = starts or [], lengths or [], sums or []

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, params = compiler.compile(self.source_expressions[0])
        return (
            "(SELECT CASE WHEN b.i = 0 THEN 0 ELSE (%s::bigint[])[b.i] + LEAST(b.x - (%s::bigint[])[b.i], (%s::bigint[])[b.i]) END"
            f" FROM (SELECT e.x, width_bucket(e.x, %s::bigint[]) AS i FROM (SELECT floor(extract(epoch FROM {sql}))::bigint AS x) e) b)",
            [self.sums, self.starts, self.lengths, self.starts, *params],
        )


def open_seconds(calendar: BusinessCalendar, start: Any, end: Any, *, low: datetime, high: datetime) -> Expression:
    """Whole seconds of open time in `[start, end)`, both expressions of moments between `low` and `high`."""
    spans = calendar.segments(low, high)
    starts = [int(span.start.timestamp()) for span in spans]
    lengths = [int((span.end - span.start).total_seconds()) for span in spans]
    sums, total = [], 0
    for length in lengths:
        sums.append(total)
        total += length
    if not starts:
        starts, lengths, sums = [int(high.timestamp())], [0], [0]
    return _OpenUntil(end, starts, lengths, sums) - _OpenUntil(start, starts, lengths, sums)
