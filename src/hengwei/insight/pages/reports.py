"""Support reports: drafted from the figures, written by people, decided on, taken along as Word and PDF."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.insight import actions, documents, drafting
from hengwei.insight import permissions as perms
from hengwei.insight.models import Decision, SupportReport
from hengwei.org.models import Team, User
from hengwei.ui.kit import Action, Column, KitForm, Pages
from hengwei.ui.kit.charts import Chart, Series, asked_file

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class NewReportForm(KitForm):
    """Which period a report is about."""

    kind = forms.ChoiceField(label=_("period"), choices=SupportReport.Kind.choices)
    day = forms.DateField(label=_("a day in it"), widget=forms.DateInput())
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("team"), required=False, help_text=_("Left empty: the whole department."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate().replace(day=1) - timedelta(days=1)  # type: ignore[attr-defined]


class DecisionForm(KitForm):
    """Something decided."""

    text = forms.CharField(label=_("what is decided"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("who sees to it"))
    due_on = forms.DateField(label=_("to be done by"), widget=forms.DateInput())
    open_work = forms.BooleanField(label=_("open a work item for it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.staff().order_by("name", "id")  # type: ignore[attr-defined]


class DoneForm(KitForm):
    """What came of a decision."""

    result = forms.CharField(label=_("what came of it"), widget=forms.Textarea(attrs={"rows": 3}))


class ReportFilters(django_filters.FilterSet):
    class Meta:
        model = SupportReport
        fields = ("kind", "state", "team")


def _decide(row: SupportReport, by: Any, data: dict[str, Any]) -> str:
    actions.decide(row, by=by, **data)
    return _t("The decision is on record.")


class ReportPages(Pages):
    """The list of support reports; a report's page and its editor are made by hand."""

    room, name, plural, address = "insight", "report", "reports_support", "reports/support"
    model, title, one, icon = SupportReport, _("Support reports"), _("support report"), "report-analytics"
    view, change = perms.VIEW, perms.WRITE
    order = ("-period_start", "-id")
    columns = (
        Column("name", _("Report"), value=str, link=True, second=lambda row: row.number), Column("kind"), Column("team", value=lambda row: row.team or _t("whole department")), Column("state"),
        Column("decisions", _("Decisions"), value=lambda row: f"{row.done}/{row.decided}", align="right"), Column("prepared_by"), Column("published_at"),
    )
    filters = ReportFilters
    form = NewReportForm
    detail_template = "insight/report.html"
    empty = _("No report yet. The first is drafted from the figures of its period in a moment.")
    actions = (
        Action("decide", _("Record a decision"), "gavel", perms.WRITE, run=_decide, form=DecisionForm),
        Action("publish", _("Publish"), "send", perms.PUBLISH, run=lambda row, by, data: actions.publish_report(row, by=by) and None, when=lambda row: not row.is_published,
               confirm=_("Publish this report? Its figures are fixed with it."), primary=True),
        Action("back", _("Back to draft"), "arrow-back-up", perms.PUBLISH, run=lambda row, by, data: actions.take_back(row, by=by) and None, when=lambda row: row.is_published),
    )

    def rows(self, user: Any) -> Any:
        from django.db.models import Count, Q

        counted = {"decided": Count("decisions"), "done": Count("decisions", filter=Q(decisions__done_at__isnull=False))}
        return SupportReport.objects.visible_to(user).select_related("team", "prepared_by", "published_by").annotate(**counted)

    def save(self, form: Any, *, row: Any, by: Any) -> SupportReport:
        return actions.begin_report(by=by, **form.cleaned_data)

    def may_change(self, user: Any, row: Any) -> bool:
        # The form only begins a report; a report itself is written on its own page.
        return row is None and user.may(perms.WRITE)

    def subtitle(self, row: Any) -> Any:
        return row.get_state_display()

    def extra(self, request: HttpRequest, row: Any = None) -> dict[str, Any]:
        if row is None:
            return {}
        user = signed_in(request)
        found = drafting.figures_of(row, user)
        return {
            "found": found, "charts": charts_of(found), "texts": row.texts(),
            "decided": row.decisions.select_related("owner", "item", "done_by"), "today": timezone.localdate(),
            "may_write": user.may(perms.WRITE) and not row.is_published, "may_finish": user.may(perms.WRITE),
        }

    def detail(self, request: HttpRequest, row: Any) -> HttpResponse:
        if request.GET.get("chart"):
            file = asked_file(request, charts_of(drafting.figures_of(row, signed_in(request))))
            if file is not None:
                return file
        return super().detail(request, row)


