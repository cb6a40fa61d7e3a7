"""Who else is concerned: watchers, relations, drafts, presence."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.org.models import User

from .items import WorkItem

__all__ = ["Draft", "MergeRecord", "Presence", "Relation", "SentKey", "Watcher"]


class Watcher(models.Model):
    """Somebody who is kept informed: staff who watch, or a copied address of the customer's."""

    class Kind(models.TextChoices):
        WATCHER = "watcher", _("watching")
        CC = "cc", _("in copy")

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="watchers")
    user = models.ForeignKey(User, models.CASCADE, related_name="watching")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WATCHER)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="watcher_once")]


class Relation(models.Model):
    """A link between two items. 'part of' and 'merged into' are fields of the item; this is the rest."""

    class Kind(models.TextChoices):
        RELATED = "related", _("related to")
        DUPLICATE = "duplicate", _("duplicate of")
        CAUSED_BY = "caused_by", _("caused by")
        SPLIT_FROM = "split_from", _("split from")
        CONTINUES = "continues", _("continues")
        MAY_BELONG = "may_belong", _("may belong to")

    source = models.ForeignKey(WorkItem, models.CASCADE, related_name="relations")
    target = models.ForeignKey(WorkItem, models.CASCADE, related_name="related_from")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.RELATED)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="relation_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="relation_to_another"),
        ]


class Draft(models.Model):
    """What a person has begun to write on an item; kept on the server until it is sent."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=10, default="reply")
    text = models.TextField(blank=True, default="")
    key = models.UUIDField(help_text=_("Sent along once: the same key never sends twice."))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="draft_once")]


class SentKey(models.Model):
    """A key with which something was sent; the database sees to it that it is used once."""

    key = models.UUIDField(primary_key=True)
    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)


class MergeRecord(models.Model):
    """What a merge changed, so that undoing it is exact."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="merges")
    target = models.ForeignKey(WorkItem, models.CASCADE, related_name="+")
    #: The merged item's fields as they were: state, phase, closure, waiting, times.
    before = models.JSONField()
    added_watchers = models.JSONField(default=list)
    merged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)


class Presence(models.Model):
    """Who looks at an item now, and whether he is typing. Rows older than a minute mean nothing."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="present")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    typing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="presence_once")]
