"""The audit log: what stands on it, that nobody can touch it unseen, and how it leaves the database."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from hengwei.core import audit
from hengwei.core.acting import Actor
from hengwei.core.audit import archiving, chain
from hengwei.core.errors import Refused
from hengwei.core.models import AuditAnchor, AuditRecord
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_notes(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")


def some(count: int = 5) -> list[AuditRecord]:
    return [audit.record("export", by=Actor(via="web", address="192.0.2.1"), details={"rows": number}) for number in range(count)]


def past(sql: str) -> None:
    """What somebody does who owns the database: the guards are switched off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditrecord DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE core_auditrecord ENABLE TRIGGER USER")


def test_records_are_chained_when_they_commit():
    some(3)
    rows = list(AuditRecord.objects.order_by("position"))
    assert [row.position for row in rows] == [1, 2, 3]
    assert rows[1].previous == rows[0].hash != ""
    assert audit.verify().whole


def test_what_is_undone_leaves_no_record():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("export")
        raise ZeroDivisionError
    some(1)
    assert [row.position for row in AuditRecord.objects.all()] == [1]


def test_writers_at_once_make_one_chain():
    def write() -> None:
        try:
            for number in range(20):
                with transaction.atomic():
                    audit.record("export", details={"n": number})
                    audit.record("export", details={"n": -number})
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = audit.verify()
    assert (verdict.records, verdict.broken) == (160, [])


@pytest.mark.parametrize("statement", [
    "UPDATE core_auditrecord SET action = 'x'", "DELETE FROM core_auditrecord", "UPDATE core_auditrecord SET position = 99 WHERE position = 1",
])
def test_the_database_refuses_to_change_it(statement):
    some(2)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_changed_record_is_found():
    some()
    past("UPDATE core_auditrecord SET details = '{\"rows\": 7}' WHERE position = 3")
    assert [(b.what, b.position) for b in audit.verify().broken] == [("changed", 3)]


def test_a_removed_record_is_found():
    some()
    past("DELETE FROM core_auditrecord WHERE position = 3")
    assert ("missing", 3) in [(b.what, b.position) for b in audit.verify().broken]


def test_an_inserted_record_is_found():
    some()
    past("UPDATE core_auditrecord SET position = position + 100 WHERE position > 3")
    past("UPDATE core_auditrecord SET position = position - 99 WHERE position > 100")
    past("INSERT INTO core_auditrecord (position, at, action, via, actor_name, address, subject_model, subject_id, subject_name, details, previous, sealed, hash) "
         "SELECT 4, at, action, via, actor_name, address, subject_model, subject_id, subject_name, details, previous, sealed, hash FROM core_auditrecord WHERE position = 3")
    assert not audit.verify().whole


def test_an_end_that_was_cut_off_is_found_by_the_note_beside_the_database():
    some()
    chain.note_head()
    past("DELETE FROM core_auditrecord WHERE position > 3")
    assert [(b.what, b.position) for b in audit.verify().broken] == [("cut", 5)]


def test_an_exported_file_is_verified_without_the_database(tmp_path):
    some()
    with (tmp_path / "audit.jsonl").open("w") as file:
        assert archiving.write(AuditRecord.objects.all(), file) == 5
    assert audit.verify_file(tmp_path / "audit.jsonl").whole
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    forged = json.loads(lines[2])
    forged["details"] = {"rows": 7}
    (tmp_path / "forged.jsonl").write_text("\n".join([*lines[:2], json.dumps(forged), *lines[3:]]))
    assert [b.what for b in audit.verify_file(tmp_path / "forged.jsonl").broken] == ["changed"]


def test_six_months_stay_and_an_archive_keeps_the_chain(tmp_path):
    old = some(3)
    past(f"UPDATE core_auditrecord SET at = at - interval '200 days' WHERE id <= {old[-1].pk}")
    past("DELETE FROM core_auditrecord WHERE position IS NULL")
    some(2)
    with pytest.raises(Refused):
        archiving.archive(timezone.now() - timedelta(days=30), tmp_path / "a.jsonl")
    assert archiving.archive(timezone.now() - timedelta(days=190), tmp_path / "a.jsonl") == 3
    assert AuditAnchor.objects.get().position == 3
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 3
    verdict = audit.verify()
    assert (verdict.whole, verdict.first, verdict.last) == (True, 4, 6)


def test_sign_ins_stand_on_it(client):
    person = UserFactory(username="zhang")
    person.set_password("Gut-genug-9!")
    person.save()
    client.post("/account/login/", {"login": "zhang", "password": "wrong"})
    client.post("/account/login/", {"login": "zhang", "password": "Gut-genug-9!"})
    client.post("/account/logout/")
    rows = AuditRecord.objects.filter(action__startswith="sign").order_by("id")
    assert [(row.action, row.actor_name) for row in rows] == [("sign_in.failed", "zhang"), ("sign_in", person.name), ("sign_out", person.name)]
    assert rows[0].address == "127.0.0.1"
