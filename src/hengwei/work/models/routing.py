"""How the department sets priorities and sends work to teams and people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.org.models import Skill, Team, User

from .items import Category, Level

__all__ = ["PriorityRule", "RoutingRule", "TeamAssignment"]


@history.tracked(audited=True)
class PriorityRule(models.Model):
    """One cell of the matrix impact × urgency → priority (A3)."""

    impact = models.PositiveSmallIntegerField(choices=Level)
    urgency = models.PositiveSmallIntegerField(choices=Level)
    priority = models.PositiveSmallIntegerField(choices=Level)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["impact", "urgency"], name="priority_cell_once"),
            models.CheckConstraint(condition=Q(priority__range=(1, 4)) & Q(impact__range=(1, 4)) & Q(urgency__range=(1, 4)), name="priority_range"),
        ]


@history.tracked(audited=True)
class RoutingRule(Bilingual):
    """Items that meet the conditions go to the team; the first rule that matches decides (A4)."""

    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person"))
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("set the category to"))
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("skill needed"))

    class Meta:
        verbose_name = _("routing rule")
        ordering = ["order", "id"]


@history.tracked(part_of="team", audited=True)
class TeamAssignment(models.Model):
    """How a team hands out what reaches it."""

    class Strategy(models.TextChoices):
        MANUAL = "manual", _("by hand")
        ROUND_ROBIN = "round_robin", _("in turn")
        LEAST_LOAD = "least_load", _("to who has least")
        SKILL = "skill", _("by skill, then to who has least")

    team = models.OneToOneField(Team, models.CASCADE, related_name="assignment")
    strategy = models.CharField(_("how"), max_length=12, choices=Strategy, default=Strategy.MANUAL)
