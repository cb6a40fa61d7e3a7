"""Regulations over REST: the same actions as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from hengwei.core import controls
from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound, Refused
from hengwei.core.rest import actor_of
from hengwei.governance import board as boards
from hengwei.governance import coverage as requirement_coverage
from hengwei.governance import permissions as perms
from hengwei.governance.actions import binding as bind_actions
from hengwei.governance.actions import freezing, life, packing, running, writing
from hengwei.governance.models import Binding, Regulation, RegulationVersion
from hengwei.governance.texts import parse
from hengwei.org.models import User

from .pages.kept import RegulationPages
from .pages.reading import compared

router = Router(tags=["regulations"])


class TextIn(Schema):
    """A text as pasted: run-on, in lines, or Markdown."""

    text: str
    name: str = ""
    code: str = ""
    regulation: int | None = Field(None, description="Make it the next version of this regulation.")


class ClauseIn(Schema):
    """A correction of a draft's tree; `do` is move, split, merge, change, add, remove or renumber."""

    do: str
    key: str = ""
    parent: str = ""
    after: str = ""
    at: int = 0
    facts: dict[str, str] = {}


class BindingIn(Schema):
    """What proves a clause."""

    clause: str
    kind: str = "control"
    control: str = ""
    params: dict[str, Any] = {}
    threshold: int = 100
    span: str = "month"
    correct: str = "never"
    grace_hours: int = 24
    attester: int | None = None
    attest_days: int = 90
    question: str = ""


class SubmitIn(Schema):
    """Who is to approve."""

    approvers: list[int]
    note: str = ""


class PublishIn(Schema):
    """From when it holds; at once when it is not said."""

    effective_from: datetime | None = None


class AttestIn(Schema):
    """A person's word."""

    kept: bool
    statement: str


def _find(request: HttpRequest, pk: int) -> Regulation:
    row = Regulation.objects.visible_to(signed_in(request)).filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such regulation.", code="not_found")
    return row


def _draft(request: HttpRequest, pk: int) -> RegulationVersion:
    version = _find(request, pk).draft()
    if version is None:
        raise Refused("There is no draft of this regulation.", code="no_draft")
    return version


def _version_out(version: RegulationVersion) -> dict[str, Any]:
    return {"regulation": version.regulation_id, "version": version.number, "state": version.state, "effective_from": version.effective_from, "approved_at": version.approved_at,
            "clauses": [{"key": c.key, "parent": c.parent.key if c.parent else None, "kind": c.kind, "number": c.number, "title": c.title, "text": c.text, "requirements": c.requirements} for c in version.tree()]}


def _proof_out(proof: boards.Proof) -> dict[str, Any]:
    run = proof.run
    return {
        "binding": proof.binding.pk, "kind": proof.binding.kind, "control": proof.binding.control, "title": proof.title, "plain": proof.plain, "params": proof.binding.params,
        "threshold": proof.binding.threshold, "span": proof.binding.span, "state": proof.state, "population": run.population if run else None, "compliant": run.compliant if run else None,
        "as_of": run.as_of if run else None, "message": run.message if run else "", "attested_by": str(proof.attestation.by) if proof.attestation else None,
        "attested_at": proof.attestation.at if proof.attestation else None, "trend": [{"from": r.period_start, "share": r.share} for r in proof.trend],
    }


@router.get("/regulations/controls", summary="Every control that can be bound")
def list_controls(request: HttpRequest) -> Any:
    actor_of(request).require(perms.VIEW)
    return [
        {"key": c.key, "title": str(c.title), "explanation": c.plain({}), "proves": list(c.proves), "tells_past": c.tells_past,
         "params": [{"name": p.name, "label": str(p.label), "kind": p.kind, "default": p.default, "unit": str(p.unit), "minimum": p.minimum, "maximum": p.maximum} for p in c.params]}
        for c in controls.every()
    ]


@router.get("/regulations/coverage", summary="Requirement, clause, control, state")
def coverage(request: HttpRequest) -> Any:
    actor_of(request).require(perms.VIEW)
    return [
        {"id": row["id"], "state": row["state"], "controls": [c.key for c in row["controls"]],
         "clauses": [{"regulation": reg.pk, "key": line.clause.key, "number": line.clause.number, "state": line.state} for line, reg in row["clauses"]]}
        for row in requirement_coverage.rows(signed_in(request))
    ]


