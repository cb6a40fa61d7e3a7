"""The facts that each of the desk's kinds adds to a work item."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.org.models import Team, User
from hengwei.work.models import WorkItem

__all__ = ["Change", "Complaint", "Incident", "Problem", "ServiceRequest", "Suggestion"]


@history.tracked(made=False)
class Incident(WorkItem):
    """Something does not work as it should."""

    major = models.BooleanField(_("major incident"), default=False)
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

    about_team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("about the team"))
    about_person = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("about the person"))
    consent = models.CharField(_("customer's consent"), max_length=300, blank=True, default="")
    consent_at = models.DateTimeField(_("consent given"), null=True, blank=True)

    class Meta:
        verbose_name = _("complaint")


@history.tracked(made=False)
class Suggestion(WorkItem):
    """A customer or colleague proposes something."""

    decision = models.TextField(_("decision"), blank=True, default="")

    class Meta:
        verbose_name = _("suggestion")
