"""What helping leaves behind: time spent, calls to return, remote sessions, guests, questions handed to colleagues."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import Bilingual
from hengwei.org.models import Team, User
from hengwei.work import permissions as perms

from .items import WorkItem
from .timeline import Entry

__all__ = ["Callback", "HandOver", "RemoteSession", "RemoteTool", "Share", "WorkTime"]


class WorkTime(models.Model):
    """Minutes that a person spent on an item."""

    class Kind(models.TextChoices):
        WORK = "work", _("work")
        TALK = "talk", _("talking")
        TRAVEL = "travel", _("travelling")
        WAIT = "wait", _("waiting on site")

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="work_times")
    user = models.ForeignKey(User, models.PROTECT, related_name="work_times", verbose_name=_("who"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.WORK)
    minutes = models.PositiveIntegerField(_("minutes"))
    day = models.DateField(_("day"))
    remark = models.CharField(_("remark"), max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField()
    #: Taken back, not deleted: the sum leaves it out.
    struck_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["day", "id"]
        constraints = [models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="work_time_range")]
        indexes = [models.Index(fields=["user", "day"])]


class CallbackQuerySet(models.QuerySet["Callback"]):
    def owed(self) -> Self:
        """Promised and not made yet, on items that are still open."""
        return self.filter(done_at=None).exclude(item__phase="closed")


class Callback(models.Model):
    """A call that was promised on an item."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="callbacks")
    entry = models.OneToOneField(Entry, models.CASCADE, related_name="callback")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="callbacks", verbose_name=_("who calls"))
    due_at = models.DateTimeField(_("due"))
    told_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        indexes = [models.Index(fields=["due_at", "id"], name="callback_owed", condition=Q(done_at=None))]


class RemoteTool(Bilingual):
    """A tool for remote help: the address that starts a session, with places to fill in."""

    url = models.CharField(_("address of a session"), max_length=500, help_text=_("{{number}}, {{person}}, {{phone}}, {{system}} and {{agent}} are filled in"))
    consent = models.CharField(
        _("what the person agrees to"), max_length=300, blank=True, default="",
    )
    active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("remote-help tool")
        ordering = ["order", "id"]


class RemoteSession(models.Model):
    """A session of remote help that was started, with the consent to it."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="remote_sessions")
    tool = models.ForeignKey(RemoteTool, models.PROTECT, related_name="+")
    url = models.CharField(max_length=800)
    agent = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    consent_by = models.CharField(max_length=120)
    consent_how = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField()


class ShareQuerySet(models.QuerySet["Share"]):
    def in_force(self) -> Self:
        return self.filter(revoked_at=None)

    def of(self, user: User) -> Self:
        """Shared with this person, or with a team he belongs to."""
        return self.in_force().filter(Q(user=user) | Q(team__in=user.team_ids))


class Share(models.Model):
    """An item shown to a guest: a person or a team outside the desk. Only a colleague reads internal notes."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="shares")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="shares", verbose_name=_("person"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team"))
    as_colleague = models.BooleanField(_("reads internal notes too"), default=False)
    note = models.CharField(_("what for"), max_length=300, blank=True, default="")
    shared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    shared_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=False, team=None) | Q(user=None, team__isnull=False), name="share_with_one"),
            models.UniqueConstraint(fields=["item", "user"], name="share_user_once", condition=Q(revoked_at=None)),
            models.UniqueConstraint(fields=["item", "team"], name="share_team_once", condition=Q(revoked_at=None)),
        ]
        indexes = [models.Index(fields=["user", "item"], name="share_of_user", condition=Q(revoked_at=None))]

    @property
    def with_whom(self) -> Any:
        return self.user or self.team


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def waiting(self) -> Self:
        return self.filter(answered_at=None)

    def visible_to(self, user: User) -> Self:
        """The desk sees all; others what they are asked."""
        return self if user.may(perms.VIEW_ALL) else self.filter(Q(to_user=user) | Q(to_team__in=user.team_ids))


class HandOver(models.Model):
    """A question put upwards or sideways (A7): to a head, to R&D, to a product team, with a time of its own to answer."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="hand_overs")
    to_team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    to_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    question = models.TextField(_("what is asked"))
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    #: Working seconds agreed for an answer, and when they run out on the default calendar.
    business_seconds = models.PositiveIntegerField()
    due_at = models.DateTimeField(_("due"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(_("answer"), blank=True, default="")
    told_late_at = models.DateTimeField(null=True, blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("question to colleagues")
        constraints = [
            models.CheckConstraint(condition=Q(to_team__isnull=False) | Q(to_user__isnull=False), name="hand_over_to_somebody"),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="hand_over_waiting", condition=Q(answered_at=None))]

    @property
    def whom(self) -> Any:
        return self.to_user or self.to_team

    def is_late(self, at: datetime) -> bool:
        return (self.answered_at or at) > self.due_at
