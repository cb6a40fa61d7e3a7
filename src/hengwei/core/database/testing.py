"""A pytest plugin: a throw-away PostgreSQL for the run, unless DATABASE_URL names one.

Loaded by `-p` before Django reads its settings; pytest-xdist's workers inherit the address. The tables are made once
for one state of the migrations, and kept as a stopped server's folder in the system's temporary one: later runs copy
that, which takes less than a second, and each worker's database is a copy of the one in it (settings: TEST TEMPLATE).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .embedded import Embedded, throw_away

#: Folders of earlier states of the migrations that are kept.
KEPT = 12
_server: Embedded | None = None


def _place() -> Path:
    """Where the made tables of this state of the migrations are kept."""
    package = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for file in (*sorted(package.glob("*/migrations/*.py")), Path(__file__).with_name("tables.py"), package / "config" / "django.py"):
        digest.update(file.read_bytes())
    digest.update(sys.version.encode())
    home = Path(tempfile.gettempdir()) / f"hengwei-tests-{os.getuid()}"
    home.mkdir(mode=0o755, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise RuntimeError(f"{home} belongs to somebody else")
    return home / digest.hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    """With owners and rights: as root the server's files belong to another user."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _make(server: Embedded, place: Path) -> None:
    """The tables, once, and their folder kept for later runs; a run beside this one may be quicker, which does no harm."""
    environment = os.environ | {"DATABASE_URL": server.start(), "DJANGO_SETTINGS_MODULE": "hengwei.config.django"}
    subprocess.run([sys.executable, "-c", "from django.core.management import execute_from_command_line as run; run(['', 'migrate', '-v0'])"], check=True, env=environment)
    server.stop()
    making = place.with_suffix(f".{os.getpid()}")
    _copy(server.folder, making)
    try:
        making.rename(place)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
    for old in sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


if not os.environ.get("DATABASE_URL"):
    _server = throw_away()
    os.environ.setdefault("HENGWEI_DATA_DIR", str(_server.folder.parent / "site"))
    _kept = _place()
    if _kept.exists():
        _copy(_kept, _server.folder)
    else:
        _make(_server, _kept)
    os.environ["DATABASE_URL"] = _server.start()
    os.environ["HENGWEI_TEST_TEMPLATE"] = _server.name


def pytest_unconfigure() -> None:
    """Leave nothing behind but the tables kept for the next run."""
    global _server
    if _server is not None:
        _server.destroy()
        shutil.rmtree(_server.folder.parent, ignore_errors=True)
        _server = None
