"""From a requirement's id to clause, control and state."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hengwei.core import controls
from hengwei.org.models import User

from . import board
from .models import Regulation, RegulationVersion


def _order(requirement: str) -> tuple[str, int]:
    return requirement[:1], int(requirement[1:]) if requirement[1:].isdecimal() else 0


def rows(user: User) -> list[dict[str, Any]]:
    """Every requirement that a control proves or a clause names: its controls, its clauses in force and their state."""
    proving: dict[str, list[controls.Control]] = {}
    for control in controls.every():
        for requirement in control.proves:
            proving.setdefault(requirement, []).append(control)
    answering: dict[str, list[Any]] = {}
    in_force = RegulationVersion.objects.filter(state=RegulationVersion.State.PUBLISHED, regulation__in=Regulation.objects.visible_to(user).filter(archived_at=None))
    versions = list(in_force.select_related("regulation__owner", "regulation__body").prefetch_related("clauses").order_by("regulation__code"))
    for found in board.build_all(versions, now=timezone.now()):
        for row in found.rows:
            for requirement in row.clause.requirements:
                answering.setdefault(requirement, []).append(row)
    known = sorted({*proving, *answering}, key=_order)
    return [
        {"id": one, "controls": proving.get(one, []), "clauses": [(r, r.clause.version.regulation) for r in answering.get(one, [])],
         "state": min((r.state for r in answering.get(one, [])), key=board.ORDER.index, default="nothing")}
        for one in known
    ]
