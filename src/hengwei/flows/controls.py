"""What items and articles prove together (C2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control, Findings, Period, counted, register
from hengwei.work.controls.rows import RELATED, item_row
from hengwei.work.models import WorkItem

from .models import ItemArticle, ReusableSolution


@register
class SolvedIntoKnowledge(Control):
    """(C2)"""

    key = "flows.solved_into_knowledge"
    title = _("Reusable solutions become articles")
    explanation = _("For every resolved request whose solution was marked as reusable there is an article that solved it or was written from it.")
    proves = ("C2",)
    keywords = ("可复用的解决方案", "解决方案和经验", "知识", "经验", "沉淀", "reusable solution", "lessons", "knowledge")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        reusable = ReusableSolution.objects.filter(item=OuterRef("pk"), at__lte=period.as_of)
        used = ItemArticle.objects.filter(item=OuterRef("pk"), at__lte=period.as_of, how__in=(ItemArticle.How.WRITTEN, ItemArticle.How.SOLVED))
        used = used.filter(Q(undone_at=None) | Q(undone_at__gt=period.as_of))
        rows = WorkItem.objects.counted().resolved_within(period.start, period.until).filter(Exists(reusable))
        return counted(rows, ~Exists(used), row=item_row(_t("solved, and no article tells how")), related=RELATED)
