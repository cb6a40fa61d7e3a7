"""Everything that the pages of regulations can do, over REST, by the same rules."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from hengwei.governance.models import Binding, CorrectiveAction, Regulation
from hengwei.governance.texts import parse, to_docx
from hengwei.org.models import Role
from hengwei.work.actions.approvals import decide
from hengwei.work.models import ApprovalVote, WorkItem
from tests.factories import UserFactory, acting, open_incident

from .test_reading import RUN_ON

pytestmark = pytest.mark.django_db


class Caller:
    """A person at the API."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)

    def __call__(self, method: str, path: str, body=None, *, status: int = 200, **query):
        address = f"/api/v1/regulations{path}"
        if method == "get":
            answer = self.client.get(address, query)
        else:
            answer = self.client.generic(method.upper(), f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}", json.dumps(body or {}), content_type="application/json")
        assert answer.status_code == status, answer.content.decode()
        return answer.json() if "json" in answer["Content-Type"] else answer


@pytest.fixture
def call(manager):
    return Caller(manager)


@pytest.fixture
def draft(call):
    """The id of a regulation with a draft, and its clauses by number."""
    made = call("post", "/import", {"text": RUN_ON, "code": "ZD-9"})
    return made["regulation"], {clause["number"]: clause["key"] for clause in made["clauses"]}


@pytest.fixture
def published(call, draft, boss, agent):
    """The same, in force, with a control on one clause and an attestation on another."""
    pk, keys = draft
    Regulation.objects.get(pk=pk).reader_roles.set(Role.objects.filter(key="agent"))
    call("post", f"/{pk}/bindings", {"clause": keys["第四条"], "control": "work.unowned", "params": {"minutes": 0}})
    call("post", f"/{pk}/bindings", {"clause": keys["第五条"], "kind": "attestation", "attest_days": 30, "question": "是否礼貌"})
    call("post", f"/{pk}/submit", {"approvers": [boss.pk], "note": "首次发布"})
    for vote in ApprovalVote.objects.filter(state="open", step__approval__state="open"):
        decide(vote, approve=True, by=acting(boss))
    call("post", f"/{pk}/publish")
    return pk, keys


def test_a_text_is_imported_pasted_and_as_a_file(call, draft, manager):
    pk, keys = draft
    assert len(keys) == 12
    for nothing in (" ", "没有条款的"):
        call("post", "/import", {"text": nothing}, status=422)
    call("post", "/import", {"text": RUN_ON, "regulation": pk}, status=422)
    upload = SimpleUploadedFile("a.docx", to_docx(parse(RUN_ON)))
    answer = call.client.post("/api/v1/regulations/import/file", {"file": upload, "code": "ZD-10"})
    assert answer.status_code == 200, answer.content
    assert [clause["number"] for clause in answer.json()["clauses"]] == list(keys)
    broken = call.client.post("/api/v1/regulations/import/file", {"file": SimpleUploadedFile("a.docx", b"no"), "code": ""})
    assert (broken.status_code, broken.json()["code"]) == (422, "unreadable")


def test_facts_are_read_and_changed_in_both_languages(call, draft, manager):
    pk, _keys = draft
    call("patch", f"/{pk}", {"purpose": "规范工作", "purpose_en": "To order the work", "review_months": 6})
    assert call("get", f"/{pk}")["values"]["review_months"] == 6
    regulation = Regulation.objects.get(pk=pk)
    assert (regulation.purpose, regulation.purpose_en) == ("规范工作", "To order the work")
    assert [row["id"] for row in call("get", "", owner=manager.pk)["items"]] == [pk]
    assert call("get", "", state="in_force")["items"] == []


