"""A pytest plugin: a throw-away PostgreSQL for the run, unless DATABASE_URL names one.

Loaded by `-p` before Django reads its settings; pytest-xdist's workers inherit the address.
"""

from __future__ import annotations

import os
import shutil

from .embedded import Embedded, throw_away

_server: Embedded | None = None

if not os.environ.get("DATABASE_URL"):
    _server = throw_away()
    os.environ["DATABASE_URL"] = _server.start()
    os.environ.setdefault("HENGWEI_DATA_DIR", str(_server.folder.parent / "site"))


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    global _server
    if _server is not None:
        _server.destroy()
        shutil.rmtree(_server.folder.parent, ignore_errors=True)
        _server = None