@router.post("/regulations/import", summary="A draft from a text")
def import_text(request: HttpRequest, body: TextIn) -> Any:
    document = parse(body.text)
    if body.name:
        document.title = body.name
    regulation = _find(request, body.regulation) if body.regulation else None
    return _version_out(writing.import_document(document, by=actor_of(request), source=body.text, regulation=regulation, code=body.code))


@router.post("/regulations/adopt/{pack}", summary="Adopt a built-in regulation")
def adopt(request: HttpRequest, pack: str) -> Any:
    return _version_out(packing.adopt(pack, by=actor_of(request)))


@router.get("/regulations/{pk}/draft", summary="The text that is being written")
def draft(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.MANAGE)
    return _version_out(_draft(request, pk))


@router.post("/regulations/{pk}/draft", summary="Begin the next version")
def begin(request: HttpRequest, pk: int) -> Any:
    return _version_out(writing.start_draft(_find(request, pk), by=actor_of(request)))


@router.post("/regulations/{pk}/draft/clauses", summary="Correct the tree of a draft")
def correct_tree(request: HttpRequest, pk: int, body: ClauseIn) -> Any:
    version, by = _draft(request, pk), actor_of(request)
    allowed = {name: value for name, value in body.facts.items() if name in ("kind", "number", "title", "title_en", "text", "text_en")}
    deeds: dict[str, Any] = {
        "move": lambda: writing.move_clause(version, body.key, by=by, parent=body.parent, after=body.after),
        "split": lambda: writing.split_clause(version, body.key, by=by, at=body.at), "merge": lambda: writing.merge_clause(version, body.key, by=by),
        "change": lambda: writing.change_clause(version, body.key, by=by, **allowed), "remove": lambda: writing.remove_clause(version, body.key, by=by),
        "renumber": lambda: writing.renumber(version, by=by),
        "add": lambda: writing.add_clause(version, by=by, kind=allowed.get("kind", "article"), after=body.after, number=allowed.get("number", ""), title=allowed.get("title", ""), text=allowed.get("text", "")),
    }
    if body.do not in deeds:
        raise Refused("The tree is corrected by move, split, merge, change, add, remove, renumber.", code="invalid", field="do")
    deeds[body.do]()
    return _version_out(version)


@router.post("/regulations/{pk}/bindings", summary="Bind a clause to what proves it")
def bind(request: HttpRequest, pk: int, body: BindingIn) -> Any:
    facts: dict[str, Any] = {"threshold": body.threshold, "span": body.span, "correct": body.correct, "grace_hours": body.grace_hours}
    if body.kind == Binding.Kind.ATTESTATION:
        facts = {"attest_days": body.attest_days, "question": body.question, "attester": User.objects.filter(pk=body.attester).first()}
    row = bind_actions.bind(_find(request, pk), body.clause, by=actor_of(request), kind=body.kind, control=body.control, params=body.params, **facts)
    return {"binding": row.pk}


@router.delete("/regulations/{pk}/bindings/{binding}", summary="Take a proof off")
def unbind(request: HttpRequest, pk: int, binding: int) -> Any:
    bind_actions.unbind(get_object_or_404(_find(request, pk).bindings, pk=binding), by=actor_of(request))
    return {"binding": binding}


@router.post("/regulations/{pk}/suggestions", summary="Accept the best suggestion for every clause")
def accept(request: HttpRequest, pk: int, sort: bool = False) -> Any:
    regulation = _find(request, pk)
    version = regulation.draft() or regulation.published()
    if version is None:
        raise Refused("This regulation has no text yet.", code="empty")
    return bind_actions.accept_best(version, by=actor_of(request), rest="sort" if sort else "")


@router.post("/regulations/{pk}/submit", summary="Put the draft to its approvers")
def submit(request: HttpRequest, pk: int, body: SubmitIn) -> Any:
    item = life.submit(_draft(request, pk), approvers=list(User.objects.filter(pk__in=body.approvers)), note=body.note, by=actor_of(request))
    return {"item": item.number}


@router.post("/regulations/{pk}/publish", summary="Put the approved version in force")
def publish(request: HttpRequest, pk: int, body: PublishIn) -> Any:
    return _version_out(life.publish(_draft(request, pk), by=actor_of(request), effective_from=body.effective_from))


