"""What the knowledge base can prove (C3, C4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control, ExceptionRow, Findings, Period, counted, register

from .models import Article, Fault, State, System


def _row(why: Any) -> Any:
    def row(article: Article) -> ExceptionRow:
        said = why(article) if callable(why) else why
        return ExceptionRow(f"article:{article.pk}", f"{article.number} {article.label}", article.get_absolute_url(), str(said), article.owner_id, str(article.owner or ""), article.updated_at)

    return row


@register
class Reviewed(Control):
    """(C3)"""

    key = "knowledge.reviewed"
    title = _("Articles are reviewed in time")
    explanation = _("No published article is past the day on which its review was due.")
    proves = ("C3",)
    keywords = ("知识评审", "评审和更新", "知识文章", "知识更新", "文章", "articles are reviewed", "knowledge", "article")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        today = timezone.localdate(period.as_of)
        rows = Article.objects.filter(state=State.PUBLISHED)
        return counted(rows, Q(next_review_on__lt=today), row=_row(lambda a: _t("review was due on %(day)s") % {"day": a.next_review_on}), related=("owner",))


@register
class SecondPerson(Control):
    """(C3)"""

    key = "knowledge.second_person"
    title = _("Articles are looked at by a second person")
    explanation = _("Every published article was reviewed by somebody other than its author; urgent corrections are looked at afterwards.")
    proves = ("C3",)
    keywords = ("编写人以外", "发布前评审", "审核发布", "知识审核", "reviewed by somebody other", "second person")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Article.objects.filter(state=State.PUBLISHED)
        bad = Q(published__urgent=True, published__reviewed_by=None)
        return counted(rows, bad, row=_row(_t("urgent correction that nobody looked at since")), related=("owner",))


@register
class SystemsWithManual(Control):
    """(C4)"""

    key = "knowledge.systems_with_manual"
    title = _("Every system has a manual")
    explanation = _("For every system in use there is a manual: its common faults and how to handle them.")
    proves = ("C4",)
    keywords = ("维护手册", "操作手册", "常见故障", "手册", "maintenance manual", "manual", "common faults")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        described = Fault.objects.filter(system=OuterRef("pk"), archived_at=None)

        def row(system: Any) -> ExceptionRow:
            lead = system.team.lead if system.team else None
            return ExceptionRow(f"system:{system.pk}", str(system), system.get_absolute_url(), _t("no manual"), lead.pk if lead else None, str(lead or ""), system.created_at)

        return counted(System.objects.in_use(), Q(article=None) & ~Exists(described), row=row, person="team__lead_id", related=("team__lead",), order=("name", "pk"))
