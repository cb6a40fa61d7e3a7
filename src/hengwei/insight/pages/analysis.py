"""Problems and needs analysed: what comes most, what comes again, how it flows (A12)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.asked import chosen, signed_in
from hengwei.core.i18n import is_chinese
from hengwei.insight import figures, periods
from hengwei.insight import permissions as perms
from hengwei.org.models import Team, User
from hengwei.ui.kit.charts import Chart, Series, asked_file
from hengwei.ui.kit.picking import picked
from hengwei.ui.menu import reports_for
from hengwei.work import kinds


def reader(request: HttpRequest) -> User:
    """The person who asks, if reports exist for him."""
    user = signed_in(request)
    if not user.is_agent or not user.may(perms.VIEW):
        raise Http404
    return user


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All reports of the house."""
    user = signed_in(request)
    entries = reports_for(user) if user.is_agent else []
    if not entries:
        raise Http404
    return render(request, "insight/index.html", {"entries": entries})


def _narrowed(request: HttpRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the address narrows to, as filters and as it was chosen."""
    filters: dict[str, Any] = {}
    team, customer = chosen(request.GET, "team"), picked(request.GET, "customer", "org.customer")
    kind = request.GET.get("kind", "")
    if team:
        filters["team"] = team
    if customer:
        filters["customer"] = customer
    if kind in {one.key for one in kinds.every()}:
        filters["kind"] = kind
    return filters, {"team": team, "customer": customer, "kind": kind}


def _flow_chart(user: User, span: periods.Span, **narrowed: Any) -> Chart:
    steps = figures.flow(user, span, **narrowed)
    names = [f"{timezone.localtime(moment):%Y-%m}" if span.step() == "month" else f"{timezone.localtime(moment):%m-%d}" for moment, _came, _went in steps]
    return Chart("flow", _("Received and resolved"), names, [Series(_("taken in"), [came for _m, came, _w in steps]), Series(_("resolved"), [went for _m, _c, went in steps])], kind="line", unit=_("items"))


def pareto_chart(bars: list[figures.Bar], by: str) -> Chart:
    """The most frequent first, with the line of what they make up together."""
    label = figures.DIMENSIONS[by].label
    return Chart(
        f"pareto-{by}", _("Most frequent by: %(what)s") % {"what": label}, [bar.label for bar in bars],
        [Series(_("items"), [bar.count for bar in bars]), Series(_("together"), [bar.together for bar in bars], kind="line", percent=True)],
    )


@login_required
def analysis(request: HttpRequest) -> HttpResponse:
    """Volumes against the span before, the flow, and a Pareto chart by what the reader chooses."""
    user = reader(request)
    span = periods.asked(request.GET.get("from", ""), request.GET.get("to", ""), today=timezone.localdate())
    by = request.GET.get("by", "category")
    by = by if by in figures.DIMENSIONS else "category"
    narrowed, given = _narrowed(request)
    rows = figures.counted(user, span, **narrowed)
    bars = figures.pareto(rows, by)
    charts = [_flow_chart(user, span, **narrowed), pareto_chart(bars, by)]
    file = asked_file(request, charts)
    if file is not None:
        return file
    rated, average, low = figures.satisfaction(rows)
    today = timezone.localdate()
    quick = [(kind, periods.label(kind, periods.named(kind, today).first, chinese=is_chinese()), periods.named(kind, today)) for kind in ("month", "quarter", "year")]
    return render(request, "insight/analysis.html", {
        "span": span, "by": by, "dimensions": list(figures.DIMENSIONS.values()), "charts": charts, "bars": bars, "given": given,
        "volumes": figures.volumes(user, span, **narrowed), "before": figures.volumes(user, span.before, **narrowed), "promises": figures.promises(rows),
        "rated": rated, "average": average, "low": low, "quick": quick, "slowest": figures.slowest(rows),
        "teams": Team.objects.filter(archived_at=None), "kinds": kinds.every(),
        "last_month": periods.named("month", today).before,
    })


@login_required
def recurring(request: HttpRequest) -> HttpResponse:
    """Faults that came again in nearly the same words, and whether somebody looks for their cause."""
    user = reader(request)
    today = timezone.localdate()
    span = periods.asked(request.GET.get("from", ""), request.GET.get("to", ""), today=today)
    if not request.GET.get("from"):
        span = periods.Span(periods.named("quarter", today).before.first, periods.named("month", today).end)
    narrowed, given = _narrowed(request)
    least = max(2, min(chosen(request.GET, "least") or 3, 100))
    found = figures.recurring(figures.counted(user, span, **narrowed), least=least, most=50)
    return render(request, "insight/recurring.html", {"span": span, "found": found, "least": least, "given": given, "teams": Team.objects.filter(archived_at=None)})
