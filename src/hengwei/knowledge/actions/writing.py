"""Writing articles: begun, edited side by side in both languages, their facts set."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Conflict, Forbidden, Refused
from hengwei.core.models import StoredFile
from hengwei.core.numbering import next_number
from hengwei.knowledge import permissions as perms
from hengwei.knowledge import searching
from hengwei.knowledge.models import (
    Article,
    ArticleChange,
    ArticleFile,
    ArticleVersion,
    Audience,
    Category,
    Kind,
    State,
    Status,
)
from hengwei.knowledge.rendering import render
from hengwei.org.models import Customer, Team, User

#: Days after which an article of a kind is looked at again, unless its owner says otherwise (C3).
REVIEW_DAYS: dict[str, int] = {Kind.FAQ: 180, Kind.HOW_TO: 180, Kind.KNOWN_ERROR: 90, Kind.MANUAL: 365}
#: The longest text of one language, in characters.
LONGEST = 200_000
_FILE = re.compile(r"/files/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/")

What = ArticleChange.What


def moment(at: datetime | None) -> datetime:
    """The moment of an action: the one it was given, or now, taken once."""
    return at if at is not None else timezone.now()


def note_change(article: Article, what: str, *, by: Actor, at: datetime, reason: str = "", **details: Any) -> None:
    """Write one line of the article's history."""
    ArticleChange.objects.create(article=article, what=what, by=by.user, reason=reason.strip()[:500], details=details, at=at)


def saved(article: Article, at: datetime, *fields: str) -> Article:
    """Save the locked article, one version on."""
    article.version += 1
    article.updated_at = at
    article.save(update_fields=[*fields, "version", "updated_at"])
    return article


def require_visible(article: Article, by: Actor) -> None:
    """Whoever changes an article must be able to read it."""
    if by.user is not None and not Article.objects.visible_to(by.user).filter(pk=article.pk).exists():
        raise Forbidden(_("This article is not yours to read."))


def clean_words(words: dict[str, Any]) -> dict[str, str]:
    """The words of a version, trimmed; Refused with the field at fault."""
    given = {name: words.get(name, "").strip() if name.startswith(("body", "summary", "title")) else words[name] for name in ArticleVersion.WORDS if name in words}
    for name in ("title", "title_en"):
        if name in given:
            given[name] = " ".join(given[name].split())
    limits = {"title": 200, "title_en": 200, "summary": 500, "summary_en": 500, "body": LONGEST, "body_en": LONGEST}
    for name, value in given.items():
        if len(value) > limits[name]:
            raise Refused(_("This is too long: at most %(limit)d characters.") % {"limit": limits[name]}, code="too_long", field=name)
    return given


