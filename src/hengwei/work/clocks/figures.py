"""Promises kept: met, breached, breached only by a change, cancelled; by agreement, team, person, measure, period (A5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import is_chinese
from hengwei.work.models import NOT_COUNTED

#: What figures may be told by, and the SQL that names a row of each (key, Chinese label, English label).
BY: dict[str, tuple[Any, str, str, str]] = {
    "agreement": (_("Agreement"), "a.id::text", "a.name", "a.name_en"),
    "team": (_("Team"), "c.team_id::text", "t.name", "t.name_en"),
    "person": (_("Person"), "c.owner_id::text", "u.name", "u.name"),
    "customer": (_("Customer"), "i.customer_id::text", "k.name", "k.name_en"),
    "measure": (_("Promise"), "c.measure", "c.measure", "c.measure"),
    "priority": (_("Priority"), "i.priority::text", "i.priority::text", "i.priority::text"),
    "month": (_("Month"), "to_char(c.stopped_at AT TIME ZONE %(zone)s, 'YYYY-MM')",) + ("to_char(c.stopped_at AT TIME ZONE %(zone)s, 'YYYY-MM')",) * 2,
    "week": (_("Week"), "to_char(c.stopped_at AT TIME ZONE %(zone)s, 'IYYY-\"W\"IW')",) + ("to_char(c.stopped_at AT TIME ZONE %(zone)s, 'IYYY-\"W\"IW')",) * 2,
}
#: By these a reader expects time to run on; by all else the most comes first.
IN_ORDER = ("month", "week", "priority")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the report. Business time is of what was met or breached; `None` where there is none."""

    key: str | None
    label: str
    met: int
    breached: int
    by_change: int
    cancelled: int
    items: int
    median: int | None
    p90: int | None
    p95: int | None

    @property
    def decided(self) -> int:
        """Promises that count: kept or not, without those that only a change broke."""
        return self.met + self.breached

    @property
    def share(self) -> float | None:
        """Percent met of what counts."""
        return round(100 * self.met / self.decided, 1) if self.decided else None


def report(by: str, *, since: datetime, until: datetime, only: Mapping[str, Any] | None = None, most: int = 200) -> list[Line]:
    """The promises decided in the period, told by one of BY; `only` narrows by measure, agreement, team, person, customer, kind, priority."""
    _label, key, name, name_en = BY[by]
    label = name if is_chinese() else f"coalesce(nullif({name_en}, ''), {name})"
    columns = {
        "measure": "c.measure", "agreement": "a.id", "team": "c.team_id", "person": "c.owner_id", "customer": "i.customer_id", "kind": "i.kind",
        "priority": "i.priority",
    }
    narrowed = {column: value for column, value in (only or {}).items() if value not in ("", None)}
    conditions = "".join(f" AND {columns[column]} = %({column})s" for column in narrowed)
    sql = f"""
        SELECT {key}, max({label}),
               count(*) FILTER (WHERE c.state = 'met'),
               count(*) FILTER (WHERE c.state = 'breached' AND c.breach_cause = ''),
               count(*) FILTER (WHERE c.state = 'breached' AND c.breach_cause <> ''),
               count(*) FILTER (WHERE c.state = 'cancelled'),
               count(DISTINCT c.item_id) FILTER (WHERE c.state <> 'cancelled'),
               percentile_disc(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY c.elapsed) FILTER (WHERE c.state <> 'cancelled')
          FROM work_clock c
          JOIN work_workitem i ON i.id = c.item_id
          JOIN work_target g ON g.id = c.target_id
          JOIN work_agreementversion v ON v.id = g.version_id
          JOIN work_agreement a ON a.id = v.agreement_id
          LEFT JOIN org_team t ON t.id = c.team_id
          LEFT JOIN org_user u ON u.id = c.owner_id
          LEFT JOIN org_customer k ON k.id = i.customer_id
         WHERE c.stopped_at >= %(since)s AND c.stopped_at < %(until)s AND c.state IN ('met', 'breached', 'cancelled')
           AND (c.state = 'cancelled' OR i.closure <> ALL (%(out)s)){conditions}
         GROUP BY 1 ORDER BY {"1" if by in IN_ORDER else "3 DESC, 1"} LIMIT %(most)s"""
    values = {"since": since, "until": until, "out": list(NOT_COUNTED), "zone": timezone.get_current_timezone_name(), "most": most, **narrowed}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Line(*row[:7], *(row[7] or (None, None, None))) for row in cursor.fetchall()]
