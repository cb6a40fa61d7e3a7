"""Is the audit log as it was written? In the database, or in a file that was exported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

#: Named at most; one is enough to know that somebody was there.
TOLD = 20


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold: `changed`, `missing`, `inserted`, `unsealed`, or `cut` (the end is gone or was rewritten)."""

    what: str
    position: int


@dataclass(slots=True)
class Verdict:
    """How many records were looked at, up to where, and what is wrong."""

    records: int = 0
    first: int = 0
    last: int = 0
    hash: str = ""
    broken: list[Broken] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.broken


def _notes() -> Path:
    """The ends of the chain, noted every day outside of the database."""
    return Path(settings.MEDIA_ROOT).parent / "audit-heads.txt"


def head() -> tuple[int, str]:
    """The newest sealed record's place and hash; (0, '') when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, hash FROM core_auditrecord WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1")
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT position, hash FROM core_auditanchor ORDER BY position DESC LIMIT 1")
            row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, "")


def note_head() -> None:
    """Write the end of the chain to a file beside the database: who rewrites the whole log must find that too."""
    position, digest = head()
    if position:
        with _notes().open("a") as file:
            file.write(f"{position} {digest}\n")


def noted_heads() -> list[tuple[int, str]]:
    """The ends that were noted; a line that cannot be read is passed over."""
    if not _notes().exists():
        return []
    pairs = (line.split() for line in _notes().read_text().splitlines())
    return [(int(pair[0]), pair[1]) for pair in pairs if len(pair) == 2 and pair[0].isdecimal()]


def verify(heads: Iterable[tuple[int, str]] = ()) -> Verdict:
    """Look at every record: its text, its hash, its link to the one before, and that no place is empty.

    `heads` are ends of the chain that are known from elsewhere; those noted beside the database are looked at anyway.
    """
    verdict = Verdict()
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, hash FROM core_auditanchor ORDER BY position DESC LIMIT 1")
        anchor = cursor.fetchone() or (0, "")
        cursor.execute("SELECT count(*) FROM core_auditrecord WHERE position IS NULL")
        if unsealed := cursor.fetchone()[0]:
            verdict.broken.append(Broken("unsealed", unsealed))
    known = {position: digest for position, digest in (*noted_heads(), *heads) if position > anchor[0]}
    _walk(verdict, _stored(), position=anchor[0], digest=anchor[1], known=known)
    return verdict


def _stored() -> Iterator[tuple[int, str, str, str, str]]:
    """(place, previous hash, the text sealed, the text as the row is now, hash) in the order of the chain."""
    after = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT position, previous, sealed, hengwei_audit_text(r), hash FROM core_auditrecord r WHERE position > %s ORDER BY position LIMIT 5000", [after])
            rows = cursor.fetchall()
            if not rows:
                return
            yield from rows
            after = rows[-1][0]


def verify_file(path: Path, heads: Iterable[tuple[int, str]] = ()) -> Verdict:
    """The same for a file written by `hengwei audit export`: it needs no database. The file may begin anywhere in the chain."""
    verdict = Verdict()

    def lines() -> Iterator[tuple[int, str, str, str, str]]:
        with path.open(encoding="utf-8") as file:
            for line in file:
                one: dict[str, Any] = json.loads(line)
                said = json.loads(one["sealed"])
                own = [one["previous"], one["id"], one["at"], one["action"], one["actor"], one["actor_name"], one["via"], one["address"],
                       one["subject_model"], one["subject_id"], one["subject_name"], one["details"], one["position"]]
                yield one["position"], one["previous"], one["sealed"], one["sealed"] if own == said else "", one["hash"]

    rows = lines()
    first = next(rows, None)
    if first is not None:
        _walk(verdict, _with(first, rows), position=first[0] - 1, digest=first[1], known=dict(heads))
    return verdict


def _with(first: tuple[int, str, str, str, str], rest: Iterator[tuple[int, str, str, str, str]]) -> Iterator[tuple[int, str, str, str, str]]:
    yield first
    yield from rest


def _walk(verdict: Verdict, rows: Iterable[tuple[int, str, str, str, str]], *, position: int, digest: str, known: dict[int, str]) -> None:
    seen = set()
    for place, previous, sealed, now, said_hash in rows:
        verdict.records += 1
        verdict.first = verdict.first or place
        if len(verdict.broken) < TOLD:
            if place > position + 1:
                verdict.broken.append(Broken("missing", position + 1))
            elif place <= position or previous != digest:
                verdict.broken.append(Broken("inserted", place))
            if sealed != now or hashlib.sha256(sealed.encode()).hexdigest() != said_hash:
                verdict.broken.append(Broken("changed", place))
            elif place in known and known[place] != said_hash:
                verdict.broken.append(Broken("cut", place))
        if place in known:
            seen.add(place)
        position, digest = place, said_hash
    verdict.last, verdict.hash = position, digest
    if gone := [place for place in known if place not in seen and place > position]:
        verdict.broken.append(Broken("cut", min(gone)))
