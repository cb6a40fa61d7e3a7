"""A frozen month: what is in it, that nobody changes it, and its files with the list of evidence."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from hengwei.core.errors import Forbidden, Refused
from hengwei.governance.actions import binding, freezing, running, writing
from hengwei.governance.models import ExceptionRecord, Snapshot
from hengwei.governance.texts import parse
from hengwei.work.models import WorkItem
from tests.factories import acting, open_incident

from .conftest import NOW
from .lives import in_force, keys
from .test_reading import RUN_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def regulation(manager, boss, lead, requester, team, agent):
    """In force: a red clause with one exception of two, a clause that the lead attested, and one that nobody can tell."""
    version = writing.import_document(parse(RUN_ON), by=acting(manager), source=RUN_ON, at=NOW)
    found, regulation = keys(version), version.regulation
    binding.bind(regulation, found["第四条"], by=acting(manager), control="work.recorded_whole", params={"characters": 4}, span="week")
    row = binding.bind(regulation, found["第五条"], by=acting(manager), kind="attestation", attester=lead)
    binding.bind(regulation, found["第六条"], by=acting(manager), control="desk.score")
    in_force(version, manager, boss)
    binding.attest(row, by=acting(lead), kept=True, statement="抽查了十张工单", at=NOW)
    # Early in the month, so that it lies in the month and not in the week that runs.
    short = open_incident(requester=requester, at=NOW - timedelta(days=20), team=team, automatic=False)
    WorkItem.objects.filter(pk=short.pk).update(description="坏", owner=agent)
    open_incident(requester=requester, at=NOW - timedelta(minutes=20), team=team, automatic=False)
    running.run_all(NOW, hourly=False)
    return regulation


def rows(frozen):
    return {row["number"]: row for row in frozen.board["rows"]}


def test_it_holds_the_board_of_the_whole_month_with_its_evidence(regulation, manager, agent):
    frozen = freezing.freeze(regulation, by=acting(manager), at=NOW)
    found = rows(frozen)
    proof = found["第四条"]["proofs"][0]
    # Judged by weeks on the board, where this week is green; the month has its exception.
    assert regulation.bindings.get(control="work.recorded_whole").runs.latest("period_start").state == "green"
    assert (found["第四条"]["state"], proof["figure"], proof["exceptions"]) == ("red", "1/2", 1)
    assert proof["title"]["zh"] != proof["title"]["en"]
    assert "4" in proof["plain"]["en"]
    assert (found["第五条"]["state"], found["第五条"]["proofs"][0]["statement"]) == ("attested", "抽查了十张工单")
    assert found["第六条"]["state"] == "insufficient"
    assert found["第一条"]["text"].startswith("为规范技术支持工作")
    evidence = frozen.exceptions.get()
    assert (evidence.clause_key, evidence.control, evidence.person) == (found["第四条"]["key"], "work.recorded_whole", str(agent))
    assert evidence.why
    assert evidence.url


def test_it_never_changes(regulation, manager):
    frozen = freezing.freeze(regulation, by=acting(manager), at=NOW)
    WorkItem.objects.update(description="三楼打印机卡纸")
    assert rows(Snapshot.objects.get())["第四条"]["state"] == "red"
    with pytest.raises(Refused):
        freezing.freeze(regulation, by=acting(manager), at=NOW)
    for change in (
        lambda: Snapshot.objects.filter(pk=frozen.pk).update(sha256="0" * 64), lambda: Snapshot.objects.filter(pk=frozen.pk).delete(),
        lambda: frozen.exceptions.update(why=""), lambda: ExceptionRecord.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_its_checksum_is_that_of_its_words(regulation, manager):
    import hashlib
    import json

    frozen = Snapshot.objects.get(pk=freezing.freeze(regulation, by=acting(manager), at=NOW).pk)
    raw = json.dumps(frozen.board, ensure_ascii=False, sort_keys=True)
    assert hashlib.sha256(raw.encode()).hexdigest() == frozen.sha256


def test_last_month_is_frozen_by_itself_once_with_what_only_the_present_tells(regulation, manager, requester, team):
    binding.bind(regulation, keys(regulation.published())["第三条"], by=acting(manager), control="work.unowned", params={"minutes": 60})
    december = NOW + timedelta(days=6, hours=9, minutes=20)
    assert december.astimezone(running.zone()).day == 1
    assert freezing.freeze_last_month(december) == 1
    assert freezing.freeze_last_month(december) == 0
    assert freezing.freeze_last_month(NOW) == 0
    frozen = Snapshot.objects.get()
    assert frozen.period_start.astimezone(running.zone()).month == 11
    assert rows(frozen)["第三条"]["state"] == "red"
    assert frozen.exceptions.filter(control="work.unowned").count() == 1


def test_a_month_long_gone_keeps_what_was_last_run_of_it(regulation, manager):
    row = binding.bind(regulation, keys(regulation.published())["第三条"], by=acting(manager), control="work.unowned", params={"minutes": 10})
    kept = running.run(row, now=NOW)
    frozen = freezing.freeze(regulation, by=acting(manager), at=NOW + timedelta(days=20), back=1)
    proof = rows(frozen)["第三条"]["proofs"][0]
    assert (proof["state"], proof["as_of"]) == ("red", kept.as_of.isoformat())


def test_only_who_runs_controls_freezes_and_only_who_sees_evidence_reads_it(regulation, manager, agent, lead):
    with pytest.raises(Forbidden):
        freezing.freeze(regulation, by=acting(lead), at=NOW)
    frozen = freezing.freeze(regulation, by=acting(manager), at=NOW)
    client = Client()
    client.force_login(agent)
    assert client.get(reverse("governance:snapshot", args=[regulation.pk, frozen.pk])).status_code in (403, 404)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_pdf_and_workbook_say_the_same(regulation, manager, lead, agent, language):
    manager.language = language
    manager.save()
    frozen = freezing.freeze(regulation, by=acting(manager), at=NOW)
    item = WorkItem.objects.get(description="坏")
    client = Client()
    client.force_login(manager)
    page = client.get(reverse("governance:snapshot", args=[regulation.pk, frozen.pk])).content.decode()
    for said in (item.number, "1/2", str(agent), frozen.sha256):
        assert said in page

    answer = client.get(reverse("governance:snapshot_file", args=[regulation.pk, frozen.pk, "pdf"]))
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.content)).pages)
    for said in (item.number, "1/2", frozen.sha256[:16]):
        assert said in text

    answer = client.get(reverse("governance:snapshot_file", args=[regulation.pk, frozen.pk, "xlsx"]))
    about, clauses, evidence = load_workbook(io.BytesIO(answer.content)).worksheets
    assert {row[0].value: row[1].value for row in about.rows}["SHA-256"] == frozen.sha256
    lines = {row[0]: row for row in clauses.iter_rows(values_only=True)}
    assert lines["第四条"][5:8] == ("1/2", "100%", 1)
    assert lines["第五条"][10:12] == (str(lead), "抽查了十张工单")
    assert len(lines) == 1 + len(frozen.board["rows"])
    head, line = evidence.iter_rows(values_only=True)
    assert (line[0], line[1], line[4], line[6]) == ("第四条", "work.recorded_whole", str(agent), item.get_absolute_url())
    assert item.number in line[2]
    assert all(head)
    assert client.get(reverse("governance:snapshot_file", args=[regulation.pk, frozen.pk, "zip"])).status_code == 404
