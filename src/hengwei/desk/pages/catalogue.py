"""The catalogue designed in the product: entries, their forms, preview, versions with what changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.i18n import aside
from hengwei.desk import design
from hengwei.desk import permissions as perms
from hengwei.desk.actions import catalogue as actions
from hengwei.desk.forms import rows
from hengwei.desk.models import CatalogueEntry
from hengwei.ui.kit import Action, Column, Facts, Inline, KitForm, KitModelForm, Pages, Part, Table
from hengwei.ui.templatetags.ui import icon as sign
from hengwei.work import approval_rows, kinds
from hengwei.work.models import ApprovalPlan

from .asking import shown_fields

#: Icons to choose from; each is in the product's sprite.
ICONS = (
    "help-circle", "printer", "device-laptop", "wifi-off", "shield-lock", "user-plus", "lock-open", "key", "database-exclamation", "settings-exclamation", "device-desktop-plus", "tool",
    "mood-sad", "bulb", "mail", "phone", "world", "server", "cloud", "video", "camera", "building", "car", "package", "truck", "cpu", "keyboard", "headset", "school", "calendar", "file-text", "heart-handshake",
)


class EntryForm(KitModelForm):
    icon = forms.ChoiceField(label=_("icon"), choices=lambda: [(name, sign(name, name)) for name in ICONS], widget=forms.RadioSelect)

    class Meta:
        model = CatalogueEntry
        fields = ("key", "name", "name_en", "description", "description_en", "audience", "customers", "teams", "icon")
        widgets = {
            "audience": forms.Select(attrs={"data-needs": json.dumps({"customers": ["customers"], "teams": ["teams"]})}),
            "customers": forms.SelectMultiple(attrs={"size": 6}), "teams": forms.SelectMultiple(attrs={"size": 4}),
        }
        help_texts = {"key": _("Part of its address; empty: given by itself.")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False

    fieldsets = ((_("What people read"), ("name", "name_en", "description", "description_en", "key")), (_("For whom"), ("audience", "customers", "teams")), (_("Icon"), ("icon",)))
    wide = ("icon",)


class PublishForm(KitForm):
    note = forms.CharField(label=_("what changed"), max_length=300, required=False)


def _preview(row: CatalogueEntry, request: HttpRequest) -> dict[str, Any] | None:
    whole = design.complete(row.draft) if row.draft is not None else actions.design_of(row.published)
    if not whole["fields"] and row.draft is None and row.published is None:
        return None
    try:
        shown = shown_fields(whole["fields"])
    except (KeyError, TypeError, ValueError):
        shown = []
    plan = ApprovalPlan.objects.filter(pk=whole["plan"] or 0).first()
    return {"plan": plan, "steps": approval_rows.in_words(plan.steps if plan else whole["approvals"]), "fields": shown, "whole": whole, "is_draft": row.draft is not None, "faults": actions.faults(row.draft) if row.draft is not None else "", "entry": row}


class EntryPages(Pages):
    """What people may ask for."""

    room, name, plural, address = "desk", "entry", "entries", "desk/catalogue"
    model, title, one, icon = CatalogueEntry, _("Service catalogue"), _("entry"), "apps"
    view, change = perms.CATALOGUE, perms.CATALOGUE
    order = ("order", "id")
    search = ("name", "name_en", "key", "description")
    columns = [
        Column("name", link=True, value=lambda row: row.label, second=lambda row: row.explanation), Column("key", default=False), Column("audience"),
        Column("version", _("version"), value=lambda row: f"v{row.published.number}" if row.published else _t("not published"), align="right"),
        Column("draft", _("draft"), value=lambda row: row.draft is not None), Column("archived_at"),
    ]
    form = EntryForm
    panels = [
        Part("desk/preview.html", context=_preview, order=10),
        Table(_("Versions"), rows=lambda row, user: row.versions.select_related("published_by", "team", "category").order_by("-number"), columns=[
            Column("number", _("version"), value=lambda v: f"v{v.number}", align="right"), Column("published_at", _("published")), Column("published_by", _("published by")), Column("note"), Column("team"),
            Column("asked", _("times asked for"), value=lambda v: v.asked.count(), align="right"),
        ]),
        Part("desk/differences.html", context=lambda row, request: _differences(row), order=110),
        Facts(_("Entry"), ["key", "audience", "customers", "teams", "order"], side=True),
    ]
    actions = [
        Action("publish", _("Publish"), "upload", perms.CATALOGUE, run=lambda row, by, data: _published(row, by, data), when=lambda row: row.draft is not None, form=PublishForm, primary=True),
        Action("discard", _("Discard the draft"), "eraser", perms.CATALOGUE, run=lambda row, by, data: actions.discard_draft(row, by=by), when=lambda row: row.draft is not None, confirm=_("Discard what was designed and not published?")),
        Action("archive", _("Archive"), "archive", perms.CATALOGUE, run=lambda row, by, data: actions.archive(row, by=by), when=lambda row: row.archived_at is None, confirm=_("Offer it no more? What was asked for stays."), bulk=True),
        Action("restore", _("Offer again"), "archive-off", perms.CATALOGUE, run=lambda row, by, data: actions.restore(row, by=by), when=lambda row: row.archived_at is not None),
    ]
    empty = _("Nothing is offered yet. Make the first entry: what do people ask for most?")
    detail_template = "desk/entry.html"

    def put_in_order(self, pks: Sequence[int], *, by: Actor) -> None:
        keys = dict(CatalogueEntry.objects.filter(pk__in=pks).values_list("pk", "key"))
        actions.reorder([keys[pk] for pk in pks if pk in keys], by=by)

    def rows(self, user: Any) -> Any:
        return CatalogueEntry.objects.select_related("published__team", "published__category")

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        data = {name: value for name, value in form.cleaned_data.items() if name not in ("customers", "teams")}
        return actions.save_entry(row, by=by, customers=list(form.cleaned_data["customers"]), teams=list(form.cleaned_data["teams"]), **data)


def _published(row: CatalogueEntry, by: Actor, data: dict[str, Any]) -> str:
    version = actions.publish_draft(row, by=by, note=data.get("note", ""))
    return _t("Version %(n)d is offered now.") % {"n": version.number}


def _differences(row: CatalogueEntry) -> dict[str, Any] | None:
    """What changed from one version to the next, and from the last to the draft."""
    versions = list(row.versions.select_related("team", "category").order_by("number"))
    states = [(f"v{one.number}", actions.design_of(one)) for one in versions]
    if row.draft is not None:
        states.append((_t("draft"), design.complete(row.draft)))
    steps = [
        {"title": f"{before[0]} → {after[0]}", "changes": [_said(*change) for change in design.differences(before[1], after[1])]}
        for before, after in pairwise(states)
    ]
    return {"steps": steps[::-1][:6]} if steps else None


def _said(path: str, before: Any, after: Any) -> dict[str, Any]:
    """A change in words: which part, as it was, as it is."""
    names = {
        "fields": _("order of the fields"), "kind": _("kind"), "category": _("category"), "team": _("team"), "impact": _("impact"), "urgency": _("urgency"), "labels": _("labels"),
        "plan": _("approval plan"), "approvals": _("approval steps"), "checklist": _("checklist"), "tasks": _("tasks"),
    }
    if path.startswith("fields."):
        parts = sorted(set(before or {}) | set(after or {}))
        return {
            "what": f"{(after or before)['label']}{aside(path.removeprefix('fields.'))}", "gone": after is None, "new": before is None,
            "parts": [] if before is None or after is None else [(name, before.get(name, ""), after.get(name, "")) for name in parts if before.get(name) != after.get(name)],
        }
    if path == "plan":
        before, after = (str(ApprovalPlan.objects.filter(pk=one or 0).first() or "—") for one in (before, after))
    return {"what": names.get(path, path), "gone": False, "new": False, "parts": [("", before, after)]}


def _plans() -> list[tuple[Any, Any]]:
    return [("", _t("none, or steps of its own")), *((plan.pk, plan.label) for plan in ApprovalPlan.objects.kept())]


class DesignForm(KitForm):
    kind = forms.ChoiceField(label=_("kind of work"), choices=lambda: [(kind.key, kind.label) for kind in kinds.every() if kind.for_requesters])
    category = forms.ChoiceField(label=_("category"), choices=rows.category_choices, required=False)
    impact = forms.TypedChoiceField(label=_("impact"), choices=rows.level_choices, coerce=int)
    urgency = forms.TypedChoiceField(label=_("urgency"), choices=rows.level_choices, coerce=int)
    team = forms.ChoiceField(label=_("team"), choices=rows.team_choices, required=False)
    labels = forms.CharField(label=_("labels"), required=False, help_text=_("apart by commas"))
    plan = forms.TypedChoiceField(label=_("approval plan"), choices=_plans, coerce=int, empty_value="", required=False)

    fieldsets = ((_("What becomes of a request"), ("kind", "team", "category", "labels", "impact", "urgency")), (_("Who must agree before work begins"), ("plan",)))


def _inlines(data: Any, whole: dict[str, Any]) -> list[Inline]:
    return [
        rows.inline("fields", _("Fields of the form"), rows.FieldRow, data, whole["fields"], _("Drag to put them in order. A condition may name a field above it.")),
        approval_rows.inline(whole["approvals"], data, key="approvals", title=_("Steps of its own"), help_text=_("Only where no plan is chosen above. The steps are asked in turn, from the top.")),
        rows.inline("checklist", _("Checklist"), rows.ChecklistRow, data, whole["checklist"]),
        rows.inline("tasks", _("Tasks that open below it, after approval"), rows.TaskRow, data, whole["tasks"]),
    ]


@login_required
def design_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Design what is offered: the form, who decides, what is done. Kept as a draft; looked at before it is published."""
    user = signed_in(request)
    if not user.may(perms.CATALOGUE):
        raise Http404
    row = EntryPages().find(user, pk)
    whole = design.complete(row.draft) if row.draft is not None else actions.design_of(row.published)
    posted = request.method == "POST"
    form = DesignForm(request.POST if posted else None, initial={**whole, "labels": ",".join(whole["labels"])})
    form.inlines = _inlines(request.POST if posted else None, whole)
    for one in form.inlines:
        _dressed(one)
    if posted and form.is_valid() and all(one.formset.is_valid() for one in form.inlines):
        draft = {
            **{name: form.cleaned_data[name] for name in ("kind", "category", "impact", "urgency", "team", "plan")},
            "labels": [one.strip() for one in form.cleaned_data["labels"].replace("，", ",").split(",") if one.strip()],
            "fields": rows.keyed(rows.rows_of(form.inlines, "fields", rows.FieldRow)),
            **{key: rows.rows_of(form.inlines, key, kind) for key, kind in (("approvals", approval_rows), ("checklist", rows.ChecklistRow), ("tasks", rows.TaskRow))},
        }
        try:
            actions.save_draft(row, by=current(), draft=draft, at=timezone.now())
            messages.success(request, _t("The draft is kept. Look at it, then publish it."))
            return redirect("desk:entry", pk=row.pk)
        except ActionError as error:
            form.add_error(None, str(error))
    failed = posted and bool(form.errors or form.has_inline_errors)
    return render(request, "desk/design.html", {"pages": EntryPages(), "form": form, "row": row, "heading": _t("Design: %(name)s") % {"name": row.label}, "urls": EntryPages()._urls(), "back": EntryPages().address_of(row)}, status=422 if failed else 200)


def _dressed(one: Inline) -> None:
    from hengwei.ui.kit.forms import dress

    for form in one.formset.forms:
        dress(form)
