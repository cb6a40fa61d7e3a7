"""What readers say and do: answers, corrections, requests saved, words that found nothing; and links that lead nowhere."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.knowledge import permissions as perms
from hengwei.org.models import User

from .articles import Article, ArticleVersion

__all__ = ["Correction", "Deflection", "Feedback", "Link", "SearchGap", "ViewDay"]


class Feedback(models.Model):
    """Whether an article helped one person; who changes his mind changes it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="feedback")
    version = models.ForeignKey(ArticleVersion, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    helped = models.BooleanField(_("helped"))
    words = models.CharField(_("in words"), max_length=1000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="article_feedback_once")]
        indexes = [models.Index(fields=["article", "-at"], name="article_feedback_order")]


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User) -> Self:
        """One's own, those of articles that one owns; all for reviewers."""
        mine = Q(author=user)
        if user.may(perms.WRITE):
            mine |= Q(article__owner=user)
        rows = self.filter(article__in=Article.objects.visible_to(user))
        return rows if user.may(perms.REVIEW) else rows.filter(mine)

    def open(self) -> Self:
        return self.filter(state=Correction.State.OPEN)


class Correction(models.Model):
    """A reader says what is wrong or missing; the owner answers."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for the owner")
        ACCEPTED = "accepted", _("taken up")
        DECLINED = "declined", _("not taken up")

    article = models.ForeignKey(Article, models.PROTECT, related_name="corrections", verbose_name=_("article"))
    version = models.ForeignKey(ArticleVersion, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("suggested by"))
    text = models.TextField(_("what should change"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(_("suggested"))

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=("open", "accepted", "declined")), name="correction_state_known"),
            models.CheckConstraint(condition=Q(state="open") | Q(decided_at__isnull=False), name="correction_decided_has_time"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="correction_state")]

    def __str__(self) -> str:
        return str(self.article)


class Deflection(models.Model):
    """A request that was not sent, because the person said that an article had solved it. Undone when he asks after all."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="deflections")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    question = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="deflection_user"), models.Index(fields=["article", "-at"], name="deflection_article")]


class SearchGap(models.Model):
    """Words that found nothing, without the person: what the knowledge base lacks."""

    text = models.CharField(_("asked for"), max_length=120)
    by_staff = models.BooleanField(_("asked by staff"), default=False)
    times = models.PositiveIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first asked"))
    last_at = models.DateTimeField(_("last asked"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("gap")
        constraints = [models.UniqueConstraint(fields=["text", "by_staff"], name="search_gap_once")]
        indexes = [models.Index(fields=["-times", "-id"], name="search_gap_open", condition=Q(settled_at=None))]


class ViewDay(models.Model):
    """How often an article was read on a day."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="view_days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "day"], name="article_view_day_once")]


class Link(models.Model):
    """A link of a published text, and whether it leads somewhere."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="links")
    target = models.CharField(_("leads to"), max_length=1000)
    external = models.BooleanField(default=False)
    broken = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "target"], name="article_link_once")]
        indexes = [
            models.Index(fields=["checked_at"], name="article_link_external", condition=Q(external=True)),
            models.Index(fields=["article"], name="article_link_broken", condition=Q(broken=True)),
        ]