def test_the_tree_of_a_draft_is_corrected(call, draft):
    pk, keys = draft

    def deed(**body):
        return [clause["number"] for clause in call("post", f"/{pk}/draft/clauses", body)["clauses"]]

    assert deed(do="move", key=keys["第六条"], parent=keys["第一章"], after=keys["第一条"])[:3] == ["第一章", "第一条", "第六条"]
    assert deed(do="split", key=keys["第一条"], at=3).count("") == 1
    call("post", f"/{pk}/draft/clauses", {"do": "change", "key": keys["第一条"], "facts": {"text_en": "Purpose."}})
    assert next(c for c in call("get", f"/{pk}/draft")["clauses"] if c["number"] == "第一条")["text_en"] == "Purpose."
    assert "第九条" in deed(do="add", after=keys["第四条"], facts={"number": "第九条", "text": "新的一条"})
    assert "（一）" not in deed(do="remove", key=keys["第三条"])
    assert deed(do="renumber")[-1] == "第六条"
    call("post", f"/{pk}/draft/clauses", {"do": "dance"}, status=422)
    call("post", f"/{pk}/draft/clauses", {"do": "remove", "key": "nothing"}, status=404)


def test_suggestions_trial_bindings_and_coverage(call, draft, lead, team):
    pk, keys = draft
    suggested = {line["number"]: line["controls"] for line in call("get", f"/{pk}/suggestions")}
    assert suggested["第四条"][0]["control"] == "work.first_response"
    assert call("get", f"/{pk}/clauses/{keys['第四条']}/trial", control="work.recorded")["state"] == "insufficient"
    call("get", f"/{pk}/clauses/{keys['第四条']}/trial", control="work.nothing", status=422)
    made = call("post", f"/{pk}/bindings", {"clause": keys["第四条"], "control": "work.confirmed", "params": {"minutes": 15}, "corrector": lead.pk, "team": team.pk})
    assert made["owner"]["id"] == lead.pk
    assert made["team"] == str(team)
    changed = call("patch", f"/{pk}/bindings/{made['binding']}", {"threshold": 90, "params": {"minutes": 20}, "hourly": False})
    assert (changed["threshold"], changed["params"], changed["hourly"], changed["owner"]["id"]) == (90, {"minutes": 20}, False, lead.pk)
    call("patch", f"/{pk}/bindings/{made['binding']}", {"params": {"minutes": 0}}, status=422)
    call("post", f"/{pk}/bindings", {"clause": keys["第四条"], "control": "work.confirmed"}, status=422)
    call("post", f"/{pk}/bindings", {"clause": keys["第四条"], "kind": "prayer"}, status=422)
    call("post", f"/{pk}/bindings", {"clause": "nothing", "control": "work.confirmed"}, status=404)
    assert call("post", f"/{pk}/suggestions", sort=True)["control"] >= 1
    listed = call("get", f"/{pk}/bindings")
    assert {row["kind"] for row in listed} >= {"control", "explanation"}
    call("delete", f"/{pk}/bindings/{made['binding']}")
    assert len(call("get", f"/{pk}/bindings")) == len(listed) - 1
    assert {"key", "title", "explanation", "params", "proves"} <= set(call("get", "/controls")[0])
    assert {"A1", "B2", "C4"} <= {row["id"] for row in call("get", "/coverage")}


def test_a_draft_is_approved_put_in_force_taken_back_and_scheduled(call, draft, boss, manager):
    pk, _keys = draft
    call("post", f"/{pk}/publish", status=422)
    call("post", f"/{pk}/submit", {"approvers": [manager.pk]}, status=422)
    assert call("post", f"/{pk}/submit", {"approvers": [boss.pk]})["item"].startswith("REV-")
    assert call("post", f"/{pk}/take-back")["state"] == "draft"
    call("post", f"/{pk}/submit", {"approvers": [boss.pk]})
    for vote in ApprovalVote.objects.filter(state="open", step__approval__state="open"):
        decide(vote, approve=True, by=acting(boss))
    day = (timezone.now() + timedelta(days=3)).isoformat()
    assert call("post", f"/{pk}/publish", {"effective_from": day})["state"] == "approval"
    assert call("post", f"/{pk}/publish")["state"] == "published"
    call("post", f"/{pk}/draft")
    versions = call("get", f"/{pk}/versions")
    assert [(one["version"], one["state"]) for one in versions] == [(2, "draft"), (1, "published")]
    assert call("get", f"/{pk}/versions/1")["clauses"]


