"""Taking the audit log out of the database: to read elsewhere, or to make room, the chain kept whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.errors import Refused
from hengwei.core.models import AuditAnchor, AuditRecord

from .recording import record

#: Nothing younger is ever taken out (the regulations ask for six months).
KEPT_DAYS = 180


def lines(rows: QuerySet[AuditRecord]) -> Iterator[str]:
    """One JSON object a line, in the order of the chain."""
    for row in rows.exclude(position=None).order_by("position").iterator(chunk_size=2000):
        yield json.dumps({
            "position": row.position, "id": row.pk, "at": json.loads(row.sealed)[2], "action": row.action, "actor": row.actor_id, "actor_name": row.actor_name,
            "via": row.via, "address": row.address, "subject_model": row.subject_model, "subject_id": row.subject_id, "subject_name": row.subject_name,
            "details": row.details, "previous": row.previous, "sealed": row.sealed, "hash": row.hash,
        }, ensure_ascii=False) + "\n"


def write(rows: QuerySet[AuditRecord], file: TextIO) -> int:
    """Write the lines; returns how many."""
    count = 0
    for line in lines(rows):
        file.write(line)
        count += 1
    return count


def archive(before: datetime, path: Path) -> int:
    """Move the records before a moment into a file, and keep the hash with which the chain goes on; returns how many.

    Refused for records that must stay (KEPT_DAYS). The file is written and closed before anything is taken out.
    """
    if before > timezone.now() - timedelta(days=KEPT_DAYS):
        raise Refused(_("The audit log is kept for at least %(days)d days.") % {"days": KEPT_DAYS}, code="too_young", field="before")
    # Up to the last record of which all before it are old too: a chain is cut in one place.
    first_to_stay = AuditRecord.objects.filter(at__gte=before).exclude(position=None).order_by("position").values_list("position", flat=True).first()
    rows = AuditRecord.objects.filter(at__lt=before)
    if first_to_stay is not None:
        rows = rows.filter(position__lt=first_to_stay)
    last = rows.exclude(position=None).order_by("-position").first()
    if last is None:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        count = write(rows, file)
    path.chmod(0o600)
    with transaction.atomic(), connection.cursor() as cursor:
        assert last.position is not None
        AuditAnchor.objects.create(position=last.position, hash=last.hash, archived_at=timezone.now(), file=str(path), rows=count)
        cursor.execute("SELECT set_config('hengwei.archiving', 'on', true)")
        cursor.execute("DELETE FROM core_auditrecord WHERE position <= %s", [last.position])
        cursor.execute("SELECT set_config('hengwei.archiving', '', true)")
        record("audit.archived", details={"rows": count, "file": path.name, "position": last.position})
    return count
