"""The knowledge base over REST: the same actions and the same readers as its pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.files import files_of
from hengwei.core.idempotency import idempotent
from hengwei.core.rest import Page, actor_of, keyset
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.actions import exchange, reading, review, writing
from hengwei.knowledge.models import Article, ArticleVersion, Audience, Category, State
from hengwei.knowledge.pages.kept import (
    CategoryPages,
    CorrectionPages,
    FaultPages,
    GapPages,
    SynonymPages,
    SystemPages,
)
from hengwei.knowledge.suggesting import asked_for, suggest
from hengwei.org.models import Customer, Team, User

router = Router(tags=["knowledge"])


class ArticleOut(Schema):
    """An article as lists show it."""

    number: str
    kind: str
    state: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    category: str | None = Field(description="Key of its category.")
    tags: list[str]
    audience: str
    owner: int | None
    next_review_on: date | None
    valid_from: date | None
    valid_until: date | None
    views: int
    helped: int
    not_helped: int
    solved: int
    deflected: int
    updated_at: datetime
    published_at: datetime | None
    version: int = Field(description="Send it back with a change: a stale one is refused with 409.")


class VersionOut(Schema):
    """The words of an article at one time."""

    number: int
    status: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    body: str
    body_en: str
    note: str
    urgent: bool
    author: int | None
    reviewed_by: int | None
    verdict: str
    published_at: datetime | None


class ArticleDetailOut(ArticleOut):
    """An article with its words. `working` is the version in work, for those who write."""

    published: VersionOut | None
    working: VersionOut | None


class WordsIn(Schema):
    """Words in both languages; what is absent stays."""

    title: str | None = None
    title_en: str | None = None
    summary: str | None = None
    summary_en: str | None = None
    body: str | None = Field(None, description="Markdown.")
    body_en: str | None = None


class FactsIn(WordsIn):
    kind: str | None = None
    category: str | None = Field(None, description="Key of a category.")
    tags: list[str] | None = None
    audience: str | None = Field(None, description="everyone, customers, some_customers, staff, teams.")
    customers: list[int] | None = None
    teams: list[str] | None = Field(None, description="Keys of teams.")
    owner: int | None = None
    review_days: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    note: str | None = Field(None, description="What changed, and why.")
    files: list[str] = Field([], description="Ids of uploaded files.")


class ArticlePatch(FactsIn):
    version: int | None = None


class StepIn(Schema):
    """A step of an article's life with what it demands."""

    reason: str = ""
    asked: int | None = Field(None, description="For `submit`: who should review it.")
    other: str = Field("", description="For `supersede`: the number of the article that takes its place.")
    next_on: date | None = Field(None, description="For `confirm`.")
    private_confirmed: bool = False
    version: int | None = None


class UrgentIn(WordsIn):
    reason: str
    private_confirmed: bool = False
    version: int | None = None


class FeedbackIn(Schema):
    helped: bool
    words: str = ""
    asked: str | None = Field(None, description="What the person was about to ask: counts as a request saved when it helped.")


class CorrectionIn(Schema):
    text: str


class SuggestionOut(Schema):
    score: float
    article: ArticleOut


def article_out(article: Article) -> dict[str, Any]:
    """An article for lists."""
    names = set(ArticleOut.model_fields) - {"category", "owner"}
    return {name: getattr(article, name) for name in names} | {"category": article.category.key if article.category else None, "owner": article.owner_id}


