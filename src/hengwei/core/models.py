"""What the ground floor keeps: files, the search index, keys that make a call happen once, history, audit log, tasks."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import listed

#: Kinds of pictures that are shown where they hang (files/thumbnails.py).
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff"})


class StoredFile(models.Model):
    """A file that somebody gave us. Its bytes lie under their own hash, so that the same bytes are kept once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(_("type"), max_length=120)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where its bytes lie in the storage."""
        return f"files/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"

    def get_absolute_url(self) -> str:
        return reverse("core:file", args=[self.pk, self.name])

    @property
    def is_picture(self) -> bool:
        """Whether a small picture can be made of it."""
        return self.content_type in PICTURES

    @property
    def thumbnail_url(self) -> str:
        """A small picture of it, where it is a picture."""
        return reverse("core:thumbnail", args=[self.pk])


class SearchEntry(models.Model):
    """One record as the search knows it. Vectors hold words and bigrams (search/tokens.py)."""

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=400)
    text = models.TextField(blank=True, default="")
    internal_text = models.TextField(blank=True, default="")
    public_vector = SearchVectorField()
    internal_vector = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [
            GinIndex(fields=["public_vector"], name="search_public", fastupdate=False),
            GinIndex(fields=["internal_vector"], name="search_internal", fastupdate=False),
        ]


class Vocabulary(models.Model):
    """The Latin words of the index with their trigrams: what a misspelt word may have meant."""

    word = models.CharField(max_length=60, primary_key=True)
    documents = models.PositiveIntegerField(default=0)
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="vocabulary_trigrams")]


class SynonymGroup(models.Model):
    """Words that mean the same to this department (打印机, printer)."""

    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"))

    class Meta:
        verbose_name = _("synonyms")

    def __str__(self) -> str:
        return listed(self.words)


class IdempotencyKey(models.Model):
    """An answer given to a call with an Idempotency-Key, given again to its repetition."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    route = models.CharField(max_length=300)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]


class Revision(models.Model):
    """A change of one record, written by a trigger (history/history.sql) and never changed."""

    class Operation(models.TextChoices):
        MADE = "made", _("made")
        CHANGED = "changed", _("was changed")
        REMOVED = "removed", _("removed")

    at = models.DateTimeField(_("when"))
    operation = models.CharField(max_length=8, choices=Operation)
    #: Which record: `org.team` and its primary key as text.
    model = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    #: The record to whose history it belongs too, where it is a part of one (a membership of its team).
    whole_model = models.CharField(max_length=80, blank=True, default="")
    whole_id = models.CharField(max_length=64, blank=True, default="")
    #: {column: [before, after]} as JSON writes the values.
    changes = models.JSONField()
    #: Without a constraint: a change is on record whatever becomes of the person.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+", verbose_name=_("acting person"))
    via = models.CharField(_("way"), max_length=12)
    address = models.CharField(_("address"), max_length=120, blank=True)
    rules = models.JSONField(default=list)

    class Meta:
        verbose_name = _("revision")
        indexes = [
            models.Index(fields=["model", "object_id", "-id"], name="revision_of"),
            models.Index(fields=["whole_model", "whole_id", "-id"], name="revision_of_whole", condition=~models.Q(whole_model="")),
        ]


class AuditRecord(models.Model):
    """An entry of the audit log: append-only, each sealed with the hash of the one before (audit/audit.sql)."""

    #: Its place in the chain, given when its transaction commits.
    position = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField(_("when"))
    action = models.CharField(_("what"), max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+", verbose_name=_("acting person"))
    actor_name = models.CharField(max_length=150, blank=True, default="")
    via = models.CharField(_("way"), max_length=12)
    address = models.CharField(_("address"), max_length=120, blank=True, default="")
    subject_model = models.CharField(max_length=80, blank=True, default="")
    subject_id = models.CharField(max_length=64, blank=True, default="")
    subject_name = models.CharField(max_length=200, blank=True, default="")
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True, default="")
    #: The text that was hashed, so that an export can be verified anywhere.
    sealed = models.TextField(blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("audit record")
        indexes = [
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["subject_model", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["at"], name="audit_at"),
        ]


class AuditAnchor(models.Model):
    """Up to here the audit log was archived: the chain goes on from this hash."""

    position = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    archived_at = models.DateTimeField()
    file = models.CharField(max_length=400)
    rows = models.PositiveIntegerField()


class Task(models.Model):
    """Long work that somebody started: how far it is, what came of it. Kept some weeks, not for the record."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("completed")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.WAITING, State.RUNNING)

    #: The declared work (core.tasks), and what it is about in the starter's words.
    key = models.CharField(max_length=80)
    about = models.CharField(_("about"), max_length=300, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="tasks", verbose_name=_("started by"))
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True, default="")
    result = models.JSONField(default=dict)
    failed_rows = models.PositiveIntegerField(default=0)
    result_file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    errors_file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("end"), null=True)
    cancel_asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("task")
        indexes = [
            models.Index(fields=["owner", "-id"], name="task_owner"),
            models.Index(fields=["owner"], name="task_open", condition=models.Q(state__in=("waiting", "running"))),
        ]

    @property
    def share(self) -> int | None:
        """Per cent done, where it is known how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Pulse(models.Model):
    """How a timer runs: a scheduler that stopped must be seen."""

    name = models.CharField(max_length=120, primary_key=True)
    known_since = models.DateTimeField()
    #: The moment for which the newest run was planned, and when it began and ended.
    planned_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")


class WaitingEvent(models.Model):
    """An event of a committed deed that listeners are still to hear (outbox.py)."""

    event = models.CharField(max_length=100)
    listeners = ArrayField(models.CharField(max_length=100))
    data = models.JSONField()
    at = models.DateTimeField(db_default=Now())
