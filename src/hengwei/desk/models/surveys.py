"""Surveys beside the verdict on a single item: campaigns with their own questions (A9)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, is_chinese
from hengwei.org.models import Customer, Team, User
from hengwei.work.models import Category

__all__ = ["Answer", "Campaign", "Invitation"]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running(self, at: datetime) -> Self:
        return self.filter(state=Campaign.State.RUNNING, ends_at__gt=at)


@history.tracked(m2m=["customers", "teams"])
class Campaign(Bilingual):
    """One survey sent to many. `questions` is what surveys.check takes.

    An anonymous one keeps nothing that leads from an answer to a person: the link in the mail carries a random number
    that is written down nowhere, an answer keeps only that number's hash and the day, and nobody is marked as having answered.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    introduction = models.TextField(_("introduction"), blank=True, default="")
    introduction_en = models.TextField(_("English introduction"), blank=True, default="")
    questions: Any = models.JSONField(_("questions"), default=list)
    anonymous = models.BooleanField(_("anonymous"), default=False)
    customers = models.ManyToManyField(Customer, blank=True, related_name="+", verbose_name=_("only of these customers"))
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("only who was served by these teams"))
    served_from = models.DateField(_("served from"), null=True, blank=True)
    served_until = models.DateField(_("served until"), null=True, blank=True)
    ends_at = models.DateTimeField(_("open until"))
    remind_after_days = models.PositiveSmallIntegerField(_("reminder after days"), default=5, help_text=_("0: no reminder"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(state="draft") | Q(started_at__isnull=False), name="campaign_started")]

    @property
    def introduction_label(self) -> str:
        return self.introduction if is_chinese() or not self.introduction_en else self.introduction_en


class Invitation(models.Model):
    """A person who was asked. `answered_at` stays empty for ever where the survey is anonymous."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+")
    served_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "user"], name="invitation_once")]
        indexes = [models.Index(fields=["user"], name="invitation_open", condition=Q(answered_at=None))]


class Answer(models.Model):
    """What one person answered. Without an invitation where the survey is anonymous."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="answers")
    invitation = models.OneToOneField(Invitation, models.CASCADE, null=True, blank=True, related_name="answer")
    #: SHA-256 of the number in the link of an anonymous survey, so that it counts once.
    ticket = models.CharField(max_length=64, blank=True, default="")
    answers: Any = models.JSONField(default=dict)
    #: Satisfaction 1 to 5 and recommendation 0 to 10, where the survey asks for them: the first such question.
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    recommend = models.PositiveSmallIntegerField(null=True, blank=True)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "ticket"], condition=~Q(ticket=""), name="answer_ticket_once"),
            models.CheckConstraint(condition=Q(invitation=None) | Q(ticket=""), name="answer_named_or_anonymous"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="answer_score_range"),
            models.CheckConstraint(condition=Q(recommend=None) | Q(recommend__range=(0, 10)), name="answer_recommend_range"),
        ]
