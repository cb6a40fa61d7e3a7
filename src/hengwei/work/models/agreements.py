"""Agreements: what is promised to whom, within what time, on which calendar; signed by both sides (B1–B3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.calendars.models import Calendar
from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.core.models import StoredFile
from hengwei.org.models import Customer, Team, User

from .items import WaitingFor

__all__ = ["Agreement", "AgreementVersion", "EscalationLevel", "Measure", "Signature", "Target", "Trial", "Unit"]


class Measure(models.TextChoices):
    """What is promised."""

    FIRST_RESPONSE = "first_response", _("first response")
    NEXT_UPDATE = "next_update", _("next update")
    RESOLUTION = "resolution", _("resolution")
    TEAM_RESOLUTION = "team_resolution", _("resolution by the team")
    SUPPLIER = "supplier", _("delivery by the supplier")


class Unit(models.TextChoices):
    """In what a duration is counted."""

    SECONDS = "seconds", _("seconds of working time")
    WORKING_DAYS = "working_days", _("working days")
    CALENDAR_DAYS = "calendar_days", _("calendar days")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """Staff read all agreements; everyone else those with his own customer or department."""
        return self if user.is_agent else self.filter(customer=user.customer_id, customer__isnull=False)


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
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("team that promises"))
    vendor = models.CharField(_("vendor"), max_length=160, blank=True, default="")
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("keeper of the agreement"))
    remind_days = models.PositiveSmallIntegerField(_("remind of renewal, days before"), default=30)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["order", "id"], name="agreement_order")]

    def get_absolute_url(self) -> str:
        return reverse("work:agreement", args=[self.pk])

    def newest(self) -> AgreementVersion | None:
        """The version with the highest number, whatever its state."""
        return self.versions.order_by("-number").first()

    def in_force(self, at: datetime) -> AgreementVersion | None:
        """The version that counts at the moment."""
        return self.versions.effective(at).order_by("-number").first()

    @property
    def other_side(self) -> str:
        """With whom it is made, in words."""
        if self.kind == self.Kind.UNDERPINNING:
            return self.vendor
        other = self.team if self.kind == self.Kind.OLA else self.customer
        return other.label if other is not None else str(_("everyone"))


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    def effective(self, at: datetime) -> Self:
        """Signed by both sides and in force at the moment."""
        return self.filter(
            Q(effective_to=None) | Q(effective_to__gt=at), state=AgreementVersion.State.SIGNED, effective_from__lte=at,
        )

    def expiring(self, now: datetime, until: datetime) -> Self:
        """In force, and ending within the time, without a successor that is signed already."""
        later = AgreementVersion.objects.filter(
            agreement=models.OuterRef("agreement"), state=AgreementVersion.State.SIGNED, number__gt=models.OuterRef("number"))
        return self.effective(now).filter(effective_to__lte=until).exclude(models.Exists(later))


@history.tracked(part_of="agreement", audited=True)
class AgreementVersion(models.Model):
    """One state of an agreement; only one signed by both sides takes effect (B2)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        NEGOTIATING = "negotiating", _("in negotiation")
        SIGNED = "signed", _("signed")
        SUPERSEDED = "superseded", _("superseded")
        ENDED = "ended", _("ended")

    class Period(models.TextChoices):
        ONCE = "once", _("once")
        MONTH = "month", _("a month")
        QUARTER = "quarter", _("a quarter")
        YEAR = "year", _("a year")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    content = models.TextField(_("service"), blank=True)
    responsibilities = models.TextField(_("responsibilities"), blank=True, default="")
    request_process = models.TextField(_("how to ask for service"), blank=True, default="")
    #: In the smallest unit of the currency.
    fee = models.PositiveBigIntegerField(_("fee"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    fee_period = models.CharField(_("charged"), max_length=8, choices=Period, default=Period.YEAR)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed for us by"))
    signed_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.CharField(_("signed for the customer by"), max_length=120, blank=True)
    countersigned_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    effective_to = models.DateTimeField(_("until"), null=True, blank=True)
    #: Whether open items change to it when it takes effect, and when that was done.
    apply_to_open = models.BooleanField(_("apply to open items"), default=False)
    applied_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField(auto_now=True)

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

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.state in (self.State.DRAFT, self.State.NEGOTIATING)

    @property
    def changeable(self) -> bool:
        """Whether its text may still be changed: nobody has signed it."""
        return self.is_open and not self.signatures.filter(withdrawn_at=None).exists()

    @property
    def last_day(self) -> datetime | None:
        """A moment in the last day on which it counts, as people name it."""
        return self.effective_to - timedelta(seconds=1) if self.effective_to else None

    def standing(self, now: datetime) -> str:
        """Its state as people say it: a signed one is to come, in force, or run out."""
        if self.state != self.State.SIGNED:
            return str(self.get_state_display())
        if self.effective_from and self.effective_from > now:
            return str(_("signed, not yet in force"))
        if self.effective_to and self.effective_to <= now:
            return str(_("expired"))
        return str(_("in force"))


class Signature(models.Model):
    """One side's signature: drawn on the screen, or the signed paper; of exactly the text whose fingerprint it holds."""

    class Side(models.TextChoices):
        US = "us", _("for us")
        THEM = "them", _("for the other side")

    class Way(models.TextChoices):
        DRAWN = "drawn", _("signed on the screen")
        UPLOADED = "uploaded", _("signed paper")

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=4, choices=Side)
    way = models.CharField(max_length=8, choices=Way)
    name = models.CharField(_("name"), max_length=120)
    post = models.CharField(_("position"), max_length=120, blank=True, default="")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=45, blank=True, default="")
    signed_at = models.DateTimeField()
    #: Set when the text was taken back to the drawing board; a withdrawn signature stays on record.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "side"], condition=Q(withdrawn_at=None), name="signature_one_a_side")]
        triggers = [pgtrigger.Protect(name="signature_stays", operation=pgtrigger.Delete)]


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
    #: [{"percent": 75, "notify": ["owner"]}, {"percent": 100, "notify": ["lead"], "level": 1}, {"after": 3600, …}]; clocks/rules.py
    escalation = models.JSONField(_("escalation"), default=list, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="target_positive"),
            models.CheckConstraint(condition=~Q(pausing__contains=["colleague"]), name="target_never_waits_for_colleagues"),
        ]