def _titled(words: dict[str, str]) -> None:
    if not words.get("title") and not words.get("title_en"):
        raise Refused(_("Please give it a title, in Chinese or English."), code="missing", field="title")
    for title, body in (("title", "body"), ("title_en", "body_en")):
        if words.get(body) and not words.get(title):
            raise Refused(_("This language has a text but no title."), code="missing", field=title)


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Tags without blanks and repetitions, at most twenty."""
    return list(dict.fromkeys(tag.strip()[:40] for tag in tags if tag.strip()))[:20]


def check_audience(audience: str, customers: Sequence[Customer], teams: Sequence[Team]) -> None:
    """An audience that names somebody must say whom."""
    if audience not in Audience.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="audience")
    if audience == Audience.SOME_CUSTOMERS and not customers:
        raise Refused(_("Please choose at least one customer."), code="missing", field="customers")
    if audience == Audience.TEAMS and not teams:
        raise Refused(_("Please choose at least one team."), code="missing", field="teams")


@transaction.atomic
def create_article(
    *, by: Actor, kind: str = Kind.FAQ, category: Category | None = None, tags: Sequence[str] = (), audience: str = Audience.STAFF,
    customers: Sequence[Customer] = (), teams: Sequence[Team] = (), owner: User | None = None, review_days: int | None = None,
    valid_from: date | None = None, valid_until: date | None = None, note: str = "", files: Sequence[StoredFile] = (), at: datetime | None = None,
    what: str = What.CREATED, **words: Any,
) -> Article:
    """Begin an article: a draft with a number, which only those who write can see. `words` are those of ArticleVersion.WORDS."""
    by.require(perms.WRITE)
    at = moment(at)
    if kind not in Kind.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="kind")
    given = clean_words(words)
    _titled(given)
    check_audience(audience, customers, teams)
    _check_days(review_days, valid_from, valid_until)
    article = Article.objects.create(
        number=next_number("KB", timezone.localtime(at).year), kind=kind, category=category, tags=clean_tags(tags), audience=audience, owner=owner or by.user,
        created_by=by.user, valid_from=valid_from, valid_until=valid_until, review_days=review_days or REVIEW_DAYS[kind], created_at=at, updated_at=at,
        **{name: given.get(name, "") for name in ("title", "title_en", "summary", "summary_en")})
    article.customers.set(customers)
    article.teams.set(teams)
    version = ArticleVersion.objects.create(article=article, number=1, author=by.user, note=note[:300], created_at=at, updated_at=at, **given)
    if by.user is not None:
        version.editors.add(by.user)
    article.working = version
    article.save(update_fields=["working"])
    keep_files(article, version, by=by, files=files)
    note_change(article, what, by=by, at=at)
    return article


def _check_days(review_days: int | None, valid_from: date | None, valid_until: date | None) -> None:
    if review_days is not None and not 1 <= review_days <= 3650:
        raise Refused(_("A review cycle is between 1 and 3650 days."), code="invalid", field="review_days")
    if valid_from and valid_until and valid_until < valid_from:
        raise Refused(_("It would end before it begins."), code="invalid", field="valid_until")


def keep_files(article: Article, version: ArticleVersion, *, by: Actor, files: Sequence[StoredFile] = ()) -> None:
    """Hang on the article what its texts show and what was attached: own uploads only, so that a guessed address opens nothing."""
    held = set(article.files.values_list("file_id", flat=True))
    for file in files:
        if file.pk not in held:
            ArticleFile.objects.create(article=article, file=file, listed=True, added_by=by.user)
            held.add(file.pk)
    shown = {uuid.UUID(found) for found in _FILE.findall(f"{version.body}\n{version.body_en}")} - held
    own = StoredFile.objects.filter(pk__in=shown)
    if by.user is not None:
        own = own.filter(uploaded_by=by.user)
    ArticleFile.objects.bulk_create(ArticleFile(article=article, file=file, listed=False, added_by=by.user) for file in own)


def working_version(article: Article, *, by: Actor, at: datetime) -> ArticleVersion:
    """The version in work, for editing: the draft there is, or a new one with the published words (C3)."""
    if article.working is not None:
        if article.working.status == Status.IN_REVIEW:
            raise Refused(_("This version is being reviewed. Take it back from review to go on writing."), code="in_review")
        return article.working
    words = article.published.words() if article.published else {}
    last = article.versions.order_by("-number").first()
    version = ArticleVersion.objects.create(article=article, number=(last.number if last else 0) + 1, author=by.user, created_at=at, updated_at=at, **words)
    article.working = version
    return version


@transaction.atomic
def save_draft(
    article: Article, *, by: Actor, version: int | None = None, note: str | None = None, files: Sequence[StoredFile] = (), removed: Sequence[int] = (),
    at: datetime | None = None, **words: Any,
) -> Article:
    """Keep what was written: in the draft, never in what readers see. A stale `version` raises Conflict."""
    by.require(perms.WRITE)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    if article.state in (State.ARCHIVED, State.SUPERSEDED):
        raise Refused(_("This article is out of use. Take it into use again to edit it."), code="out_of_use")
    given = clean_words(words)
    draft = working_version(article, by=by, at=at)
    _titled({**draft.words(), **given})
    for name, value in given.items():
        setattr(draft, name, value)
    if note is not None:
        draft.note = note.strip()[:300]
    draft.updated_at = at
    draft.save(update_fields=[*given, "note", "updated_at"])
    if by.user is not None:
        draft.editors.add(by.user)
    fields = ["working"]
    if article.state == State.DRAFT:
        for name in ("title", "title_en", "summary", "summary_en"):
            setattr(article, name, getattr(draft, name))
        fields += ["title", "title_en", "summary", "summary_en"]
    keep_files(article, draft, by=by, files=files)
    if removed:
        article.files.filter(pk__in=list(removed)).update(listed=False, removed_at=at)
    return saved(article, at, *fields)


@transaction.atomic
def discard_draft(article: Article, *, by: Actor, version: int | None = None, reason: str = "", at: datetime | None = None) -> Article:
    """Give up what was begun on a published article; its readers notice nothing."""
    by.require(perms.WRITE)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    if article.working is None or article.working.status != Status.DRAFT:
        raise Refused(_("There is no draft to discard."), code="no_draft")
    if article.published is None:
        raise Refused(_("It was never published: archive it instead."), code="never_published")
    article.working.status = Status.DISCARDED
    article.working.save(update_fields=["status"])
    note_change(article, What.DISCARDED, by=by, at=at, reason=reason, version=article.working.number)
    article.working = None
    return saved(article, at, "working")


#: Facts that say who reads it, or from when: on a published article they take effect at once, so a reviewer sets them.
READERS_FACTS = frozenset({"audience", "customers", "teams", "category", "valid_from", "valid_until"})
FACTS = ("kind", "category", "tags", "audience", "customers", "teams", "owner", "review_days", "next_review_on", "valid_from", "valid_until")


@transaction.atomic
def set_facts(article: Article, *, by: Actor, version: int | None = None, reason: str = "", at: datetime | None = None, **facts: Any) -> Article:
    """Set what is not words: kind, category, tags, audience, owner, validity, review cycle. What is absent stays.

    Who reads a published article is changed by a reviewer only: else anybody who writes could show an internal one to customers.
    """
    by.require(perms.WRITE)
    at = moment(at)
    article = article.locked(version)
    require_visible(article, by)
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise ValueError(f"no facts of an article: {sorted(unknown)}")
    changed = _changed(article, facts)
    if not changed:
        return article
    if article.state != State.DRAFT and READERS_FACTS & set(changed) and not by.may(perms.REVIEW):
        raise Forbidden(_("Who reads a published article is changed by a reviewer."), permission=perms.REVIEW)
    if "kind" in facts and facts["kind"] not in Kind.values:
        raise Refused(_("This cannot be chosen."), code="invalid", field="kind")
    customers = list(facts.get("customers", article.customers.all()))
    teams = list(facts.get("teams", article.teams.all()))
    check_audience(facts.get("audience", article.audience), customers, teams)
    _check_days(facts.get("review_days"), facts.get("valid_from", article.valid_from), facts.get("valid_until", article.valid_until))
    for name, value in facts.items():
        if name in ("customers", "teams"):
            getattr(article, name).set(value)
        else:
            setattr(article, name, clean_tags(value) if name == "tags" else value)
    if "review_days" in changed and "next_review_on" not in changed and article.state == State.PUBLISHED:
        article.next_review_on = timezone.localtime(at).date() + timedelta(days=article.review_days)
    if article.next_review_on is not None and {"review_days", "next_review_on", "owner"} & set(changed):
        article.reminded_on = None
    saved(article, at, *[name for name in FACTS if name not in ("customers", "teams")], "reminded_on")
    note_change(article, What.FACTS, by=by, at=at, reason=reason, changes=changed)
    searching.index(article)
    return article


def _changed(article: Article, facts: dict[str, Any]) -> dict[str, list[str]]:
    """What really changes, as (before, after) in words for the history."""
    found: dict[str, list[str]] = {}
    for name, value in facts.items():
        if name in ("customers", "teams"):
            before = {row.pk: str(row) for row in getattr(article, name).all()}
            after = {row.pk: str(row) for row in value}
            if set(before) != set(after):
                found[name] = ["、".join(before.values()), "、".join(after.values())]
        elif name == "tags":
            if clean_tags(value) != article.tags:
                found[name] = ["、".join(article.tags), "、".join(clean_tags(value))]
        elif getattr(article, name) != value:
            old = getattr(article, name)
            found[name] = ["" if old is None else str(old), "" if value is None else str(value)]
    return found


def conflict_words(article: Article, error: Conflict) -> dict[str, Any]:
    """What the page shows after a conflict: the draft as it is stored now."""
    fresh = Article.objects.select_related("working", "published").get(pk=article.pk)
    stored = fresh.working or fresh.published
    return {"version": error.params.get("current", fresh.version), "words": stored.words() if stored else {}}


def links_of(version: ArticleVersion) -> list[str]:
    """Every address that a version's texts link to or show."""
    found: list[str] = []
    for body in (version.body, version.body_en):
        rendered = render(body)
        found += [*rendered.links, *rendered.pictures]
    return list(dict.fromkeys(target for target in found if target and not target.startswith(("#", "mailto:", "tel:"))))
