"""Reports over REST: figures of a span, recurring faults, support reports with decisions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.rest import actor_of

from . import actions, drafting, figures, periods
from . import permissions as perms
from .models import Decision, SupportReport
from .pages.reports import ReportPages

router = Router(tags=["reports"])
router.add_router("", ReportPages.router())


class FiguresOut(Schema):
    """Volumes of a span and of the one before, Pareto bars, promises (name, decided, met), satisfaction."""

    first: date
    last: date
    volumes: dict[str, int]
    before: dict[str, int]
    bars: list[dict[str, Any]]
    promises: list[tuple[str, int, int]]
    rated: int
    average: float | None


class DecisionIn(Schema):
    """A decision on a report."""

    text: str
    owner: int = Field(description="Id of who sees to it.")
    due_on: date
    open_work: bool = False


class DecisionOut(Schema):
    """A decision, and what came of it."""

    id: int
    text: str
    owner_id: int
    due_on: date
    done: bool
    result: str


class TextsIn(Schema):
    """The texts of a report; those left out stay."""

    version: int | None = None
    summary: str | None = None
    problems: str | None = None
    needs: str | None = None
    improvements: str | None = None


def _report(request: HttpRequest, pk: int) -> SupportReport:
    report = SupportReport.objects.visible_to(signed_in(request)).filter(pk=pk).first()
    if report is None:
        raise NotFound(_("There is nothing here that you may see."))
    return report


def _decision(decision: Decision) -> dict[str, Any]:
    return {"id": decision.pk, "text": decision.text, "owner_id": decision.owner_id, "due_on": decision.due_on, "done": decision.done_at is not None, "result": decision.result}


@router.get("/reports/figures", response=FiguresOut, summary="Figures of a span of days")
def read_figures(request: HttpRequest, first: date, last: date, by: str = "category", team: int | None = None, customer: int | None = None, kind: str = "") -> dict[str, Any]:
    """`by`: category, subject, cause, customer, team, kind, source or priority."""
    actor_of(request).require(perms.VIEW)
    user = signed_in(request)
    span = periods.asked(first.isoformat(), last.isoformat(), today=timezone.localdate())
    narrowed = {name: value for name, value in (("team", team), ("customer", customer), ("kind", kind)) if value}
    rows = figures.counted(user, span, **narrowed)
    rated, average, _low = figures.satisfaction(rows)
    return {
        "first": span.first, "last": span.last, "volumes": vars(figures.volumes(user, span, **narrowed)), "before": vars(figures.volumes(user, span.before, **narrowed)),
        "bars": [vars(bar) for bar in figures.pareto(rows, by if by in figures.DIMENSIONS else "category")], "promises": figures.promises(rows), "rated": rated, "average": average,
    }


@router.get("/reports/recurring", response=list[dict[str, Any]], summary="Faults that came again")
def read_recurring(request: HttpRequest, first: date, last: date, least: int = 3) -> list[dict[str, Any]]:
    actor_of(request).require(perms.VIEW)
    span = periods.asked(first.isoformat(), last.isoformat(), today=timezone.localdate())
    return [vars(one) for one in figures.recurring(figures.counted(signed_in(request), span), least=max(2, least))]


@router.get("/reports/support/{int:pk}/figures", response=dict[str, Any], summary="All figures of a support report")
def report_figures(request: HttpRequest, pk: int) -> dict[str, Any]:
    return drafting.figures_of(_report(request, pk), signed_in(request))


@router.patch("/reports/support/{int:pk}/texts", response=dict[str, Any], summary="Write a support report")
def write(request: HttpRequest, pk: int, payload: TextsIn) -> dict[str, Any]:
    texts = {name: text for name, text in payload.dict(exclude={"version"}).items() if text is not None}
    report = actions.write_report(_report(request, pk), by=actor_of(request), version=payload.version, **texts)
    return {"version": report.version, **{name: getattr(report, name) for name in SupportReport.TEXTS}}


@router.get("/reports/support/{int:pk}/decisions", response=list[DecisionOut], summary="Decisions on a report")
def decisions(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    return [_decision(one) for one in _report(request, pk).decisions.all()]


@router.post("/reports/support/{int:pk}/decisions", response={201: DecisionOut}, summary="Record a decision")
def decide(request: HttpRequest, pk: int, payload: DecisionIn) -> tuple[int, dict[str, Any]]:
    from hengwei.org.models import User

    owner = User.objects.staff().filter(pk=payload.owner).first()
    if owner is None:
        raise NotFound(_("There is no such record: %(value)s.") % {"value": payload.owner}, field="owner")
    made = actions.decide(_report(request, pk), by=actor_of(request), text=payload.text, owner=owner, due_on=payload.due_on, open_work=payload.open_work)
    return 201, _decision(made)
