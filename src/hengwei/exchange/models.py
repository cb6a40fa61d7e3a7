"""Records brought in from elsewhere: each import, the rows that failed, and what came from where."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengwei.core.models import StoredFile
from hengwei.core.secrets import SecretField


class Import(models.Model):
    """One import: where from, what each column means, how far it is. It goes on where it stopped, also after a crash."""

    class Origin(models.TextChoices):
        FILE = "file", _("file (CSV, XLSX)")
        ZAMMAD = "zammad", _("Zammad")
        GLPI = "glpi", _("GLPI")

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        CHECKING = "checking", _("trial run")
        CHECKED = "checked", _("trial run finished")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("stopped")
        DONE = "done", _("finished")
        FAILED = "failed", _("failed")

    class Existing(models.TextChoices):
        SKIP = "skip", _("leave as it is")
        UPDATE = "update", _("update")

    origin = models.CharField(_("from"), max_length=10, choices=Origin, default=Origin.FILE)
    target = models.CharField(_("what"), max_length=20)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file"))
    url = models.URLField(_("address"), blank=True, default="", help_text=_("Such as https://zammad.example.com or https://glpi.example.com"))
    token = SecretField(_("token"), blank=True, default="")
    app_token = SecretField(_("application token"), blank=True, default="", help_text=_("Only GLPI asks for one."))
    #: Field of the target → column of the file.
    mapping: Any = models.JSONField(default=dict, blank=True)
    #: Field of the target → value for rows that have none.
    defaults: Any = models.JSONField(default=dict, blank=True)
    existing = models.CharField(_("what is there already"), max_length=10, choices=Existing, default=Existing.SKIP)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    total = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    position = models.PositiveIntegerField(_("rows read"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    skipped = models.PositiveIntegerField(_("left as they were"), default=0)
    failed = models.PositiveIntegerField(_("refused"), default=0)
    error = models.TextField(_("what went wrong"), blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("imported by"))
    made_at = models.DateTimeField(_("begun"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        constraints = [models.CheckConstraint(condition=~Q(origin="file") | Q(file__isnull=False), name="import_of_a_file_has_one")]

    def __str__(self) -> str:
        return self.file.name if self.file else f"{self.get_origin_display()} {self.url}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:import", args=[self.pk])

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.RUNNING)

    @property
    def tone(self) -> str:
        """How its state is coloured: bad, good, or not at all."""
        return "bad" if self.state == self.State.FAILED else "good" if self.state in (self.State.DONE, self.State.CHECKED) else ""

    @property
    def share(self) -> int | None:
        """How far it is in percent; None while the number of rows is unknown."""
        return min(100, self.position * 100 // self.total) if self.total else None

    @property
    def source(self) -> str:
        """Under which name the records' foreign ids are remembered: the same system again finds them again."""
        return self.origin if self.origin == self.Origin.FILE else f"{self.origin}:{self.url.rstrip('/')}"[:200]


class RefusedRow(models.Model):
    """A row that could not be taken, as it was, and why: {column or field: reason}."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="refused")
    number = models.PositiveIntegerField(_("row"))
    values: Any = models.JSONField()
    errors: Any = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="refused_row_once")]


class ForeignRecord(models.Model):
    """Which record of ours came from which of theirs, so that an import that runs again brings nothing twice."""

    source = models.CharField(max_length=200)
    target = models.CharField(max_length=20)
    foreign_id = models.CharField(max_length=200)
    object_id = models.BigIntegerField()
    of = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "foreign_id"], name="foreign_record_once")]
