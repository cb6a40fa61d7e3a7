"""Items and knowledge: which article was used for which item, which steps of a manual were done, which solution is worth an article."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hengwei.knowledge.models import Article, FaultStep
from hengwei.org.models import User
from hengwei.work.models import Closure, WorkItem

__all__ = ["ItemArticle", "ReusableSolution", "StepDone", "solved_without_article"]


class ItemArticle(models.Model):
    """An article that has to do with an item, and how. Undone, it stays on record."""

    class How(models.TextChoices):
        SENT = "sent", _("sent to the requester")
        SOLVED = "solved", _("solved it")
        WRITTEN = "written", _("written from it")

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="articles")
    article = models.ForeignKey(Article, models.PROTECT, related_name="items")
    how = models.CharField(max_length=10, choices=How)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "article", "how"], condition=Q(undone_at=None), name="item_article_once")]
        indexes = [models.Index(fields=["article", "how", "-at"], name="item_article_of_article"), models.Index(fields=["item", "how"], name="item_article_of_item")]


class ReusableSolution(models.Model):
    """Whoever solved it says that others will meet it again: an article is owed (C2)."""

    item = models.OneToOneField(WorkItem, models.PROTECT, related_name="reusable")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()


class StepDone(models.Model):
    """A step of the maintenance manual, done on an item, with what came of it."""

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="steps_done")
    step = models.ForeignKey(FaultStep, models.PROTECT, related_name="+")
    as_expected = models.BooleanField()
    note = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "step"], condition=Q(undone_at=None), name="step_done_once")]


def solved_without_article(since: datetime, until: datetime) -> models.QuerySet[WorkItem]:
    """Items solved in [since, until) whose solution is worth an article, and of which none was written or used (C2)."""
    used = ItemArticle.objects.filter(item=OuterRef("pk"), undone_at=None, how__in=(ItemArticle.How.WRITTEN, ItemArticle.How.SOLVED))
    return WorkItem.objects.filter(
        ~Exists(used), reusable__isnull=False, resolved_at__gte=since, resolved_at__lt=until, closure__in=("", Closure.SOLVED, Closure.WORKAROUND)).exclude(solution="")
