"""History, audit log, timers and tasks as people see them, and over REST."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from hengwei.core import audit, tasks
from hengwei.core.acting import acting_as
from hengwei.core.models import AuditRecord, Pulse, Task
from hengwei.org.tokens import create_token
from tests.core.test_tasks import count
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rest(user) -> Client:
    _token, secret = create_token(user, name="t", scopes=["read", "write"])
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_the_history_of_a_record_names_person_and_values(customer, lead):
    start = timezone.now()
    with acting_as(acting(lead)):
        customer.phone = "0571-1234567"
        customer.save()
    page = signed_in(lead).get(f"/history/org.customer/{customer.pk}").content.decode()
    assert "陈组长" in page
    assert "0571-1234567" in page
    found = rest(lead).get(f"/api/v1/history/org.customer/{customer.pk}").json()
    assert found["items"][0]["changes"] == {"phone": ["", "0571-1234567"]}
    before = rest(lead).get(f"/api/v1/history/org.customer/{customer.pk}/as-of", {"at": start.isoformat()}).json()
    assert before["values"]["phone"] == ""


def test_history_is_for_those_who_may(customer, agent, requester):
    for person in (agent, requester):
        assert signed_in(person).get(f"/history/org.customer/{customer.pk}").status_code == 404
    for path in ("/history/org.nothing/1", "/history/x/1", "/history/core.storedfile/1", "/history/org.customer/x"):
        assert signed_in(UserFactory(role="manager")).get(path).status_code == 404


def test_the_audit_log_is_read_narrowed_and_verified(department):
    auditor = UserFactory(role="auditor")
    audit.record("export", by=acting(auditor, "web"), details={"what": "queue"})
    client = signed_in(auditor)
    page = client.get("/audit?action=export").content.decode()
    assert "queue" in page
    assert signed_in(UserFactory(role="system_admin")).get("/audit").status_code == 404
    assert client.get(f"/audit/{AuditRecord.objects.latest('id').pk}").status_code == 200
    assert client.post("/audit/verify").status_code == 302
    assert b"audit.jsonl" in client.get("/audit/chain")["Content-Disposition"].encode()
    assert set(rest(auditor).get("/api/v1/audit-verification").json()) == {"whole", "records", "head", "broken"}
    assert rest(auditor).get("/api/v1/audit").json()["items"]


def test_a_list_that_leaves_the_house_is_on_the_log(department):
    auditor = UserFactory(role="auditor")
    signed_in(auditor).get("/audit/export.csv")
    assert AuditRecord.objects.filter(action="export", actor=auditor).exists()


def test_timers_and_queues_are_seen_by_who_operates(department, agent):
    admin = UserFactory(role="system_admin")
    Pulse.objects.create(name="work.sweep_clocks", known_since="2026-11-01T00:00:00Z", planned_at="2026-11-01T00:00:00Z", started_at="2026-11-01T00:00:00Z")
    page = signed_in(admin).get("/timers").content.decode()
    assert "work.sweep_clocks" in page
    assert "已停" in page
    assert signed_in(agent).get("/timers").status_code == 404
    told = {timer["name"]: timer["stopped"] for timer in rest(admin).get("/api/v1/timers").json()["timers"]}
    assert told["work.sweep_clocks"] is True


def test_ones_own_tasks_are_found_again_and_cancelled(agent, lead):
    row = tasks.start(count, by=acting(agent), about="节假日更正", to=10)
    page = signed_in(agent).get("/tasks").content.decode()
    assert "节假日更正" in page
    assert signed_in(lead).get(f"/tasks/{row.pk}").status_code == 404
    assert signed_in(agent).get("/tasks/count").status_code == 200
    assert rest(agent).post(f"/api/v1/tasks/{row.pk}/do/cancel", content_type="application/json").status_code == 200
    row.refresh_from_db()
    assert row.state == Task.State.CANCELLED