def test_versions_are_compared_clause_by_clause(call, published):
    pk, keys = published
    call("post", f"/{pk}/draft")
    call("post", f"/{pk}/draft/clauses", {"do": "change", "key": keys["第四条"], "facts": {"text": "工程师应当在20分钟内响应。"}})
    rows = {row["number"]: row for row in call("get", f"/{pk}/compare", before=1, after=2)}
    assert rows["第四条"]["what"] == "changed"
    assert {kind for kind, _words in rows["第四条"]["parts"]} >= {"gone", "new", "same"}
    assert rows["第一条"]["what"] == "same"
    call("get", f"/{pk}/compare", before=1, after=9, status=404)


def test_readers_acknowledge_and_their_keeper_sees_who_has_not(call, published, agent):
    pk, _keys = published
    reader = Caller(agent)
    assert reader("get", "/readings")[0]["at"] is None
    assert reader("post", f"/{pk}/acknowledge")["at"]
    assert reader("get", "/readings")[0]["at"]
    other = UserFactory(role="agent")
    Regulation.objects.get(pk=pk).published().acknowledgements.create(user=other, due_at=timezone.now())
    assert {one["person"]["id"]: bool(one["at"]) for one in call("get", f"/{pk}/acknowledgements")} == {agent.pk: True, other.pk: False}
    assert [one["person"]["id"] for one in reader("get", f"/{pk}/acknowledgements")] == [agent.pk]


def test_the_board_now_and_as_of_filtered(call, published, requester, team, agent, manager):
    pk, _keys = published
    now = timezone.now()
    item = open_incident(requester=requester, at=now - timedelta(days=3), team=team, automatic=False)
    assert call("post", f"/{pk}/run")["ran"] == 1
    found = {row["number"]: row for row in call("get", f"/{pk}/board")["clauses"]}
    clause = found["第四条"]
    proof = clause["proofs"][0]
    assert (clause["state"], clause["tone"], clause["exceptions"], proof["figure"]) == ("red", "bad", 1, "0/1")
    assert proof["trend"][-1]["share"] == 0
    assert found["第五条"]["state"] == "due"
    assert [row["number"] for row in call("get", f"/{pk}/board", state="red")["clauses"]] == ["第二章", "第四条"]
    assert call("get", f"/{pk}/board", owner=agent.pk)["clauses"] == []
    assert call("get", f"/{pk}/board", owner=manager.pk, state="due")["clauses"][-1]["number"] == "第五条"
    assert call("get", f"/{pk}/board", person=agent.pk)["clauses"] == []
    past = call("get", f"/{pk}/board", as_of=(now - timedelta(days=9)).isoformat())
    assert {row["number"]: row["state"] for row in past["clauses"]}["第四条"] == "insufficient"
    Caller(requester)("get", f"/{pk}/board", status=403)
    row = Binding.objects.get(control="work.unowned")
    assert [one["key"] for one in call("get", f"/{pk}/bindings/{row.pk}/exceptions")] == [f"item:{item.pk}"]
    assert call("get", f"/{pk}/bindings/{row.pk}/exceptions", offset=1) == []
    assert Caller(agent)("get", f"/{pk}/bindings/{row.pk}/exceptions") == []


def test_corrective_actions_are_opened_listed_and_close_when_green(call, published, requester, team, agent):
    pk, _keys = published
    item = open_incident(requester=requester, at=timezone.now() - timedelta(days=3), team=team, automatic=False)
    row = Binding.objects.get(control="work.unowned")
    Caller(agent)("post", f"/{pk}/bindings/{row.pk}/correct", status=403)
    number = call("post", f"/{pk}/bindings/{row.pk}/correct")["item"]
    listed = call("get", f"/{pk}/corrective")
    assert [(one["number"], one["phase"]) for one in listed] == [(number, "new")]
    WorkItem.objects.filter(pk=item.pk).update(owner=agent)
    call("post", f"/{pk}/run")
    from hengwei.governance.actions.correcting import follow_all

    follow_all(timezone.now())
    assert CorrectiveAction.objects.get().phase == "closed"
    assert call("get", f"/{pk}/corrective")[0]["closed_at"]


