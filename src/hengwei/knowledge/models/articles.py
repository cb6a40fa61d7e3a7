"""Articles, their versions, and what was done with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.errors import Conflict, NotFound
from hengwei.core.i18n import is_chinese
from hengwei.knowledge import permissions as perms
from hengwei.org.models import Customer, Team, User

from .audience import Audience, Category, open_categories, open_to

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Article", "ArticleChange", "ArticleFile", "ArticleQuerySet", "ArticleVersion", "Content", "Kind", "State", "Status"]


class Kind(models.TextChoices):
    """What sort of knowledge it is (C1)."""

    FAQ = "faq", _("FAQ")
    HOW_TO = "how_to", _("how-to")
    KNOWN_ERROR = "known_error", _("known error")
    MANUAL = "manual", _("manual")


class State(models.TextChoices):
    """Where the article stands for its readers."""

    DRAFT = "draft", _("not published yet")
    PUBLISHED = "published", _("published to its readers")
    SUPERSEDED = "superseded", _("superseded")
    ARCHIVED = "archived", _("archived")


class Status(models.TextChoices):
    """Where one version stands."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published to its readers")
    RETURNED = "returned", _("sent back")
    DISCARDED = "discarded", _("discarded")


#: Versions that are still being worked on.
UNFINISHED = (Status.DRAFT, Status.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Content:
    """An article in one language. `other` when it exists only in the other one."""

    title: str
    summary: str
    body: str
    other: bool = False


class ArticleQuerySet(models.QuerySet["Article"]):
    """The questions that pages, searches and controls ask of articles."""

    def visible_to(self, user: User) -> Self:
        """What this person may read: the one place of the rule.

        Readers: what is published, valid today, in an open category, and meant for them. Staff also what was superseded or
        archived; who writes, also what is not published yet. Who manages sees everything.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.may(perms.MANAGE):
            return self
        rows = self.filter(Q(category=None) | Q(category_id__in=open_categories(user))).filter(open_to(user, Article))
        if user.may(perms.WRITE):
            return rows
        if user.may(perms.READ):
            return rows.exclude(state=State.DRAFT).filter(_begun(timezone.localdate()))
        return rows.current(timezone.localdate())

    def current(self, on: date) -> Self:
        """Published and valid on that day."""
        return self.filter(_begun(on), Q(valid_until=None) | Q(valid_until__gte=on), state=State.PUBLISHED)

    def review_overdue(self, on: date) -> Self:
        """Published, and its review was due before that day (C3)."""
        return self.filter(state=State.PUBLISHED, next_review_on__lt=on)

    def review_due_by(self, on: date) -> Self:
        """Published, and its review falls due by that day."""
        return self.filter(state=State.PUBLISHED, next_review_on__lte=on)

    def waiting_for_review(self) -> Self:
        """A version of it waits for another's eyes."""
        return self.filter(working__status=Status.IN_REVIEW)

    def expired(self, on: date) -> Self:
        """Published, but no longer valid on that day."""
        return self.filter(state=State.PUBLISHED, valid_until__lt=on)

    def published_without_second_person(self) -> Self:
        """Its published version was an urgent correction that nobody else has looked at since."""
        return self.filter(state=State.PUBLISHED, published__urgent=True, published__reviewed_by=None)

    def with_broken_links(self) -> Self:
        from .readers import Link

        return self.filter(pk__in=Link.objects.filter(broken=True).values("article"))

    def for_lists(self) -> Self:
        """All that a row of a list shows, in one query."""
        return self.select_related("category", "owner", "working")

    def by_number(self, number: str) -> Article:
        """The article of this number; NotFound when there is none."""
        try:
            return self.get(number=number.upper().strip())
        except self.model.DoesNotExist:
            raise NotFound(_t("There is no article %(number)s, or it is not yours to read.") % {"number": number}) from None


def _begun(on: date) -> Q:
    return Q(valid_from=None) | Q(valid_from__lte=on)


@history.tracked(
    leave_out=["views", "helped", "not_helped", "solved", "deflected", "updated_at", "version", "reminded_on"], m2m=["customers", "teams"], made=False)
class Article(models.Model):
    """A piece of knowledge with a number, an owner, an audience and a life. Its words are in its versions."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.FAQ)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    #: Title and summary of the published version (of the draft, while there is none), so that lists need no join.
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    title_en = models.CharField(_("English title"), max_length=200, blank=True, default="")
    summary = models.CharField(_("summary"), max_length=500, blank=True, default="")
    summary_en = models.CharField(_("English summary"), max_length=500, blank=True, default="")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("category"))
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    audience = models.CharField(_("for whom"), max_length=16, choices=Audience, default=Audience.STAFF)
    customers = models.ManyToManyField(Customer, blank=True, related_name="+", verbose_name=_("customers"))
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("teams"))
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="owned_articles", verbose_name=_("owner"))
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by"))
    published = models.ForeignKey("ArticleVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published version"))
    working = models.ForeignKey("ArticleVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("version in work"))
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name=_("superseded by"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    review_days = models.PositiveSmallIntegerField(_("reviewed every (days)"), default=180)
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)

    views = models.PositiveIntegerField(_("read"), default=0)
    helped = models.PositiveIntegerField(_("helped"), default=0)
    not_helped = models.PositiveIntegerField(_("did not help"), default=0)
    solved = models.PositiveIntegerField(_("items solved"), default=0)
    deflected = models.PositiveIntegerField(_("requests saved"), default=0)

    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="article_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="article_state_known"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="article_audience_known"),
            models.CheckConstraint(condition=~Q(title="") | ~Q(title_en=""), name="article_has_title"),
            models.CheckConstraint(condition=Q(state="draft") | Q(published__isnull=False), name="article_published_has_version"),
            models.CheckConstraint(condition=~Q(state="superseded") | Q(superseded_by__isnull=False), name="article_superseded_by_one"),
            models.CheckConstraint(condition=~Q(superseded_by=F("id")), name="article_not_superseded_by_itself"),
            models.CheckConstraint(condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gte=F("valid_from")), name="article_validity_forward"),
            models.CheckConstraint(condition=Q(review_days__range=(1, 3650)), name="article_review_days_range"),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="article_changed"),
            models.Index(fields=["state", "-updated_at", "-id"], name="article_state"),
            models.Index(fields=["category", "-updated_at", "-id"], name="article_category"),
            models.Index(fields=["owner", "-updated_at", "-id"], name="article_owner"),
            models.Index(fields=["-solved", "-helped", "-views", "-id"], name="article_most_used", condition=Q(state="published")),
            models.Index(fields=["next_review_on", "id"], name="article_review", condition=Q(state="published")),
            models.Index(fields=["-published_at", "-id"], name="article_newest", condition=Q(state="published")),
            GinIndex(fields=["tags"], name="article_tags"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("knowledge:article", args=[self.number])

    @property
    def label(self) -> str:
        """The title in the reader's language, or in the other one."""
        return (self.title or self.title_en) if is_chinese() else (self.title_en or self.title)

    @property
    def brief(self) -> str:
        """The summary in the reader's language, or in the other one."""
        return (self.summary or self.summary_en) if is_chinese() else (self.summary_en or self.summary)

    @property
    def stage(self) -> str:
        """A word for lists: the state, told apart by whether a first version is still written or already looked at."""
        if self.state == State.DRAFT and self.working is not None:
            return str(self.working.get_status_display())
        return str(self.get_state_display())

    def is_current(self, on: date) -> bool:
        """Whether readers may read it on that day."""
        return self.state == State.PUBLISHED and (self.valid_from is None or self.valid_from <= on) and (self.valid_until is None or self.valid_until >= on)

    def is_review_overdue(self, on: date) -> bool:
        return self.state == State.PUBLISHED and self.next_review_on is not None and self.next_review_on < on

    @property
    def help_share(self) -> int | None:
        """Of those who said whether it helped, how many of a hundred it helped; None when nobody said."""
        told = self.helped + self.not_helped
        return round(100 * self.helped / told) if told else None

    def locked(self, version: int | None = None) -> Article:
        """The row as it is now, locked until the transaction ends; Conflict when the reader's `version` is stale."""
        fresh = Article.objects.select_for_update(of=("self",)).select_related("published", "working").get(pk=self.pk)
        if version is not None and version != fresh.version:
            raise Conflict(
                _t("Somebody else changed %(number)s meanwhile. Your text is kept; look at what changed and save again.") % {"number": fresh.number},
                current=fresh.version,
            )
        return fresh


class ArticleVersion(models.Model):
    """The words of an article at one time. While it is a draft it may be edited; from its review on it never changes."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    title_en = models.CharField(_("English title"), max_length=200, blank=True, default="")
    summary = models.CharField(_("summary"), max_length=500, blank=True, default="")
    summary_en = models.CharField(_("English summary"), max_length=500, blank=True, default="")
    body = models.TextField(_("text"), blank=True, default="")
    body_en = models.TextField(_("English text"), blank=True, default="")
    note = models.CharField(_("what changed"), max_length=300, blank=True, default="")
    urgent = models.BooleanField(_("urgent correction"), default=False)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author"))
    editors = models.ManyToManyField(User, blank=True, related_name="+")
    asked = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked to review"))
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(_("what the reviewer said"), max_length=500, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    #: What a version says; frozen once it was submitted.
    WORDS = ("title", "title_en", "summary", "summary_en", "body", "body_en")

    class Meta:
        verbose_name = _("version")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once"),
            models.UniqueConstraint(fields=["article"], condition=Q(status__in=("draft", "in_review")), name="article_one_version_in_work"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="article_version_status_known"),
            models.CheckConstraint(condition=~Q(status="published") | Q(published_at__isnull=False), name="article_version_published_has_time"),
            # Never by its author (C2); an urgent correction is looked at by another afterwards.
            models.CheckConstraint(condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("author")), name="article_version_reviewed_by_another"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="article_version_frozen", operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.status <> 'draft' AND (OLD.article_id, OLD.number, OLD.title, OLD.title_en, OLD.summary, OLD.summary_en, OLD.body, OLD.body_en)"
                    " IS DISTINCT FROM (NEW.article_id, NEW.number, NEW.title, NEW.title_en, NEW.summary, NEW.summary_en, NEW.body, NEW.body_en)"),
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    def content(self, *, chinese: bool | None = None) -> Content:
        """The words in the reader's language; those of the other one where this one has none."""
        chinese = is_chinese() if chinese is None else chinese
        own = Content(self.title, self.summary, self.body) if chinese else Content(self.title_en, self.summary_en, self.body_en)
        if own.body or (own.title and not (self.body or self.body_en)):
            return own
        other = (self.title_en, self.summary_en, self.body_en) if chinese else (self.title, self.summary, self.body)
        return Content(own.title or other[0], own.summary or other[1], other[2], other=True)

    @property
    def label(self) -> str:
        return (self.title or self.title_en) if is_chinese() else (self.title_en or self.title)

    def written_by(self, user: User | None) -> bool:
        """Whether the person wrote any of it, and so must not review it."""
        return user is not None and (self.author_id == user.pk or self.editors.filter(pk=user.pk).exists())

    def words(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.WORDS}


class ArticleChange(models.Model):
    """What was done with an article, by whom and why: append-only."""

    class What(models.TextChoices):
        CREATED = "created", _("created")
        IMPORTED = "imported", _("imported")
        SUBMITTED = "submitted", _("given to review")
        WITHDRAWN = "withdrawn", _("taken back from review")
        RETURNED = "returned", _("sent back")
        PUBLISHED = "published", _("published to its readers")
        URGENT = "urgent", _("corrected urgently")
        CONFIRMED = "confirmed", _("reviewed: still right")
        FACTS = "facts", _("facts changed")
        DISCARDED = "discarded", _("draft discarded")
        SUPERSEDED = "superseded", _("superseded")
        ARCHIVED = "archived", _("archived")
        RESTORED = "restored", _("in use again")

    article = models.ForeignKey(Article, models.PROTECT, related_name="changes")
    what = models.CharField(max_length=12, choices=What)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["article", "-at", "-id"], name="article_change_order")]
        triggers = [pgtrigger.Protect(name="article_change_append_only", operation=pgtrigger.Update)]


class ArticleFile(models.Model):
    """A picture in an article's text, or a file that hangs on it: whoever may read the article may read it."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="files")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    #: Shown in the list below the text; pictures within it are not.
    listed = models.BooleanField(default=True)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["article", "file"], name="article_file_once")]


def in_order(articles: Sequence[Article], pks: Sequence[int]) -> list[Article]:
    """Articles in the order of their ids as found."""
    place = {pk: n for n, pk in enumerate(pks)}
    return sorted(articles, key=lambda article: place[article.pk])
