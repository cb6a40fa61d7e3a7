"""Agreements and their targets: what was promised, to whom, on which calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.calendars.models import Calendar
from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.org.models import Customer, User

from .items import WaitingFor

__all__ = ["Agreement", "AgreementVersion", "Measure", "Target", "Unit"]


class Measure(models.TextChoices):
    """What is promised."""

    FIRST_RESPONSE = "first_response", _("first response")
    NEXT_UPDATE = "next_update", _("next update")
    RESOLUTION = "resolution", _("resolution")
    TEAM_RESOLUTION = "team_resolution", _("resolution by the team")


class Unit(models.TextChoices):
    """In what a duration is counted."""

    SECONDS = "seconds", _("seconds of working time")
    WORKING_DAYS = "working_days", _("working days")
    CALENDAR_DAYS = "calendar_days", _("calendar days")


@history.tracked(audited=True)
class Agreement(Bilingual):
    """A promise to a customer (SLA), between teams (OLA), or by a vendor (underpinning contract)."""

    class Kind(models.TextChoices):
        SLA = "sla", _("service-level agreement")
        OLA = "ola", _("operational-level agreement")
        UNDERPINNING = "underpinning", _("underpinning contract")

    key = models.SlugField(_("key"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SLA)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("customer or department"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("agreement")
        ordering = ["order", "id"]


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    def effective(self, at: datetime) -> Self:
        """Signed by both sides and in force at the moment."""
        return self.filter(
            Q(effective_to=None) | Q(effective_to__gt=at), state=AgreementVersion.State.SIGNED, effective_from__lte=at,
        )


@history.tracked(part_of="agreement", audited=True)
class AgreementVersion(models.Model):
    """One state of an agreement; only one signed by both sides takes effect (B2)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        NEGOTIATING = "negotiating", _("in negotiation")
        SIGNED = "signed", _("signed")
        ENDED = "ended", _("ended")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    content = models.TextField(_("service and responsibilities"), blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed for us by"))
    signed_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.CharField(_("signed for the customer by"), max_length=120, blank=True)
    countersigned_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    effective_to = models.DateTimeField(_("until"), null=True, blank=True)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once"),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_at__isnull=False, countersigned_at__isnull=False, effective_from__isnull=False),
                name="agreement_signed_by_both",
            ),
            models.CheckConstraint(condition=Q(effective_to=None) | Q(effective_to__gt=models.F("effective_from")), name="agreement_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} v{self.number}"


def _pausing() -> list[str]:
    return [WaitingFor.CUSTOMER.value, WaitingFor.AGREED_DATE.value]


@history.tracked(part_of="version", audited=True)
class Target(models.Model):
    """One promise of an agreement: within what time, for which items, on which calendar."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="targets")
    order = models.PositiveSmallIntegerField(default=100)
    measure = models.CharField(_("promise"), max_length=20, choices=Measure)
    conditions = models.JSONField(_("for items"), default=dict, blank=True)
    amount = models.PositiveIntegerField(_("within"))
    unit = models.CharField(_("counted in"), max_length=14, choices=Unit, default=Unit.SECONDS)
    same_time = models.BooleanField(_("days end at the clock time of receipt"), default=False)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+", verbose_name=_("calendar"))
    pausing = ArrayField(models.CharField(max_length=20, choices=WaitingFor), default=_pausing, blank=True, verbose_name=_("pauses while"))
    #: [{"percent": 75, "notify": ["owner"]}, {"percent": 100, "notify": ["lead"], "level": 1}, {"after": 3600, …}]
    escalation = models.JSONField(_("escalation"), default=list, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="target_positive"),
            models.CheckConstraint(condition=~Q(pausing__contains=["colleague"]), name="target_never_waits_for_colleagues"),
        ]
