"""Answers to the forms of the catalogue: labels and choices by the version that was asked, in its order, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from hengwei.work.answers import tells_answers
from hengwei.work.models import WorkItem

from . import fields as form
from .models import Asked


@tells_answers
def _by_version(item: WorkItem) -> list[tuple[str, Any]] | None:
    """None for what was not asked by the catalogue. What was corrected on the item since stands as it was corrected."""
    asked = Asked.objects.filter(item=item).select_related("version").first()
    if asked is None:
        return None
    left = dict(item.form)
    found: list[tuple[str, Any]] = []
    for field in asked.version.fields:
        if field["key"] not in asked.answers or field["label"] not in left:
            continue
        value = asked.answers[field["key"]]
        kept = left.pop(field["label"])
        found.append((form.label(field), form.said(field, value) if _as_asked(field, value, kept) else kept))
    return [*found, *left.items()]


def _as_asked(field: form.Definition, value: Any, kept: Any) -> bool:
    """Whether the item still says what was answered, in whatever language that was."""
    if field["type"] == "file":
        return False
    said = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said.append(form.said(field, value))
    return kept in said or str(kept).replace("、", ", ") in map(str, said)