def test_attestations_are_given_and_listed(call, published, agent, manager):
    pk, _keys = published
    row = Binding.objects.get(kind="attestation")
    Caller(agent)("post", f"/{pk}/bindings/{row.pk}/attest", {"kept": True, "statement": "好"}, status=403)
    call("post", f"/{pk}/bindings/{row.pk}/attest", {"kept": True, "statement": " "}, status=422)
    assert call("post", f"/{pk}/bindings/{row.pk}/attest", {"kept": False, "statement": "没有解释"})["valid_until"]
    assert [(word["kept"], word["by"]["id"]) for word in call("get", f"/{pk}/bindings/{row.pk}/attestations")] == [(False, manager.pk)]
    states = {clause["number"]: clause["state"] for clause in call("get", f"/{pk}/board")["clauses"]}
    assert states["第五条"] == "red"


def test_a_month_is_frozen_listed_and_exported(call, published, requester, team, agent):
    pk, _keys = published
    open_incident(requester=requester, at=timezone.now() - timedelta(minutes=50), team=team, automatic=False)
    Caller(agent)("post", f"/{pk}/freeze", status=403)
    made = call("post", f"/{pk}/freeze")
    call("post", f"/{pk}/freeze", status=422)
    assert [one["snapshot"] for one in call("get", f"/{pk}/months")] == [made["snapshot"]]
    month = call("get", f"/{pk}/months/{made['snapshot']}")
    assert month["sha256"] == made["sha256"]
    assert {row["number"] for row in month["board"]["rows"]} >= {"第四条"}
    assert call("get", f"/{pk}/months/{made['snapshot']}/pdf").content.startswith(b"%PDF")
    book = load_workbook(io.BytesIO(call("get", f"/{pk}/months/{made['snapshot']}/xlsx").content))
    assert len(book.worksheets) == 3
    call("get", f"/{pk}/months/{made['snapshot']}/zip", status=404)
    Caller(agent)("get", f"/{pk}/months", status=403)


def test_the_text_is_offered_as_files(call, published):
    pk, _keys = published
    assert call("get", f"/{pk}/text/docx").content[:2] == b"PK"
    assert call("get", f"/{pk}/text/pdf").content.startswith(b"%PDF")
    assert "第四条" in call("get", f"/{pk}/text/md").content.decode()
    call("get", f"/{pk}/text/exe", status=404)


def test_built_in_regulations_are_listed_in_both_languages_and_adopted_once(call, team, lead):
    packs = {pack["key"]: pack for pack in call("get", "/packs")}
    assert set(packs) == {"service-desk", "agreements", "knowledge"}
    for pack in packs.values():
        for name in ("name", "purpose", "scope", "body", "definitions", "legal_basis"):
            assert pack[name]
            assert pack[f"{name}_en"]
        assert all(clause["text"] and clause["text_en"] for clause in pack["clauses"])
    made = call("post", "/adopt/knowledge", {"body": team.pk, "attester": lead.pk})
    assert Regulation.objects.get(pk=made["regulation"]).body == team
    call("post", "/adopt/knowledge", status=422)
    call("post", "/adopt/agreements", {"body": 0}, status=422)
    call("post", "/adopt/nothing", status=404)
    assert {pack["key"]: pack["adopted"] for pack in call("get", "/packs")}["knowledge"] == made["regulation"]


def test_nobody_without_the_right_writes(published, agent, requester):
    pk, keys = published
    for user in (agent, requester):
        caller = Caller(user)
        for path, body in (
            ("/import", {"text": RUN_ON}), ("/adopt/knowledge", {}), (f"/{pk}/draft", {}), (f"/{pk}/suggestions", {}),
            (f"/{pk}/bindings", {"clause": keys["第四条"], "control": "work.recorded"}), (f"/{pk}/run", {}),
        ):
            answer = caller.client.post(f"/api/v1/regulations{path}", json.dumps(body), content_type="application/json")
            assert answer.status_code in (403, 404), (path, answer.content)
    assert Regulation.objects.count() == 1
