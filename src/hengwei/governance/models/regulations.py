"""Regulations, their versions, the tree of their clauses, and what each clause is bound to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, is_chinese
from hengwei.governance import permissions as perms
from hengwei.governance.texts import Document, Node, marks
from hengwei.org.models import Role, Team, User

__all__ = ["Binding", "Clause", "Regulation", "RegulationVersion"]


class RegulationQuerySet(models.QuerySet["Regulation"]):
    def visible_to(self, user: User) -> Self:
        """Staff read what is published, its keepers also drafts; everyone else what he is to acknowledge."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.may(perms.MANAGE) or user.may(perms.APPROVE) or user.may(perms.RUN):
            return self
        mine = Q(pk__in=RegulationVersion.objects.filter(acknowledgements__user=user).values("regulation"))
        if user.may(perms.VIEW):
            mine |= Q(pk__in=RegulationVersion.objects.exclude(published_at=None).values("regulation"))
        return self.filter(mine)

    def in_force(self) -> Self:
        """Those of which a version is published and not archived."""
        return self.filter(archived_at=None, versions__state=RegulationVersion.State.PUBLISHED)


@history.tracked(m2m=["reader_roles", "reader_teams"], audited=True)
class Regulation(Bilingual):
    """A regulation of the department (K1): what it is for, whom it binds, who keeps it. Its text is in its versions."""

    code = models.CharField(_("number"), max_length=40, unique=True)
    purpose = models.TextField(_("purpose"), blank=True, default="")
    purpose_en = models.TextField(_("purpose in English"), blank=True, default="")
    scope = models.TextField(_("scope"), blank=True, default="")
    scope_en = models.TextField(_("scope in English"), blank=True, default="")
    definitions = models.TextField(_("definitions"), blank=True, default="")
    definitions_en = models.TextField(_("definitions in English"), blank=True, default="")
    legal_basis = models.TextField(_("legal basis"), blank=True, default="")
    legal_basis_en = models.TextField(_("legal basis in English"), blank=True, default="")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("keeper"))
    body = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("executing body"))
    review_months = models.PositiveSmallIntegerField(_("reviewed every (months)"), default=12)
    reader_roles = models.ManyToManyField(Role, blank=True, related_name="+", verbose_name=_("readers by role"))
    reader_teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("readers by team"))
    acknowledge_days = models.PositiveSmallIntegerField(_("readers acknowledge within (days)"), default=14)
    #: The built-in regulation that it was adopted from.
    pack = models.CharField(max_length=40, blank=True, default="")
    reviewed_at = models.DateTimeField(_("last reviewed"), null=True, blank=True)
    review_reminded_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RegulationQuerySet.as_manager()

    class Meta:
        verbose_name = _("regulation")
        ordering = ["code", "id"]
        indexes = [models.Index(fields=["code", "id"], name="regulation_by_code")]
        constraints = [models.CheckConstraint(condition=Q(review_months__gte=1), name="regulation_review_positive")]

    def get_absolute_url(self) -> str:
        return reverse("governance:regulation", args=[self.pk])

    #: What a regulation says of itself, in the order in which it is read.
    SAYS = ("purpose", "scope", "definitions", "legal_basis")

    def says(self) -> list[tuple[str, str]]:
        """Heading and words in the reader's language; in the other one where this one has none, and nothing that is empty."""
        headings = {field.name: str(field.verbose_name) for field in self._meta.fields}
        found = []
        for name in self.SAYS:
            here, there = (name, f"{name}_en") if is_chinese() else (f"{name}_en", name)
            words = getattr(self, here) or getattr(self, there)
            if words:
                found.append((headings[name], words))
        return found

    def published(self) -> RegulationVersion | None:
        """The version in force."""
        return self.versions.filter(state=RegulationVersion.State.PUBLISHED).first()

    def draft(self) -> RegulationVersion | None:
        """The version that is being written or approved."""
        return self.versions.filter(state__in=(RegulationVersion.State.DRAFT, RegulationVersion.State.APPROVAL)).first()

    def current(self) -> RegulationVersion | None:
        """What is in force, else what is being written."""
        return self.published() or self.draft() or self.versions.order_by("-number").first()

    def readers(self) -> models.QuerySet[User]:
        """Everyone who is to acknowledge it."""
        return User.objects.filter(
            Q(roles__in=self.reader_roles.values("pk")) | Q(memberships__team__in=self.reader_teams.values("pk")), is_active=True, erased_at=None,
        ).distinct()

    def review_due(self) -> datetime | None:
        """When it is to be reviewed next."""
        from dateutil.relativedelta import relativedelta

        version = self.published()
        since = max((m for m in (self.reviewed_at, version.published_at if version else None) if m), default=None)
        return since + relativedelta(months=self.review_months) if since else None