@router.post("/regulations/{pk}/acknowledge", summary="I have read it")
def acknowledge(request: HttpRequest, pk: int) -> Any:
    version = _find(request, pk).published()
    if version is None:
        raise Refused("This regulation is not in force.", code="not_in_force")
    return {"at": life.acknowledge(version, by=actor_of(request)).at}


@router.get("/regulations/{pk}/board", summary="Clause by clause, with state and figures")
def board(request: HttpRequest, pk: int, as_of: datetime | None = None) -> Any:
    actor_of(request).require(perms.VIEW)
    regulation = _find(request, pk)
    version = regulation.published() or (regulation.draft() if signed_in(request).may(perms.MANAGE) else None)
    if version is None:
        raise Refused("This regulation is not in force.", code="not_in_force")
    now = timezone.now()
    past = as_of is not None and as_of < now
    runs = running.as_of(running.live_bindings(regulation, version), as_of, now=now) if past and as_of else None
    found = boards.build(version, now=as_of if past and as_of else now, runs=runs)
    return {
        "version": version.number, "coverage": [{**part, "label": str(part["label"])} for part in found.coverage], "totals": dict(found.totals),
        "clauses": [{"key": r.clause.key, "number": r.clause.number, "text": r.clause.shown_title or r.clause.shown_text, "state": r.state, "proofs": [_proof_out(p) for p in r.proofs]} for r in found.rows],
    }


@router.get("/regulations/{pk}/bindings/{binding}/exceptions", summary="The records that do not comply")
def exceptions(request: HttpRequest, pk: int, binding: int, offset: int = 0, limit: int = 50, as_of: datetime | None = None) -> Any:
    by = actor_of(request)
    by.require(perms.VIEW)
    row = get_object_or_404(_find(request, pk).bindings.filter(kind=Binding.Kind.CONTROL), pk=binding)
    own = None if by.may(perms.EVIDENCE) else signed_in(request).pk
    found = running.exceptions_of(row, now=timezone.now(), offset=max(0, offset), limit=max(1, min(limit, 200)), as_of=as_of, person=own)
    return [{"key": r.key, "record": r.record, "url": r.url, "why": r.why, "person": r.person, "at": r.at} for r in found]


@router.post("/regulations/{pk}/bindings/{binding}/attest", summary="Say that a clause is kept, or is not")
def attest(request: HttpRequest, pk: int, binding: int, body: AttestIn) -> Any:
    row = bind_actions.attest(get_object_or_404(_find(request, pk).bindings, pk=binding), by=actor_of(request), kept=body.kept, statement=body.statement)
    return {"valid_until": row.valid_until}


@router.post("/regulations/{pk}/run", summary="Run its controls now")
def run(request: HttpRequest, pk: int) -> Any:
    return {"ran": running.run_now(_find(request, pk), by=actor_of(request))}


@router.post("/regulations/{pk}/freeze", summary="Freeze the month")
def freeze(request: HttpRequest, pk: int, last_month: bool = False) -> Any:
    frozen = freezing.freeze(_find(request, pk), by=actor_of(request), back=1 if last_month else 0)
    return {"snapshot": frozen.pk, "sha256": frozen.sha256}


@router.get("/regulations/{pk}/months/{snapshot}", summary="A frozen month with its evidence")
def month(request: HttpRequest, pk: int, snapshot: int) -> Any:
    actor_of(request).require(perms.EVIDENCE)
    frozen = get_object_or_404(_find(request, pk).snapshots, pk=snapshot)
    evidence = [{"clause": e.clause_key, "control": e.control, "record": e.record, "why": e.why, "person": e.person, "at": e.at} for e in frozen.exceptions.all()[:5000]]
    return {"period_start": frozen.period_start, "taken_at": frozen.taken_at, "sha256": frozen.sha256, "board": frozen.board, "exceptions": evidence}


@router.get("/regulations/{pk}/compare", summary="Two versions, clause by clause")
def compare(request: HttpRequest, pk: int, before: int, after: int) -> Any:
    actor_of(request).require(perms.VIEW)
    regulation, user = _find(request, pk), signed_in(request)
    known = regulation.versions.all() if user.may(perms.MANAGE) or user.may(perms.APPROVE) else regulation.versions.exclude(published_at=None)
    rows = compared(get_object_or_404(known, number=before), get_object_or_404(known, number=after))
    return [{"key": r["clause"].key, "number": r["clause"].number, "what": r["what"], "parts": r["parts"]} for r in rows]


router.add_router("", RegulationPages.router())
