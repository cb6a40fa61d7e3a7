"""What the ground floor keeps: files, the search index, keys that make a call happen once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


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