class RegulationVersion(models.Model):
    """One state of a regulation's text; fixed once it is published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVAL = "approval", _("in approval")
        PUBLISHED = "published", _("in force")
        SUPERSEDED = "superseded", _("superseded")

    regulation = models.ForeignKey(Regulation, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    change_note = models.TextField(_("what changes and why"), blank=True, default="")
    #: What was pasted or uploaded, to show beside the tree.
    source = models.TextField(blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["regulation", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["regulation", "number"], name="regulation_version_once"),
            models.UniqueConstraint(fields=["regulation"], condition=Q(state="published"), name="regulation_one_in_force"),
            models.UniqueConstraint(fields=["regulation"], condition=Q(state__in=("draft", "approval")), name="regulation_one_draft"),
            models.CheckConstraint(condition=~Q(state="published") | Q(published_at__isnull=False, effective_from__isnull=False), name="regulation_published_has_date"),
        ]

    def __str__(self) -> str:
        return f"{self.regulation} v{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_scheduled(self) -> bool:
        """Approved, and comes into force by itself on its day."""
        return self.state == self.State.APPROVAL and self.approved_at is not None and self.effective_from is not None

    def tree(self) -> list[Clause]:
        """The clauses in reading order, each with its `depth`; `nested` holds the children."""
        rows = list(self.clauses.all())
        by_parent: dict[int | None, list[Clause]] = {}
        for row in rows:
            by_parent.setdefault(row.parent_id, []).append(row)
        found: list[Clause] = []

        def visit(parent: int | None, depth: int) -> None:
            for row in sorted(by_parent.get(parent, []), key=lambda c: (c.order, c.pk)):
                row.depth, row.nested = depth, sorted(by_parent.get(row.pk, []), key=lambda c: (c.order, c.pk))
                found.append(row)
                visit(row.pk, depth + 1)

        visit(None, 0)
        return found

    def document(self, *, chinese: bool | None = None) -> Document:
        """The text as a pure tree, in one language."""
        chinese = is_chinese() if chinese is None else chinese
        clauses = self.tree()
        nodes = {c.pk: Node(c.kind, c.number_in(chinese), c.title_in(chinese), c.text_in(chinese)) for c in clauses}
        document = Document(self.regulation.name if chinese or not self.regulation.name_en else self.regulation.name_en)
        for clause in clauses:
            (nodes[clause.parent_id].children if clause.parent_id else document.nodes).append(nodes[clause.pk])
        return document


#: A clause of a version that is in force, or was, never changes.
_FIXED = pgtrigger.Trigger(
    name="clause_fixed_once_published", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM governance_regulationversion v WHERE v.id = COALESCE(NEW.version_id, OLD.version_id) AND v.state IN ('published', 'superseded')) THEN
            RAISE EXCEPTION 'the text of a published regulation is fixed';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)


class Clause(models.Model):
    """One clause. `key` stays the same from version to version, so that bindings and figures go on."""

    class Kind(models.TextChoices):
        CHAPTER = "chapter", _("chapter")
        SECTION = "section", _("section")
        ARTICLE = "article", _("article of a regulation")
        PARAGRAPH = "paragraph", _("paragraph")
        ITEM = "item", _("item of a clause")
        BULLET = "bullet", _("bullet")

    version = models.ForeignKey(RegulationVersion, models.CASCADE, related_name="clauses")
    key = models.SlugField(max_length=40)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.CharField(_("number"), max_length=40, blank=True, default="")
    title = models.CharField(_("title"), max_length=300, blank=True, default="")
    title_en = models.CharField(_("English title"), max_length=300, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    text_en = models.TextField(_("English text"), blank=True, default="")
    #: The rows of the department's requirements that it answers, such as A2.
    requirements = ArrayField(models.CharField(max_length=8), default=list, blank=True)

    depth: int = 0
    nested: list[Clause]

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="clause_key_once")]
        indexes = [models.Index(fields=["key"], name="clause_by_key")]
        triggers = [_FIXED]

    def __str__(self) -> str:
        return " ".join(part for part in (self.number_in(is_chinese()), self.label) if part)

    def number_in(self, chinese: bool) -> str:
        """Its mark; where it has English words, the mark of articles and chapters is said in English too."""
        return self.number if chinese or not (self.text_en or self.title_en) else marks.in_english(self.number)

    def title_in(self, chinese: bool) -> str:
        return self.title if chinese or not self.title_en else self.title_en

    def text_in(self, chinese: bool) -> str:
        return self.text if chinese or not self.text_en else self.text_en

    @property
    def shown_number(self) -> str:
        return self.number_in(is_chinese())

    @property
    def shown_title(self) -> str:
        return self.title_in(is_chinese())

    @property
    def shown_text(self) -> str:
        return self.text_in(is_chinese())

    @property
    def label(self) -> str:
        """Its title, or the first words of its text."""
        words = self.shown_title or self.shown_text
        return words if len(words) <= 40 else words[:39] + "…"

    @property
    def words(self) -> str:
        """All that it says, in both languages: what suggestions are made from."""
        return " ".join(part for part in (self.title, self.text, self.title_en, self.text_en) if part)


@history.tracked(part_of="regulation", audited=True)
class Binding(models.Model):
    """What proves a clause: a control over live records, a person's word at intervals, or nothing (it only explains)."""

    class Kind(models.TextChoices):
        CONTROL = "control", _("control")
        ATTESTATION = "attestation", _("attestation")
        EXPLANATION = "explanation", _("explanation only")

    class Span(models.TextChoices):
        DAY = "day", _("day")
        WEEK = "week", _("week")
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")

    class Correct(models.TextChoices):
        NEVER = "never", _("never")
        EXCEPTION = "exception", _("one for each exception")
        PERSON = "person", _("one for each person")
        CONTROL = "control", _("one for the control")

    regulation = models.ForeignKey(Regulation, models.PROTECT, related_name="bindings")
    clause_key = models.SlugField(max_length=40)
    kind = models.CharField(_("proved by"), max_length=12, choices=Kind)
    control = models.CharField(_("control"), max_length=60, blank=True, default="")
    params: Any = models.JSONField(_("parameters"), default=dict, blank=True)
    threshold = models.PositiveSmallIntegerField(_("share that must comply, in percent"), default=100)
    span = models.CharField(_("judged by"), max_length=8, choices=Span, default=Span.MONTH)
    hourly = models.BooleanField(_("run every hour"), default=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team concerned"))
    attester = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("attested by"))
    attest_days = models.PositiveSmallIntegerField(_("attested every (days)"), default=90)
    question = models.CharField(_("what is attested"), max_length=300, blank=True, default="")
    question_en = models.CharField(_("what is attested, in English"), max_length=300, blank=True, default="")
    correct = models.CharField(_("corrective actions"), max_length=10, choices=Correct, default=Correct.NEVER)
    grace_hours = models.PositiveIntegerField(_("grace before one is opened (hours)"), default=24)
    corrector = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who corrects, where no person is to be named"))
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField()
    red_since = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("binding")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__range=(0, 100)), name="binding_threshold_range"),
            models.CheckConstraint(condition=~Q(kind="control") | ~Q(control=""), name="binding_names_control"),
            models.CheckConstraint(condition=Q(attest_days__gte=1), name="binding_attest_positive"),
            models.UniqueConstraint(fields=["regulation", "clause_key", "control"], condition=Q(kind="control", removed_at=None), name="binding_control_once"),
            models.UniqueConstraint(fields=["regulation", "clause_key"], condition=Q(kind="explanation", removed_at=None), name="binding_explanation_once"),
        ]
        indexes = [models.Index(fields=["regulation", "clause_key"], name="binding_of_clause", condition=Q(removed_at=None))]

    def __str__(self) -> str:
        return f"{self.clause_key}: {self.control or self.get_kind_display()}"

    @property
    def answers(self) -> User:
        """Who answers for the clause: who attests or corrects it, else who keeps the regulation."""
        return self.attester or self.corrector or self.regulation.owner

    @property
    def concerned(self) -> Team | None:
        """The team that it is for: its own, else the executing body."""
        return self.team or self.regulation.body

    @property
    def asked(self) -> str:
        """What is attested, in the reader's language."""
        return self.question if is_chinese() or not self.question_en else self.question_en
