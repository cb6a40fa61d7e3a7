"""The `hengwei` command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import typer

from hengwei.config import spoken
from hengwei.config.rooms import ROOMS
from hengwei.config.settings import settings
from hengwei.config.supervisor import Part, Supervisor, say
from hengwei.core.database import DatabaseError, Embedded

app = typer.Typer(cls=spoken.Commands, no_args_is_help=True, add_completion=False, help="恒维 Hengwei: technical support and system maintenance in one place.")


def _attach_rooms() -> None:
    """Hang each room's `commands.py` below ours: `NAME` is the word, `app` its commands.

    Such a module imports no models when it is loaded: Django is set up, and the database runs, once a command is called.
    """
    for room in ROOMS:
        if find_spec(f"{room}.commands") is not None:
            module = import_module(f"{room}.commands")
            app.add_typer(module.app, name=module.NAME, cls=spoken.Commands, callback=_inside)


def _inside(context: typer.Context) -> None:
    if "--help" not in sys.argv:
        context.with_resource(database())
        _django()


def main() -> None:
    """Run the command; what the person can mend is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengwei.config.django")
    _attach_rooms()
    spoken.listen()
    try:
        app()
    except DatabaseError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None


@contextmanager
def database() -> Iterator[str]:
    """The database for the block: the one that DATABASE_URL names, or the embedded one, started if it does not run.

    Whoever started the embedded one stops it again.
    """
    if os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"]
        return
    embedded = Embedded(settings().data_dir / "postgres")
    embedded.settle()
    ran = embedded.pid() is not None
    os.environ["DATABASE_URL"] = embedded.start()
    settings.cache_clear()
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        del os.environ["DATABASE_URL"]
        if not ran:
            embedded.stop()


def _django() -> None:
    import django

    django.setup()
    from hengwei.core.acting import Actor, become

    become(Actor(via="cli"))


def _prepare(*, sample: bool, restored: bool = False) -> None:
    """Bring the database up to this version, with what every installation begins with; the sample company when it is empty.

    `restored`: a backup was put back into it just now.
    """
    from django.core.management import call_command

    _django()
    from hengwei.core.database.tables import LAST_IN_STEPS, halfway

    if rooms := halfway():
        done = ("备份已按原样恢复，此后未作其他改动。", "The backup was put back as it is; nothing else was changed.") if restored else ("数据没有任何改动。", "Nothing was changed.")
        raise DatabaseError(
            f"这个数据库太旧，不能直接升级到当前版本（{', '.join(rooms)}）。请先安装 {LAST_IN_STEPS} 的版本，运行一次 hengwei migrate，再换回当前版本。{done[0]}\n"
            f"This database is too old to come up to this version in one step ({', '.join(rooms)}). Install the version of {LAST_IN_STEPS}, run hengwei migrate once, "
            f"then come back to this one. {done[1]}"
        )
    call_command("migrate", verbosity=0, interactive=False)
    from hengwei.site import beginnings

    beginnings.install()
    if sample:
        beginnings.install_sample()


@app.command()
def migrate() -> None:
    """Bring the database up to this version."""
    with database():
        _prepare(sample=False)


@app.command()
def demo() -> None:
    """Load the sample company into an empty database, and say its accounts."""
    with database():
        _prepare(sample=True)
        from hengwei.site.beginnings import sample_accounts

        for username, password, who in sample_accounts():
            say("hengwei", f"  {username:<10} {password}   {who}")


@app.command()
def serve(sample: bool = typer.Option(False, "--demo", help="Load the sample company when the database is empty.")) -> None:
    """Everything in one: database, web, worker."""
    config = settings()
    with database() as url:
        os.environ["DATABASE_URL"] = url
        if subprocess.run([sys.executable, "-m", "hengwei.config.cli", "demo" if sample else "migrate"], check=False).returncode:
            # It has said why.
            raise typer.Exit(1)
        address = f"http://{config.host}:{config.port}"
        say("hengwei", f"{address}  (Ctrl-C stops)")
        this = [sys.executable, "-m", "hengwei.config.cli"]
        Supervisor([Part("web", [*this, "web"]), Part("worker", [*this, "worker", "--mail"])]).run()
        say("hengwei", "stopped")


@app.command()
def web() -> None:
    """The web server alone, against DATABASE_URL."""
    config = settings()
    with database():
        os.execv(sys.executable, [
            sys.executable, "-m", "granian", "--interface", "asginl", "--host", config.host, "--port", str(config.port),
            "--workers", str(config.web_processes), "--no-ws", "--log-level", "warning", "hengwei.config.asgi:application",
        ])


@app.command()
def worker(mail: bool = typer.Option(False, "--mail", help="Receive mail in this process, too: what `hengwei mail serve` does in one of its own.")) -> None:
    """The worker alone, against DATABASE_URL: jobs and timers."""
    config = settings()
    with database():
        _django()
        from hengwei.config.worker import run

        run(config.worker_jobs, (config.smtp_bind, config.smtp_port) if mail else None)


@app.command()
def doctor() -> None:
    """Look the installation over; each thing that is not well with its mend. Ends with 1 when something is wrong."""
    with database():
        _django()
        from hengwei.core.health import findings

        wrong = False
        for finding in findings():
            sign = {"ok": "✓", "warning": "!", "error": "✗"}[finding.level]
            typer.echo(f" {sign} {finding.what}{f'  → {finding.mend}' if finding.mend else ''}")
            wrong |= finding.level == "error"
    if wrong:
        raise typer.Exit(1)


@app.command()
def backup(target: Path = typer.Argument(Path("backups"), help="A folder, or the file to write.")) -> None:
    """Database, files and secret key in one file."""
    from hengwei.core.backup import BackupError, make

    with database() as url:
        try:
            made = make(url, settings().data_dir, target)
        except BackupError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        typer.echo(made)
        _on_record("backup", file=made.name, bytes=made.stat().st_size)


@app.command()
def restore(file: Path = typer.Argument(..., exists=True, help="The file of the backup."), over: bool = typer.Option(False, help="Throw away what the database holds now.")) -> None:
    """Put a backup back, and bring it up to this version."""
    from hengwei.core.backup import BackupError
    from hengwei.core.backup import restore as put_back

    with database() as url:
        try:
            put_back(file, url, settings().data_dir, over=over)
        except BackupError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        _prepare(sample=False, restored=True)
        _on_record("restore", file=file.name)


def _on_record(action: str, **details: str | int) -> None:
    """Put what was done to the installation itself on its audit log. A backup of an older version is not refused for want of one."""
    from django.db import DatabaseError as Refusal

    _django()
    from hengwei.core import audit
    from hengwei.core.acting import Actor

    try:
        audit.record(action, by=Actor(via="cli"), name=os.environ.get("SUDO_USER") or os.environ.get("USER", ""), details=details)
    except Refusal as error:
        typer.echo(f"not on the audit log (run `hengwei migrate`): {error}", err=True)


if __name__ == "__main__":
    main()
