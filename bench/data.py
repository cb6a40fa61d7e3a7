"""A database of any size: a small sample company, made by the real actions, multiplied in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from hengwei.knowledge.models import Article

#: Entries that each copy of an item keeps.
ENTRIES = 3
AGENTS, CONTACTS = 200, 10_000


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def one(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position", [table])
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, copies: str, other: Mapping[str, str], source: str = "") -> None:
    """Insert `copies` (a range `a, b`) of each row of `source`, with `other` columns computed; `g` is the copy's number."""
    columns = [c for c in _columns(table) if other.get(c) != "DEFAULT"]
    values = ", ".join(other.get(c, f"t.{c}") for c in columns)
    run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM ({source or f'SELECT * FROM {table}'}) t CROSS JOIN generate_series({copies}) g")


def people() -> None:
    """Agents and contacts up to the number that the figures are told for."""
    have = one("SELECT count(*) FROM org_user WHERE is_agent")
    agent = one("SELECT min(user_id) FROM org_membership")
    extra = {"id": "DEFAULT", "username": "'bench' || g", "name": "'王' || g", "email": "'bench' || g || '@bench.example'", "employee_no": "''"}
    _copy("org_user", f"1, {AGENTS - have}", extra, f"SELECT * FROM org_user WHERE id = {agent}")
    run("INSERT INTO org_user_roles (user_id, role_id) SELECT u.id, r.role_id FROM org_user u, org_user_roles r WHERE u.username LIKE 'bench%%' AND r.user_id = %s", agent)
    have = one("SELECT count(*) FROM org_user WHERE NOT is_agent")
    contact = one("SELECT min(id) FROM org_user WHERE NOT is_agent")
    extra |= {"username": "'contact' || g", "email": "'contact' || g || '@bench.example'", "name": "'李' || g"}
    _copy("org_user", f"1, {CONTACTS - have}", extra, f"SELECT * FROM org_user WHERE id = {contact}")


def publish_many(titles: Iterable[str]) -> list[Article]:
    """Published articles of these titles with a body that they share, and what suggestions find them by."""
    from hengwei.knowledge.models import Article, ArticleVersion, Audience, Posting, State, Status
    from hengwei.knowledge.suggesting import postings_of

    now = timezone.now()
    rows = Article.objects.bulk_create(
        [Article(number=f"KB-2020-{n:06d}", title=title, audience=Audience.EVERYONE, state=State.DRAFT, created_at=now, updated_at=now) for n, title in enumerate(titles)], batch_size=2000)
    versions = ArticleVersion.objects.bulk_create(
        [ArticleVersion(article=a, number=1, status=Status.PUBLISHED, title=a.title, body="检查电源和线缆，重启后再试。", created_at=now, updated_at=now, published_at=now) for a in rows], batch_size=2000)
    for article, version in zip(rows, versions, strict=True):
        article.published, article.state = version, State.PUBLISHED
    Article.objects.bulk_update(rows, ["published", "state"], batch_size=2000)
    Posting.objects.bulk_create((Posting(article=a, term=t, weight=w) for a, v in zip(rows, versions, strict=True) for t, w in postings_of(a, v).items()), batch_size=5000)
    run("ANALYZE knowledge_posting")
    run("ANALYZE knowledge_article")
    return rows