@history.tracked(audited=True)
class EscalationLevel(Bilingual):
    """Who is told when an item is raised to a level, and how (A7)."""

    class Way(models.TextChoices):
        BELL = "bell", _("in the product")
        MAIL = "mail", _("by e-mail")
        CHAT = "chat", _("by chat")
        SMS = "sms", _("by SMS")

    number = models.PositiveSmallIntegerField(_("level"), unique=True)
    #: Roles, `user:7`, `team:3`, as in a target's escalation.
    notify = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("tells"))
    ways = ArrayField(models.CharField(max_length=8, choices=Way), default=list, blank=True, verbose_name=_("how"))
    urgent = models.BooleanField(_("also outside working hours"), default=False)

    class Meta:
        verbose_name = _("escalation level")
        ordering = ["number"]
        constraints = [models.CheckConstraint(condition=Q(number__range=(1, 9)), name="level_range")]


class Trial(models.Model):
    """What a draft would have meant for the items of a period (what-if): counted in the background, kept to read again."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="trials")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    #: Items looked at so far, and of how many.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: [{"measure", "priority", "items", "met", "would_meet", "better", "worse"}]
    figures = models.JSONField(default=list, blank=True)
    #: The items of which the outcome would differ, oldest first, at most some hundreds.
    differing = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="trial_forward")]

    @property
    def last_day(self) -> datetime:
        """A moment in the last day of the period, as people name it."""
        return self.ends_at - timedelta(seconds=1)
