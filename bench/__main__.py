"""Speed, measured in one run and told as ratios.

    make bench                 # 1,000,000 items: some twenty minutes
    .venv/bin/python -m bench --items 100000
    .venv/bin/python -m bench --keep FOLDER [--only controls,creating]    # the data are made once and used again
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def option(name: str, default: str = "") -> str:
    """What stands after `--name`."""
    return sys.argv[sys.argv.index(f"--{name}") + 1] if f"--{name}" in sys.argv else default


def main() -> None:
    items = int(option("items", "1000000"))
    with tempfile.TemporaryDirectory(prefix="hengwei-bench-", dir=os.environ.get("BENCH_DIR")) as passing:
        folder = Path(option("keep", passing)).absolute()
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        from hengwei.core.database.embedded import Embedded

        server = Embedded(folder / "postgres")
        server.settle()
        os.environ |= {"DATABASE_URL": server.start(), "HENGWEI_DATA_DIR": str(folder), "HENGWEI_SAMPLE_ITEMS": "400", "DJANGO_SETTINGS_MODULE": "hengwei.config.django"}
        try:
            _measure(items, folder / "small.json")
        finally:
            from django.db import connections

            connections.close_all()
            server.stop() if "--keep" in sys.argv else server.destroy()


def _measure(items: int, at_ten_thousand: Path) -> None:
    started = time.monotonic()
    from hengwei.config.cli import _prepare

    _prepare(sample=True)
    from bench import data, measures

    if not at_ten_thousand.exists():
        data.people()
        data.multiply(10_000)
        at_ten_thousand.write_text(json.dumps({name: cost.seconds for name, cost in measures.pages().items()}))
        data.multiply(items)
    small, table = json.loads(at_ten_thousand.read_text()), measures.Table()
    table.say(f"{data.one('SELECT count(*) FROM work_workitem'):,} items, {data.one('SELECT count(*) FROM work_entry'):,} entries, {data.one('SELECT count(*) FROM work_clock'):,} clocks, "
              f"{data.one('SELECT count(*) FROM org_user'):,} people; ready after {time.monotonic() - started:.0f} s")
    chosen = option("only", "looking,searching,suggesting,controls,creating,importing,sweeping,rebasing,business_time,memory").split(",")
    for name in chosen:
        measures.looking(table, small) if name == "looking" else getattr(measures, name)(table)
    table.say(f"in all {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
