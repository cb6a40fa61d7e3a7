"""What the department decides for its desk, and the standards that it publishes (A13)."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import is_chinese
from hengwei.org.models import User
from hengwei.work.models import WorkItem

__all__ = ["DeskSettings", "GuestRequest", "Standard"]


@history.tracked(audited=True)
class DeskSettings(models.Model):
    """The one row of the desk's settings."""

    guests = models.BooleanField(_("requests without signing in"), default=False, help_text=_("Anybody may write with an e-mail address; the request stays unconfirmed until the link in the mail is opened."))
    guests_per_address = models.PositiveSmallIntegerField(_("such requests per address and hour"), default=5)
    guests_per_network = models.PositiveSmallIntegerField(_("such requests per network and hour"), default=20)
    ask_again_after_days = models.PositiveSmallIntegerField(_("ask the same person for a verdict at most once in days"), default=7)
    contact_within_days = models.PositiveSmallIntegerField(_("a customer should be heard of within days"), default=60)

    class Meta:
        verbose_name = _("desk settings")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="desk_settings_one_row")]

    @classmethod
    def current(cls) -> DeskSettings:
        """The settings; the built-in ones where nothing was set."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class GuestRequest(models.Model):
    """A request of somebody who was not signed in: from where, and whether the link in the mail was opened."""

    item = models.OneToOneField(WorkItem, models.CASCADE, related_name="guest")
    email = models.EmailField()
    network = models.CharField(max_length=50)
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["email", "at"]), models.Index(fields=["network", "at"])]


class Standard(models.Model):
    """A published state of the service standards: reception, assignment, handling, feedback; who does what."""

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField(_("text"))
    text_en = models.TextField(_("English text"), blank=True, default="")
    note = models.CharField(_("what changed"), max_length=300, blank=True, default="")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("service standards")
        ordering = ["-number"]
        triggers: list[Any] = [pgtrigger.Protect(name="standard_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def words(self) -> str:
        return self.text if is_chinese() or not self.text_en else self.text_en
