"""The bell, the ways by which notices leave the house, and the words of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core.secrets import SecretField
from hengwei.org.models import Team, User
from hengwei.work.models import Entry, WorkItem

from .outgoing import Outgoing


class Notice(models.Model):
    """A line under the bell: something a person should know."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    event = models.CharField(max_length=30)
    item = models.ForeignKey(WorkItem, models.CASCADE, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_newest"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.user}"


class NoticeChannel(models.Model):
    """A way by which notices leave the house beside mail: a chat robot, an SMS gateway; of one person, or of a team's group."""

    name = models.CharField(_("name"), max_length=120)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="notice_channels", verbose_name=_("person"))
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="notice_channels", verbose_name=_("team"))
    #: An address as apprise writes it (wecombot://…, dingtalk://…, feishu://…); `log:` only keeps a log. Sealed: it holds keys.
    url = SecretField(_("address"))
    service = models.CharField(_("service"), max_length=60, blank=True, default="")
    #: What a team's group is told; a person chooses for himself.
    events = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("events"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    active = models.BooleanField(_("in use"), default=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, default="")
    last_sent_at = models.DateTimeField(_("last sent"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("notice channel")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None), name="channel_of_one")]

    def __str__(self) -> str:
        return self.name


class ChatMessage(Outgoing):
    """A notice by a channel, from the wish to send it to the other side's word."""

    channel = models.ForeignKey(NoticeChannel, models.CASCADE, related_name="messages")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    event = models.CharField(max_length=30)
    item = models.ForeignKey(WorkItem, models.SET_NULL, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict, blank=True)
    text = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("notice sent")
        indexes = [
            models.Index(fields=["channel", "-id"], name="chat_channel"),
            models.Index(fields=["status", "id"], condition=Q(status__in=("queued", "sending")), name="chat_open"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("channels:chat_message", args=[self.pk])

    def __str__(self) -> str:
        return f"{self.event} → {self.channel}"


class HeldNotice(models.Model):
    """A notice that waits for the end of quiet hours or for a digest."""

    class Way(models.TextChoices):
        MAIL = "mail", _("by mail")
        CHAT = "chat", _("by chat or SMS")

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    way = models.CharField(max_length=6, choices=Way)
    event = models.CharField(max_length=30)
    item = models.ForeignKey(WorkItem, models.CASCADE, null=True, blank=True, related_name="+")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="held_due"), models.Index(fields=["user", "way", "id"], name="held_of")]

    def __str__(self) -> str:
        return f"{self.event} → {self.user}"
