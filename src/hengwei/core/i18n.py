"""Names that a company gives in Chinese and, where it wants, in English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _


def is_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "zh").startswith("zh")


#: Words, or the same in every language (`in_each_language`): what is kept for readers who are not known yet.
Words = Mapping[str, str] | str


def listed(words: Iterable[object]) -> str:
    """Words one after the other, as the reader's language parts them."""
    return ("、" if is_chinese() else ", ").join(map(str, words))


def in_line(value: object) -> str:
    """A text, or several names one after the other, in the reader's language where they were kept in each."""
    if isinstance(value, list | tuple):
        return listed(in_line(one) for one in value)
    return in_mine(value) if isinstance(value, Mapping) else str(value)


def clauses(parts: Iterable[object]) -> str:
    """Parts of a sentence one after the other."""
    return ("；" if is_chinese() else "; ").join(map(str, parts))


def aside(words: object) -> str:
    """Words in brackets, behind others."""
    return f"（{words}）" if is_chinese() else f" ({words})"


def colon() -> str:
    """What stands between a name and what is said of it."""
    return "：" if is_chinese() else ": "


def in_each_language(make: Callable[[], object]) -> dict[str, str]:
    """Words in every language, by its code: kept where it is not known yet who will read them."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = str(make())
    return found


def in_mine(words: Words) -> str:
    """What was kept in each language, in the reader's; what was kept in one is shown as it is."""
    if isinstance(words, str):
        return words
    mine = next((text for code, text in words.items() if code.startswith("zh") == is_chinese()), "")
    return mine or next(iter(words.values()), "")


class Bilingual(models.Model):
    """A record with a name in Chinese and an optional one in English; shown in the reader's language."""

    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        return self.name if is_chinese() or not self.name_en else self.name_en

    @property
    def names(self) -> Words:
        """Its name for readers who are not known yet: in each language, where it has more than one."""
        return in_each_language(lambda: self.label) if self.name_en and self.name_en != self.name else self.name

    def __str__(self) -> str:
        return self.label
