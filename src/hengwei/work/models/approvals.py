"""Approvals asked for on an item, and signatures given on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, in_mine, listed
from hengwei.org.models import Absence, User
from hengwei.work.approving import Mode, Question, Verdict, verdict

from .items import WorkItem

__all__ = ["Approval", "ApprovalPlan", "ApprovalStep", "ApprovalVote", "SignOff", "absent_for"]


def absent_for(deputy: User, at: datetime) -> models.QuerySet[Any]:
    """The ids of those who are away now and named this person to stand in."""
    return Absence.objects.filter(deputy=deputy, starts_at__lte=at, ends_at__gt=at).values("user_id")


class ApprovalPlanQuerySet(models.QuerySet["ApprovalPlan"]):
    def kept(self) -> Self:
        """Those that are not archived."""
        return self.filter(active=True)


@history.tracked(audited=True)
class ApprovalPlan(Bilingual):
    """The steps that items of a kind go through when they are submitted: the first plan that fits is taken.

    Entries of the catalogue name a plan themselves; one without a kind is for them alone.
    """

    kind = models.CharField(_("submitted items of"), max_length=30, blank=True, default="")
    conditions: Any = models.JSONField(_("conditions"), default=dict, blank=True)
    steps: Any = models.JSONField(_("steps"), default=list)
    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    objects = ApprovalPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval plan")
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["order", "id"], name="approval_plan_order")]


class Approval(Bilingual):
    """A question put to approvers, step by step."""

    class State(models.TextChoices):
        OPEN = "open", _("being approved")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="approvals", verbose_name=_("work item"))
    name = models.CharField(_("what is approved"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    #: Transitions that the item's workflow makes by the outcome; '' for none.
    on_approved = models.CharField(max_length=30, blank=True, default="")
    on_refused = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        verbose_name = _("approval")
        ordering = ["-id"]
        indexes = [models.Index(fields=["item", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | Q(decided_at__isnull=False), name="approval_decided_has_time"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ApprovalStep(models.Model):
    """One step: whom it asks, how many must agree, and how it ended."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not yet its turn")
        OPEN = "open", _("asked")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        MOOT = "moot", _("no longer asked")

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(_("step"), max_length=120, blank=True)
    mode = models.CharField(_("who must agree"), max_length=10, choices=[(m.value, m.value) for m in Mode], default=Mode.ANY)
    quorum = models.PositiveSmallIntegerField(_("how many"), default=1)
    #: Whom it asks, as data: {"by": "person", "id": 7}, {"by": "role", "key": "manager"} … (actions/approvers.py).
    approvers = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    #: Approvers named by the step who could not be found, in words of each language: it waits until an administrator names others.
    missing = models.JSONField(default=list, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    remind_every = models.PositiveIntegerField(_("remind after, in seconds"), default=0)
    remind_at = models.DateTimeField(null=True, blank=True)
    #: Seconds after it is asked within which it should be decided; 0 for no such moment.
    decide_within = models.PositiveIntegerField(_("to be decided within, in seconds"), default=0)
    #: That moment, until it has passed and was told.
    due_at = models.DateTimeField(_("to be decided until"), null=True, blank=True)
    late_at = models.DateTimeField(_("deadline passed"), null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "order"], name="approval_step_once"),
            models.CheckConstraint(condition=Q(mode__in=[m.value for m in Mode]), name="approval_step_mode"),
        ]
        indexes = [
            models.Index(fields=["remind_at"], name="approval_remind", condition=Q(state="open", remind_at__isnull=False)),
            models.Index(fields=["due_at"], name="approval_due", condition=Q(state="open", due_at__isnull=False, late_at=None)),
        ]

    @property
    def label(self) -> str:
        """Its name, or whom it asks."""
        from hengwei.work.actions.approvers import described

        return self.name or listed(described(one) for one in self.approvers)

    @property
    def unfound(self) -> list[str]:
        """Those who could not be found, in the reader's language."""
        return [in_mine(one) for one in self.missing]

    def question(self) -> Question:
        """The step as the pure rule sees it; those who could not be found are missed."""
        spoken = [vote.word for vote in self.votes.all() if vote.counts]
        return Question(Mode(self.mode), (*spoken, *[None] * len(self.missing)), self.quorum)

    def verdict(self) -> Verdict:
        return verdict(self.question())


class VoteQuerySet(models.QuerySet["ApprovalVote"]):
    def waiting_for(self, user: User, at: datetime) -> Self:
        """What this person is asked now: himself, or as deputy of somebody who is away. Never on his own request."""
        return (
            self.filter(state=ApprovalVote.State.OPEN, step__state=ApprovalStep.State.OPEN, step__approval__state=Approval.State.OPEN)
            .filter(Q(user=user) | Q(user__in=absent_for(user, at)))
            .exclude(step__approval__item__requester=user).exclude(step__approval__asked_by=user)
        )


class ApprovalVote(models.Model):
    """One person's part in a step."""

    class State(models.TextChoices):
        OPEN = "open", _("asked")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        HANDED_ON = "handed_on", _("handed on")

    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="votes")
    user = models.ForeignKey(User, models.PROTECT, related_name="approval_votes", verbose_name=_("approver"))
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    comment = models.TextField(_("comment"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    #: Who spoke: the approver, or his deputy while he is away.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    #: Who asked him besides the step's own rule (加签), or handed his part on to him (转办).
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handed_from = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="handed_to")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "user"], name="approval_vote_once")]
        indexes = [models.Index(fields=["user", "state"], name="approval_asked")]

    @property
    def counts(self) -> bool:
        """A part that was handed on is spoken by another."""
        return self.state != self.State.HANDED_ON

    @property
    def word(self) -> bool | None:
        return {self.State.APPROVED: True, self.State.REFUSED: False}.get(self.state)  # type: ignore[call-overload,no-any-return]


class SignOff(models.Model):
    """A signature given on an item by a named person: what was signed, the picture of it, when. It never changes."""

    class Way(models.TextChoices):
        DRAWN = "drawn", _("drawn on the screen")
        UPLOADED = "uploaded", _("uploaded")

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="sign_offs")
    statement = models.CharField(_("what is signed"), max_length=300)
    signer = models.CharField(_("who signs"), max_length=120)
    signer_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    capacity = models.CharField(_("in what capacity"), max_length=120, blank=True, default="")
    way = models.CharField(max_length=10, choices=Way)
    picture = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    #: Hash of the picture as it was signed: the file's own, kept here so that the two can be compared.
    sha256 = models.CharField(max_length=64)
    #: The item as it stood: version and title.
    item_version = models.PositiveIntegerField()
    address = models.CharField(max_length=64, blank=True, default="")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("signature")
        ordering = ["signed_at", "id"]
        triggers = [pgtrigger.Protect(name="sign_off_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.signer}: {self.statement}"

    def get_absolute_url(self) -> str:
        return reverse("work:sign_off", args=[self.item.number, self.pk])
