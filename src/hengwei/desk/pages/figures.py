"""The desk's statistics."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hengwei.core.asked import signed_in
from hengwei.desk import figures as count
from hengwei.desk import permissions as perms
from hengwei.desk.models import FollowUp, Rating
from hengwei.ui.kit.charts import asked_file

#: Days shown unless asked otherwise.
DAYS = 90


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def _span(request: HttpRequest) -> count.Span:
    today = timezone.localdate()
    try:
        start, end = date.fromisoformat(request.GET.get("from", "")), date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        start, end = today - timedelta(days=DAYS), today
    return count.Span(_at(min(start, end)), _at(max(start, end) + timedelta(days=1)))


@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """Complaints, satisfaction, problems: in a stretch of time, each chart with its table and files."""
    if not signed_in(request).may(perms.FIGURES):
        raise Http404
    span = _span(request)
    charts = [
        count.satisfaction_over_time(span), count.response_rate(span), count.complaints_by_cause(span), count.problems_by_category(span),
        *(count.satisfaction_by(span, key) for key in ("team", "owner", "category", "customer")),
    ]
    file = asked_file(request, charts)
    if file is not None:
        return file
    verdicts = Rating.objects.within(span.start, span.end).summary()
    low = Rating.objects.within(span.start, span.end).low()
    return render(request, "desk/figures.html", {
        "charts": charts, "from": timezone.localtime(span.start).date().isoformat(), "until": (timezone.localtime(span.end).date() - timedelta(days=1)).isoformat(), "verdicts": verdicts,
        "uncalled": low.exclude(item__follow_ups__done_at__isnull=False).count(), "overdue": FollowUp.objects.overdue(timezone.now()).count(),
    })
