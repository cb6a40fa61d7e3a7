"""Checklists: templates that the department keeps, and the list of one item with who ticked what."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hengwei.core.i18n import Bilingual
from hengwei.org.models import User

from .items import Category, WorkItem

__all__ = ["Checklist", "ChecklistPoint", "ChecklistTemplate"]


class ChecklistTemplate(Bilingual):
    """Points to go through on items of some kinds, of a category or a catalogue entry."""

    kinds = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("for these kinds"))
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("for this category"))
    catalogue_key = models.CharField(_("for this catalogue entry"), max_length=60, blank=True, default="")
    automatic = models.BooleanField(_("added by itself to every item that fits"), default=False)
    before_resolving = models.BooleanField(_("must be done before the item is resolved"), default=False)
    #: [{"text": "…", "required": true}]
    points = models.JSONField(_("points"), default=list)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("checklist template")
        ordering = ["name", "id"]


class Checklist(models.Model):
    """A checklist on an item; it keeps the points as they were when it was added."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="checklists")
    template = models.ForeignKey(ChecklistTemplate, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    before_resolving = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["item", "template"], name="checklist_once")]


class ChecklistPoint(models.Model):
    """One point: done by whom and when."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    required = models.BooleanField(default=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    remark = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["checklist", "order"], name="checklist_point_once")]
