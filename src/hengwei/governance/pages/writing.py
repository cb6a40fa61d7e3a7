"""Writing: import, the draft beside its source, binding, and the way into force."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core import controls
from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Refused
from hengwei.core.i18n import listed
from hengwei.governance import board as boards
from hengwei.governance import permissions as perms
from hengwei.governance.actions import binding as bind_actions
from hengwei.governance.actions import life, running, writing
from hengwei.governance.models import Binding, Clause, Regulation, RegulationVersion
from hengwei.governance.texts import Document, Unreadable, from_docx, parse
from hengwei.governance.texts.office import source_of
from hengwei.work.models import ApprovalVote

from .forms import AttestationForm, BindingForm, PublishForm, SubmitForm

#: A text or file larger than this is no regulation, in bytes.
LARGEST = 8 * 2**20


def _keeper(request: HttpRequest, pk: int) -> Regulation:
    current().require(perms.MANAGE)
    return get_object_or_404(Regulation.objects.visible_to(signed_in(request)), pk=pk)


def document_of(text: str, upload: Any) -> tuple[Document, str]:
    """The tree of what was pasted or uploaded, and its words."""
    if upload is not None:
        if upload.size > LARGEST:
            raise Refused(_("This file is too large."), code="too_large", field="file")
        content = upload.read()
        if upload.name.lower().endswith(".docx"):
            try:
                document = from_docx(content)
            except Unreadable:
                raise Refused(_("This file is not a Word document (.docx) that can be read."), code="unreadable", field="file") from None
            return document, source_of(document)
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    if not text.strip():
        raise Refused(_("Please paste a text or choose a file."), code="missing", field="text")
    return parse(text), text


@login_required
def import_text(request: HttpRequest) -> HttpResponse:
    """Paste or upload; the tree is shown beside the source."""
    current().require(perms.MANAGE)
    error = None
    if request.method == "POST":
        regulation = Regulation.objects.filter(pk=int(request.POST["regulation"])).first() if request.POST.get("regulation", "").isdecimal() else None
        try:
            document, source = document_of(request.POST.get("text", ""), request.FILES.get("file"))
            if request.POST.get("name", "").strip():
                document.title = request.POST["name"].strip()
            version = writing.import_document(document, by=current(), source=source, regulation=regulation, code=request.POST.get("code", ""))
            return redirect("governance:draft", version.regulation_id)
        except Refused as refusal:
            error = refusal
    return render(request, "governance/import.html", {"error": error, "text": request.POST.get("text", ""), "name": request.POST.get("name", ""), "code": request.POST.get("code", ""),
                                                      "regulation": request.POST.get("regulation") or request.GET.get("regulation", "")}, status=422 if error else 200)


def _tree(request: HttpRequest, version: RegulationVersion, opened: str = "") -> HttpResponse:
    return render(request, "governance/tree.html", {"regulation": version.regulation, "version": version, "clauses": _nested(version), "opened": opened, "kinds": Clause.Kind.choices})


def _nested(version: RegulationVersion) -> list[Clause]:
    return [clause for clause in version.tree() if clause.parent_id is None]


@login_required
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft: its source on the left, its tree on the right."""
    regulation = _keeper(request, pk)
    version = regulation.draft()
    if version is None:
        return redirect("governance:life", pk)
    return render(request, "governance/draft.html", {
        "regulation": regulation, "version": version, "clauses": _nested(version), "kinds": Clause.Kind.choices, "opened": "", "count": version.clauses.count()})


