"""What every test may use: a PostgreSQL of its own, unless DATABASE_URL names one."""

from __future__ import annotations

import os
import shutil

_server = None

if not os.environ.get("DATABASE_URL"):
    # Before Django reads its settings; pytest-xdist's workers inherit the address.
    from hengwei.core.database.embedded import throw_away

    _server = throw_away()
    os.environ["DATABASE_URL"] = _server.start()


def pytest_unconfigure() -> None:
    if _server is not None:
        _server.destroy()
        shutil.rmtree(_server.folder.parent, ignore_errors=True)
