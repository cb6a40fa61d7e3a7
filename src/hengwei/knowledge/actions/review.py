"""Reviewed by another, never by the author; published; corrected at once where it cannot wait; looked at again on a cycle (C2, C3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import listed
from hengwei.knowledge import permissions as perms
from hengwei.knowledge import private_data, searching
from hengwei.knowledge.events import ArticlePublished, ArticleReturned, ArticleSubmitted, ArticleWithdrawn
from hengwei.knowledge.models import Article, ArticleVersion, Audience, State, Status
from hengwei.knowledge.named import names_in
from hengwei.org.models import User

from .links import note_links
from .writing import (
    What,
    clean_words,
    keep_files,
    moment,
    note_change,
    require_visible,
    saved,
)

#: Days within which somebody else looks at an urgent correction.
URGENT_REVIEW_DAYS = 3


def private_in(version: ArticleVersion) -> dict[str, list[private_data.Finding]]:
    """What of each language's words looks private."""
    texts = {"zh": f"{version.title}\n{version.summary}\n{version.body}", "en": f"{version.title_en}\n{version.summary_en}\n{version.body_en}"}
    return {language: found for language, text in texts.items() if (found := private_data.find(text, names=names_in(text)))}


def _require_clean(article: Article, version: ArticleVersion, confirmed: bool) -> None:
    """Private data leaves the department only when somebody said that it may."""
    if confirmed or article.audience in (Audience.STAFF, Audience.TEAMS):
        return
    found = [one.text for findings in private_in(version).values() for one in findings]
    if found:
        raise Refused(
            _("This looks like private data: %(found)s. Take it out, or confirm that it may be read by customers.") % {"found": listed(found[:5])},
            code="private_data", field="private", found=found)


@transaction.atomic
def submit(
    article: Article, *, by: Actor, asked: User | None = None, note: str = "", private_confirmed: bool = False, version: int | None = None,
    at: datetime | None = None,
) -> Article:
    """Give the draft to review. From here on it does not change: what comes back comes back as a new draft."""
    by.require(perms.WRITE)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    draft = article.working
    if draft is None or draft.status != Status.DRAFT:
        raise Refused(_("There is no draft to review."), code="no_draft")
    if not draft.body and not draft.body_en:
        raise Refused(_("Please write the text first."), code="missing", field="body")
    if asked is not None and (draft.written_by(asked) or not asked.may(perms.REVIEW)):
        raise Refused(_("%(name)s wrote part of it, or may not review. Please ask somebody else.") % {"name": asked.name}, code="invalid", field="asked")
    _require_clean(article, draft, private_confirmed)
    draft.status, draft.asked, draft.submitted_at = Status.IN_REVIEW, asked, at
    if note.strip():
        draft.note = note.strip()[:300]
    draft.save(update_fields=["status", "asked", "submitted_at", "note"])
    saved(article, at)
    note_change(article, What.SUBMITTED, by=by, at=at, reason=draft.note, version=draft.number, asked=str(asked or ""))
    emit(ArticleSubmitted(article_id=article.pk, version_id=draft.pk, asked_id=asked.pk if asked else None, actor=by, at=at))
    return article


def _reviewed(article: Article) -> ArticleVersion:
    if article.working is None or article.working.status != Status.IN_REVIEW:
        raise Refused(_("No version of it waits for review."), code="not_in_review")
    return article.working


def _new_draft_of(article: Article, version: ArticleVersion, at: datetime) -> None:
    """Go on from a version that is frozen: a draft with its words."""
    draft = ArticleVersion.objects.create(
        article=article, number=article.versions.order_by("-number").values_list("number", flat=True)[0] + 1, author=version.author, note=version.note,
        created_at=at, updated_at=at, **version.words())
    draft.editors.set(version.editors.all())
    article.working = draft


@transaction.atomic
def take_back(article: Article, *, by: Actor, version: int | None = None, at: datetime | None = None) -> Article:
    """Take a version back from review, to go on writing: by whoever wrote it, or a reviewer."""
    by.require(perms.WRITE)
    at = moment(at)
    article = article.locked(version)
    waiting = _reviewed(article)
    if not waiting.written_by(by.user) and not by.may(perms.REVIEW):
        raise Forbidden(_("Whoever wrote it takes it back."))
    waiting.status = Status.DISCARDED
    waiting.save(update_fields=["status"])
    _new_draft_of(article, waiting, at)
    saved(article, at, "working")
    note_change(article, What.WITHDRAWN, by=by, at=at, version=waiting.number)
    return article