def _version_out(version: ArticleVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    names = set(VersionOut.model_fields) - {"author", "reviewed_by"}
    return {name: getattr(version, name) for name in names} | {"author": version.author_id, "reviewed_by": version.reviewed_by_id}


def _detail(article: Article, reader: User) -> dict[str, Any]:
    return {**article_out(article), "published": _version_out(article.published), "working": _version_out(article.working) if reader.may(perms.WRITE) else None}


def find(request: HttpRequest, number: str) -> Article:
    """The article, if the caller may read it; else NotFound."""
    return Article.objects.visible_to(signed_in(request)).select_related("category", "published", "working").by_number(number)


def _facts(request: HttpRequest, payload: FactsIn) -> tuple[dict[str, Any], dict[str, Any]]:
    """(words, facts) of what was sent, rows in place of keys and ids."""
    user, given = signed_in(request), payload.dict(exclude_unset=True, exclude={"version", "note", "files"})
    words = {name: given.pop(name) or "" for name in ArticleVersion.WORDS if name in given}
    if "category" in given:
        given["category"] = _one(Category.objects.visible_to(user).usable().filter(key=given["category"]), "category") if given["category"] else None
    if "owner" in given:
        given["owner"] = _one(User.objects.staff().filter(pk=given["owner"]), "owner") if given["owner"] else None
    if "customers" in given:
        given["customers"] = list(Customer.objects.visible_to(user).filter(pk__in=given["customers"] or []))
    if "teams" in given:
        given["teams"] = list(Team.objects.filter(key__in=given["teams"] or []))
    return words, {name: value for name, value in given.items() if value is not None or name in ("category", "owner", "valid_from", "valid_until")}


def _one(rows: Any, field: str) -> Any:
    found = rows.first()
    if found is None:
        raise Refused(_("This cannot be chosen."), code="unknown", field=field)
    return found


@router.get("/knowledge/articles", response=Page[ArticleOut], summary="List articles")
def list_articles(
    request: HttpRequest, cursor: str = "", limit: int = 50, kind: str = "", state: str = "", category: str = "", tag: str = "", waiting: bool = False, review_overdue: bool = False,
) -> dict[str, Any]:
    """The last changed first; readers get what is published and theirs."""
    rows = Article.objects.visible_to(signed_in(request)).select_related("category")
    exact = {"kind": kind, "state": state, "category__key": category}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if waiting:
        rows = rows.waiting_for_review()
    if review_overdue:
        rows = rows.review_overdue(timezone.localdate())
    return keyset(rows, order=("-updated_at", "-id"), cursor=cursor, limit=limit, show=article_out)


@router.get("/knowledge/search", response=list[ArticleOut], summary="Search articles")
def search_articles(request: HttpRequest, q: str) -> list[dict[str, Any]]:
    """All words first, then what is near. Words that find nothing are remembered without the person."""
    user, text = signed_in(request), q.strip()[:300]
    found = asked_for(text, user=user) if text else []
    if text and not found:
        reading.found_nothing(text, user=user, at=timezone.now())
    return [article_out(article) for article in found]


@router.get("/knowledge/suggestions", response=list[SuggestionOut], summary="Articles that may answer a question")
def suggest_articles(request: HttpRequest, q: str, limit: int = 5) -> list[dict[str, Any]]:
    return [{"score": s.score, "article": article_out(s.article)} for s in suggest(q[:2000], user=signed_in(request), limit=max(1, min(limit, 20)))]


@router.post("/knowledge/articles", response={201: ArticleDetailOut}, summary="Begin an article")
@idempotent
def create(request: HttpRequest, payload: FactsIn) -> tuple[int, dict[str, Any]]:
    """A draft, seen by those who write until another has reviewed and published it."""
    by = actor_of(request)
    words, facts = _facts(request, payload)
    article = writing.create_article(by=by, note=payload.note or "", files=files_of(payload.files, user=by.user), **facts, **words)
    return 201, _detail(find(request, article.number), signed_in(request))


@router.get("/knowledge/articles/{number}", response=ArticleDetailOut, summary="Read an article")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    article = find(request, number)
    if article.state == State.PUBLISHED:
        reading.count_view(article, on=timezone.localdate())
    return _detail(article, signed_in(request))


@router.patch("/knowledge/articles/{number}", response=ArticleDetailOut, summary="Change an article")
def change(request: HttpRequest, number: str, payload: ArticlePatch) -> dict[str, Any]:
    """Words go into the draft; facts take effect at once."""
    by, article = actor_of(request), find(request, number)
    words, facts = _facts(request, payload)
    version = payload.version
    if words or payload.files:
        article = writing.save_draft(article, by=by, version=version, note=payload.note, files=files_of(payload.files, user=by.user), **words)
        version = None
    if facts:
        writing.set_facts(article, by=by, version=version, reason=payload.note or "", **facts)
    return _detail(find(request, number), signed_in(request))


@router.get("/knowledge/articles/{number}/versions", response=list[VersionOut], summary="Every version of an article")
def versions(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    if not signed_in(request).may(perms.READ):
        raise NotFound(_("There is nothing here that you may see."))
    return [found for v in find(request, number).versions.all() if (found := _version_out(v)) is not None]


@router.post("/knowledge/articles/{number}/urgent", response=ArticleDetailOut, summary="Correct at once what is published")
def urgent(request: HttpRequest, number: str, payload: UrgentIn) -> dict[str, Any]:
    """Without a second person; another looks at it within days."""
    words: dict[str, Any] = {name: value or "" for name, value in payload.dict(exclude_unset=True).items() if name in ArticleVersion.WORDS}
    review.correct_urgently(find(request, number), by=actor_of(request), reason=payload.reason, private_confirmed=payload.private_confirmed, version=payload.version, **words)
    return _detail(find(request, number), signed_in(request))


@router.post("/knowledge/articles/{number}/feedback", summary="Say whether an article helped")
def feedback(request: HttpRequest, number: str, payload: FeedbackIn) -> dict[str, Any]:
    by, article = actor_of(request), find(request, number)
    if payload.helped and payload.asked is not None:
        reading.left_satisfied(article, by=by, question=payload.asked)
    else:
        reading.say_whether_it_helped(article, by=by, helped=payload.helped, words=payload.words)
    article.refresh_from_db()
    return {"helped": article.helped, "not_helped": article.not_helped}


@router.post("/knowledge/articles/{number}/corrections", response={201: dict[str, int]}, summary="Suggest a correction")
def correct(request: HttpRequest, number: str, payload: CorrectionIn) -> tuple[int, dict[str, int]]:
    return 201, {"id": reading.suggest_correction(find(request, number), by=actor_of(request), text=payload.text).pk}


@router.post("/knowledge/articles/{number}/{step}", response=ArticleDetailOut, summary="A step of an article's life")
def make_step(request: HttpRequest, number: str, step: str, payload: StepIn) -> dict[str, Any]:
    """`submit`, `take_back`, `send_back`, `publish`, `confirm`, `archive`, `supersede`, `restore`, `discard`."""
    article, by, user = find(request, number), actor_of(request), signed_in(request)
    if not user.may(perms.READ):
        raise Forbidden(_("You do not have the right to do this."))
    common: dict[str, Any] = {"by": by, "version": payload.version}
    if step == "submit":
        asked = _one(User.objects.staff().filter(pk=payload.asked), "asked") if payload.asked else None
        review.submit(article, asked=asked, note=payload.reason, private_confirmed=payload.private_confirmed, **common)
    elif step == "publish":
        review.publish(article, verdict=payload.reason, **common)
    elif step == "take_back":
        review.take_back(article, **common)
    elif step == "confirm":
        review.confirm(article, note=payload.reason, next_on=payload.next_on, **common)
    elif step == "supersede":
        review.supersede(article, other=find(request, payload.other), reason=payload.reason, **common)
    elif step == "discard":
        writing.discard_draft(article, reason=payload.reason, **common)
    elif step in ("send_back", "archive", "restore"):
        {"send_back": review.send_back, "archive": review.archive, "restore": review.restore}[step](article, reason=payload.reason, **common)
    else:
        raise NotFound(_("There is no such step."))
    return _detail(find(request, number), user)


for _pages in (CategoryPages, SystemPages, FaultPages, SynonymPages, CorrectionPages, GapPages):
    router.add_router("", _pages.router())


class ImportIn(Schema):
    """Files that were sent ahead (`POST /files`): .md and .docx, one article a file, or a .zip of them."""

    files: list[str]
    category: str = ""
    audience: str = "staff"
    twice: bool = False


class TaskRef(Schema):
    """The running task that does it: `GET /tasks/{id}` tells how far it is."""

    task: int


@router.post("/knowledge/import", response={202: TaskRef}, summary="Make drafts of Markdown and Word files")
def import_files(request: HttpRequest, payload: ImportIn) -> Status[dict[str, int]]:
    """A worker makes them; what is wrong with a file is a line of the task's list of faults."""
    by = actor_of(request)
    if payload.audience not in (Audience.EVERYONE, Audience.CUSTOMERS, Audience.STAFF):
        raise Refused(_("This cannot be chosen."), code="invalid", field="audience")
    category = Category.objects.usable().filter(key=payload.category).first() if payload.category else None
    if payload.category and category is None:
        raise Refused(_("There is no category '%(key)s'.") % {"key": payload.category}, code="unknown", field="category")
    begun = exchange.begin(files_of(payload.files, user=by.user), by=by, category=category, audience=payload.audience, twice=payload.twice)
    return Status(202, {"task": begun.pk})
