"""`hengwei audit`: is the log whole; out with it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

NAME = "audit"
app = typer.Typer(no_args_is_help=True, help="The audit log: verify, export, archive.")
_WORDS = {
    "changed": "record {} was changed", "missing": "record {} is missing", "inserted": "record {} was put in", "unsealed": "{} records are not sealed",
    "cut": "the chain ends before record {}, or was rewritten from there",
}


def _heads(given: list[str]) -> list[tuple[int, str]]:
    pairs = [one.split(":", 1) for one in given]
    if any(len(pair) != 2 or not pair[0].isdecimal() for pair in pairs):
        raise typer.BadParameter("POSITION:HASH, as `hengwei audit verify` prints it")
    return [(int(place), digest) for place, digest in pairs]


@app.command()
def verify(
    file: Path | None = typer.Argument(None, exists=True, help="An exported file; without one, the database."),
    head: list[str] = typer.Option([], help="POSITION:HASH of an end of the chain that you noted before."),
) -> None:
    """Look at every record and its link to the one before. Ends with 1 when one was changed, removed or put in."""
    from hengwei.core import audit

    verdict = audit.verify_file(file, _heads(head)) if file else audit.verify(_heads(head))
    for one in verdict.broken:
        typer.echo(f" ✗ {_WORDS[one.what].format(one.position)}")
    typer.echo(f" {'✓' if verdict.whole else '✗'} {verdict.records} records; head {verdict.last}:{verdict.hash}")
    if not file:
        from hengwei.core.acting import Actor

        audit.record("audit.verified", by=Actor(via="cli"), details={"records": verdict.records, "broken": len(verdict.broken)})
    if not verdict.whole:
        raise typer.Exit(1)


@app.command()
def export(target: Path = typer.Argument(None, help="The file to write; without one, to the screen."), since: datetime = typer.Option(None, help="Only from this day on.")) -> None:
    """One JSON object a line; `hengwei audit verify FILE` tells whether it is as it was written."""
    from hengwei.core.acting import Actor
    from hengwei.core.audit import archiving, record
    from hengwei.core.models import AuditRecord

    rows = AuditRecord.objects.all()
    if since:
        rows = rows.filter(at__gte=since.replace(tzinfo=UTC))
    if target is None:
        count = archiving.write(rows, sys.stdout)
    else:
        with target.open("x", encoding="utf-8") as file:
            count = archiving.write(rows, file)
        typer.echo(f"{count} records: {target}")
    record("audit.exported", by=Actor(via="cli"), details={"rows": count})


@app.command()
def archive(target: Path = typer.Argument(..., help="The file to write; it must not exist yet."), days: int = typer.Option(365, min=180, help="Records older than this many days.")) -> None:
    """Move old records into a file; the chain goes on from where it was cut."""
    from hengwei.core.audit import archiving

    count = archiving.archive(datetime.now(UTC) - timedelta(days=days), target)
    typer.echo(f"{count} records: {target}" if count else "nothing is that old")
