"""Reading: the start of the knowledge base, its search, an article, its versions, what readers say."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError, NotFound
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.actions import reading
from hengwei.knowledge.actions.review import private_in
from hengwei.knowledge.asides import panels_for
from hengwei.knowledge.models import (
    Article,
    ArticleVersion,
    Category,
    Correction,
    Link,
    SearchGap,
    State,
    Status,
    System,
)
from hengwei.knowledge.rendering import render as rendered
from hengwei.knowledge.suggesting import asked_for, related, suggest
from hengwei.org.models import User
from hengwei.ui.kit.diffs import lines
from hengwei.ui.printing import pdf_response

#: Rows of each list on the start page.
SHOWN = 8


def find(request: HttpRequest, number: str) -> Article:
    """The article of the address, if its reader may read it; else it does not exist."""
    rows = Article.objects.visible_to(signed_in(request)).select_related(
        "category", "category__parent", "owner", "published", "published__author", "published__reviewed_by", "working", "working__author", "superseded_by")
    try:
        return rows.by_number(number)
    except NotFound as error:
        raise Http404(str(error)) from None


def may_edit(user: User, article: Article) -> bool:
    """Whether a button to edit is of use to this person."""
    return user.may(perms.WRITE) and article.state in (State.DRAFT, State.PUBLISHED)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Search, categories, what is new and what helps; for staff also what waits for them."""
    user, today = signed_in(request), timezone.localdate()
    articles = Article.objects.visible_to(user).current(today)
    facts: dict[str, Any] = {
        "categories": _tree(user), "newest": articles.order_by("-published_at", "-id").select_related("category")[:SHOWN],
        "most_used": articles.order_by("-solved", "-helped", "-views", "-id").select_related("category")[:SHOWN], "staff": user.may(perms.READ),
        "may_write": user.may(perms.WRITE), "may_manage": user.may(perms.MANAGE),
    }
    if user.may(perms.READ):
        mine = Article.objects.visible_to(user)
        counts = mine.aggregate(
            waiting=Count("pk", filter=Q(working__status=Status.IN_REVIEW)), overdue=Count("pk", filter=Q(state=State.PUBLISHED, next_review_on__lt=today)),
            drafts=Count("pk", filter=Q(working__status=Status.DRAFT, working__author=user)),
        )
        facts |= {
            **counts, "corrections": Correction.objects.visible_to(user).open().count(), "broken": mine.with_broken_links().count(),
            "overdue_rows": mine.review_overdue(today).select_related("owner").order_by("next_review_on", "id")[:SHOWN],
            "waiting_rows": mine.waiting_for_review().select_related("working", "working__author", "working__asked").order_by("working__submitted_at")[:SHOWN],
            "gaps": SearchGap.objects.filter(settled_at=None).order_by("-times", "-id")[:SHOWN] if user.may(perms.WRITE) else [],
            "systems": System.objects.in_use().count(), "without_manual": System.objects.without_manual().count(),
        }
    return render(request, "knowledge/home.html", facts)


def _tree(user: User) -> list[dict[str, Any]]:
    """The open categories, each root with its children, and how many articles the reader finds in each."""
    shown = list(Category.objects.visible_to(user).usable())
    counts = dict(Article.objects.visible_to(user).current(timezone.localdate()).values_list("category").annotate(n=Count("pk")).order_by())
    children: dict[int | None, list[Category]] = {}
    for category in shown:
        children.setdefault(category.parent_id, []).append(category)
    return [
        {"category": root, "count": counts.get(root.pk, 0) + sum(counts.get(child.pk, 0) for child in children.get(root.pk, [])),
         "children": [(child, counts.get(child.pk, 0)) for child in children.get(root.pk, [])]}
        for root in children.get(None, [])
    ]


@login_required
def category(request: HttpRequest, key: str) -> HttpResponse:
    """The articles of a category and of those right below it."""
    user = signed_in(request)
    found = Category.objects.visible_to(user).usable().filter(key=key).select_related("parent").first()
    if found is None:
        raise Http404
    children = list(Category.objects.visible_to(user).usable().filter(parent=found))
    rows = Article.objects.visible_to(user).current(timezone.localdate()).filter(category__in=[found, *children]).select_related("category").order_by("-solved", "-helped", "-views", "-id")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "knowledge/category.html", {"category": found, "children": children, "page": page, "may_write": user.may(perms.WRITE)})


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What answers the words; words that find nothing are remembered without the person."""
    user, text = signed_in(request), request.GET.get("q", "").strip()[:300]
    found = asked_for(text, user=user) if text else []
    if text and not found and not request.headers.get("HX-Request"):
        reading.found_nothing(text, user=user, at=timezone.now())
    return render(request, "knowledge/search.html", {"text": text, "found": found, "staff": user.may(perms.READ), "may_write": user.may(perms.WRITE)})


@login_required
def suggestions(request: HttpRequest) -> HttpResponse:
    """What may already answer what is being typed, as lines for the portal's forms."""
    user, text = signed_in(request), request.GET.get("q", request.GET.get("title", "")).strip()[:500]
    found = suggest(text, user=user, limit=4) if len(text) > 1 else []
    return render(request, "knowledge/suggestions.html", {"found": found, "text": text})


