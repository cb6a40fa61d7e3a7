"""Automation rules, what came of each firing, and what they would have done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, clauses, in_each_language, in_mine
from hengwei.org.models import User
from hengwei.work.models import WorkItem

from . import rules

__all__ = ["AutomationRule", "DryRun", "RuleFiring", "Standing"]


class RuleQuerySet(models.QuerySet["AutomationRule"]):
    def kept(self) -> Self:
        """Without what was put away."""
        return self.filter(archived_at=None)

    def in_use(self) -> Self:
        return self.kept().filter(active=True)


@history.tracked(audited=True, leave_out=["last_slot_at"])
class AutomationRule(Bilingual):
    """When this happens, or so much time has passed, and the item is such: do that. Its versions are in its history."""

    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=False)
    description = models.TextField(_("description"), blank=True, default="")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("keeper of the rule"))
    trigger = models.CharField(_("runs when"), max_length=20, choices=list(rules.TRIGGERS.items()))
    #: changed, phase, score, outcome: what the trigger is asked beside (rules.listens).
    options = models.JSONField(default=dict, blank=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    #: [{"do": "assign", "team": "operations"}, …] (deeds.py), in order.
    deeds = models.JSONField(_("does"), default=list)
    stop = models.BooleanField(_("no rule after this one"), default=False)

    seconds = models.PositiveIntegerField(_("for how long"), default=0)
    working = models.BooleanField(_("counted in working time"), default=True)
    at_time = models.TimeField(_("at"), null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("on"))
    also_past = models.BooleanField(_("also for items that passed it before the rule was switched on"), default=False)
    per_hour = models.PositiveIntegerField(_("at most so often an hour"), default=500)

    active_since = models.DateTimeField(null=True, blank=True)
    last_slot_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("automation rule")
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["order", "id"], name="rule_order")]
        constraints = [
            models.CheckConstraint(condition=Q(trigger__in=list(rules.TRIGGERS)), name="rule_trigger_known"),
            models.CheckConstraint(condition=~Q(active=True) | Q(active_since__isnull=False), name="rule_active_since"),
            models.CheckConstraint(condition=~Q(trigger="schedule") | Q(at_time__isnull=False), name="rule_schedule_has_time"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("flows:rule", args=[self.pk])

    @property
    def on_time(self) -> bool:
        """Whether time sets it off, rather than an event."""
        return self.trigger in rules.TIMES


class FiringQuerySet(models.QuerySet["RuleFiring"]):
    def visible_to(self, user: User) -> Self:
        """Of items that this person may see."""
        from hengwei.work import permissions as work

        return self if user.may(work.VIEW_ALL) else self.filter(item__in=WorkItem.objects.visible_to(user))


class RuleFiring(models.Model):
    """A rule had its turn on an item: what it did, or why it was stopped. `reason` makes it once: an event, or the moment since which time ran."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        PARTLY = "partly", _("partly done")
        FAILED = "failed", _("not possible")
        LOOP = "loop", _("stopped: rules set each other off")
        QUOTA = "quota", _("stopped: too often")

    STOPPED = (Outcome.LOOP, Outcome.QUOTA)

    rule = models.ForeignKey(AutomationRule, models.PROTECT, related_name="firings", verbose_name=_("rule"))
    rule_version = models.PositiveIntegerField()
    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="rule_firings", verbose_name=_("item"))
    reason = models.CharField(max_length=80)
    event = models.CharField(max_length=20, choices=list(rules.TRIGGERS.items()))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    #: [{"do": "assign", "told": "…", "error": ""}], the words in each language (core/i18n.py: in_each_language).
    results = models.JSONField(_("what it did"), default=list)
    chain = models.JSONField(default=list)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = FiringQuerySet.as_manager()

    class Meta:
        verbose_name = _("firing")
        constraints = [models.UniqueConstraint(fields=["rule", "item", "reason"], name="rule_firing_once")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="rule_firing_newest"),
            models.Index(fields=["rule", "-at"], name="rule_firing_of_rule"),
            models.Index(fields=["-at", "-id"], name="rule_firing_stopped", condition=Q(outcome__in=("loop", "quota"))),
        ]

    def __str__(self) -> str:
        return f"{self.rule} · {self.item.number}"

    @property
    def told(self) -> str:
        """What it did, in one line."""
        return clauses(line["error"] or line["told"] for line in self.lines)

    def line(self) -> dict[str, str]:
        """The line of the item's timeline, in each language."""
        return in_each_language(lambda: _t("Rule '%(rule)s': %(told)s") % {"rule": self.rule.label, "told": self.told})

    @property
    def lines(self) -> list[dict[str, str]]:
        """What came of each deed, in the reader's language."""
        return [{"do": one.get("do") or "", "told": in_mine(one.get("told", "")), "error": in_mine(one.get("error", ""))} for one in self.results]


class Standing(models.Model):
    """Since when an item is in its phase, and since when its requester waits for an answer: what rules on time ask, by index."""

    item = models.OneToOneField(WorkItem, models.CASCADE, primary_key=True, related_name="standing")
    phase = models.CharField(max_length=10)
    since = models.DateTimeField()
    unanswered_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phase", "since"], name="standing_phase"),
            models.Index(fields=["unanswered_since"], name="standing_unanswered", condition=Q(unanswered_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.phase}"


class DryRun(models.Model):
    """What a rule would have done with the items of a period: counted, kept to read again, nothing done."""

    rule = models.ForeignKey(AutomationRule, models.CASCADE, related_name="dry_runs")
    rule_version = models.PositiveIntegerField()
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    looked = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    #: [{"number", "title", "at", "does": ["…"]}] of the first ROWS.
    rows: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = _("dry run")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.start:%Y-%m-%d}"

    @property
    def last_day(self) -> datetime:
        """A moment on the last day of the period."""
        return self.end - timedelta(seconds=1)
