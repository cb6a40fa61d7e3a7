"""Closing with cause, solution and feedback (A8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control, Findings, Param, Period, counted, register
from hengwei.work.models import NOT_COUNTED, Closure, WorkItem

from .rows import RELATED, item_row


@register
class CauseAndSolution(Control):
    """(A8)"""

    key = "work.cause_and_solution"
    title = _("Nothing is closed without cause and solution")
    explanation = _("Every request that was closed has its cause and its solution on record.")
    proves = ("A8",)
    keywords = ("原因和解决方案", "解决方案", "处理结果", "关单", "原因", "cause", "solution", "closed with")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().closed_within(period.start, period.until).exclude(closure__in=(*NOT_COUNTED, Closure.DUPLICATE))

        def why(item: WorkItem) -> str:
            return _t("no solution on record") if not item.solution else _t("no cause on record")

        return counted(rows, Q(cause="") | Q(solution=""), row=item_row(why), related=RELATED)


@register
class ResultTold(Control):
    """(A8)"""

    key = "work.result_told"
    title = _("The result is told to the requester")
    explanation = _("The result of every request that was closed has been told to its requester.")
    proves = ("A8",)
    keywords = ("反馈结果", "告知结果", "结果反馈", "反馈", "feedback", "result told", "inform the requester")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().closed_within(period.start, period.until).exclude(closure__in=(*NOT_COUNTED, Closure.DUPLICATE))
        return counted(rows, Q(told_at=None), row=item_row(_t("the requester was not told")), related=RELATED)


@register
class Reopened(Control):
    """(A8)"""

    key = "work.solved_for_good"
    title = _("What is solved stays solved")
    explanation = _("Requests that were closed had been reopened no more than %(times)d times.")
    params = (Param("times", _("reopened at most"), 0, _("times"), 0, 20),)
    proves = ("A8",)
    keywords = ("一次解决", "重开", "解决率", "solved for good", "reopen", "resolution rate")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().counted().closed_within(period.start, period.until)
        return counted(
            rows, Q(reopened_count__gt=params["times"]), related=RELATED,
            row=item_row(lambda item: _t("reopened %(times)d times") % {"times": item.reopened_count}),
        )
