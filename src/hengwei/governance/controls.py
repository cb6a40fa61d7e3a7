"""What governance proves of itself (A13, K2 to K4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control, ExceptionRow, Findings, Param, Period, counted, register
from hengwei.governance.models import (
    Acknowledgement,
    Attestation,
    Binding,
    CorrectiveAction,
    Regulation,
    RegulationVersion,
)
from hengwei.work.controls.rows import RELATED, item_row
from hengwei.work.models import NOT_COUNTED


def _regulation_row(why: Any) -> Any:
    def row(regulation: Regulation) -> ExceptionRow:
        said = why(regulation) if callable(why) else why
        return ExceptionRow(f"regulation:{regulation.pk}", f"{regulation.code} {regulation.label}", regulation.get_absolute_url(), str(said), regulation.owner_id, str(regulation.owner), regulation.created_at)

    return row


def _in_force(path: str, period: Period) -> Q:
    """The version at `path` was published by then, and no other had taken its place."""
    return Q(**{f"{path}published_at__lte": period.as_of}) & (Q(**{f"{path}superseded_at": None}) | Q(**{f"{path}superseded_at__gt": period.as_of}))


def _not_archived(path: str, period: Period) -> Q:
    """The regulation at `path` was in use then."""
    return Q(**{f"{path}archived_at": None}) | Q(**{f"{path}archived_at__gt": period.as_of})


@register
class Published(Control):
    """(A13)"""

    key = "governance.published"
    title = _("Service standards are published")
    explanation = _("Every regulation on record has a version that was approved and is in force.")
    proves = ("A13", "K1")
    keywords = ("服务标准", "公布", "发布", "服务规范", "工作流程", "standard", "published", "workflow")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        in_force = RegulationVersion.objects.filter(_in_force("", period), regulation=OuterRef("pk"), effective_from__lte=period.as_of)
        rows = Regulation.objects.filter(_not_archived("", period), created_at__lte=period.as_of)
        return counted(rows, ~Exists(in_force), row=_regulation_row(_t("no version in force")), related=("owner",), order=("code",))


@register
class Acknowledged(Control):
    """(A13, K3)"""

    key = "governance.acknowledged"
    title = _("Readers have acknowledged")
    explanation = _("Everyone who is to read a regulation in force acknowledged it by the day it was due.")
    proves = ("A13", "K3")
    keywords = ("阅读确认", "学习", "传达", "知晓", "培训", "acknowledge", "read and understood", "staff know")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Acknowledgement.objects.filter(_in_force("version__", period), user__is_active=True)
        rows = rows.filter(_not_archived("version__regulation__", period)).filter(Q(at__lte=period.as_of) | Q(due_at__lt=period.as_of))

        def row(one: Any) -> ExceptionRow:
            regulation = one.version.regulation
            return ExceptionRow(f"reading:{one.pk}", f"{regulation.code} {regulation.label}", regulation.get_absolute_url(), _t("not acknowledged"), one.user_id, str(one.user), one.due_at)

        return counted(rows, Q(at=None) | Q(at__gt=period.as_of), row=row, person="user_id", related=("version__regulation", "user"))


@register
class Reviewed(Control):
    """(K2)"""

    key = "governance.reviewed"
    title = _("Regulations are reviewed in time")
    explanation = _("Every regulation in force was published or reviewed within its own cycle.")
    proves = ("K2",)
    keywords = ("修订", "定期修订", "检查修订", "制度评审", "revise", "revision", "regulation is reviewed")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        published = RegulationVersion.objects.filter(regulation=OuterRef("pk"), state=RegulationVersion.State.PUBLISHED).values("published_at")[:1]
        cycle = Func(F("review_months"), template="make_interval(months => %(expressions)s)", output_field=DurationField())
        rows = Regulation.objects.in_force().annotate(since=Greatest("reviewed_at", Subquery(published)))
        rows = rows.annotate(due=ExpressionWrapper(F("since") + cycle, output_field=DateTimeField()))
        return counted(
            rows, Q(due__lt=period.as_of), row=_regulation_row(lambda r: _t("last reviewed on %(day)s") % {"day": timezone.localdate(r.since)}),
            person="owner_id", related=("owner",), order=("code",))


@register
class Attested(Control):
    """(K4)"""

    key = "governance.attested"
    title = _("Attestations are given when they are due")
    explanation = _("For every clause that a person must confirm there is a confirmation that still holds.")
    proves = ("K4",)
    keywords = ("检查考核", "监督检查", "定期检查", "评估", "审计", "audit", "inspected", "evaluated at intervals")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        holds = Attestation.objects.filter(binding=OuterRef("pk"), at__lte=period.as_of, valid_until__gte=period.as_of)
        rows = Binding.objects.filter(kind=Binding.Kind.ATTESTATION, accepted_at__lte=period.as_of, regulation__in=Regulation.objects.in_force())
        rows = rows.filter(Q(removed_at=None) | Q(removed_at__gt=period.as_of))

        def row(binding: Any) -> ExceptionRow:
            regulation = binding.regulation
            return ExceptionRow(
                f"binding:{binding.pk}", f"{regulation.code} {binding.asked}"[:300], f"{regulation.get_absolute_url()}?clause={binding.clause_key}", _t("nobody confirmed it"),
                binding.attester_id, str(binding.attester or ""), binding.accepted_at)

        return counted(rows, ~Exists(holds), row=row, person="attester_id", related=("regulation", "attester"))


@register
class Corrected(Control):
    """(K4)"""

    key = "governance.corrected"
    title = _("Corrective actions are finished in time")
    explanation = _("Every corrective action is put right within %(days)d days.")
    params = (Param("days", _("corrected within"), 10, _("days"), 1, 365),)
    proves = ("K4",)
    keywords = ("整改", "纠正", "限期整改", "改进措施", "corrective", "put right")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        allowed = timedelta(days=params["days"])
        rows = CorrectiveAction.objects.exclude(closure__in=NOT_COUNTED).filter(received_at__lt=period.until)
        rows = rows.filter(Q(resolved_at__gte=period.start) | Q(resolved_at=None), Q(resolved_at__lte=period.as_of) | Q(received_at__lt=period.as_of - allowed))
        late = Q(resolved_at=None) | Q(resolved_at__gt=F("received_at") + allowed)
        return counted(rows, late, row=item_row(_t("not put right in time")), related=RELATED)
