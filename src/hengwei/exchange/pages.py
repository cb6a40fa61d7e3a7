"""Imports, step by step: file and kind, columns, trial run, import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.files import store
from hengwei.core.i18n import clauses
from hengwei.ui.kit import Column, KitForm, Pages
from hengwei.ui.kit.exports import table_response

from . import actions, targets
from . import permissions as perms
from .models import Import

#: Columns kept apart from the empty choice of the mapping.
NOT_IMPORTED = ""
#: Rows at fault that the page shows; the file has all.
SHOWN = 30


def state_sign(run: Import) -> SafeString:
    """Its state, in the colour of how it came out."""
    return format_html('<span class="state{}">{}</span>', f" {run.tone}" if run.tone else "", run.get_state_display())


class ImportPages(Pages):
    """The list of imports; an import's own page is made by hand below."""

    room, name, plural, address = "exchange", "import", "imports", "imports"
    model, title, one, icon = Import, _("Imports"), _("import"), "file-import"
    view = change = perms.IMPORT
    order = ("-id",)
    list_template = "exchange/imports.html"
    columns = (
        Column("name", pgettext_lazy("import", "From"), value=str, link=True), Column("target", pgettext_lazy("import", "What"), value=lambda run: targets.get(run.target).label), Column("state", _("state"), value=state_sign),
        Column("created", pgettext_lazy("import", "new"), align="right"), Column("updated", align="right"), Column("skipped", align="right"),
        Column("failed", _("not brought in"), align="right"),
        Column("made_by"), Column("made_at"),
    )
    empty = _("Nothing has been imported yet. A spreadsheet of contacts, customers, articles or old tickets can be brought in, with a trial run first.")

    def rows(self, user: Any) -> Any:
        return Import.objects.select_related("file", "made_by")

    def detail_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is, and what was refused."""
        run = self.find(self.reader(request), pk)
        return render(request, "exchange/progress.html" if request.GET.get("part") == "progress" else "exchange/import.html", _shown(run))


def _keeper(request: HttpRequest) -> None:
    if not signed_in(request).may(perms.IMPORT):
        raise Http404


def _find(pk: int) -> Import:
    run = Import.objects.select_related("file", "made_by").filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


class FileForm(KitForm):
    """A file, and what is in it."""

    target = forms.ChoiceField(label=_("what the rows are"))
    file = forms.FileField(label=_("file (CSV, XLSX)"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [(key, one.label) for key, one in targets.every().items()]  # type: ignore[attr-defined]


class RemoteForm(KitForm):
    """Another system."""

    origin = forms.ChoiceField(label=_("system"), choices=[(Import.Origin.ZAMMAD.value, "Zammad"), (Import.Origin.GLPI.value, "GLPI")])
    url = forms.URLField(label=_("address"), assume_scheme="https", help_text=_("Such as https://zammad.example.com or https://glpi.example.com"))
    token = forms.CharField(label=_("token"), widget=forms.PasswordInput(), help_text=_("In Zammad an access token of an administrator; in GLPI the user's API token."))
    app_token = forms.CharField(label=_("application token"), required=False, widget=forms.PasswordInput(), help_text=_("Only GLPI asks for one."))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Begin: from a file, or from another system."""
    _keeper(request)
    remote = request.GET.get("from") == "system"
    # An address or token that was refused is given anew: what was right of it stands there.
    before = {name: request.GET[name] for name in ("origin", "url") if name in request.GET}
    form = (RemoteForm if remote else FileForm)(request.POST or None, request.FILES or None, initial=before)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if remote:
                run = actions.begin_remote(by=current(), **data)
            else:
                file = store(data["file"].read(), data["file"].name, user=request.user)
                run = actions.begin_file(by=current(), file=file, target=data["target"])
            return redirect("exchange:import" if remote else "exchange:mapping", run.pk)
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return render(request, "exchange/new.html", {"form": form, "remote": remote}, status=422 if form.errors else 200)


