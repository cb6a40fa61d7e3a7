"""The facts that each of the desk's kinds adds to a work item."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual
from hengwei.org.models import Team, User
from hengwei.work.models import WorkItem, WorkItemQuerySet

__all__ = ["Change", "Complaint", "Freeze", "Incident", "Problem", "ServiceRequest", "Suggestion"]


@history.tracked(made=False)
class Incident(WorkItem):
    """Something does not work as it should."""

    major = models.BooleanField(_("major incident"), default=False)
    major_at = models.DateTimeField(_("major since"), null=True, blank=True)
    #: What everybody may read about it, newest words only; the timeline keeps the rest.
    public_words = models.TextField(_("what everybody may read"), blank=True, default="")
    root_problem = models.ForeignKey("Problem", models.SET_NULL, null=True, blank=True, related_name="incidents", verbose_name=_("problem behind it"))

    class Meta:
        verbose_name = _("incident")


@history.tracked(made=False)
class ServiceRequest(WorkItem):
    """Somebody needs something: access, equipment, advice."""

    class Meta:
        verbose_name = _("service request")


@history.tracked(made=False)
class Problem(WorkItem):
    """The cause behind incidents."""

    root_cause = models.TextField(_("root cause"), blank=True, default="")
    workaround = models.TextField(_("workaround"), blank=True, default="")
    known_error_at = models.DateTimeField(_("known error since"), null=True, blank=True)

    class Meta:
        verbose_name = _("problem")


class ChangeQuerySet(WorkItemQuerySet):
    def planned_within(self, start: datetime, end: datetime) -> Self:
        """Not given up, and planned to touch the span of time."""
        return self.filter(planned_start__lt=end, planned_end__gt=start).exclude(closure__in=("cancelled", "withdrawn", "duplicate", "merged", "spam"))


@history.tracked(made=False)
class Change(WorkItem):
    """A planned change of a system."""

    class Risk(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    risk = models.CharField(_("risk"), max_length=10, choices=Risk, default=Risk.MEDIUM)
    plan = models.TextField(_("plan"), blank=True, default="")
    back_out = models.TextField(_("way back"), blank=True, default="")
    planned_start = models.DateTimeField(_("planned start"), null=True, blank=True)
    planned_end = models.DateTimeField(_("planned end"), null=True, blank=True)
    systems = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("systems"))

    objects = ChangeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("change")
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_start=None) | Q(planned_end=None) | Q(planned_end__gt=models.F("planned_start")), name="change_forward",
            ),
        ]
        indexes = [models.Index(fields=["planned_start"])]


@history.tracked(made=False)
class Complaint(WorkItem):
    """A customer is not content with us (A10); owned by the deputy lead, closed with the customer's consent."""

    class Cause(models.TextChoices):
        SLOW = "slow", _("too slow")
        NOT_SOLVED = "not_solved", _("not solved")
        ATTITUDE = "attitude", _("manner")
        INFORMATION = "information", _("badly informed")
        QUALITY = "quality", _("quality of the work")
        PRODUCT = "product", _("the product itself")
        COST = "cost", _("costs")
        OTHER = "other", _("something else")

    about_team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("about the team"))
    about_person = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("about the person"))
    cause_kind = models.CharField(_("cause of the complaint"), max_length=12, choices=Cause, blank=True, default="")
    justified = models.BooleanField(_("justified"), null=True, blank=True)
    measures = models.TextField(_("measures taken"), blank=True, default="")
    consent = models.CharField(_("customer's consent"), max_length=300, blank=True, default="")
    consent_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    consent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("consent recorded by"))

    class Meta:
        verbose_name = _("complaint")


@history.tracked(made=False)
class Suggestion(WorkItem):
    """A customer or colleague proposes something."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("accepted in part")
        LATER = "later", _("later")
        DECLINED = "declined", _("declined")

    outcome = models.CharField(_("what was decided"), max_length=10, choices=Outcome, blank=True, default="")
    decision = models.TextField(_("decision"), blank=True, default="")
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"))

    class Meta:
        verbose_name = _("suggestion")


class FreezeQuerySet(models.QuerySet["Freeze"]):
    def within(self, start: datetime, end: datetime) -> Self:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


@history.tracked()
class Freeze(Bilingual):
    """A time in which nothing may be changed: closing of the books, a holiday, a fair."""

    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    #: None named: every system.
    systems = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("systems"))
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")

    objects = FreezeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change freeze")
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="freeze_forward")]
        indexes = [models.Index(fields=["starts_at", "id"])]
