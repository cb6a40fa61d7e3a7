"""The list of regulations, what is said about each, the catalogue of controls, what covers the requirements."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth.decorators import login_required
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hengwei.core import controls
from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.governance import coverage as requirement_coverage
from hengwei.governance import packs
from hengwei.governance import permissions as perms
from hengwei.governance.actions import life
from hengwei.governance.actions.packing import adopt
from hengwei.governance.actions.writing import save_regulation
from hengwei.governance.models import Regulation, RegulationVersion
from hengwei.org.models import Team, User
from hengwei.org.pages.teams import ROOMS
from hengwei.ui.kit import Action, Column, Pages

from .forms import AdoptForm, RegulationForm
from .reading import show


def state_sign(row: Any) -> SafeString:
    """In force, being written, or neither."""
    state, tone = (RegulationVersion.State.PUBLISHED, "good") if row.in_force_from else (RegulationVersion.State.DRAFT, "warn")
    return format_html('<span class="state {}">{}</span>', tone, state.label)


def red_sign(row: Any) -> SafeString | str:
    """How many of its proofs are red."""
    return format_html('<span class="clock late">● {}</span>', row.red) if row.red else ""


class RegulationFilters(django_filters.FilterSet):
    """Who keeps it, who carries it out, how it stands."""

    owner = django_filters.ModelChoiceFilter(queryset=User.objects.staff().order_by("name"), label=_("keeper"))
    body = django_filters.ModelChoiceFilter(queryset=Team.objects.filter(archived_at=None), label=_("executing body"))
    state = django_filters.ChoiceFilter(
        label=_("state"), method="by_state",
        choices=[("in_force", _("in force")), ("draft", _("being written")), ("red", _("with exceptions")), ("unread", _("not acknowledged by all"))])

    class Meta:
        model = Regulation
        fields: list[str] = []

    def by_state(self, rows: models.QuerySet[Any], _name: str, wanted: str) -> models.QuerySet[Any]:
        chosen = {"in_force": Q(in_force_from__isnull=False), "draft": Q(in_force_from=None), "red": Q(red__gt=0), "unread": Q(missing__gt=0)}
        return rows.filter(chosen[wanted])


class RegulationPages(Pages):
    """Regulations; the page of one is its board."""

    room, name, plural, address = "governance", "regulation", "regulations", "regulations"
    model, title, one, icon = Regulation, _("Regulations"), _("regulation"), "scale"
    view, change = perms.VIEW, perms.MANAGE
    order = ("code", "id")
    search = ("name", "name_en", "code")
    columns = [
        Column("name", _("Regulation"), value=lambda r: r.label, link=True, second=lambda r: r.code), Column("state", _("State"), value=state_sign),
        Column("red", _("Exceptions"), value=red_sign), Column("bound", _("Proofs"), align="right"), Column("body"), Column("owner"),
        Column("in_force_from", _("In force from"), value=lambda r: timezone.localdate(r.in_force_from) if r.in_force_from else ""), Column("review_months", default=False), Column("missing", _("Not acknowledged"), align="right"),
    ]
    filters = RegulationFilters
    form = RegulationForm
    list_template = "governance/regulations.html"
    empty = _("No regulation yet. Adopt a built-in one, or import your own text.")
    actions = [
        Action("reviewed", _("Reviewed, no change"), "checks", perms.MANAGE, run=lambda row, by, data: life.mark_reviewed(row, by=by), confirm=_("Say that it was checked and needs no change?")),
        Action("archive", _("Archive"), "archive", perms.MANAGE, run=lambda row, by, data: life.archive(row, by=by), confirm=_("Take this regulation out of use?"), when=lambda row: row.archived_at is None),
    ]

    def rows(self, user: Any) -> models.QuerySet[Any]:
        in_force = RegulationVersion.objects.filter(regulation=OuterRef("pk"), state=RegulationVersion.State.PUBLISHED).values("effective_from")[:1]
        return Regulation.objects.visible_to(user).filter(archived_at=None).select_related("owner", "body").annotate(
            in_force_from=Subquery(in_force), bound=Count("bindings", filter=Q(bindings__removed_at=None), distinct=True),
            red=Count("bindings", filter=Q(bindings__removed_at=None, bindings__red_since__isnull=False), distinct=True),
            missing=Count("versions__acknowledgements", filter=Q(versions__state="published", versions__acknowledgements__at=None), distinct=True),
        )

    def save(self, form: Any, *, row: Any, by: Actor) -> Any:
        return save_regulation(row, by=by, **form.cleaned_data)

    def detail_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.reader(request)
        return show(request, pk)


@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every control that the rooms bring, in plain words."""
    current().require(perms.VIEW)
    rooms: dict[str, list[Any]] = {}
    for control in controls.every():
        rooms.setdefault(control.key.split(".")[0], []).append({"control": control, "plain": control.plain({}), "proves": ", ".join(control.proves)})
    return render(request, "governance/controls.html", {"rooms": [(ROOMS.get(room, room), lines) for room, lines in rooms.items()]})


@login_required
def coverage(request: HttpRequest) -> HttpResponse:
    """From a requirement's id to the clauses that answer it, the controls that prove them, and how they stand."""
    current().require(perms.VIEW)
    return render(request, "governance/coverage.html", {"rows": requirement_coverage.rows(signed_in(request)), "asked": request.GET.get("id", "").upper()})


@login_required
def adopt_pack(request: HttpRequest) -> HttpResponse:
    """The built-in regulations, to be read; one is adopted as a draft, in both languages, with its clauses already bound."""
    current().require(perms.MANAGE)
    wanted, form, status = request.POST.get("pack", ""), None, 200
    if request.method == "POST":
        form = AdoptForm(request.POST, prefix=wanted)
        if form.is_valid():
            version = adopt(wanted, by=current(), **form.cleaned_data)
            return redirect("governance:life", version.regulation_id)
        status = 422
    adopted = dict(Regulation.objects.filter(archived_at=None).exclude(pack="").values_list("pack", "pk"))
    mine = {"owner": signed_in(request).pk}
    offers = [(pack, adopted.get(pack.key), form if form is not None and pack.key == wanted else AdoptForm(initial=mine, prefix=pack.key)) for pack in packs.every()]
    return render(request, "governance/packs.html", {"offers": offers, "wanted": wanted}, status=status)
