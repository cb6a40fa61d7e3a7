"""How regulations stand, over REST: the board, exceptions, corrective actions, frozen months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import actor_of
from hengwei.governance import board as boards
from hengwei.governance import permissions as perms
from hengwei.governance.actions import correcting, freezing, running
from hengwei.governance.models import Binding, CorrectiveAction
from hengwei.governance.pages.files import snapshot_file

from .asked import binding_of, person_out, regulation_of, shown_version

router = Router()


def _proof_out(proof: boards.Proof) -> dict[str, Any]:
    run = proof.run
    return {
        "binding": proof.binding.pk, "kind": proof.binding.kind, "control": proof.binding.control, "title": proof.title, "plain": proof.plain, "params": proof.binding.params,
        "threshold": proof.binding.threshold, "span": proof.binding.span, "state": proof.state, "figure": proof.figure,
        "population": run.population if run else None, "compliant": run.compliant if run else None, "as_of": run.as_of if run else None,
        "message": run.said if run else "", "owner": person_out(proof.owner), "teams": sorted(proof.teams),
        "attested_by": str(proof.attestation.by) if proof.attestation else None, "attested_at": proof.attestation.at if proof.attestation else None,
        "trend": [{"from": r.period_start, "share": r.share} for r in proof.trend],
    }


@router.get("/regulations/{int:pk}/board", summary="Clause by clause, with state, figures and trend; by state, owner, team, person")
def board(request: HttpRequest, pk: int, as_of: datetime | None = None, state: str = "", owner: int = 0, team: int = 0, person: int = 0) -> Any:
    by = actor_of(request)
    by.require(perms.VIEW)
    regulation = regulation_of(request, pk)
    version = shown_version(request, regulation)
    now = timezone.now()
    at = as_of if as_of is not None and as_of < now else now
    runs = running.as_of(running.live_bindings(regulation, version), at, now=now) if at < now else None
    found = boards.build(version, now=at, runs=runs)
    wanted = boards.Wanted(state, owner, team, person if by.may(perms.EVIDENCE) or person == signed_in(request).pk else 0)
    return {
        "version": version.number, "state": version.state, "coverage": [{**part, "label": str(part["label"])} for part in found.coverage], "totals": dict(found.totals),
        "owners": [{**(person_out(who) or {}), "clauses": n} for who, n in found.owners],
        "teams": [{"id": one.pk, "name": str(one), "clauses": n} for one, n in found.teams],
        "clauses": [
            {"key": r.clause.key, "number": r.clause.number, "kind": r.clause.kind, "text": r.clause.shown_title or r.clause.shown_text, "state": r.state, "tone": r.tone,
             "exceptions": r.exceptions, "proofs": [_proof_out(p) for p in r.proofs]}
            for r in found.only(wanted)
        ],
    }


@router.post("/regulations/{int:pk}/run", summary="Run its controls now")
def run(request: HttpRequest, pk: int) -> Any:
    return {"ran": running.run_now(regulation_of(request, pk), by=actor_of(request))}


@router.get("/regulations/{int:pk}/bindings/{int:binding}/exceptions", summary="The records that do not comply")
def exceptions(request: HttpRequest, pk: int, binding: int, offset: int = 0, limit: int = 50, as_of: datetime | None = None, person: int = 0) -> Any:
    by = actor_of(request)
    by.require(perms.VIEW)
    row = binding_of(request, pk, binding, kind=Binding.Kind.CONTROL)
    own = (person or None) if by.may(perms.EVIDENCE) else signed_in(request).pk
    found = running.exceptions_of(row, now=timezone.now(), offset=max(0, offset), limit=max(1, min(limit, 200)), as_of=as_of, person=own)
    return [{"key": r.key, "record": r.record, "url": r.url, "why": r.why, "person": r.person, "at": r.at} for r in found]


@router.get("/regulations/{int:pk}/corrective", summary="Its corrective actions, the newest first")
def corrective(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.VIEW)
    rows = CorrectiveAction.objects.visible_to(signed_in(request)).filter(binding__regulation=regulation_of(request, pk))
    return [
        {"number": item.number, "title": item.title, "state": item.state, "phase": item.phase, "binding": item.binding_id, "about": item.about, "owner": person_out(item.owner), "received_at": item.received_at, "closed_at": item.closed_at}
        for item in rows.select_related("owner").order_by("-pk")[:200]
    ]


@router.post("/regulations/{int:pk}/bindings/{int:binding}/correct", summary="Open a corrective action for a clause")
def correct(request: HttpRequest, pk: int, binding: int) -> Any:
    row = binding_of(request, pk, binding, kind=Binding.Kind.CONTROL)
    by = actor_of(request)
    by.require(perms.MANAGE)
    rows = running.exceptions_of(row, now=timezone.now(), limit=30)
    return {"item": correcting.open_corrective(row, about="", rows=rows, owner=row.corrector, by=by).number}


@router.post("/regulations/{int:pk}/freeze", summary="Freeze the month")
def freeze(request: HttpRequest, pk: int, last_month: bool = False) -> Any:
    frozen = freezing.freeze(regulation_of(request, pk), by=actor_of(request), back=1 if last_month else 0)
    return {"snapshot": frozen.pk, "sha256": frozen.sha256}


@router.get("/regulations/{int:pk}/months", summary="The frozen months, the newest first")
def months(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.EVIDENCE)
    return [
        {"snapshot": one.pk, "period_start": one.period_start, "period_end": one.period_end, "taken_at": one.taken_at, "taken_by": str(one.taken_by or ""), "sha256": one.sha256}
        for one in regulation_of(request, pk).snapshots.select_related("taken_by").defer("board")[:120]
    ]


@router.get("/regulations/{int:pk}/months/{int:snapshot}", summary="A frozen month with its evidence")
def month(request: HttpRequest, pk: int, snapshot: int) -> Any:
    actor_of(request).require(perms.EVIDENCE)
    frozen = get_object_or_404(regulation_of(request, pk).snapshots, pk=snapshot)
    evidence = [{"clause": e.clause_key, "control": e.control, "record": e.record, "url": e.url, "why": e.why, "person": e.person, "at": e.at} for e in frozen.exceptions.all()[:5000]]
    return {"period_start": frozen.period_start, "taken_at": frozen.taken_at, "sha256": frozen.sha256, "board": frozen.board, "exceptions": evidence}


@router.get("/regulations/{int:pk}/months/{int:snapshot}/{form}", summary="A frozen month as a file: pdf or xlsx")
def month_file(request: HttpRequest, pk: int, snapshot: int, form: str) -> HttpResponse:
    actor_of(request).require(perms.EVIDENCE)
    regulation = regulation_of(request, pk)
    if form not in ("pdf", "xlsx"):
        raise NotFound(_("A frozen month is offered as pdf and xlsx."))
    return snapshot_file(regulation, get_object_or_404(regulation.snapshots.select_related("version", "taken_by"), pk=snapshot), form)
