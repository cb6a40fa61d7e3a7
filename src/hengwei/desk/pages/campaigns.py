"""Survey campaigns: designed, sent, read (A9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.desk import permissions as perms
from hengwei.desk import surveys as rules
from hengwei.desk.actions import surveys as actions
from hengwei.desk.forms import rows
from hengwei.desk.models import Campaign
from hengwei.desk.survey_results import results_of
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, KitModelForm, Pages, Part
from hengwei.ui.kit.charts import Chart, Series

from .asking import shown_fields

State = Campaign.State


class CampaignForm(KitModelForm):
    class Meta:
        model = Campaign
        fields = ("name", "name_en", "introduction", "introduction_en", "anonymous", "ends_at", "remind_after_days", "customers", "teams", "served_from", "served_until")
        widgets = {"introduction": forms.Textarea(attrs={"rows": 3}), "introduction_en": forms.Textarea(attrs={"rows": 3}), "customers": forms.SelectMultiple(attrs={"size": 6}), "teams": forms.SelectMultiple(attrs={"size": 4})}

    fieldsets = (
        (_("Survey"), ("name", "name_en", "introduction", "introduction_en", "anonymous", "ends_at", "remind_after_days")),
        (_("Whom it asks"), ("customers", "teams", "served_from", "served_until")),
    )


class SuggestForm(KitForm):
    title = forms.CharField(label=_("what should be improved"), max_length=300)
    description = forms.CharField(label=_("why"), widget=forms.Textarea, required=False)


def _results(row: Campaign, request: HttpRequest) -> dict[str, Any] | None:
    if row.state == State.DRAFT:
        fields = [{**question, "type": "number" if question["type"] in rules.RANGES else "long_text" if question["type"] == "text" else question["type"]} for question in row.questions]
        return {"preview": shown_fields(fields), "would_ask": actions.audience(row).count()}
    results = results_of(row)
    charts = [
        Chart(f"q{number}", figure.label, list(figure.counts), [Series(_("number of answers"), list(figure.counts.values()))], horizontal=figure.type in ("choice", "choices"), note=_summary(figure))
        for number, figure in enumerate(results.figures) if figure.counts
    ]
    names = {"team": _("By team"), "served_by": _("By engineer"), "category": _("By category"), "customer": _("By customer")}
    return {"results": results, "charts": charts, "texts": [figure for figure in results.figures if figure.texts], "groups": [(names[key], groups) for key, groups in results.groups.items()], "least": rules.ANONYMOUS_AT_LEAST}


def _summary(figure: Any) -> str:
    if figure.average is None:
        return ""
    words = _t("%(n)d answers, on average %(average).2f") % {"n": figure.count, "average": figure.average}
    return words + (_t(", NPS %(nps)+.0f") % {"nps": figure.nps} if figure.nps is not None else "")


class CampaignPages(Pages):
    """Surveys sent to many."""

    room, name, plural, address = "desk", "campaign", "campaigns", "desk/surveys"
    model, title, one, icon = Campaign, _("Surveys"), _("survey"), "chart-bar"
    view, change = perms.SURVEYS, perms.SURVEYS
    order = ("-id",)
    search = ("name", "name_en")
    columns = [
        Column("name", link=True, value=lambda row: row.label), Column("state"), Column("anonymous"), Column("started_at"), Column("ends_at"),
        Column("asked", _("people asked"), value=lambda row: row.invitations.count(), align="right"), Column("answered", _("answered"), value=lambda row: row.answers.count(), align="right"),
    ]
    form = CampaignForm
    panels = [
        Part("desk/survey_results.html", context=_results),
        Facts(_("Survey"), ["state", "anonymous", "introduction", "customers", "teams", "served_from", "served_until", "started_at", "reminded_at", "ends_at", "ended_at", "created_by"], side=True),
    ]
    actions = [
        Action("start", _("Send it"), "send", perms.SURVEYS, run=lambda row, by, data: _started(row, by), when=lambda row: row.state == State.DRAFT, confirm=_("Send the survey now? It is not changed any more after that."), primary=True),
        Action("end", _("End it now"), "player-stop", perms.SURVEYS, run=lambda row, by, data: actions.end(row, by=by) and "", when=lambda row: row.state == State.RUNNING, confirm=_("End the survey? Nobody can answer any more.")),
        Action("improve", _("Open an improvement…"), "bulb", perms.SURVEYS, run=lambda row, by, data: _improved(row, by, data), when=lambda row: row.state != State.DRAFT, form=SuggestForm),
    ]
    empty = _("No survey yet. Ask the customers once a quarter how they find the service.")

    def may_change(self, user: Any, row: Any) -> bool:
        return user.may(perms.SURVEYS) and (row is None or row.state == State.DRAFT)

    def inlines(self, data: Any, row: Any) -> list[Inline]:
        usual: list[Any] = [
            {"key": "overall", "type": "csat", "label": "您对我们的服务总体满意吗？", "label_en": "How content are you with our service?", "required": True},
            {"key": "recommend", "type": "nps", "label": "您会向同事推荐我们的服务吗？", "label_en": "Would you recommend us to a colleague?"},
            {"key": "words", "type": "text", "label": "我们最应该改进什么？", "label_en": "What should we do better?"},
        ]
        return [rows.inline("questions", _("Questions"), rows.QuestionRow, data, row.questions if row is not None else usual)]

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"ends_at": timezone.localtime() + timedelta(days=14), **super().initial(request)}

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        data = {name: value for name, value in form.cleaned_data.items() if name not in ("customers", "teams")}
        questions = rows.rows_of(form.inlines, "questions", rows.QuestionRow)
        return actions.save_campaign(row, by=by, customers=list(form.cleaned_data["customers"]), teams=list(form.cleaned_data["teams"]), questions=questions, **data)


def _started(row: Campaign, by: Actor) -> str:
    return _t("%(n)d people are asked.") % {"n": actions.start(row, by=by).invitations.count()}


def _improved(row: Campaign, by: Actor, data: dict[str, Any]) -> str:
    return _t("Opened as %(number)s.") % {"number": actions.suggest_from(row, by=by, **data).number}
