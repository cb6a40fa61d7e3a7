"""The words by which articles are suggested: an inverted index of the published ones."""

from __future__ import annotations

from django.db import models

from .articles import Article

__all__ = ["Posting"]


class Posting(models.Model):
    """One word of one article, with how much it tells about it (suggesting.py)."""

    term = models.CharField(max_length=60)
    article = models.ForeignKey(Article, models.CASCADE, related_name="postings")
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "term"], name="posting_once")]
        # Weight within the index: a question reads nothing else.
        indexes = [models.Index(fields=["term", "article"], include=["weight"], name="posting_term")]