@transaction.atomic
def send_back(article: Article, *, by: Actor, reason: str, version: int | None = None, at: datetime | None = None) -> Article:
    """Say what is not right yet; the author goes on from there."""
    by.require(perms.REVIEW)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    waiting = _reviewed(article)
    _require_another(waiting, by)
    if not reason.strip():
        raise Refused(_("Please say what is to be changed."), code="missing", field="reason")
    waiting.status, waiting.reviewed_by, waiting.reviewed_at, waiting.verdict = Status.RETURNED, by.user, at, reason.strip()[:500]
    waiting.save(update_fields=["status", "reviewed_by", "reviewed_at", "verdict"])
    _new_draft_of(article, waiting, at)
    saved(article, at, "working")
    note_change(article, What.RETURNED, by=by, at=at, reason=reason, version=waiting.number)
    emit(ArticleReturned(article_id=article.pk, author_id=waiting.author_id, reason=reason.strip(), actor=by, at=at))
    return article


def _require_another(version: ArticleVersion, by: Actor) -> None:
    """Nobody reviews what he wrote himself (C2)."""
    if version.written_by(by.user):
        raise Forbidden(_("You wrote this version yourself: somebody else reviews it."))


def _make_public(article: Article, version: ArticleVersion, *, at: datetime, review_on: date, working: ArticleVersion | None = None) -> None:
    version.status, version.published_at = Status.PUBLISHED, at
    version.save()
    for name in ("title", "title_en", "summary", "summary_en"):
        setattr(article, name, getattr(version, name))
    article.published, article.working, article.state = version, working, State.PUBLISHED
    article.published_at, article.next_review_on, article.reminded_on = at, review_on, None
    saved(article, at, "title", "title_en", "summary", "summary_en", "published", "working", "state", "published_at", "next_review_on", "reminded_on")
    note_links(article)
    searching.index(article)


@transaction.atomic
def publish(article: Article, *, by: Actor, verdict: str = "", version: int | None = None, at: datetime | None = None) -> Article:
    """Approve the version in review: it is what readers see from now on."""
    by.require(perms.REVIEW)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    waiting = _reviewed(article)
    _require_another(waiting, by)
    waiting.reviewed_by, waiting.reviewed_at, waiting.verdict = by.user, at, verdict.strip()[:500]
    _make_public(article, waiting, at=at, review_on=_on(at) + timedelta(days=article.review_days))
    note_change(article, What.PUBLISHED, by=by, at=at, reason=verdict, version=waiting.number)
    emit(ArticlePublished(article_id=article.pk, version_id=waiting.pk, author_id=waiting.author_id, actor=by, at=at))
    return article


def _on(at: datetime) -> date:
    return timezone.localtime(at).date()


@transaction.atomic
def correct_urgently(
    article: Article, *, by: Actor, reason: str, private_confirmed: bool = False, version: int | None = None, at: datetime | None = None, **words: Any,
) -> Article:
    """Publish a correction at once, without a second person, because readers do harm by what stands there.

    Only reviewers may; the reason is kept, and another looks at it within URGENT_REVIEW_DAYS.
    """
    by.require(perms.REVIEW)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    if article.state != State.PUBLISHED:
        raise Refused(_("Only what is published is corrected urgently."), code="not_published")
    if not reason.strip():
        raise Refused(_("Please say why it cannot wait."), code="missing", field="reason")
    # From what readers see, never from a draft that somebody else has not finished: that stays as it is.
    current = article.published
    assert current is not None
    number = article.versions.order_by("-number").values_list("number", flat=True)[0] + 1
    corrected = ArticleVersion(article=article, number=number, author=by.user, urgent=True, note=reason.strip()[:300], created_at=at, updated_at=at,
                               **{**current.words(), **clean_words(words)})
    if corrected.words() == current.words():
        raise Refused(_("Nothing is changed by this."), code="unchanged")
    _require_clean(article, corrected, private_confirmed)
    corrected.status, corrected.published_at = Status.PUBLISHED, at
    corrected.save(force_insert=True)
    if by.user is not None:
        corrected.editors.add(by.user)
    keep_files(article, corrected, by=by)
    _make_public(article, corrected, at=at, review_on=_on(at) + timedelta(days=min(URGENT_REVIEW_DAYS, article.review_days)), working=article.working)
    note_change(article, What.URGENT, by=by, at=at, reason=reason, version=corrected.number)
    emit(ArticlePublished(article_id=article.pk, version_id=corrected.pk, author_id=corrected.author_id, urgent=True, actor=by, at=at))
    return article


