"""Reading a regulation: the board, a clause with its evidence, versions side by side, what I am to acknowledge."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.controls import ExceptionRow, Findings
from hengwei.core.errors import ActionError, Refused
from hengwei.core.files import files_of, grants
from hengwei.core.models import StoredFile
from hengwei.governance import board as boards
from hengwei.governance import permissions as perms
from hengwei.governance.actions import binding as bind_actions
from hengwei.governance.actions import freezing, life, running
from hengwei.governance.actions.correcting import open_corrective
from hengwei.governance.models import (
    Acknowledgement,
    Attestation,
    Binding,
    Clause,
    CorrectiveAction,
    Regulation,
    RegulationVersion,
)
from hengwei.governance.texts import matching
from hengwei.org.models import User
from hengwei.ui.printing import pdf
from hengwei.work.workflow import OPEN_PHASES

from .files import (
    SNAPSHOT_FORMS,
    TEXT_FORMS,
    exceptions_file,
    frozen_context,
    snapshot_file,
    text_file,
)

#: Exceptions shown with a clause, on a page of their own, and in a file.
SHOWN, PAGE, FILE_ROWS = 12, 50, 20_000


def find(request: HttpRequest, pk: int) -> Regulation:
    """The regulation, if this person may see it."""
    return get_object_or_404(Regulation.objects.visible_to(signed_in(request)).select_related("owner", "body"), pk=pk)


def _moment(request: HttpRequest, now: datetime) -> datetime:
    """The end of the day that the address asks for, if it has passed."""
    day = parse_date(request.GET.get("as_of", "")) if request.GET.get("as_of") else None
    if day is None or day >= timezone.localtime(now).date() or day.year < 2000:
        return now
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _board(request: HttpRequest, regulation: Regulation, version: RegulationVersion) -> tuple[boards.Board, datetime, datetime]:
    now = timezone.now()
    at = _moment(request, now)
    runs = running.as_of(running.live_bindings(regulation, version), at, now=now) if at < now else None
    return boards.build(version, now=at, runs=runs), now, at


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The board of a regulation; by state, owner, team and person as the address says."""
    user = signed_in(request)
    regulation = find(request, pk)
    version = regulation.current() if user.may(perms.MANAGE) else regulation.published()
    if version is None:
        if user.may(perms.MANAGE):
            return redirect("governance:import")
        raise Http404
    found, now, at = _board(request, regulation, version)
    may_see = user.may(perms.EVIDENCE)
    person = chosen(request.GET, "person")
    state = request.GET.get("state", "")
    wanted = boards.Wanted(
        state if state in boards.MARKS else "", chosen(request.GET, "owner"), chosen(request.GET, "team"), person if may_see or person == user.pk else 0)
    rows = found.only(wanted)
    readings = list(version.acknowledgements.values_list("user", "at"))
    return render(request, "governance/board.html", {
        "regulation": regulation, "version": version, "board": found, "at": at, "is_past": at < now, "wanted": wanted, "rows": rows,
        "fitting": sum(1 for row in rows if row.has_mark and wanted.fits(row)) if wanted else 0, "may_see": may_see, "may_manage": user.may(perms.MANAGE),
        "may_run": user.may(perms.RUN), "snapshots": regulation.snapshots.defer("board")[:12], "review_due": regulation.review_due(),
        "open_corrective": CorrectiveAction.objects.filter(binding__regulation=regulation, phase__in=OPEN_PHASES).count(), "opened": request.GET.get("clause", ""),
        "to_read": any(reader == user.pk and done is None for reader, done in readings),
        "missing": sum(1 for _reader, done in readings if done is None), "asked_to_read": len(readings),
    })


