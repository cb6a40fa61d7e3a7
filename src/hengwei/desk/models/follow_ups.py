"""Calls and visits owed to customers (回访), and the plans by which they come up (A11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, Words, in_mine
from hengwei.org.models import Customer, Team, User
from hengwei.work.models import WorkItem

__all__ = ["FollowUp", "FollowUpPlan"]


@history.tracked()
class FollowUpPlan(Bilingual):
    """By what rule a follow-up comes up, and who makes it."""

    class Occasion(models.TextChoices):
        CLOSED = "closed", _("after an item that meets the conditions is closed")
        COMPLAINT = "complaint", _("after a complaint is closed")
        REGULAR = "regular", _("regularly, for customers")

    class Owner(models.TextChoices):
        LEAD = "lead", _("the lead of the team")
        DEPUTY = "deputy", _("the deputy lead")
        HANDLER = "handler", _("who handled it")
        PERSON = "person", _("a certain person")

    occasion = models.CharField(_("occasion"), max_length=10, choices=Occasion)
    #: Over the facts of the closed item (work/conditions.py).
    conditions: Any = models.JSONField(_("for items"), default=dict, blank=True)
    every_months = models.PositiveSmallIntegerField(_("every so many months"), default=1)
    key_accounts_only = models.BooleanField(_("key customers only"), default=True)
    within_days = models.PositiveSmallIntegerField(_("within working days"), default=3)
    owner_rule = models.CharField(_("who calls"), max_length=8, choices=Owner, default=Owner.LEAD)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("this person"))
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team where the item names none"))
    questions = models.TextField(_("what to ask"), blank=True, default="")
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("follow-up plan")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(every_months__range=(1, 24)), name="follow_up_plan_months"),
            models.CheckConstraint(condition=~Q(owner_rule="person") | Q(owner__isnull=False), name="follow_up_plan_person"),
        ]


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def due(self) -> Self:
        return self.filter(done_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.due().filter(due_at__lt=at)

    def of(self, user: User) -> Self:
        return self.filter(owner=user)


@history.tracked(leave_out=["words"])
class FollowUp(models.Model):
    """A call or visit owed to a requester (回访): after a low score, or by plan (A11)."""

    class Way(models.TextChoices):
        CALL = "call", _("telephone call")
        VISIT = "visit", _("visit")
        MESSAGE = "message", _("message")

    item = models.ForeignKey(WorkItem, models.CASCADE, null=True, blank=True, related_name="follow_ups")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="follow_ups", verbose_name=_("customer"))
    person = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("whom to call"))
    plan = models.ForeignKey(FollowUpPlan, models.SET_NULL, null=True, blank=True, related_name="follow_ups", verbose_name=_("plan"))
    #: Of a regular plan: the month for which it is, its first day; so that a month brings one.
    period = models.DateField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    #: A reason that nobody typed, in each language; `reason` has it in that of whoever caused it, to be found by.
    words: Any = models.JSONField(default=dict, blank=True, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("who calls"))
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by"))
    way = models.CharField(_("how"), max_length=8, choices=Way, blank=True, default="")
    reached = models.BooleanField(_("reached"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True, default="")
    attempts = models.PositiveSmallIntegerField(_("tried in vain"), default=0)
    #: The follow-up that this one led to.
    next = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="previous")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | ~Q(result=""), name="follow_up_done_has_result"),
            models.UniqueConstraint(fields=["plan", "customer", "period"], condition=Q(period__isnull=False), name="follow_up_once_a_period"),
            models.UniqueConstraint(fields=["plan", "item"], condition=Q(item__isnull=False, plan__isnull=False), name="follow_up_once_an_item"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="follow_up_open", condition=Q(done_at=None)),
            models.Index(fields=["due_at", "id"], name="follow_up_by_due"),
            models.Index(fields=["customer", "-done_at"], name="follow_up_last_contact", condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.why

    @staticmethod
    def because(words: Words) -> dict[str, Any]:
        """A reason as it is kept."""
        return {"reason": in_mine(words)[:300], "words": {} if isinstance(words, str) else {code: text[:300] for code, text in words.items()}}

    @property
    def why(self) -> str:
        """Why it is owed: what somebody wrote, else the plan's name or our own words in the reader's language."""
        if self.words:
            return in_mine(self.words)
        return self.plan.label[:300] if self.plan is not None and self.reason in (self.plan.name[:300], self.plan.name_en[:300]) else self.reason
