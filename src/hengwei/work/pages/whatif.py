"""What-if: what a version would have meant for the items of a period, beside what really happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.levels import NAMES
from hengwei.ui.kit import KitForm
from hengwei.ui.kit.charts import Chart, Series, asked_file
from hengwei.work import permissions as perms
from hengwei.work.actions import agreements as actions
from hengwei.work.models import Agreement, Measure, Trial

from .agreements import AgreementPages, midnight


class PeriodForm(KitForm):
    number = forms.TypedChoiceField(label=_("version"), coerce=int)
    starts_at = forms.DateField(label=_("items that arrived from"), widget=forms.DateInput())
    ends_at = forms.DateField(label=_("until, that day included"), widget=forms.DateInput())


@login_required
def whatif(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a period, watch it being counted, read the result."""
    user = signed_in(request)
    agreement = Agreement.objects.visible_to(user).filter(pk=pk).first()
    if agreement is None or not user.may(perms.VIEW_AGREEMENTS):
        raise Http404
    trial = _asked(agreement, request.GET.get("trial", ""))
    charts = [chart_of(trial)] if trial and trial.finished_at else []
    file = asked_file(request, charts)
    if file is not None:
        return file
    if request.headers.get("HX-Request") and trial is not None:
        return render(request, "work/whatif_result.html", {"agreement": agreement, **result(trial), "charts": charts})
    versions = list(agreement.versions.order_by("-number"))
    first = timezone.localdate().replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)
    form = PeriodForm(request.POST or None, initial={"number": versions[0].number, "starts_at": last_month, "ends_at": first - timedelta(days=1)})
    form.fields["number"].choices = [(v.number, f"v{v.number} · {v.get_state_display()}") for v in versions]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        version = next(v for v in versions if v.number == given["number"])
        try:
            made = actions.start_trial(version, by=current(), starts_at=midnight(given["starts_at"]), ends_at=midnight(given["ends_at"] + timedelta(days=1)))  # type: ignore[arg-type]
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(f"{reverse('work:whatif', args=[pk])}?trial={made.pk}")
    return render(request, "work/whatif.html", {
        "pages": AgreementPages(), "urls": {"list": reverse("work:agreements")}, "agreement": agreement, "form": form, "charts": charts,
        "earlier": Trial.objects.filter(version__agreement=agreement).select_related("version", "by")[:8], **(result(trial) if trial else {}),
    }, status=422 if form.errors else 200)


def _asked(agreement: Agreement, pk: str) -> Trial | None:
    return Trial.objects.filter(version__agreement=agreement, pk=int(pk)).select_related("version").first() if pk.isdecimal() else None


def result(trial: Trial) -> dict[str, Any]:
    """The figures of a trial as the page shows them."""
    lines = []
    for line in trial.figures:
        decided = line["met"] + line["breached"]
        lines.append({
            **line, "measure": str(Measure(line["measure"]).label), "priority": str(NAMES.get(line["priority"], _("not set"))),
            "share": round(100 * line["met"] / decided) if decided else None, "would_share": round(100 * line["would_meet"] / line["items"]) if line["items"] else None})
    differing = [{**one, "measure": str(Measure(one["measure"]).label)} for one in trial.differing]
    return {
        "trial": trial, "lines": lines, "differing": differing, "percent": round(100 * trial.done / trial.total) if trial.total else 0,
        "last_day": trial.ends_at - timedelta(seconds=1)}


def chart_of(trial: Trial) -> Chart:
    """Share met, then and now, by promise and priority."""
    lines = result(trial)["lines"]
    return Chart(
        "whatif", _("Share met"), [f"{line['measure']} · {line['priority']}" for line in lines],
        [Series(_("really"), [line["share"] for line in lines], percent=True), Series(_("with this version"), [line["would_share"] for line in lines], percent=True)], unit="%")