@login_required
def clause(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """A clause opened: each proof in plain words, its parameters, exceptions with person and link, who attested when."""
    user = signed_in(request)
    current().require(perms.VIEW)
    regulation = find(request, pk)
    version = (regulation.current() if user.may(perms.MANAGE) else regulation.published()) or regulation.current()
    if version is None:
        raise Http404
    now = timezone.now()
    at = _moment(request, now)
    runs = running.as_of([b for b in running.live_bindings(regulation, version) if b.clause_key == key], at, now=now) if at < now else None
    row = next((r for r in boards.build(version, now=at, runs=runs).rows if r.clause.key == key), None)
    if row is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        past = {"as_of": str(timezone.localtime(at).date())} if at < now else {}
        return redirect(f"{regulation.get_absolute_url()}?{urlencode({**past, 'clause': key})}#c-{key}")
    person = None if user.may(perms.EVIDENCE) else user.pk
    parts = []
    for proof in row.proofs:
        rows = []
        if proof.run and proof.run.exceptions and proof.binding.kind == Binding.Kind.CONTROL:
            rows = running.exceptions_of(proof.binding, now=now, limit=SHOWN, person=person, as_of=at if at < now else None)
        corrective = CorrectiveAction.objects.filter(binding=proof.binding).select_related("owner").order_by("-pk")[:10]
        parts.append({
            "proof": proof, "rows": rows, "more": max(0, (proof.run.exceptions if proof.run else 0) - len(rows)), "corrective": list(corrective),
            "attestations": list(proof.binding.attestations.select_related("by", "file")[:6]) if proof.binding.kind == Binding.Kind.ATTESTATION else [],
            "may_attest": proof.binding.kind == Binding.Kind.ATTESTATION and (proof.binding.attester_id == user.pk or (user.may(perms.ATTEST) and not proof.binding.attester_id) or user.may(perms.MANAGE)),
        })
    return render(request, "governance/clause.html", {
        "regulation": regulation, "row": row, "parts": parts, "may_manage": user.may(perms.MANAGE), "may_run": user.may(perms.RUN),
        "only_mine": person is not None, "is_past": at < now, "at": at,
    })


@login_required
def exceptions(request: HttpRequest, pk: int, binding: int, form: str = "") -> HttpResponse:
    """Every record that does not comply with a clause: page by page, by person, and as a file."""
    user = signed_in(request)
    current().require(perms.VIEW)
    regulation = find(request, pk)
    row = get_object_or_404(regulation.bindings.filter(removed_at=None, kind=Binding.Kind.CONTROL).select_related("team", "attester", "corrector"), pk=binding)
    control = bind_actions.control_of(row.control)
    now = timezone.now()
    at = _moment(request, now)
    may_see = user.may(perms.EVIDENCE)
    person = (chosen(request.GET, "person") or None) if may_see else user.pk
    findings, run = running.result(row, running.period_of(row, now, as_of=at if at < now else None), now=now)
    if form:
        rows = _of_person(findings, person, 0, FILE_ROWS)
        return exceptions_file(regulation, control, rows, form)
    page = max(1, chosen(request.GET, "page"))
    found = _of_person(findings, person, (page - 1) * PAGE, PAGE + 1)
    clause = Clause.objects.filter(version__regulation=regulation, key=row.clause_key).order_by("-version__number").first()
    return render(request, "governance/exceptions.html", {
        "regulation": regulation, "binding": row, "clause": clause, "title": control.title, "plain": control.plain(row.params), "run": run, "mark": boards.MARKS[run.state],
        "rows": found[:PAGE], "page": page, "next_page": page + 1, "more": len(found) > PAGE, "at": at, "is_past": at < now, "person": person, "may_see": may_see,
        "people": [(who, times) for who, times in boards.people_of([run]) if who] if may_see else [],
    })


def _of_person(findings: Findings | None, person: int | None, offset: int, limit: int) -> list[ExceptionRow]:
    """Exceptions from `offset` on; of one person only, where one is named."""
    if findings is None:
        return []
    if person is None:
        return list(findings.rows(offset, limit))
    return [one for one in findings.rows(0, FILE_ROWS) if one.person_id == person][offset:offset + limit]


@grants
def _through_attestations(user: Any, file: StoredFile) -> bool:
    """Evidence of a person's word may be read by whoever reads regulations and their board."""
    return bool(user.may(perms.VIEW)) and Attestation.objects.filter(file=file).exists()


@login_required
@require_POST
def attest(request: HttpRequest, pk: int, binding: int) -> HttpResponse:
    """Say that a clause is kept, or is not."""
    regulation = find(request, pk)
    row = get_object_or_404(regulation.bindings.filter(removed_at=None), pk=binding)
    given = files_of(request.POST.getlist("files"), user=signed_in(request))
    if len(given) > 1:
        raise Refused(_("One file is enough: put several into one."), code="too_many", field="files")
    bind_actions.attest(row, by=current(), kept=request.POST.get("kept") == "yes", statement=request.POST.get("statement", ""), file=given[0] if given else None)
    return redirect("governance:clause", pk, row.clause_key) if request.headers.get("HX-Request") else redirect(f"{regulation.get_absolute_url()}?clause={row.clause_key}")


@login_required
@require_POST
def correct(request: HttpRequest, pk: int, binding: int) -> HttpResponse:
    """Open a corrective action for a clause by hand."""
    regulation = find(request, pk)
    row = get_object_or_404(regulation.bindings.filter(removed_at=None, kind=Binding.Kind.CONTROL), pk=binding)
    rows = running.exceptions_of(row, now=timezone.now(), limit=30)
    item = open_corrective(row, about="", rows=rows, owner=row.corrector, by=current())
    return redirect(item.get_absolute_url())


@login_required
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the controls of a regulation at once."""
    regulation = find(request, pk)
    count = running.run_now(regulation, by=current())
    messages.success(request, _("%(count)d controls were run.") % {"count": count})
    return redirect(regulation.get_absolute_url())


@login_required
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """I have read it."""
    regulation = find(request, pk)
    version = regulation.published()
    if version is None:
        raise Http404
    life.acknowledge(version, by=current())
    messages.success(request, _("Thank you. Your acknowledgement is on record."))
    return redirect("governance:read", pk)


@login_required
def readings(request: HttpRequest) -> HttpResponse:
    """What I am to acknowledge, and what I did."""
    rows = Acknowledgement.objects.filter(user=signed_in(request), version__state=RegulationVersion.State.PUBLISHED).select_related("version__regulation").order_by("at", "due_at")
    return render(request, "governance/readings.html", {"rows": rows, "now": timezone.now()})


@login_required
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The text alone, for readers; acknowledged at its end."""
    regulation = find(request, pk)
    version = regulation.published()
    if version is None:
        raise Http404
    reading = version.acknowledgements.filter(user=signed_in(request)).first()
    return render(request, "governance/read.html", {"regulation": regulation, "version": version, "clauses": version.tree(), "reading": reading})


@login_required
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions, clause by clause."""
    user = signed_in(request)
    regulation = find(request, pk)
    known = list(versions_for(user, regulation))
    if not known:
        raise Http404
    numbers = {str(v.number): v for v in known}
    after = numbers.get(request.GET.get("after", ""), known[0])
    before = numbers.get(request.GET.get("before", ""), known[1] if len(known) > 1 else known[0])
    rows = compared(before, after)
    return render(request, "governance/compare.html", {
        "regulation": regulation, "versions": known, "before": before, "after": after, "rows": rows, "changed": sum(1 for row in rows if row["what"] != "same"),
        "may_manage": user.may(perms.MANAGE),
    })


def versions_for(user: User, regulation: Regulation) -> QuerySet[RegulationVersion]:
    """The versions that a person may read, the newest first: drafts are for those who write and approve."""
    known = regulation.versions.order_by("-number")
    return known if user.may(perms.MANAGE) or user.may(perms.APPROVE) else known.exclude(published_at=None)


def compared(before: RegulationVersion, after: RegulationVersion) -> list[dict[str, Any]]:
    """Each clause of either: new, gone, changed (with what of it), or the same."""
    old = {c.key: c for c in before.tree()}
    rows: list[dict[str, Any]] = []
    for clause in after.tree():
        was = old.pop(clause.key, None)
        said = _said(clause)
        if was is None:
            rows.append({"clause": clause, "what": "new", "parts": [("new", said)]})
        elif _said(was) == said:
            rows.append({"clause": clause, "what": "same", "parts": [("same", said)]})
        else:
            rows.append({"clause": clause, "what": "changed", "parts": matching.changes(_said(was), said)})
    rows += [{"clause": clause, "what": "gone", "parts": [("gone", _said(clause))]} for clause in old.values()]
    return rows


def _said(clause: Clause) -> str:
    return " ".join(part for part in (clause.shown_number, clause.shown_title, clause.shown_text) if part)


@login_required
def export(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The text as Word, PDF or Markdown, in the reader's language."""
    regulation = find(request, pk)
    version = regulation.current() if signed_in(request).may(perms.MANAGE) else regulation.published()
    if version is None or form not in TEXT_FORMS:
        raise Http404
    return text_file(regulation, version, form)


@login_required
def print_board(request: HttpRequest, pk: int) -> HttpResponse:
    """The document with its marks, and the evidence as an annex, as PDF."""
    current().require(perms.EVIDENCE)
    regulation = find(request, pk)
    version = regulation.published() or regulation.current()
    if version is None:
        raise Http404
    found, now, at = _board(request, regulation, version)
    annex = [
        (row, proof, running.exceptions_of(proof.binding, now=now, limit=200, as_of=at if at < now else None))
        for row in found.rows for proof in row.proofs if proof.state == "red" and proof.binding.kind == Binding.Kind.CONTROL
    ]
    made = pdf("governance/print_board.html", {"regulation": regulation, "version": version, "board": found, "at": at, "annex": annex})
    return HttpResponse(made, content_type="application/pdf", headers={"Content-Disposition": content_disposition_header(False, f"{regulation.label}-{at.date()}.pdf") or "inline"})


@login_required
@require_POST
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the month that runs, or the one before."""
    regulation = find(request, pk)
    try:
        snapshot = freezing.freeze(regulation, by=current(), back=1 if request.POST.get("month") == "last" else 0)
    except ActionError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
        return redirect(regulation.get_absolute_url())
    return redirect("governance:snapshot", pk, snapshot.pk)


@login_required
def snapshot(request: HttpRequest, pk: int, snapshot: int, form: str = "") -> HttpResponse:
    """A frozen month: on the page, as PDF, or as XLSX with the list of its evidence."""
    current().require(perms.EVIDENCE)
    regulation = find(request, pk)
    frozen = get_object_or_404(regulation.snapshots.select_related("version", "taken_by"), pk=snapshot)
    if form and form not in SNAPSHOT_FORMS:
        raise Http404
    if form:
        return snapshot_file(regulation, frozen, form)
    return render(request, "governance/snapshot.html", frozen_context(regulation, frozen))
