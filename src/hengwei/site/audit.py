"""The audit log, for those who watch over the others."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST
from ninja import Router

from hengwei.core import audit
from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.audit import archiving
from hengwei.core.errors import Forbidden
from hengwei.core.history.showing import WAYS
from hengwei.core.i18n import clauses, listed
from hengwei.core.models import AuditRecord
from hengwei.core.names import name_of
from hengwei.core.permissions import VIEW_AUDIT
from hengwei.ui.kit import Column, Facts, Pages, Part
from hengwei.ui.templatetags.ui import browser

router = Router()


def _actions() -> list[tuple[str, Any]]:
    return list(audit.ACTIONS.items())


class AuditFilters(django_filters.FilterSet):
    action = django_filters.ChoiceFilter(label=_l("What"), choices=_actions)
    since = django_filters.DateFilter(label=_l("From"), field_name="at", lookup_expr="date__gte", widget=forms.DateInput(attrs={"type": "date"}))
    until = django_filters.DateFilter(label=_l("Until"), field_name="at", lookup_expr="date__lte", widget=forms.DateInput(attrs={"type": "date"}))
    address = django_filters.CharFilter(label=_l("Address"))

    class Meta:
        model = AuditRecord
        fields: list[str] = []


class AuditPages(Pages):
    """The log, newest first; `verify` looks whether it is whole."""

    room, name, plural, address = "site", "audit_record", "audit", "audit"
    model, title, one, icon = AuditRecord, _l("Audit log"), _l("audit record"), "shield-check"
    view = VIEW_AUDIT
    order = ("-id",)
    search = ("actor_name", "subject_name", "action", "address")
    filters = AuditFilters
    list_template = "site/audit.html"
    columns = [
        Column("at", link=True),
        Column("action", value=lambda row: audit.label_of(row.action)),
        Column("actor_name", _l("Who"), second=lambda row: WAYS.get(row.via, row.via)),
        Column("subject_name", _l("On what"), second=lambda row: _kind(row.subject_model)),
        Column("address"),
        Column("details", _l("Details"), value=lambda row: _short(row.details)),
        Column("position", _l("Number"), align="right"),
        Column("hash", default=False),
    ]
    panels = [
        Facts(_l("Record"), [
            "at", Column("action", value=lambda row: audit.label_of(row.action)), Column("actor_name", _l("Who")), Column("via", value=lambda row: WAYS.get(row.via, row.via)),
            "address", Column("subject_name", _l("On what")), Column("subject_model", _l("Kind of record"), words=lambda row: _kind(row.subject_model)), Column("subject_id", "ID"),
        ]),
        Part("site/audit_record.html"),
    ]

    def rows(self, user: Any) -> QuerySet[AuditRecord]:
        return AuditRecord.objects.all()

    def heading(self, row: AuditRecord) -> str:
        return f"{audit.label_of(row.action)} #{row.position or row.pk}"


def _kind(model: str) -> str:
    """What kind of record a line is about, in words."""
    try:
        return name_of(apps.get_model(model)._meta) if model else ""
    except (LookupError, ValueError):
        return model


def _detail(name: str, value: Any) -> str:
    if name == "browser":
        return browser(str(value))
    words = " → ".join(map(str, value)) if isinstance(value, list) and len(value) == 2 else value
    return f"{name}: {words}"


def _short(details: dict[str, Any]) -> str:
    """Details on one line, as long as a list row takes."""
    said = clauses(_detail(name, value) for name, value in details.items())
    return said if len(said) <= 120 else f"{said[:119]}…"


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Look at the whole chain now, and say what was found."""
    if not signed_in(request).may(VIEW_AUDIT):
        raise Http404
    verdict = audit.verify()
    audit.record("audit.verified", by=current(), details={"records": verdict.records, "broken": len(verdict.broken)})
    if verdict.whole:
        messages.success(request, _("The log is whole: %(n)d records, each linked to the one before.") % {"n": verdict.records})
    else:
        places = listed(f"#{one.position}" for one in verdict.broken)
        messages.error(request, _("The log was tampered with, at %(places)s. Keep the database as it is and look at `hengwei audit verify`.") % {"places": places})
    return redirect("site:audit")


@login_required
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The chain as a file that can be verified anywhere."""
    if not signed_in(request).may(VIEW_AUDIT):
        raise Http404
    audit.record("audit.exported", by=current())
    response = StreamingHttpResponse(archiving.lines(AuditRecord.objects.all()), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
    return response


@router.get("/audit-verification", response=dict[str, Any], tags=["audit"], summary="Is the audit log whole?")
def verification(request: HttpRequest) -> dict[str, Any]:
    """Looks at every record. `head` can be kept elsewhere and given to `hengwei audit verify --head`."""
    if not signed_in(request).may(VIEW_AUDIT):
        raise Forbidden(_("You do not have the right to do this."))
    verdict = audit.verify()
    return {"whole": verdict.whole, "records": verdict.records, "head": f"{verdict.last}:{verdict.hash}", "broken": [{"what": b.what, "position": b.position} for b in verdict.broken]}
