"""What support reports can prove (A12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import (
    Control,
    ExceptionRow,
    Findings,
    Param,
    Period,
    counted,
    not_enough,
    register,
)
from hengwei.core.i18n import is_chinese

from . import periods
from .models import Decision, SupportReport


@register
class SupportReportExists(Control):
    """(A12)"""

    key = "insight.support_report"
    title = _("A support report with decisions for every period")
    explanation = _("For every %(kind)s that ended in the period a report was published within %(days)d days, with at least one decision on it.")
    params = (
        Param("kind", _("period of the reports"), "month", choices=(("month", _("month")), ("quarter", _("quarter")), ("half", _("half-year")), ("year", _("year")))),
        Param("days", _("published within"), 15, _("days"), 1, 365),
    )
    proves = ("A12",)
    keywords = ("支持报告", "定期报告", "月报", "季报", "汇总", "产品改进", "report", "periodic", "product improvement")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        kind, allowed = params["kind"], timedelta(days=params["days"])
        first, last = timezone.localtime(period.start).date(), timezone.localtime(period.until).date()
        span = periods.named(kind, first - allowed - timedelta(days=1))
        due: list[periods.Span] = []
        while span.end + allowed <= last:
            if span.end + allowed > first:
                due.append(span)
            span = periods.named(kind, span.end)
        if not due:
            return not_enough(_("No report fell due in this period."))
        rows = {r.period_start: r for r in SupportReport.objects.filter(kind=kind, team=None, state="published", published_at__lte=period.as_of, period_start__in=[s.first for s in due]).prefetch_related("decisions")}
        bad: list[ExceptionRow] = []
        for one in due:
            name = periods.label(kind, one.first, chinese=is_chinese())
            report = rows.get(one.first)
            if report is None:
                bad.append(ExceptionRow(f"report:{kind}:{one.first}", name, "/reports/support", _t("no published report")))
            elif timezone.localtime(report.published_at).date() > one.end + allowed:
                bad.append(ExceptionRow(f"report:{report.pk}", str(report), report.get_absolute_url(), _t("published late"), report.prepared_by_id, str(report.prepared_by or "")))
            elif not report.decisions.all():
                bad.append(ExceptionRow(f"report:{report.pk}", str(report), report.get_absolute_url(), _t("no decision on it"), report.prepared_by_id, str(report.prepared_by or "")))
        people: dict[int | None, int] = {}
        for exception in bad:
            people[exception.person_id] = people.get(exception.person_id, 0) + 1
        return Findings(len(due), len(due) - len(bad), lambda offset, limit: bad[offset : offset + limit], lambda: sorted(people.items(), key=lambda line: -line[1]))


@register
class DecisionsDone(Control):
    """(A12)"""

    key = "insight.decisions_done"
    title = _("Decisions on reports are carried out in time")
    explanation = _("Decisions that fell due in the period were done by their day.")
    proves = ("A12",)
    keywords = ("决议", "改进措施", "落实", "整改落实", "decision", "follow-up of decisions")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        from django.db.models import F, Q
        from django.db.models.functions import TruncDate

        day = timezone.localtime(period.as_of).date()
        rows = Decision.objects.filter(due_on__gte=timezone.localtime(period.start).date(), due_on__lt=min(timezone.localtime(period.end).date(), day))
        rows = rows.annotate(done_on=TruncDate("done_at"))
        late = Q(done_at=None) | Q(done_at__gt=period.as_of) | Q(done_on__gt=F("due_on"))

        def row(decision: Decision) -> ExceptionRow:
            return ExceptionRow(f"decision:{decision.pk}", decision.text, decision.report.get_absolute_url(), _t("not done by %(day)s") % {"day": decision.due_on}, decision.owner_id, str(decision.owner))

        return counted(rows, late, row=row, related=("owner", "report"), order=("due_on", "pk"))
