"""Everything of an installation in one file, and back: the database, the files, the secret key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hengwei.core.database.embedded import binaries

FORMAT = 1


class BackupError(Exception):
    """It cannot be done; the text says why and the mend."""


def _program(name: str) -> str:
    """PostgreSQL's own tool: the machine's where it has one, else the embedded one's (newer reads older)."""
    embedded = binaries() / "bin" / name
    return str(embedded) if embedded.exists() else shutil.which(name) or name


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"})
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name}: {done.stderr.strip()[-600:]}")
    return done.stdout


def make(database_url: str, data_dir: Path, target: Path) -> Path:
    """Write `hengwei-<time>.tar` into `target` (or to the file that it names); returns its path. It appears only once it is whole.

    The dump is of one moment. Files are never changed once written, so those copied after the dump hold all it names.
    """
    now = datetime.now(UTC)
    file = target / f"hengwei-{now:%Y%m%d-%H%M%S}.tar" if target.is_dir() or not target.suffix else target
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        dump = Path(folder) / "database.dump"
        _run(_program("pg_dump"), "--format=custom", "--no-owner", f"--file={dump}", database_url)
        about = Path(folder) / "about.json"
        about.write_text(json.dumps({"format": FORMAT, "made_at": now.isoformat()}))
        partial = Path(folder) / "whole.tar"
        with tarfile.open(partial, "w") as tar:
            tar.add(about, "about.json")
            tar.add(dump, "database.dump")
            if (data_dir / "secret_key").exists():
                tar.add(data_dir / "secret_key", "secret_key")
            if (data_dir / "media").is_dir():
                # Thumbnails are made again when they are asked for.
                tar.add(data_dir / "media", "media", filter=lambda entry: None if entry.name.startswith("media/thumbnails/") else entry)
        partial.chmod(0o600)
        partial.rename(file)
    return file


def restore(file: Path, database_url: str, data_dir: Path, *, over: bool = False) -> None:
    """Put a backup back. Into a database that holds tables only with `over`, which throws them away."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(file) as tar:
                tar.extractall(folder, filter="data")
            about = json.loads((Path(folder) / "about.json").read_text())
        except (tarfile.TarError, OSError, json.JSONDecodeError) as error:
            raise BackupError(f"{file} is no backup of Hengwei: {error}") from None
        if about.get("format") != FORMAT:
            raise BackupError(f"{file} has format {about.get('format')}; this version reads {FORMAT}.")
        tables = int(_run(_program("psql"), database_url, "-XAtc", "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").strip())
        if tables and not over:
            raise BackupError(f"The database already holds {tables} tables. With --over they are thrown away.")
        if tables:
            _run(_program("psql"), database_url, "-Xqc", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        _run(_program("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database_url}", str(Path(folder) / "database.dump"))
        data_dir.mkdir(parents=True, exist_ok=True)
        if (Path(folder) / "secret_key").exists():
            shutil.copy(Path(folder) / "secret_key", data_dir / "secret_key")
            (data_dir / "secret_key").chmod(0o600)
        if (Path(folder) / "media").is_dir():
            shutil.copytree(Path(folder) / "media", data_dir / "media", dirs_exist_ok=True)
