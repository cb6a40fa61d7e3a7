"""Writing an article: both languages in tabs, with a preview; its facts beside; and the steps of its life."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, Conflict, NotFound, Refused
from hengwei.core.files import files_of
from hengwei.knowledge import permissions as perms
from hengwei.knowledge import private_data
from hengwei.knowledge.actions import review, writing
from hengwei.knowledge.forms import ArticleForm
from hengwei.knowledge.models import Article, ArticleVersion, State
from hengwei.knowledge.named import names_in
from hengwei.knowledge.rendering import render as rendered
from hengwei.org.models import User
from hengwei.ui.kit.diffs import lines
from hengwei.ui.kit.picking import picked

from .reading import find

WORDS = ArticleVersion.WORDS


def _writer(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.may(perms.WRITE):
        raise Http404
    return user


@login_required
def edit(request: HttpRequest, number: str = "") -> HttpResponse:
    """Write a new article, or go on with one. Whatever is wrong, what was typed stays."""
    user = _writer(request)
    article = find(request, number) if number else None
    source = (article.working or article.published) if article else None
    stored = source.words() if source else {}
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in WORDS} if request.method == "POST" else {**stored, **_given(request, article)}
    form = ArticleForm(request.POST or None, instance=copy.copy(article) if article else None, user=user, initial=None if article else {"owner": user, **{k: request.GET[k] for k in ("kind", "category") if k in request.GET}})
    error: ActionError | None = None
    meanwhile: list[Any] = []
    version = request.POST.get("version", "") or (str(article.version) if article else "")
    if request.method == "POST":
        # Files that were sent along are kept with the form, also when something is wrong.
        if form.is_valid():
            try:
                saved = _save(request, article, form, typed, version)
                return redirect("knowledge:edit", saved.number) if request.POST.get("then") == "stay" else redirect(saved)
            except Conflict as conflict:
                error = conflict
                if article is not None:
                    now = writing.conflict_words(article, conflict)
                    version = str(now["version"])
                    meanwhile = [(name, lines(typed.get(name, ""), now["words"].get(name, ""))) for name in WORDS if typed.get(name, "") != now["words"].get(name, "")]
            except ActionError as refusal:
                error = refusal
                if refusal.field in form.fields:
                    form.add_error(refusal.field, str(refusal))
        else:
            error = Refused(_("Please look at the fields marked below. Nothing was saved yet, nothing is lost."))
    return render(request, "knowledge/edit.html", {
        "article": article, "form": form, "typed": typed, "error": error, "meanwhile": meanwhile, "version": version, "note": request.POST.get("note", source.note if source else ""),
        "urgent": user.may(perms.REVIEW) and article is not None and article.state == State.PUBLISHED, "files": article.files.filter(listed=True, removed_at=None).select_related("file") if article else [],
        "private": _private(typed), "kept_files": files_of(request.POST.getlist("files"), user=user) if request.method == "POST" else [],
    }, status=error.status if error and error.status in (409, 422) else 422 if error else 200)


def _given(request: HttpRequest, article: Article | None) -> dict[str, str]:
    """What the address brings to a new article (a gap's words as its title)."""
    return {} if article else {name: request.GET[name][:200] for name in ("title", "title_en") if name in request.GET}


def _private(typed: dict[str, str]) -> list[private_data.Finding]:
    text = "\n".join(typed.get(name, "") for name in WORDS)
    return private_data.find(text, names=names_in(text))


@transaction.atomic
def _save(request: HttpRequest, article: Article | None, form: ArticleForm, typed: dict[str, Any], version: str) -> Article:
    by, post = current(), request.POST
    files = files_of(post.getlist("files"), user=by.user)
    if post.get("then") == "mask":
        typed.update({name: private_data.mask(text, private_data.find(text, names=names_in(text)), chinese=not name.endswith("_en")) for name, text in typed.items()})
    if article is None:
        saved = writing.create_article(by=by, files=files, note=post.get("note", ""), **form.facts(), **typed)
    else:
        seen = int(version) if version.isdecimal() else None
        if post.get("then") == "urgent":
            # First who reads it, then the words.
            writing.set_facts(article, by=by, version=seen, **form.facts())
            saved = review.correct_urgently(article, by=by, reason=post.get("note", ""), private_confirmed=bool(post.get("private_confirmed")), **typed)
            messages.success(request, _("Corrected: readers see it now. Somebody else looks at it within days."))
            return saved
        saved = writing.save_draft(article, by=by, version=seen, note=post.get("note", ""), files=files, removed=[int(pk) for pk in post.getlist("removed") if pk.isdecimal()], **typed)
        saved = writing.set_facts(saved, by=by, **form.facts())
    if post.get("then") == "submit":
        saved = review.submit(saved, by=by, note=post.get("note", ""), private_confirmed=bool(post.get("private_confirmed")))
        messages.success(request, _("Given to review. Somebody else reads it before it is published."))
    elif post.get("then") == "mask":
        messages.success(request, _("What looked private was taken out. Please read it once more."))
    else:
        messages.success(request, _("Saved as a draft."))
    return saved


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """How the text will look, and what of it looks private."""
    _writer(request)
    text = request.POST.get(request.POST.get("which", "body"), "")[: writing.LONGEST]
    return render(request, "knowledge/preview.html", {"body": rendered(text), "private": private_data.find(text, names=names_in(text))})


# --- the steps of its life ----------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        raise Refused(_("This is no date."), code="invalid", field="next_on") from None


def _submit(article: Article, by: Actor, post: Any) -> str:
    asked = User.objects.staff().filter(pk=picked(post, "asked", "knowledge.reviewer")).first()
    review.submit(article, by=by, asked=asked, note=post.get("reason", ""), private_confirmed=bool(post.get("private_confirmed")))
    return _("Given to review. Somebody else reads it before it is published.")


def _publish(article: Article, by: Actor, post: Any) -> str:
    review.publish(article, by=by, verdict=post.get("reason", ""), version=int(post["version"]) if post.get("version", "").isdecimal() else None)
    return _("Published.")


def _send_back(article: Article, by: Actor, post: Any) -> str:
    review.send_back(article, by=by, reason=post.get("reason", ""))
    return _("Sent back to the author.")


def _take_back(article: Article, by: Actor, post: Any) -> str:
    review.take_back(article, by=by)
    return _("Taken back from review.")


def _confirm(article: Article, by: Actor, post: Any) -> str:
    done = review.confirm(article, by=by, note=post.get("reason", ""), next_on=_day(post.get("next_on", "")))
    return _("Reviewed. Next review: %(day)s.") % {"day": done.next_review_on}


def _archive(article: Article, by: Actor, post: Any) -> str:
    review.archive(article, by=by, reason=post.get("reason", ""))
    return _("Archived.")


def _supersede(article: Article, by: Actor, post: Any) -> str:
    try:
        other = Article.objects.visible_to(by.user).by_number(post.get("other", ""))  # type: ignore[arg-type]
    except NotFound as error:
        raise Refused(error.message, code="unknown", field="other") from None
    review.supersede(article, by=by, other=other, reason=post.get("reason", ""))
    return _("Superseded by %(number)s.") % {"number": other.number}


def _restore(article: Article, by: Actor, post: Any) -> str:
    review.restore(article, by=by, reason=post.get("reason", ""))
    return _("In use again.")


def _discard(article: Article, by: Actor, post: Any) -> str:
    writing.discard_draft(article, by=by, reason=post.get("reason", ""))
    return _("The draft is discarded.")


VERBS: dict[str, Callable[[Article, Actor, Any], str]] = {
    "submit": _submit, "publish": _publish, "send-back": _send_back, "take-back": _take_back, "confirm": _confirm, "archive": _archive, "supersede": _supersede,
    "restore": _restore, "discard": _discard,
}


@login_required
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One step of the article's life."""
    _reader = signed_in(request)
    article = find(request, number)
    if verb not in VERBS or not _reader.may(perms.READ):
        raise Http404
    try:
        messages.success(request, VERBS[verb](article, current(), request.POST))
    except ActionError as error:
        messages.error(request, str(error))
    return redirect(article)
