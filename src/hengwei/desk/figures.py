"""What the desk counts: complaints by cause, satisfaction over time, problems by category (A9, A10, A12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Q
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.i18n import aside
from hengwei.desk.models import Complaint, Problem, Rating
from hengwei.ui.kit.charts import Chart, Series
from hengwei.work.models import Category, WorkItem

#: Bars of one chart at most; the rest would not be read.
BARS = 15


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, and whether it is told week by week."""

    start: datetime
    end: datetime

    @property
    def weekly(self) -> bool:
        return (self.end - self.start).days <= 120


def _name(span: Span, moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%m-%d}" if span.weekly else f"{local:%Y-%m}"


def complaints_by_cause(span: Span) -> Chart:
    """How many complaints of each cause, and how many of them were justified."""
    rows = list(Complaint.objects.counted().filter(received_at__gte=span.start, received_at__lt=span.end).values("cause_kind").annotate(n=Count("pk"), just=Count("pk", filter=Q(justified=True))).order_by("-n"))
    labels = [str(Complaint.Cause(row["cause_kind"]).label) if row["cause_kind"] else _("not examined yet") for row in rows]
    return Chart("complaints", _("Complaints by cause"), labels, [Series(_("complaints"), [row["n"] for row in rows]), Series(_("of them justified"), [row["just"] for row in rows])], horizontal=True)


def satisfaction_over_time(span: Span) -> Chart:
    """Average verdict by week or month, and how many gave one."""
    trunc = TruncWeek("at") if span.weekly else TruncMonth("at")
    rows = list(Rating.objects.within(span.start, span.end).annotate(period=trunc).values("period").annotate(n=Count("pk"), average=Avg("score")).order_by("period"))
    return Chart("satisfaction", _("Satisfaction over time"), [_name(span, row["period"]) for row in rows], [Series(_("average, 1 to 5"), [round(float(row["average"]), 2) for row in rows])], kind="line", note=_("%(n)d verdicts in this time") % {"n": sum(row["n"] for row in rows)})


def response_rate(span: Span) -> Chart:
    """Of what was closed, how much got a verdict."""
    trunc = TruncWeek("closed_at") if span.weekly else TruncMonth("closed_at")
    closed = WorkItem.objects.counted().filter(phase="closed", closed_at__gte=span.start, closed_at__lt=span.end, requester__is_agent=False)
    rows = list(closed.annotate(period=trunc).values("period").annotate(n=Count("pk"), rated=Count("rating")).order_by("period"))
    return Chart("response", _("Share of closed requests with a verdict"), [_name(span, row["period"]) for row in rows], [Series(_("share"), [round(100 * row["rated"] / row["n"], 1) if row["n"] else None for row in rows])], kind="line", unit="%")


def satisfaction_by(span: Span, key: str) -> Chart:
    """Average verdict by team, engineer, category or customer; those with most verdicts first."""
    path, title = {
        "team": ("item__team", _("Satisfaction by team")), "owner": ("item__owner", _("Satisfaction by engineer")), "category": ("item__category", _("Satisfaction by category")), "customer": ("item__customer", _("Satisfaction by customer")),
    }[key]
    rows = list(Rating.objects.within(span.start, span.end).exclude(**{path: None}).values(path, f"{path}__name").annotate(n=Count("pk"), average=Avg("score")).order_by("-n")[:BARS])
    return Chart(f"by_{key}", title, [f"{row[f'{path}__name']}{aside(row['n'])}" for row in rows], [Series(_("average, 1 to 5"), [round(float(row["average"]), 2) for row in rows])], horizontal=True)


def problems_by_category(span: Span) -> Chart:
    """Problems opened, and the incidents behind them."""
    rows: list[Any] = list(Problem.objects.counted().filter(received_at__gte=span.start, received_at__lt=span.end).values("category").annotate(n=Count("pk", distinct=True), behind=Count("incidents", distinct=True)).order_by("-n")[:BARS])
    names = {one.pk: one.label for one in Category.objects.filter(pk__in=[row["category"] for row in rows if row["category"]])}
    return Chart("problems", _("Problems by category"), [names.get(row["category"], _("not set")) for row in rows], [Series(_("problems"), [row["n"] for row in rows]), Series(_("incidents behind them"), [row["behind"] for row in rows])], horizontal=True)
