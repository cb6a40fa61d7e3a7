"""The maintenance manual: systems, their common faults, and what to do, step by step (C4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core import history
from hengwei.core.i18n import Bilingual, is_chinese
from hengwei.knowledge import permissions as perms
from hengwei.org.models import Team, User

from .articles import Article

__all__ = ["Fault", "FaultStep", "System"]


class SystemQuerySet(models.QuerySet["System"]):
    def visible_to(self, user: User) -> Self:
        """The manual is for staff."""
        return self if user.is_authenticated and user.may(perms.READ) else self.none()

    def in_use(self) -> Self:
        return self.filter(archived_at=None)

    def without_manual(self) -> Self:
        """In use, but no fault of it is described (C4)."""
        return self.in_use().filter(~Exists(Fault.objects.in_use().filter(system=OuterRef("pk"))))

    def with_counts(self) -> Self:
        """With how many faults each describes, as `fault_count`."""
        return self.annotate(fault_count=Count("faults", filter=Q(faults__archived_at=None)))

    def named(self, text: str, *, categories: Sequence[str] = ()) -> list[System]:
        """The systems that an item speaks of: by name or alias, else by its category's key, the nearest name first."""
        folded = text.casefold().strip()
        found: list[tuple[int, System]] = []
        for system in self.in_use():
            names = [name.casefold() for name in (system.name, system.name_en, *system.aliases) if name]
            if folded and any(name == folded for name in names):
                found.append((0, system))
            elif folded and any(name in folded or (len(folded) > 1 and folded in name) for name in names):
                found.append((1, system))
            elif set(system.category_keys) & set(categories):
                found.append((2, system))
        return [system for _nearness, system in sorted(found, key=lambda one: (one[0], one[1].pk))]


@history.tracked()
class System(Bilingual):
    """A system or device that is maintained, as its manual knows it."""

    aliases = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("also called"))
    #: Keys of categories of work items; plain words, since this room does not know work.
    category_keys = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("opens for items of these categories"))
    description = models.CharField(_("description"), max_length=500, blank=True, default="")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kept by"))
    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="systems", verbose_name=_("manual as an article"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SystemQuerySet.as_manager()

    class Meta:
        verbose_name = _("system")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(archived_at=None), name="kb_system_name_once")]
        indexes = [models.Index(fields=["name", "id"], name="kb_system_order")]

    def get_absolute_url(self) -> str:
        return reverse("knowledge:system", args=[self.pk])


class FaultQuerySet(models.QuerySet["Fault"]):
    def visible_to(self, user: User) -> Self:
        """The manual is for staff."""
        return self if user.is_authenticated and user.may(perms.READ) else self.none()

    def in_use(self) -> Self:
        return self.filter(archived_at=None, system__archived_at=None)


@history.tracked(leave_out=["version", "updated_at"], part_of="system")
class Fault(models.Model):
    """A common fault of a system: how it shows, what causes it, what to check and do."""

    system = models.ForeignKey(System, models.PROTECT, related_name="faults", verbose_name=_("system"))
    title = models.CharField(_("fault"), max_length=200)
    title_en = models.CharField(_("fault in English"), max_length=200, blank=True, default="")
    symptoms = models.TextField(_("symptoms"))
    symptoms_en = models.TextField(_("symptoms in English"), blank=True, default="")
    cause = models.TextField(_("cause"), blank=True, default="")
    cause_en = models.TextField(_("cause in English"), blank=True, default="")
    escalate_to = models.CharField(_("when the steps do not help"), max_length=300, blank=True, default="")
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault")
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["system", "order", "id"], name="fault_order")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return f"{reverse('knowledge:system', args=[self.system_id])}#fault-{self.pk}"

    @property
    def label(self) -> str:
        return self.title if is_chinese() or not self.title_en else self.title_en

    @property
    def signs(self) -> str:
        return self.symptoms if is_chinese() or not self.symptoms_en else self.symptoms_en

    @property
    def reason(self) -> str:
        return self.cause if is_chinese() or not self.cause_en else self.cause_en


@history.tracked(part_of="fault")
class FaultStep(models.Model):
    """One step: what to check or do, and what should then be so. Never deleted: items have ticked it."""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(_("step"))
    check_only = models.BooleanField(_("a check, changes nothing"), default=False)
    text = models.TextField(_("what to do"))
    text_en = models.TextField(_("what to do, in English"), blank=True, default="")
    expected = models.CharField(_("expected result"), max_length=500)
    expected_en = models.CharField(_("expected result in English"), max_length=500, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fault", "number"], condition=Q(withdrawn_at=None), name="fault_step_number_once"),
            models.CheckConstraint(condition=~Q(expected=""), name="fault_step_has_expected_result"),
        ]

    @property
    def label(self) -> str:
        return self.text if is_chinese() or not self.text_en else self.text_en

    @property
    def outcome(self) -> str:
        return self.expected if is_chinese() or not self.expected_en else self.expected_en
