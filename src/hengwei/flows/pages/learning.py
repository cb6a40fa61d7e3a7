"""What was learnt, how good it is, and the card beside an item that suggests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.tasks import start
from hengwei.flows import permissions as perms
from hengwei.flows.learning import actions
from hengwei.flows.learning.models import Learnable, Suggestion, TrainedModel
from hengwei.ui.kit import KitForm
from hengwei.ui.kit.charts import Chart, Series, asked_file
from hengwei.work import permissions as work
from hengwei.work.asides import verb
from hengwei.work.models import WorkItem


class SettingForm(KitForm):
    active = forms.BooleanField(label=_("suggestions are made"), required=False)
    show_above = forms.IntegerField(label=_("shown from (percent)"), min_value=1, max_value=100)
    apply_above = forms.IntegerField(label=_("applied by itself from (percent)"), min_value=50, max_value=100, required=False, help_text=_("Empty: never. Only where nobody has decided yet; it is written into the timeline."))


@login_required
def learning(request: HttpRequest) -> HttpResponse:
    """Each field: how good the suggestions are, from when on they are shown, what became of them."""
    user = signed_in(request)
    if not user.may(perms.VIEW_RULES):
        raise Http404
    may_set, status, forms_of = user.may(perms.LEARNING), 200, {}
    for field in Learnable.values:
        setting = actions.setting_of(field)
        asked = request.method == "POST" and request.POST.get("field") == field
        forms_of[field] = form = SettingForm(request.POST if asked else None, prefix=field, initial={"active": setting.active, "show_above": setting.show_above, "apply_above": setting.apply_above})
        if not asked:
            continue
        if not may_set:
            raise Http404
        if form.is_valid():
            try:
                actions.choose(field, by=current(), **form.cleaned_data)
            except ActionError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _t("Saved."))
                return redirect("flows:learning")
        status = 422
    cards = [_card(field, forms_of[field]) for field in Learnable.values]
    file = asked_file(request, [card["chart"] for card in cards if card["chart"]])
    return file or render(request, "flows/learning/page.html", {"cards": cards, "may_set": may_set}, status=status)


def _card(field: str, form: SettingForm) -> dict[str, Any]:
    newest = TrainedModel.objects.filter(field=field).defer("weights").order_by("-id").first()
    setting = actions.setting_of(field)
    found: dict[str, Any] = {"field": field, "label": Learnable(field).label, "form": form, "model": newest, "chart": None, "feedback": actions.feedback(field), "setting": setting}
    if newest is None or not newest.tested:
        return found
    points = sorted((int(at), pair) for at, pair in newest.curve.items())
    found["chart"] = Chart(
        f"learning-{field}", _t("By threshold"), [f"{at}%" for at, _pair in points],
        [Series(_t("suggested, of all"), [round(100 * shown / newest.tested) for _at, (shown, _right) in points]), Series(_t("right, of those suggested"), [round(100 * right / shown) if shown else None for _at, (shown, right) in points], kind="line")],
        kind="bar", unit="%")
    shown, right = newest.curve.get(str(setting.show_above // 5 * 5), (0, 0))
    return {**found, "shown_share": round(100 * shown / newest.tested), "right_share": round(100 * right / shown) if shown else None, "table": confusion(newest)}


def confusion(row: TrainedModel) -> dict[str, Any]:
    """The table of what was taken for what, most frequent classes first."""
    often = list(dict.fromkeys(was for was, _name, _count in row.confusion))
    totals = {was: sum(count for one, _name, count in row.confusion if one == was) for was in often}
    often.sort(key=lambda was: -totals[was])
    names = {value: actions.label_of(row.field, value) or value for value in {*often, *(name for _was, name, _count in row.confusion)}}
    cells = {(was, name): count for was, name, count in row.confusion}
    lines = [{
        "label": names[was], "total": totals[was], "right": round(100 * cells.get((was, was), 0) / totals[was]),
        "cells": [{"count": cells.get((was, name), 0), "same": was == name} for name in often],
        "other": totals[was] - sum(cells.get((was, name), 0) for name in often),
    } for was in often]
    return {"heads": [names[name] for name in often], "lines": lines}


@login_required
def train(request: HttpRequest) -> HttpResponse:
    """Learn anew now, in the background."""
    if request.method != "POST" or not signed_in(request).may(perms.LEARNING):
        raise Http404
    from hengwei.flows.jobs import train_models

    start(train_models, by=current())
    messages.success(request, _t("It is being learnt anew; the running tasks tell how far it is."))
    return redirect("flows:learning")


# --- beside an item -----------------------------------------------------------------------------------------------


def suggestions_card(item: WorkItem, request: HttpRequest) -> str:
    """What is suggested for the item: one click does it, another says that it is wrong."""
    if not current().may(work.CLASSIFY) or not item.is_open:
        return ""
    rows = [{"row": row, "label": actions.label_of(row.field, row.value)} for row in actions.shown(item)]
    rows = [one for one in rows if one["label"]]
    return render_to_string("flows/learning/card.html", {"item": item, "rows": rows}, request) if rows else ""


@verb("suggestion")
def decide(item: WorkItem, by: Actor, post: Any) -> str:
    """Accept or refuse what is suggested."""
    row = Suggestion.objects.filter(item=item, pk=chosen(post, "suggestion") or 0).first()
    if row is None:
        raise Refused(_t("This suggestion does not exist any more."), code="unknown")
    if post.get("deed") == "refuse":
        actions.refuse(row, by=by)
        return _t("It is not suggested again.")
    actions.accept(row, by=by)
    return _t("Done: %(name)s.") % {"name": actions.label_of(row.field, row.value)}
