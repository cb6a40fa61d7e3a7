"""Binding clauses to what proves them, and attesting (K5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core import controls
from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.governance import permissions as perms
from hengwei.governance import suggesting
from hengwei.governance.models import Attestation, Binding, Clause, Regulation, RegulationVersion
from hengwei.org.models import User
from hengwei.work.actions.writing import moment

Kind = Binding.Kind


def control_of(key: str) -> controls.Control:
    """The control of a key, or a refusal."""
    try:
        return controls.get(key)
    except KeyError:
        raise Refused(_("There is no control '%(key)s'.") % {"key": key}, code="unknown_control", field="control") from None


def _known(regulation: Regulation, key: str) -> None:
    if not Clause.objects.filter(version__regulation=regulation, key=key).exists():
        raise NotFound(_("There is no such clause in this regulation."))


@transaction.atomic
def bind(
    regulation: Regulation, clause_key: str, *, by: Actor, kind: str = Kind.CONTROL, control: str = "", params: Mapping[str, Any] | None = None, at: datetime | None = None,
    binding: Binding | None = None, **facts: Any,
) -> Binding:
    """Bind a clause, or change one of its bindings. A control takes the place of 'explanation only', and the other way round."""
    at = moment(at)
    by.require(perms.MANAGE)
    _known(regulation, clause_key)
    row = binding or Binding(regulation=regulation, clause_key=clause_key)
    row.kind, row.accepted_by, row.accepted_at = kind, by.user, at
    for name, value in facts.items():
        if name not in ("threshold", "span", "hourly", "attester", "attest_days", "question", "question_en", "correct", "grace_hours", "corrector", "team"):
            raise ValueError(f"a binding has no {name}")
        setattr(row, name, value)
    if kind == Kind.CONTROL:
        row.control, row.params = control, control_of(control).clean(params or {})
    else:
        row.control, row.params = "", {}
    if kind == Kind.ATTESTATION and not row.question.strip():
        clause = Clause.objects.filter(version__regulation=regulation, key=clause_key).order_by("-version__number").first()
        row.question, row.question_en = (clause.text or clause.title)[:300] if clause else "", clause.text_en[:300] if clause else ""
    if not 0 <= row.threshold <= 100:
        raise Refused(_("The share lies between 0 and 100 percent."), code="out_of_range", field="threshold")
    others = regulation.bindings.filter(clause_key=clause_key, removed_at=None).exclude(pk=row.pk)
    if kind == Kind.EXPLANATION:
        others.update(removed_at=at)
    else:
        others.filter(kind=Kind.EXPLANATION).update(removed_at=at)
        if kind == Kind.CONTROL and others.filter(control=control).exists():
            raise Refused(_("This clause is bound to this control already."), code="bound", field="control")
    row.save()
    return row


@transaction.atomic
def unbind(binding: Binding, *, by: Actor, at: datetime | None = None) -> Binding:
    """Take a binding off its clause. What it proved stays on record."""
    by.require(perms.MANAGE)
    binding.removed_at = moment(at)
    binding.save(update_fields=["removed_at"])
    return binding


def candidates() -> list[suggesting.Candidate]:
    """Every control as suggestions see it."""
    return [suggesting.Candidate(control.key, control.keywords) for control in controls.every()]


def suggested(clause: Clause) -> list[tuple[controls.Control, dict[str, Any], suggesting.Suggestion]]:
    """The controls that a clause's words speak of, with the parameters that its words name."""
    if clause.kind in ("chapter", "section"):
        return []
    named = suggesting.numbers_in(clause.words)
    found = []
    for suggestion in suggesting.suggest(clause.words, candidates()):
        control = controls.get(suggestion.key)
        params: dict[str, Any] = {}
        for param in control.params:
            value = named.get(param.name)
            if value is not None and param.minimum <= value <= param.maximum:
                params[param.name] = value
        found.append((control, control.clean(params), suggestion))
    return found


def proposed(regulation: Regulation, clause: Clause, control: controls.Control) -> Binding:
    """A clause bound to a control with the parameters that its words name: to try, not saved."""
    params = next((params for found, params, _why in suggested(clause) if found.key == control.key), control.clean({}))
    return Binding(regulation=regulation, clause_key=clause.key, kind=Kind.CONTROL, control=control.key, params=params, span=Binding.Span.MONTH, threshold=100)


@transaction.atomic
def accept_best(version: RegulationVersion, *, by: Actor, rest: str = "", attester: User | None = None, at: datetime | None = None) -> dict[str, int]:
    """Bind every clause that is not yet bound to the best control suggested for it.

    With `rest` the others become what their words ask for: 'sort' makes norms for people attestations, and what obliges
    nobody an explanation; '' leaves them. Returns how many became what.
    """
    at = moment(at)
    by.require(perms.MANAGE)
    regulation = version.regulation
    bound = set(regulation.bindings.filter(removed_at=None).values_list("clause_key", flat=True))
    counts = {"control": 0, "attestation": 0, "explanation": 0}
    for clause in version.tree():
        if clause.kind in ("chapter", "section") or clause.key in bound or (clause.parent and clause.parent.key in bound and clause.kind != "article"):
            continue
        best = suggested(clause)
        if best:
            control, params, _why = best[0]
            bind(regulation, clause.key, by=by, control=control.key, params=params, at=at)
            counts["control"] += 1
        elif rest == "sort":
            nature = suggesting.nature(clause.words)
            if nature == "explanation":
                bind(regulation, clause.key, by=by, kind=Kind.EXPLANATION, at=at)
                counts["explanation"] += 1
            else:
                bind(regulation, clause.key, by=by, kind=Kind.ATTESTATION, attester=attester or regulation.owner, at=at)
                counts["attestation"] += 1
        else:
            continue
        bound.add(clause.key)
    return counts


@transaction.atomic
def attest(binding: Binding, *, by: Actor, kept: bool, statement: str, file: Any = None, at: datetime | None = None) -> Attestation:
    """Say that a clause is kept, or is not, and what was seen; it holds until the next is due."""
    at = moment(at)
    if binding.kind != Kind.ATTESTATION or binding.removed_at is not None:
        raise Refused(_("This clause is not attested by a person."), code="not_attested")
    if by.user is None or not (by.may(perms.ATTEST) or binding.attester_id == by.user.pk):
        raise Forbidden(_("You do not have the right to do this."), permission=perms.ATTEST)
    if binding.attester_id and binding.attester_id != by.user.pk and not by.may(perms.MANAGE):
        raise Forbidden(_("%(name)s attests this clause.") % {"name": binding.attester})
    if not statement.strip():
        raise Refused(_("Please say what you saw."), code="missing", field="statement")
    return Attestation.objects.create(
        binding=binding, by=by.user, at=at, kept=kept, statement=statement.strip(), file=file, valid_until=at + timedelta(days=binding.attest_days))