@login_required
@require_POST
def change_draft(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One correction of the tree; answers with the tree."""
    regulation = _keeper(request, pk)
    version = regulation.draft()
    if version is None:
        raise Refused(_("There is no draft. Begin a new version."), code="no_draft")
    post, by, key = request.POST, current(), request.POST.get("key", "")
    at = post.get("at", "")
    if verb == "move":
        writing.move_clause(version, key, by=by, parent=post.get("parent", ""), after=post.get("after", ""))
    elif verb == "split":
        words = post.get("text")
        if words is not None and words.strip():
            writing.change_clause(version, key, by=by, text=words)
        writing.split_clause(version, key, by=by, at=int(at) if at.isdecimal() else 0)
    elif verb == "merge":
        key = writing.merge_clause(version, key, by=by).key
    elif verb == "change":
        writing.change_clause(version, key, by=by, **{name: post[name] for name in ("kind", "number", "title", "title_en", "text", "text_en") if name in post})
    elif verb == "add":
        key = writing.add_clause(version, by=by, kind=post.get("kind") or "article", after=key, number=post.get("number", ""), text=post.get("text", "")).key
    elif verb == "remove":
        writing.remove_clause(version, key, by=by)
        key = ""
    elif verb == "renumber":
        writing.renumber(version, by=by)
    else:
        raise Http404
    return _tree(request, version, key if verb in ("add", "split") else "")


# --- binding ----------------------------------------------------------------------------------------------------------


def _line(row: boards.Row, *, covered: bool) -> dict[str, Any]:
    suggestions = [
        {"control": control, "params": params, "plain": control.plain(params), "words": listed(why.words)}
        for control, params, why in ([] if covered or row.proofs else bind_actions.suggested(row.clause))
    ]
    return {"row": row, "suggestions": suggestions, "covered": covered}


def _lines(regulation: Regulation, version: RegulationVersion, key: str = "") -> list[dict[str, Any]]:
    found = boards.build(version, now=timezone.now())
    bound = {row.clause.pk for row in found.rows if row.proofs}
    parents = {row.clause.pk: row.clause.parent_id for row in found.rows}

    def covered(pk: int) -> bool:
        up = parents[pk]
        while up is not None:
            if up in bound:
                return True
            up = parents[up]
        return False

    return [_line(row, covered=covered(row.clause.pk) and not row.proofs) for row in found.rows if not key or row.clause.key == key]


@login_required
def bind(request: HttpRequest, pk: int) -> HttpResponse:
    """Every clause with what proves it, and what is suggested."""
    regulation = _keeper(request, pk)
    version = regulation.draft() or regulation.published()
    if version is None:
        raise Http404
    if request.method == "POST":
        counts = bind_actions.accept_best(version, by=current(), rest="sort" if request.POST.get("rest") else "")
        messages.success(request, _("%(control)d bound to controls, %(attestation)d to attestations, %(explanation)d explain.") % counts)
        return redirect("governance:bind", pk)
    found = boards.build(version, now=timezone.now())
    return render(request, "governance/bind.html", {"regulation": regulation, "version": version, "lines": _lines(regulation, version), "board": found, "controls": controls.every()})


@login_required
def bind_clause(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One clause of the binding page: accept, add, change or take off a proof; answers with the clause."""
    regulation = _keeper(request, pk)
    version = regulation.draft() or regulation.published()
    if version is None or not version.clauses.filter(key=key).exists():
        raise Http404
    post, by = request.POST, current()
    if request.method == "POST":
        verb = post.get("verb", "")
        own = regulation.bindings.filter(pk=int(post["binding"]), removed_at=None).first() if post.get("binding", "").isdecimal() else None
        if verb == "explain":
            bind_actions.bind(regulation, key, by=by, kind=Binding.Kind.EXPLANATION)
        elif verb == "attest":
            bind_actions.bind(regulation, key, by=by, kind=Binding.Kind.ATTESTATION, attester=regulation.owner)
        elif verb == "control":
            control = bind_actions.control_of(post.get("control", ""))
            clause = version.clauses.get(key=key)
            bind_actions.bind(regulation, key, by=by, control=control.key, params=bind_actions.proposed(regulation, clause, control).params)
        elif verb == "remove" and own is not None:
            bind_actions.unbind(own, by=by)
        else:
            raise Refused(_("Please choose what proves this clause."), code="missing", field="verb")
    return render(request, "governance/bind_line.html", {"regulation": regulation, "line": _lines(regulation, version, key)[0], "controls": controls.every()})


@login_required
def binding(request: HttpRequest, pk: int, binding: int) -> HttpResponse:
    """One proof: its parameters, made of the control's own; with a trial on the records of now."""
    regulation = _keeper(request, pk)
    row = get_object_or_404(regulation.bindings.filter(removed_at=None).exclude(kind=Binding.Kind.EXPLANATION), pk=binding)
    form: Any
    data = request.POST if request.method == "POST" else None
    trial = None
    if row.kind == Binding.Kind.CONTROL:
        control = bind_actions.control_of(row.control)
        initial = {f"p_{name}": value for name, value in row.params.items()} | {name: getattr(row, name) for name in ("threshold", "span", "hourly", "correct", "grace_hours", "corrector", "team")}
        form = BindingForm(control, data, initial=initial)
    else:
        control = None
        form = AttestationForm(data, initial={name: getattr(row, name) for name in ("question", "question_en", "attester", "attest_days", "team")})
    status = 200
    if data is not None:
        status = 422
        if form.is_valid():
            facts = form.facts() if control else form.cleaned_data
            if data.get("verb") == "try" and control:
                status = 200
                row.params, row.threshold, row.span = control.clean(form.params()), facts["threshold"], facts["span"]
                trial = _trial(row)
            else:
                try:
                    bind_actions.bind(regulation, row.clause_key, by=current(), kind=row.kind, control=row.control, params=form.params() if control else None, binding=row, **facts)
                    messages.success(request, _("Saved."))
                    return redirect(f"{request.path.rsplit('/', 2)[0]}/bind")
                except Refused as refusal:
                    form.add_error(f"p_{refusal.field}" if f"p_{refusal.field}" in form.fields else None, str(refusal))
    elif control:
        trial = _trial(row)
    clause = Clause.objects.filter(version__regulation=regulation, key=row.clause_key).order_by("-version__number").first()
    return render(request, "governance/binding.html", {"regulation": regulation, "binding": row, "control": control, "form": form, "trial": trial, "clause": clause}, status=status)


def _trial(row: Binding) -> dict[str, Any]:
    """What it would say now, with its mark."""
    found = running.tried(row, now=timezone.now())
    return {**found, "mark": boards.MARKS[found["state"]]}


@login_required
def trial(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """What a suggested control would say of a clause, on the records of now."""
    regulation = _keeper(request, pk)
    control = bind_actions.control_of(request.GET.get("control", ""))
    clause = get_object_or_404(Clause.objects.filter(version__regulation=regulation, key=key).order_by("-version__number")[:1])
    return render(request, "governance/trial.html", {"trial": _trial(bind_actions.proposed(regulation, clause, control))})


# --- into force -------------------------------------------------------------------------------------------------------


@login_required
def life_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Versions, approval, publishing, readers."""
    user = signed_in(request)
    regulation = get_object_or_404(Regulation.objects.visible_to(user), pk=pk)
    if not (user.may(perms.MANAGE) or user.may(perms.APPROVE)):
        current().require(perms.MANAGE)
    return _life(request, regulation)


def _life(request: HttpRequest, regulation: Regulation, *, submit: SubmitForm | None = None, publish: PublishForm | None = None, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    draft, published = regulation.draft(), regulation.published()
    item = draft.approval_items.order_by("-pk").first() if draft else None
    votes = ApprovalVote.objects.filter(step__approval__item=item).select_related("user").order_by("pk") if item else []
    today = timezone.localdate()
    shown = draft or published
    found = boards.build(shown, now=timezone.now()) if shown is not None else None
    return render(request, "governance/life.html", {
        "regulation": regulation, "draft": draft, "published": published, "versions": regulation.versions.select_related("published_by"), "item": item, "votes": votes, "board": found,
        "submit": submit or SubmitForm(by=user), "publish": publish or PublishForm(initial={"effective_from": today}), "may_manage": user.may(perms.MANAGE),
        "readers": published.acknowledgements.select_related("user").order_by("at", "user__name") if published else [], "reader_count": regulation.readers().count(),
    }, status=status)


@login_required
@require_POST
def live(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Submit, take back, publish, begin the next version."""
    regulation = _keeper(request, pk)
    version, by = regulation.draft(), current()
    try:
        if verb == "begin":
            writing.start_draft(regulation, by=by)
            return redirect("governance:draft", pk)
        if version is None:
            raise Refused(_("There is no draft. Begin a new version."), code="no_draft")
        if verb == "submit":
            form = SubmitForm(request.POST, by=signed_in(request))
            if not form.is_valid():
                return _life(request, regulation, submit=form, status=422)
            life.submit(version, approvers=list(form.cleaned_data["approvers"]), note=form.cleaned_data["note"], by=by)
            messages.success(request, _("Submitted. The approvers have been told."))
        elif verb == "take-back":
            life.take_back(version, by=by)
        elif verb == "publish":
            publish = PublishForm(request.POST)
            if not publish.is_valid():
                return _life(request, regulation, publish=publish, status=422)
            day = publish.cleaned_data["effective_from"]
            done = life.publish(version, by=by, effective_from=timezone.make_aware(datetime.combine(day, time())))
            if done.is_scheduled:
                messages.success(request, _("It comes into force on %(day)s by itself; until then the version before it holds.") % {"day": day})
                return redirect("governance:life", pk)
            messages.success(request, _("In force. Its controls are running, its readers have been asked to acknowledge."))
            return redirect(regulation.get_absolute_url())
        else:
            raise Http404
    except ActionError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
    return redirect("governance:life", pk)
