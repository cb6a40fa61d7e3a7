"""Live updates: PostgreSQL's NOTIFY carries them between processes; pages get them as server-sent events."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

CHANNEL = "hengwei_live"


def announce(topic: str, **payload: Any) -> None:
    """Tell every open page that listens to `topic` (such as `item:123` or `user:7`), when the transaction commits.

    Only ids and short words travel: PostgreSQL limits a notification to 8,000 bytes, and the page fetches what its
    reader may see by itself.
    """
    message = json.dumps({"topic": topic, **payload}, ensure_ascii=False, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])