@login_required
def article(request: HttpRequest, number: str) -> HttpResponse:
    """One article. Readers get the published words; who writes may look at the version in work by `?version=`."""
    user, row = signed_in(request), find(request, number)
    version = _version(request, row, user)
    content = version.content()
    body = rendered(content.body)
    if request.method == "GET" and version == row.published and not request.GET.get("version"):
        reading.count_view(row, on=timezone.localdate())
    return render(request, "knowledge/article.html", {**_about(request, row, user), "version": version, "content": content, "body": body})


def _version(request: HttpRequest, row: Article, user: User) -> ArticleVersion:
    asked = request.GET.get("version", "")
    if asked.isdecimal() and user.may(perms.READ):
        found = row.versions.select_related("author", "reviewed_by").filter(number=int(asked)).first()
        if found is None:
            raise Http404
        return found
    shown = row.published if row.state != State.DRAFT else row.working
    if shown is None:
        raise Http404
    return shown


def _about(request: HttpRequest, row: Article, user: User) -> dict[str, Any]:
    """What stands around an article's words."""
    today, staff = timezone.localdate(), user.may(perms.READ)
    waiting = row.working if row.working and row.working.status == Status.IN_REVIEW else None
    facts: dict[str, Any] = {
        "article": row, "staff": staff, "related": related(row, user=user) if row.state == State.PUBLISHED else [], "may_edit": may_edit(user, row), "current": row.is_current(today),
        "files": row.files.filter(listed=True, removed_at=None).select_related("file"), "said": row.feedback.filter(user=user).first(), "asked": request.GET.get("asked", "")[:300],
        "panels": panels_for(row, request), "overdue": row.is_review_overdue(today),
    }
    if row.superseded_by is not None and not Article.objects.visible_to(user).filter(pk=row.superseded_by.pk).exists():
        facts["successor"] = None
    else:
        facts["successor"] = row.superseded_by
    if staff:
        another = waiting is not None and not waiting.written_by(user)
        facts |= {
            "may_review": user.may(perms.REVIEW) and another, "own_version": waiting is not None and not another, "waiting": waiting, "may_withdraw": user.may(perms.REVIEW),
            "may_confirm": user.may(perms.REVIEW) or (user.may(perms.WRITE) and row.owner_id == user.pk), "broken": Link.objects.filter(article=row, broken=True),
            "corrections": Correction.objects.visible_to(user).open().filter(article=row).select_related("author")[:10],
            "words": row.feedback.exclude(words="").select_related("user").order_by("-at")[:10], "changes": row.changes.select_related("by")[:12],
            "draft": row.working if row.working and row.working.status == Status.DRAFT else None,
            "private": private_in(row.working) if row.working is not None and row.audience not in ("staff", "teams") else {},
        }
    return facts


@login_required
def versions(request: HttpRequest, number: str) -> HttpResponse:
    """Every version, and what changed from one to another."""
    user, row = signed_in(request), find(request, number)
    if not user.may(perms.READ):
        raise Http404
    rows = list(row.versions.select_related("author", "reviewed_by", "asked"))
    by_number = {version.number: version for version in rows}
    new = by_number.get(_number(request, "new")) or rows[0]
    old = by_number.get(_number(request, "old")) or next((v for v in rows if v.number < new.number and v.status == Status.PUBLISHED), None)
    parts = []
    for title, name in ((_("Chinese"), ""), (_("English"), "_en")):
        before = _whole(old, name) if old else ""
        after = _whole(new, name)
        if before or after:
            parts.append((title, lines(before, after)))
    return render(request, "knowledge/versions.html", {"article": row, "rows": rows, "old": old, "new": new, "parts": parts})


def _number(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0


def _whole(version: ArticleVersion, end: str) -> str:
    return "\n".join(filter(None, (getattr(version, f"title{end}"), getattr(version, f"summary{end}"), getattr(version, f"body{end}"))))


@login_required
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """The article as PDF, for a wall or a binder."""
    user, row = signed_in(request), find(request, number)
    version = _version(request, row, user)
    content = version.content()
    html = str(rendered(content.body).html)
    for held in row.files.filter(removed_at=None).select_related("file"):
        html = html.replace(held.file.get_absolute_url(), f"media:{held.file.path}")
    return pdf_response("knowledge/print.html", {"article": row, "version": version, "content": content, "html": html, "now": timezone.now()}, f"{row.number}.pdf")


@login_required
@require_POST
def say(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """A reader's word: it helped, it did not, it should be corrected, it saved a request."""
    row, by, text = find(request, number), current(), request.POST.get("words", "")
    try:
        if what == "helped":
            if request.POST.get("asked"):
                reading.left_satisfied(row, by=by, question=request.POST["asked"])
                messages.success(request, _("Good. Nothing was sent; write to us whenever you need us."))
                return redirect("desk:portal" if not by.user or not by.user.is_agent else row.get_absolute_url())
            reading.say_whether_it_helped(row, by=by, helped=True, words=text)
            messages.success(request, _("Thank you."))
        elif what == "not_helped":
            reading.say_whether_it_helped(row, by=by, helped=False, words=text)
            messages.success(request, _("Thank you. The owner of the article reads this."))
        elif what == "correct":
            reading.suggest_correction(row, by=by, text=text)
            messages.success(request, _("Thank you. The owner of the article reads this and answers."))
        else:
            raise Http404
    except ActionError as error:
        messages.error(request, str(error))
    back = row.get_absolute_url()
    return redirect(f"{back}?asked={request.POST['asked']}" if request.POST.get("asked") else back)