@login_required
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column means what, with the first rows as they would be read."""
    _keeper(request)
    run = _find(pk)
    if run.file is None or run.state not in (Import.State.DRAFT, Import.State.CHECKED, Import.State.FAILED):
        return redirect(run)
    fields = targets.get(run.target).fields
    error: ActionError | None = None
    if request.method == "POST":
        sent = {field.key: request.POST.get(f"column-{field.key}", "") for field in fields}
        given = {field.key: request.POST.get(f"default-{field.key}", "").strip() for field in fields}
        try:
            run = actions.set_mapping(run, by=current(), columns=sent, defaults=given, existing=request.POST.get("existing", ""))
            if request.POST.get("then") == "trial":
                actions.start(run, by=current(), trial=True)
                return redirect(run)
            messages.success(request, _t("Saved."))
            return redirect("exchange:mapping", run.pk)
        except ActionError as refused:
            error, run.mapping, run.defaults = refused, sent, given
    lines = [(field, run.mapping.get(field.key, ""), run.defaults.get(field.key, "")) for field in fields]
    shown = [field for field in fields if run.mapping.get(field.key) or run.defaults.get(field.key)]
    previews = [(number, [(field, values.get(field.key, ""), wrong.get(field.key, "")) for field in shown], [w for k, w in wrong.items() if k not in {f.key for f in shown}])
                for number, values, wrong in actions.preview(run)]
    return render(request, "exchange/mapping.html", {
        "run": run, "heads": actions.heads_of(run), "lines": lines, "shown": shown, "previews": previews, "error": error, "existing": Import.Existing.choices,
        "target": targets.get(run.target), "one": next((field for field in fields if field.key == targets.get(run.target).identity), None),
    }, status=422 if error else 200)


def _first_of(values: dict[str, str], heads: Sequence[str]) -> str:
    """What a row begins with, in the order of the file, so that a person knows which it is."""
    given = [str(values[head]) for head in heads or values if values.get(head)]
    return " · ".join(value[:40] for value in given[:5])


def _shown(run: Import) -> dict[str, Any]:
    labels = {field.key: str(field.label) for field in targets.get(run.target).fields}
    heads = actions.heads_of(run)
    refused = [(row, _first_of(row.values, heads), [(labels.get(key, key), said) for key, said in row.errors.items()]) for row in run.refused.order_by("number")[:SHOWN]]
    return {"run": run, "refused": refused, "target": targets.get(run.target), "trial": run.state in (Import.State.CHECKING, Import.State.CHECKED),
            # What was read of a failed trial is forgotten, so it is tried again before anything is kept.
            "tried_first": run.state == Import.State.DRAFT or (run.state == Import.State.FAILED and not run.position)}


@login_required
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Try, run, stop."""
    _keeper(request)
    run = _find(pk)
    if what in ("trial", "run"):
        actions.start(run, by=current(), trial=what == "trial")
    elif what == "stop":
        actions.stop(run, by=current())
    else:
        raise Http404
    return redirect(run)


@login_required
def refused(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The rows that were refused, as they came, with the reason: to be mended and imported again."""
    _keeper(request)
    run = _find(pk)
    heads = actions.heads_of(run) or sorted({key for row in run.refused.all()[:200] for key in row.values})
    labels = {field.key: str(field.label) for field in targets.get(run.target).fields}
    lines = (
        [row.number, *(row.values.get(head, "") for head in heads), clauses(f"{labels.get(key, key)}: {said}" if key else said for key, said in row.errors.items())]
        for row in run.refused.order_by("number").iterator(chunk_size=2000)
    )
    return table_response(form, _t("refused rows"), [_t("row"), *heads, _t("why")], lines)


@login_required
def pattern(request: HttpRequest, target: str, form: str) -> HttpResponse:
    """An empty table with the right headings, to fill in."""
    _keeper(request)
    if target not in targets.every():
        raise Http404
    kind = targets.get(target)
    return table_response(form, str(kind.label), [str(field.label) for field in kind.fields], [])
