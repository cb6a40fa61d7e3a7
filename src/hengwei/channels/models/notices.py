"""The bell, the ways by which notices leave the house, and the words of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.org.models import User
from hengwei.work.models import WorkItem


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