def multiply(to: int) -> None:
    """Grow the items to about `to`, each with entries, clocks, kind's row and search entry; half Chinese, half with an English title."""
    templates = "SELECT * FROM work_workitem WHERE id <= (SELECT max(id) FROM bench_templates)"
    run("CREATE TABLE IF NOT EXISTS bench_templates AS SELECT id FROM work_workitem")
    count, stride = one("SELECT count(*) FROM bench_templates"), one("SELECT max(id) + 1 FROM bench_templates")
    have = one("SELECT max(id) FROM work_workitem") // stride
    need = max(0, to // count - 1)
    if need <= have:
        return
    copies = f"{have + 1}, {need}"
    # The copies are consistent by construction; checking each row's references would only cost time.
    run("SET session_replication_role = replica")
    old = "- make_interval(mins => g * 7)"
    shifted = {c: f"t.{c} {old}" for c in ("received_at", "created_at", "updated_at", "last_entry_at", "last_public_at", "closed_at", "resolved_at", "responded_at", "assigned_at")}
    # Of the open ones nine in ten become closed: a desk of 200 has thousands open, not tens of thousands.
    closed = "t.phase <> 'closed' AND g %% 10 <> 0"
    _copy("work_workitem", copies, {
        **shifted, "id": f"t.id + g::bigint * {stride}", "number": "split_part(t.number, '-', 1) || '-2020-' || lpad((t.id * 100000 + g)::text, 9, '0')",
        "title": "CASE WHEN g %% 2 = 0 THEN t.title ELSE 'Ticket ' || g || ' ' || t.title END", "parent_id": "NULL", "merged_into_id": "NULL",
        "phase": f"CASE WHEN {closed} THEN 'closed' ELSE t.phase END", "state": f"CASE WHEN {closed} THEN 'closed' ELSE t.state END",
        "owner_id": "CASE WHEN t.owner_id IS NULL THEN NULL ELSE (SELECT min(id) FROM org_user WHERE username LIKE 'bench%%') + g %% 150 END",
        "requester_id": "(SELECT min(id) FROM org_user WHERE username LIKE 'contact%%') + (t.id * 31 + g) %% 9000",
        "closed_at": f"CASE WHEN {closed} THEN coalesce(t.closed_at, t.updated_at) {old} ELSE t.closed_at {old} END", "closure": f"CASE WHEN {closed} AND t.closure = '' THEN 'solved' ELSE t.closure END",
        "resolved_at": f"CASE WHEN {closed} THEN coalesce(t.resolved_at, t.updated_at) {old} ELSE t.resolved_at {old} END", "waiting_for": f"CASE WHEN {closed} THEN '' ELSE t.waiting_for END",
        "waiting_until": "NULL", "next_due_at": f"CASE WHEN {closed} THEN '9999-12-31'::timestamptz ELSE t.next_due_at + make_interval(mins => g %% 5000) END",
    }, templates)
    for table in ("desk_incident", "desk_servicerequest", "desk_problem", "desk_change", "desk_complaint", "desk_suggestion"):
        if one("SELECT to_regclass(%s)", table):
            _copy(table, copies, {"workitem_ptr_id": f"t.workitem_ptr_id + g::bigint * {stride}"}, f"SELECT * FROM {table} WHERE workitem_ptr_id < {stride}")
    _copy("work_entry", copies, {"id": "DEFAULT", "item_id": f"t.item_id + g::bigint * {stride}", "happened_at": f"t.happened_at {old}"},
          f"SELECT e.* FROM (SELECT *, row_number() OVER (PARTITION BY item_id ORDER BY id) AS nth FROM work_entry WHERE item_id < {stride}) e WHERE nth <= {ENTRIES}".replace("e.*", ", ".join(f"e.{c}" for c in _columns("work_entry"))))
    _copy("work_clock", copies, {"id": "DEFAULT", "item_id": f"t.item_id + g::bigint * {stride}", "next_step_at": "t.next_step_at + make_interval(years => 1)"}, f"SELECT * FROM work_clock WHERE item_id < {stride}")
    _copy("core_searchentry", copies, {
        "id": "DEFAULT", "object_id": f"t.object_id + g::bigint * {stride}",
        # One rare word in a thousand copies, to have something to look for.
        **{name: f"CASE WHEN g %% 1000 = 7 THEN t.{name} || to_tsvector('simple', 'zephyr') ELSE t.{name} END" for name in ("public_vector", "internal_vector")},
    }, f"SELECT * FROM core_searchentry WHERE kind = 'item' AND object_id < {stride}")
    run("SET session_replication_role = DEFAULT")
    for table in ("work_workitem", "work_entry", "work_clock", "core_searchentry", "org_user"):
        run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    connection.commit() if not connection.get_autocommit() else None
    run("VACUUM ANALYZE")
