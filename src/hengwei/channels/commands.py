"""`hengwei mail`: fetch, import, parse, serve."""

from __future__ import annotations

import json
import mailbox as boxes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import typer

NAME = "mail"
app = typer.Typer(no_args_is_help=True, help="Mail: fetch, import, parse, receive.")


@app.command()
def fetch() -> None:
    """Read what is new in every mailbox, and understand it."""
    from hengwei.channels.actions import inbound
    from hengwei.channels.fetching import fetch as fetch_one
    from hengwei.channels.models import InboundMessage, Mailbox

    failed = False
    for mailbox in Mailbox.objects.filter(active=True).exclude(imap_host=""):
        count = fetch_one(mailbox)
        mailbox.refresh_from_db()
        failed |= bool(mailbox.fetch_error)
        typer.echo(f"{mailbox}: {count}{f'  ! {mailbox.fetch_error}' if mailbox.fetch_error else ''}")
    for pk in InboundMessage.objects.filter(status="kept").order_by("id").values_list("pk", flat=True):
        inbound.process(pk)
    if failed:
        raise typer.Exit(1)


@app.command(name="import")
def import_(
    paths: list[Path] = typer.Argument(..., exists=True, help="Files .eml or mbox, maildirs, folders of .eml."),
    to: str = typer.Option("", "--mailbox", help="As if it had come to this address of ours."),
    jobs: int = typer.Option(0, "--jobs", "-j", min=0, help="Processes that work side by side; 0: one for each core."),
) -> None:
    """Take in messages from files, as if they came in now. What was taken in before is not taken in again."""
    from hengwei.channels.actions import importing
    from hengwei.channels.models import Mailbox

    mailbox = Mailbox.objects.filter(address__iexact=to).first() if to else Mailbox.objects.order_by("-default", "id").first()
    if to and mailbox is None:
        typer.echo(f"'{to}' 不是我们的邮箱 / is no mailbox of ours", err=True)
        raise typer.Exit(2)
    outcomes = importing.take_in((data for path in paths for data in messages_of(path)), mailbox, jobs=jobs or os.cpu_count() or 1)
    for name, count in outcomes.most_common():
        typer.echo(f"{count:>8}  {name}")
    if outcomes["failed"]:
        raise typer.Exit(1)


@app.command()
def parse(file: Path = typer.Argument(..., help="A message; - reads from the input.")) -> None:
    """Print as JSON what is understood of a message."""
    from hengwei.channels.limit import within

    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    typer.echo(json.dumps(within(data).as_json(), ensure_ascii=False, indent=2))


@app.command()
def serve(host: str = typer.Option("127.0.0.1", help="Address on which the mail receiver listens."), port: int = typer.Option(0, help="0: no SMTP receiver, IMAP only.")) -> None:
    """Receive mail by SMTP, and wait for new mail in every mailbox."""
    from hengwei.channels.receiving import serve as run

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    run(host, port, stopping)


def messages_of(path: Path) -> Iterator[bytes]:
    """The messages of a file or folder: .eml, mbox, maildir."""
    if path.is_dir():
        if (path / "cur").is_dir() or (path / "new").is_dir():
            yield from (message.as_bytes() for message in boxes.Maildir(str(path), create=False))
            return
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix.lower() in (".eml", ".mbox", ".mbx"):
                yield from messages_of(file)
        return
    with path.open("rb") as opened:
        is_mbox = opened.read(5) == b"From "
    if not is_mbox:
        yield path.read_bytes()
        return
    box = boxes.mbox(str(path), create=False)
    for key in box.keys():  # noqa: SIM118  a mailbox is no dict
        yield box.get_bytes(key)