def charts_of(found: dict[str, Any]) -> list[Chart]:
    """The charts of a report, from its figures as values."""
    flow = found["flow"]
    made = [Chart("flow", _t("Received and resolved"), [line[0][5:] for line in flow], [Series(_t("received"), [line[1] for line in flow]), Series(_t("resolved"), [line[2] for line in flow])], kind="line", unit=_t("items"))]
    for key, label in (("category", _t("By category")), ("cause", _t("By cause")), ("customer", _t("By customer or department"))):
        bars = found["by"][key]
        made.append(Chart(key, label, [bar["label"] for bar in bars], [Series(_t("items"), [bar["count"] for bar in bars]), Series(_t("together"), [bar["together"] for bar in bars], kind="line", percent=True)]))
    return made


def _find(request: HttpRequest, pk: int) -> SupportReport:
    user = signed_in(request)
    if not user.is_agent or not user.may(perms.VIEW):
        raise Http404
    return get_object_or_404(SupportReport.objects.visible_to(user), pk=pk)


class TextForm(forms.Form):
    """The four texts of a report, as Markdown."""

    summary = forms.CharField(required=False, widget=forms.Textarea())
    problems = forms.CharField(required=False, widget=forms.Textarea())
    needs = forms.CharField(required=False, widget=forms.Textarea())
    improvements = forms.CharField(required=False, widget=forms.Textarea())


@login_required
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor of a report's texts."""
    report = _find(request, pk)
    if not signed_in(request).may(perms.WRITE):
        raise Http404
    texts = {name: getattr(report, name) for name in SupportReport.TEXTS}
    version, error = report.version, None
    if request.method == "POST":
        texts = {name: request.POST.get(name, "") for name in SupportReport.TEXTS}
        sent = request.POST.get("version", "")
        try:
            actions.write_report(report, by=current(), version=int(sent) if sent.isdecimal() else None, **texts)
            messages.success(request, _t("Saved."))
            return redirect(report)
        except ActionError as refused:
            error, version = refused, refused.params.get("current", version)
    fields = [(name, heading, texts[name]) for name, heading, _kept in report.texts()]
    return render(request, "insight/write.html", {"report": report, "fields": fields, "version": version, "error": error}, status=error.status if error else 200)


@login_required
def document(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report as Word or PDF."""
    report = _find(request, pk)
    found = drafting.figures_of(report, signed_in(request))
    if form == "docx":
        content, kind = documents.docx(report, found), DOCX
    elif form == "pdf":
        content, kind = documents.pdf(report, found), "application/pdf"
    else:
        raise Http404
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": content_disposition_header(form == "docx", f"{report}.{form}") or "attachment"})


@login_required
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a decision: for who sees to it."""
    user = signed_in(request)
    decision = get_object_or_404(Decision.objects.select_related("report", "owner"), pk=pk)
    if decision.owner_id != user.pk and not user.may(perms.WRITE):
        raise Http404
    form = DoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.finish_decision(decision, by=current(), result=form.cleaned_data["result"])
            messages.success(request, _t("Done."))
            return redirect(decision.report if user.may(perms.VIEW) else "/")
        except ActionError as refused:
            form.add_error("result" if refused.field == "result" else None, str(refused))
    return render(request, "insight/finish.html", {"decision": decision, "form": form}, status=422 if form.errors else 200)
