"""Webhooks: what we tell other programs, and what they tell us."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.secrets import SecretField
from hengwei.org.models import Team, User
from hengwei.work.models import Category, WorkItem

from .outgoing import Outgoing


class Webhook(models.Model):
    """An address of another program that is told of events."""

    name = models.CharField(_("name"), max_length=120)
    #: Sealed: many services put their key into the address.
    url = SecretField(_("address"))
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"))
    condition = models.JSONField(_("only when"), default=dict, blank=True, help_text=_("A condition on the item, as in the rules of routing; empty for all."))
    internal = models.BooleanField(_("internal words too"), default=False, help_text=_("Notes among colleagues and causes leave the house."))
    secret = SecretField(_("secret"))
    #: The secret before; both sign until `former_until`, so that the receiver can change without losing one.
    former_secret = SecretField(blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(_("last delivered"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def secrets_at(self, at: datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        former = [self.former_secret] if self.former_secret and self.former_until and self.former_until > at else []
        return [self.secret, *former]

    @property
    def host(self) -> str:
        from urllib.parse import urlsplit

        return urlsplit(self.url).hostname or ""


class WebhookDelivery(Outgoing):
    """One event to one webhook: what was asked, what was answered."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    event = models.CharField(max_length=40)
    item = models.ForeignKey(WorkItem, models.SET_NULL, null=True, blank=True, related_name="+")
    #: The bytes that are signed, as text: JSON that is sent as it stands here.
    body = models.TextField()
    again_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_webhook"),
            models.Index(fields=["status", "id"], condition=Q(status__in=("queued", "sending")), name="delivery_open"),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("channels:delivery", args=[self.pk])

    def __str__(self) -> str:
        return f"{self.event} → {self.webhook}"


class Hook(models.Model):
    """An address of ours at which another program, or a chat robot, opens and updates items."""

    class Shape(models.TextChoices):
        MAPPING = "mapping", _("any JSON, by the mapping below")
        ALERTMANAGER = "alertmanager", _("alarms as Prometheus Alertmanager sends them")
        CHAT = "chat", _("words of a chat (WeCom, DingTalk, Feishu robots)")

    name = models.CharField(_("name"), max_length=120)
    shape = models.CharField(_("what comes"), max_length=20, choices=Shape, default=Shape.MAPPING)
    #: Found by its hash; kept sealed, so that those who keep the channels can look the address up.
    token_hash = models.CharField(max_length=64, unique=True)
    token = SecretField()
    secret = SecretField(_("secret"), blank=True, default="")
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    kind = models.CharField(_("becomes"), max_length=30, default="incident")
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("category"))
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("goes to"), help_text=_("Empty: by the rules of routing."))
    requester = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("requester"), help_text=_("Where what comes names nobody whom we know."))
    active = models.BooleanField(_("in use"), default=True)
    #: So many items it may open; what comes beyond is refused with the time to wait.
    items_a_minute = models.PositiveIntegerField(_("items a minute at most"), default=60)
    items_an_hour = models.PositiveIntegerField(_("items an hour at most"), default=600)
    last_at = models.DateTimeField(_("last call"), null=True, blank=True)
    refused_at = models.DateTimeField(_("last turned away"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("incoming webhook")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(items_a_minute__gte=1, items_an_hour__gte=1), name="hook_opens_some")]

    def __str__(self) -> str:
        return self.name


class HookCall(models.Model):
    """One call of an incoming webhook: kept before it is understood."""

    class Status(models.TextChoices):
        KEPT = "kept", _("not read yet")
        DONE = "done", _("read")
        FAILED = "failed", _("could not be read")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="calls")
    #: The caller's own id of the call (webhook-id); the same once more changes nothing.
    uid = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField()
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.KEPT)
    reason = models.CharField(max_length=500, blank=True, default="")
    answer = models.JSONField(default=dict, blank=True)
    items: models.ManyToManyField[WorkItem, models.Model] = models.ManyToManyField(WorkItem, related_name="+")
    #: How many items it opened.
    opened = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("call received")
        constraints = [models.UniqueConstraint(fields=["hook", "uid"], condition=~Q(uid=""), name="hook_call_once")]
        indexes = [
            models.Index(fields=["hook", "-id"], name="hook_call_newest"),
            models.Index(fields=["hook", "received_at"], name="hook_call_opened", condition=Q(opened__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.hook} · {timezone.localtime(self.received_at):%Y-%m-%d %H:%M}"


class HookKey(models.Model):
    """The item that a key of the caller stands for, so that the same alarm is one item and a conversation goes on in its own."""

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="keys")
    key = models.CharField(max_length=300)
    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hook", "key"], name="hook_key_once")]

    def __str__(self) -> str:
        return self.key
