"""Names that a company gives in Chinese and, where it wants, in English."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def is_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "zh").startswith("zh")


class Bilingual(models.Model):
    """A record with a name in Chinese and an optional one in English; shown in the reader's language."""

    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        return self.name if is_chinese() or not self.name_en else self.name_en

    def __str__(self) -> str:
        return self.label
