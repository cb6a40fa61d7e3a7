"""When people are there: absences with who stands in, and rotas that say who is on duty."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual

from .people import User
from .teams import Team


@history.tracked(part_of="user")
class Absence(models.Model):
    """Leave, travel, training: a time in which a person takes no work, and who stands in."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("leave")
        TRAVEL = "travel", _("on business")
        TRAINING = "training", _("training")
        OTHER = "other", _("other")

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.LEAVE)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    deputy = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stands in"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)

    class Meta:
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="absence_forward"),
            models.CheckConstraint(condition=Q(deputy=None) | ~Q(deputy=models.F("user")), name="absence_deputy_is_another"),
        ]
        indexes = [models.Index(fields=["user", "ends_at"]), models.Index(fields=["-starts_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%Y-%m-%d}"


@history.tracked()
class Rota(Bilingual):
    """A plan of duty for a team (排班): who is on, when. Automatic assignment may ask it (`duty.on_duty`)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="rotas", verbose_name=_("team"))
    timezone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("rota")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"])]


@history.tracked(part_of="rota")
class Shift(models.Model):
    """A person's turn on a rota, once or again and again by an RFC 5545 rule; times on the wall clock of the rota.

    A shift that `replaces` takes the place of whoever else would be on duty in its time (换班).
    """

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, models.CASCADE, related_name="shifts", verbose_name=_("person"))
    first_day = models.DateField(_("first day"))
    starts = models.TimeField(_("from"))
    minutes = models.PositiveIntegerField(_("length in minutes"))
    rule = models.CharField(_("again"), max_length=200, blank=True, help_text=_("An RFC 5545 rule such as FREQ=WEEKLY;INTERVAL=3; empty for once."))
    until = models.DateField(_("last day"), null=True, blank=True)
    replaces = models.BooleanField(_("in place of whoever else has duty then"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("shift")
        ordering = ["first_day", "starts", "id"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=14 * 24 * 60), name="shift_length")]

    def __str__(self) -> str:
        return f"{self.rota} · {self.first_day:%Y-%m-%d} {self.starts:%H:%M}{' …' if self.rule else ''}"
