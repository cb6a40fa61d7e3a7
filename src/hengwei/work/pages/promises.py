"""Promises kept and broken, by agreement, team, person, promise and time (A5); and what runs without a promise (B2)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.asked import signed_in
from hengwei.core.levels import NAMES
from hengwei.org.models import Customer, Team, User
from hengwei.ui.kit.charts import Chart, Series, asked_file
from hengwei.ui.kit.exports import table_response
from hengwei.ui.kit.forms import dress
from hengwei.ui.templatetags.ui import duration
from hengwei.work import kinds
from hengwei.work import permissions as perms
from hengwei.work.clocks import figures
from hengwei.work.models import Agreement, AgreementVersion, Measure, WorkItem

#: Rows of the two lists of items without a promise.
SHOWN = 100
HEADS = (
    _("met"), _("breached"), _("breached by a change"), _("cancelled"), _("met, %"), _("items"), _("half within"), _("90 % within"), _("95 % within"),
)


class PromisesForm(forms.Form):
    """What the report is told by, and of what."""

    by = forms.ChoiceField(label=_("by"), choices=[(key, facts[0]) for key, facts in figures.BY.items()], required=False)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput())
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput())
    measure = forms.ChoiceField(label=_("promise"), choices=[("", _("all")), *Measure.choices], required=False)
    agreement = forms.ModelChoiceField(Agreement.objects.all(), label=_("agreement"), required=False, empty_label=_("all"))
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("team"), required=False, empty_label=_("all"))
    person = forms.ModelChoiceField(User.objects.staff().order_by("name"), label=_("person"), required=False, empty_label=_("all"))
    customer = forms.ModelChoiceField(Customer.objects.filter(archived_at=None), label=_("customer"), required=False, empty_label=_("all"))
    kind = forms.ChoiceField(label=_("kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("all")), *((k.key, k.label) for k in kinds.every())]  # type: ignore[attr-defined]
        dress(self)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def lines_of(given: dict[str, Any]) -> tuple[str, date, date, list[figures.Line]]:
    """(told by, first day, last day, lines) of what was asked; the last thirty days, by agreement, unless said."""
    today = timezone.localdate()
    by, until = given.get("by") or "agreement", given.get("until") or today
    since = given.get("since") or until - timedelta(days=30)
    only = {name: getattr(given.get(name), "pk", given.get(name)) for name in ("measure", "agreement", "team", "person", "customer", "kind")}
    return by, since, until, figures.report(by, since=_start(since), until=_start(until + timedelta(days=1)), only=only)


def named(by: str, line: figures.Line) -> str:
    """What a line is of."""
    if line.key is None:
        return str(_("nobody") if by == "person" else _("none"))
    if by == "measure":
        return str(Measure(line.key).label) if line.key in Measure.values else line.key
    return str(NAMES.get(int(line.key), line.key)) if by == "priority" else line.label


def _cells(line: figures.Line) -> list[Any]:
    return [line.met, line.breached, line.by_change, line.cancelled, line.share, line.items, *(duration(s) if s is not None else "" for s in (line.median, line.p90, line.p95))]


@login_required
def promises(request: HttpRequest) -> HttpResponse:
    """The report: a chart, its table, both as files."""
    if not signed_in(request).may(perms.VIEW_FIGURES):
        raise Http404
    form = PromisesForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    by, since, until, lines = lines_of(given)
    rows = [(named(by, line), line, _cells(line)) for line in lines]
    heads = [str(figures.BY[by][0]), *map(str, HEADS)]
    if request.GET.get("form") in ("csv", "xlsx") and "chart" not in request.GET:
        return table_response(request.GET["form"], str(_("Promises kept")), heads, [[name, *cells] for name, _line, cells in rows])
    most = rows[:20]
    chart = Chart(
        "promises", _("Promises kept"), [name for name, _line, _cells in most],
        [Series(_("met"), [line.met for _n, line, _c in most]), Series(_("breached"), [line.breached for _n, line, _c in most]),
         Series(_("breached by a change"), [line.by_change for _n, line, _c in most]), Series(_("met, %"), [line.share for _n, line, _c in most], kind="line", percent=True)],
        stacked=True, unit=_("promises"), empty=_("No promise was decided in this period."))
    file = asked_file(request, [chart])
    if file is not None:
        return file
    asked = request.GET.copy()
    shown = PromisesForm({**{name: request.GET.get(name, "") for name in form.fields}, "by": by, "since": since.isoformat(), "until": until.isoformat()})
    total = figures.Line(
        "", "", met=sum(x.met for x in lines), breached=sum(x.breached for x in lines), by_change=sum(x.by_change for x in lines),
        cancelled=sum(x.cancelled for x in lines), items=0, median=None, p90=None, p95=None)
    return render(request, "work/promises.html", {
        "form": shown, "rows": rows, "heads": heads, "chart": chart, "here": asked.urlencode(), "by": by, "total": total})


@login_required
def without(request: HttpRequest) -> HttpResponse:
    """Open items that nothing was promised for, and those whose promise comes from an agreement that no longer counts."""
    user = signed_in(request)
    if not user.may(perms.VIEW_AGREEMENTS):
        raise Http404
    now = timezone.now()
    seen = WorkItem.objects.visible_to(user).open().select_related("customer", "team", "owner")
    gone = ~Q(state=AgreementVersion.State.SIGNED) | Q(effective_to__lte=now)
    expired = seen.filter(clocks__state__in=("running", "paused"), clocks__target__version__in=AgreementVersion.objects.filter(gone).exclude(state=AgreementVersion.State.SUPERSEDED)).distinct()
    bare = seen.filter(without_agreement=True)
    return render(request, "work/without_agreement.html", {
        "bare": bare.order_by("received_at")[:SHOWN], "bare_count": bare.count(), "expired": _with_agreement(expired.order_by("received_at")[:SHOWN]),
        "expired_count": expired.count(), "most": SHOWN})


def _with_agreement(items: Any) -> list[tuple[WorkItem, AgreementVersion]]:
    rows = []
    for item in items.prefetch_related("clocks__target__version__agreement"):
        clock = next(c for c in item.clocks.all() if c.state in c.LIVE)
        rows.append((item, clock.target.version))
    return rows
