"""What proves clauses, over REST: controls, suggestions, bindings, attestations, coverage of requirements."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from hengwei.core import controls
from hengwei.core.asked import signed_in
from hengwei.core.errors import Refused
from hengwei.core.files import files_of
from hengwei.core.rest import actor_of
from hengwei.governance import coverage as requirement_coverage
from hengwei.governance import permissions as perms
from hengwei.governance.actions import binding as bind_actions
from hengwei.governance.actions import running
from hengwei.governance.models import Binding, RegulationVersion
from hengwei.org.models import Team

from .asked import binding_of, person_of, person_out, regulation_of

router = Router()


class BindingIn(Schema):
    """What proves a clause."""

    clause: str
    kind: str = "control"
    control: str = ""
    params: dict[str, Any] = {}
    threshold: int = 100
    span: str = "month"
    hourly: bool = True
    correct: str = "never"
    grace_hours: int = 24
    corrector: int | None = None
    team: int | None = None
    attester: int | None = None
    attest_days: int = 90
    question: str = ""
    question_en: str = ""


class BindingChange(Schema):
    """What changes of a proof; the rest stays as it is."""

    params: dict[str, Any] | None = None
    threshold: int | None = None
    span: str | None = None
    hourly: bool | None = None
    correct: str | None = None
    grace_hours: int | None = None
    corrector: int | None = None
    team: int | None = None
    attester: int | None = None
    attest_days: int | None = None
    question: str | None = None
    question_en: str | None = None


class AttestIn(Schema):
    """A person's word."""

    kept: bool
    statement: str
    #: The id of an uploaded file, as evidence.
    file: str = ""


#: Which facts go with which kind of proof.
FACTS = {
    Binding.Kind.CONTROL: ("threshold", "span", "hourly", "correct", "grace_hours", "corrector", "team"),
    Binding.Kind.ATTESTATION: ("attester", "attest_days", "question", "question_en", "team"),
    Binding.Kind.EXPLANATION: (),
}


def _facts(kind: str, sent: dict[str, Any]) -> dict[str, Any]:
    if kind not in FACTS:
        raise Refused(_("A clause is proved by a control or an attestation, or only explains."), code="invalid", field="kind")
    facts = {name: sent[name] for name in FACTS[Binding.Kind(kind)] if name in sent}
    for name in ("corrector", "attester"):
        if name in facts:
            facts[name] = person_of(facts[name])
    if facts.get("team") is not None:
        facts["team"] = Team.objects.filter(pk=facts["team"], archived_at=None).first()
    return facts


def _binding_out(row: Binding) -> dict[str, Any]:
    out = {"binding": row.pk, "clause": row.clause_key, "kind": row.kind, "owner": person_out(row.answers), "team": str(row.concerned or "")}
    if row.kind == Binding.Kind.CONTROL:
        out |= {"control": row.control, "params": row.params, "threshold": row.threshold, "span": row.span, "hourly": row.hourly, "correct": row.correct, "grace_hours": row.grace_hours}
    elif row.kind == Binding.Kind.ATTESTATION:
        out |= {"question": row.question, "question_en": row.question_en, "attest_days": row.attest_days, "attester": person_out(row.attester)}
    return out


def _version(request: HttpRequest, pk: int) -> RegulationVersion:
    regulation = regulation_of(request, pk)
    version = regulation.draft() or regulation.published()
    if version is None:
        raise Refused(_("This regulation has no text yet."), code="empty")
    return version


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


@router.get("/regulations/{int:pk}/suggestions", summary="What the words of each clause suggest")
def suggestions(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.MANAGE)
    return [
        {"clause": clause.key, "number": clause.number,
         "controls": [{"control": c.key, "title": str(c.title), "params": params, "plain": c.plain(params), "because": list(why.words)} for c, params, why in bind_actions.suggested(clause)]}
        for clause in _version(request, pk).tree() if clause.kind not in ("chapter", "section")
    ]


@router.post("/regulations/{int:pk}/suggestions", summary="Accept the best suggestion for every clause")
def accept(request: HttpRequest, pk: int, sort: bool = Query(False, description="Sort the others too: norms for people are to be confirmed by a person, what obliges nobody is an explanation.")) -> Any:
    return bind_actions.accept_best(_version(request, pk), by=actor_of(request), rest="sort" if sort else "")


@router.get("/regulations/{int:pk}/bindings", summary="What proves each clause")
def list_bindings(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.VIEW)
    rows = regulation_of(request, pk).bindings.filter(removed_at=None).select_related("attester", "corrector", "team", "regulation__owner", "regulation__body")
    return [_binding_out(row) for row in rows]


@router.post("/regulations/{int:pk}/bindings", summary="Bind a clause to what proves it")
def bind(request: HttpRequest, pk: int, body: BindingIn) -> Any:
    facts = _facts(body.kind, body.dict())
    return _binding_out(bind_actions.bind(regulation_of(request, pk), body.clause, by=actor_of(request), kind=body.kind, control=body.control, params=body.params, **facts))


@router.patch("/regulations/{int:pk}/bindings/{int:binding}", summary="Change a proof")
def rebind(request: HttpRequest, pk: int, binding: int, body: BindingChange) -> Any:
    row = binding_of(request, pk, binding)
    sent = body.dict(exclude_unset=True)
    params = row.params if body.params is None else body.params
    facts = {name: value for name, value in _facts(row.kind, sent).items() if value is not None or name in ("corrector", "attester", "team")}
    return _binding_out(bind_actions.bind(row.regulation, row.clause_key, by=actor_of(request), kind=row.kind, control=row.control, params=params, binding=row, **facts))


@router.delete("/regulations/{int:pk}/bindings/{int:binding}", summary="Take a proof off")
def unbind(request: HttpRequest, pk: int, binding: int) -> Any:
    return {"binding": bind_actions.unbind(binding_of(request, pk, binding), by=actor_of(request)).pk}


@router.get("/regulations/{int:pk}/clauses/{key}/trial", summary="What a control would say of a clause now; nothing is kept")
def trial(request: HttpRequest, pk: int, key: str, control: str) -> Any:
    actor_of(request).require(perms.MANAGE)
    regulation = regulation_of(request, pk)
    clause = get_object_or_404(_version(request, pk).clauses, key=key)
    tried = running.tried(bind_actions.proposed(regulation, clause, bind_actions.control_of(control)), now=timezone.now())
    return {**tried, "rows": [{"key": r.key, "record": r.record, "url": r.url, "why": r.why, "person": r.person} for r in tried["rows"]]}


@router.get("/regulations/{int:pk}/bindings/{int:binding}/attestations", summary="Who confirmed a clause, and when")
def attestations(request: HttpRequest, pk: int, binding: int) -> Any:
    actor_of(request).require(perms.VIEW)
    return [
        {"by": person_out(word.by), "at": word.at, "kept": word.kept, "statement": word.statement, "valid_until": word.valid_until, "file": word.file.get_absolute_url() if word.file else None}
        for word in binding_of(request, pk, binding).attestations.select_related("by", "file")[:100]
    ]


@router.post("/regulations/{int:pk}/bindings/{int:binding}/attest", summary="Say that a clause is kept, or is not")
def attest(request: HttpRequest, pk: int, binding: int, body: AttestIn) -> Any:
    file = files_of([body.file], user=signed_in(request))[0] if body.file else None
    row = bind_actions.attest(binding_of(request, pk, binding), by=actor_of(request), kept=body.kept, statement=body.statement, file=file)
    return {"valid_until": row.valid_until}
