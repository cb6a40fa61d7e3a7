"""Speed, measured in one run and told as ratios.

    make bench                 # 1,000,000 items: some twenty minutes
    .venv/bin/python -m bench --items 100000
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    items = int(sys.argv[sys.argv.index("--items") + 1]) if "--items" in sys.argv else 1_000_000
    from hengwei.core.database.embedded import Embedded

    with tempfile.TemporaryDirectory(prefix="hengwei-bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        Path(folder).chmod(0o711)
        server = Embedded(Path(folder) / "postgres")
        os.environ |= {"DATABASE_URL": server.start(), "HENGWEI_DATA_DIR": folder, "HENGWEI_SAMPLE_ITEMS": "400", "DJANGO_SETTINGS_MODULE": "hengwei.config.django"}
        try:
            _measure(items)
        finally:
            from django.db import connections

            connections.close_all()
            server.destroy()


def _measure(items: int) -> None:
    started = time.monotonic()
    from hengwei.config.cli import _prepare

    _prepare(sample=True)
    from bench import data, measures

    data.people()
    data.multiply(10_000)
    table = measures.Table()
    small = measures.pages()
    data.multiply(items)
    table.say(f"{data.one('SELECT count(*) FROM work_workitem'):,} items, {data.one('SELECT count(*) FROM work_entry'):,} entries, {data.one('SELECT count(*) FROM work_clock'):,} clocks, "
              f"{data.one('SELECT count(*) FROM org_user'):,} people; made in {time.monotonic() - started:.0f} s")
    large = measures.pages()
    for name in large:
        table.row(f"{name}: times (bare page + its raw SQL)", large[name].ratio, "≤ 4", f"{large[name].seconds * 1000:.1f} ms, {large[name].queries} queries")
        table.row(f"{name}: {items:,} items against 10,000", large[name].seconds / small[name].seconds, "≤ 1.3", f"{small[name].seconds * 1000:.1f} ms at 10,000")
    for measure in (measures.searching, measures.controls, measures.creating, measures.importing, measures.sweeping, measures.rebasing, measures.business_time, measures.memory):
        measure(table)
    table.say(f"in all {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
