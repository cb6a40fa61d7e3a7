"""Work that governance causes: corrective actions, and the approval of a regulation's version."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hengwei.work.models import WorkItem

from .regulations import Binding, RegulationVersion

__all__ = ["CorrectiveAction", "VersionApproval"]


class CorrectiveAction(WorkItem):
    """Something to put right, because a clause is not kept (K4). It closes when the control turns green."""

    binding = models.ForeignKey(Binding, models.PROTECT, related_name="corrective_actions", verbose_name=_("proof that failed"))
    #: What it is about: an exception's key, person:7, or '' for the control as a whole.
    about = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        verbose_name = _("corrective action")
        indexes = [models.Index(fields=["binding", "about"], name="corrective_of_binding")]


class VersionApproval(WorkItem):
    """The approval of a version by named persons (K2): who agreed, when, is on its timeline."""

    regulation_version = models.ForeignKey(RegulationVersion, models.PROTECT, related_name="approval_items", verbose_name=_("version"))

    class Meta:
        verbose_name = _("approval of a regulation")