@transaction.atomic
def confirm(article: Article, *, by: Actor, note: str = "", next_on: date | None = None, version: int | None = None, at: datetime | None = None) -> Article:
    """Reviewed, and still right (C3): by its owner or a reviewer. An urgent correction is confirmed by another than who made it."""
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    if not by.may(perms.REVIEW) and not (by.may(perms.WRITE) and by.user is not None and article.owner_id == by.user.pk):
        raise Forbidden(_("Its owner or a reviewer confirms it."))
    if article.state != State.PUBLISHED or article.published is None:
        raise Refused(_("Only what is published is reviewed again."), code="not_published")
    if next_on is not None and next_on <= _on(at):
        raise Refused(_("The next review lies in the future."), code="invalid", field="next_on")
    current = article.published
    if current.urgent and current.reviewed_by_id is None:
        _require_another(current, by)
        current.reviewed_by, current.reviewed_at, current.verdict = by.user, at, note.strip()[:500]
        current.save(update_fields=["reviewed_by", "reviewed_at", "verdict"])
    article.next_review_on = next_on or _on(at) + timedelta(days=article.review_days)
    article.reminded_on = None
    saved(article, at, "next_review_on", "reminded_on")
    note_change(article, What.CONFIRMED, by=by, at=at, reason=note, next=article.next_review_on.isoformat())
    return article


@transaction.atomic
def archive(article: Article, *, by: Actor, reason: str, version: int | None = None, at: datetime | None = None) -> Article:
    """Take it out of use, with the reason; it stays on record. A draft that was never published is archived as discarded words."""
    return _withdraw(article, None, by=by, reason=reason, version=version, at=at)


@transaction.atomic
def supersede(article: Article, *, by: Actor, other: Article, reason: str, version: int | None = None, at: datetime | None = None) -> Article:
    """Another article takes its place: its readers are led there."""
    if other.pk == article.pk:
        raise Refused(_("An article cannot take its own place."), code="invalid", field="other")
    require_visible(other, by)
    if other.state != State.PUBLISHED:
        raise Refused(_("%(number)s is not published.") % {"number": other.number}, code="invalid", field="other")
    return _withdraw(article, other, by=by, reason=reason, version=version, at=at)


def _withdraw(article: Article, other: Article | None, *, by: Actor, reason: str, version: int | None, at: datetime | None) -> Article:
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    own_draft = article.state == State.DRAFT and by.may(perms.WRITE) and by.user is not None and article.created_by_id == by.user.pk
    if not by.may(perms.REVIEW) and not own_draft:
        raise Forbidden(_("A reviewer takes articles out of use."), permission=perms.REVIEW)
    if not reason.strip():
        raise Refused(_("Please say why."), code="missing", field="reason")
    if article.state in (State.ARCHIVED, State.SUPERSEDED):
        raise Refused(_("It is out of use already."), code="out_of_use")
    if article.working is not None:
        if article.published is None:
            # The record of what was written stays; there is nothing else to point at.
            article.published = article.working
        article.working.status = Status.DISCARDED
        article.working.save(update_fields=["status"])
    article.working, article.superseded_by = None, other
    article.state = State.SUPERSEDED if other else State.ARCHIVED
    article.next_review_on = None
    saved(article, at, "working", "published", "state", "superseded_by", "next_review_on")
    searching.index(article)
    note_change(article, What.SUPERSEDED if other else What.ARCHIVED, by=by, at=at, reason=reason, **({"successor": other.number} if other else {}))
    emit(ArticleWithdrawn(article_id=article.pk, reason=reason.strip(), actor=by, at=at))
    return article


@transaction.atomic
def restore(article: Article, *, by: Actor, reason: str, version: int | None = None, at: datetime | None = None) -> Article:
    """Take it into use again; reviewed at once, since it rested. One that was never published comes back as a draft."""
    by.require(perms.REVIEW)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    if article.state not in (State.ARCHIVED, State.SUPERSEDED) or article.published is None:
        raise Refused(_("It is in use."), code="in_use")
    if not reason.strip():
        raise Refused(_("Please say why."), code="missing", field="reason")
    article.superseded_by = None
    if article.published.status == Status.PUBLISHED:
        article.state, article.next_review_on = State.PUBLISHED, _on(at)
    else:
        last, article.published, article.state = article.published, None, State.DRAFT
        _new_draft_of(article, last, at)
    saved(article, at, "state", "published", "working", "superseded_by", "next_review_on")
    searching.index(article)
    note_change(article, What.RESTORED, by=by, at=at, reason=reason)
    return article
