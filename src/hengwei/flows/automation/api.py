"""Automation and learnt suggestions over REST: `/automation/…`, and what is suggested for an item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden, NotFound
from hengwei.core.rest import actor_of
from hengwei.flows import permissions as perms
from hengwei.flows.automation import trial
from hengwei.flows.automation.models import AutomationRule, DryRun
from hengwei.flows.learning import actions as learning
from hengwei.flows.learning.models import Learnable, Suggestion, TrainedModel
from hengwei.flows.pages.automation import FiringPages, RulePages, _rows
from hengwei.work import permissions as work
from hengwei.work.api.items import find

router = Router(tags=["automation"])
router.add_router("", RulePages.router())
router.add_router("", FiringPages.router())


class PeriodIn(Schema):
    begins: datetime
    ends: datetime


class DryRunOut(Schema):
    """What a rule would have done. `done_at` is null while it is still being counted."""

    id: int
    rule: int
    version: int
    begins: datetime
    ends: datetime
    done_at: datetime | None
    looked: int
    matched: int
    rows: list[dict[str, Any]]


class OrderIn(Schema):
    rules: list[int] = Field(description="Ids in the order in which they are to run; the others follow.")


class SettingIn(Schema):
    active: bool = True
    show_above: int = Field(description="Percent.")
    apply_above: int | None = Field(None, description="Percent; null for never.")


class LearntOut(Schema):
    """A field, its settings, and how good the newest model is on items that it had not seen."""

    field: str
    active: bool
    show_above: int
    apply_above: int | None
    trained_at: datetime | None = None
    examples: int = 0
    tested: int = 0
    right: int = 0
    curve: dict[str, list[int]] = {}


class SuggestionOut(Schema):
    id: int
    field: str
    value: str
    label: str
    percent: int
    state: str


def _reader(request: HttpRequest) -> Any:
    user = signed_in(request)
    if not user.is_agent or not user.may(perms.VIEW_RULES):
        raise Forbidden("")
    return user


def _run_out(run: DryRun, user: Any) -> dict[str, Any]:
    return {
        "id": run.pk, "rule": run.rule_id, "version": run.rule_version, "begins": run.start, "ends": run.end, "done_at": run.done_at, "looked": run.looked, "matched": run.matched,
        "rows": [{"number": row["number"], "title": row["title"], "at": row["at"], "does": row["does"]} for row in _rows(run, user)],
    }


@router.post("/automation/rules/{int:pk}/dry-runs", response={201: DryRunOut}, summary="Try a rule on past items")
def try_rule(request: HttpRequest, pk: int, payload: PeriodIn) -> tuple[int, dict[str, Any]]:
    """Nothing is done. Many items are counted in the background: ask again until `done_at` is set."""
    user = _reader(request)
    rule = AutomationRule.objects.filter(pk=pk).first()
    if rule is None:
        raise NotFound("")
    return 201, _run_out(trial.begin(rule, by=actor_of(request), begins=payload.begins, ends=payload.ends), user)


@router.get("/automation/dry-runs/{int:pk}", response=DryRunOut, summary="What a rule would have done")
def read_dry_run(request: HttpRequest, pk: int) -> dict[str, Any]:
    user = _reader(request)
    run = DryRun.objects.filter(pk=pk).first()
    if run is None:
        raise NotFound("")
    return _run_out(run, user)


def _learnt_out(field: str) -> dict[str, Any]:
    setting, newest = learning.setting_of(field), TrainedModel.objects.filter(field=field).defer("weights").order_by("-id").first()
    found = {"field": field, "active": setting.active, "show_above": setting.show_above, "apply_above": setting.apply_above}
    return found if newest is None else {**found, "trained_at": newest.trained_at, "examples": newest.examples, "tested": newest.tested, "right": newest.right, "curve": newest.curve}


@router.get("/automation/learning", response=list[LearntOut], summary="What was learnt, and how good it is")
def learnt(request: HttpRequest) -> list[dict[str, Any]]:
    _reader(request)
    return [_learnt_out(field) for field in Learnable.values]


@router.put("/automation/learning/{field}", response=LearntOut, summary="From when on a suggestion is shown, or applied by itself")
def set_learning(request: HttpRequest, field: str, payload: SettingIn) -> dict[str, Any]:
    _reader(request)
    learning.choose(field, by=actor_of(request), active=payload.active, show_above=payload.show_above, apply_above=payload.apply_above)
    return _learnt_out(field)


def _suggestion_out(row: Suggestion) -> dict[str, Any]:
    return {"id": row.pk, "field": row.field, "value": row.value, "label": learning.label_of(row.field, row.value), "percent": row.percent, "state": row.state}


def _classifier(request: HttpRequest) -> None:
    if not signed_in(request).may(work.CLASSIFY):
        raise NotFound("")


@router.get("/items/{number}/suggestions", response=list[SuggestionOut], summary="What is suggested for a work item")
def suggestions(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    _classifier(request)
    return [_suggestion_out(row) for row in learning.shown(find(request, number))]


@router.post("/items/{number}/suggestions/{int:pk}/{deed}", response=SuggestionOut, summary="Accept or refuse a suggestion")
def decide_suggestion(request: HttpRequest, number: str, pk: int, deed: str) -> dict[str, Any]:
    """`accept` or `refuse`; both are learnt from."""
    _classifier(request)
    row = Suggestion.objects.filter(item=find(request, number), pk=pk).first()
    if row is None or deed not in ("accept", "refuse"):
        raise NotFound("")
    return _suggestion_out((learning.accept if deed == "accept" else learning.refuse)(row, by=actor_of(request)))
