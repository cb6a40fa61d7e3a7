"""Agreements in force, and figures that explain themselves (B2, B3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control, ExceptionRow, Findings, Param, Period, counted, register
from hengwei.work.models import Agreement, AgreementVersion, Clock, Rebase, Segment, WorkItem

from .rows import RELATED, clock_row, item_row


@register
class UnderAgreement(Control):
    """(B2)"""

    key = "work.under_agreement"
    title = _("Open items are under an agreement in force")
    explanation = _("Every open request runs under an agreement that both sides signed and that has not expired.")
    proves = ("B2",)
    keywords = ("服务协议", "协议", "签署", "生效", "服务级别", "agreement", "signed", "expired", "in force")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        ended = Q(target__version__effective_to__lte=period.as_of) | ~Q(target__version__state=AgreementVersion.State.SIGNED)
        rows = WorkItem.objects.requests().counted().open_at(period.as_of, past=period.past)
        void = Clock.objects.filter(ended, item=OuterRef("pk"), started_at__lte=period.as_of).exclude(state__in=(Clock.State.CANCELLED, Clock.State.MERGED))

        def why(item: WorkItem) -> str:
            return _t("no agreement holds for it") if item.without_agreement else _t("its agreement is unsigned or has expired")

        return counted(rows, Q(without_agreement=True) | Exists(void), row=item_row(why), related=RELATED)


@register
class AgreementsRenewed(Control):
    """(B2)"""

    key = "work.agreements_renewed"
    title = _("Agreements are signed and renewed in time")
    explanation = _("Every agreement has a version signed by both sides that holds for at least another %(days)d days.")
    params = (Param("days", _("renewed before its end by"), 30, _("days"), 0, 1000),)
    proves = ("B2",)
    keywords = ("续签", "到期", "双方签署", "协议版本", "协议", "renew", "signed by both", "agreement")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        far = period.as_of + timedelta(days=params["days"])
        holds = AgreementVersion.objects.filter(agreement=OuterRef("pk")).effective(far)
        ends = AgreementVersion.objects.filter(agreement=OuterRef("pk")).effective(period.as_of).values("effective_to")[:1]
        rows = Agreement.objects.annotate(ends=Subquery(ends))

        def row(agreement: Any) -> ExceptionRow:
            why = _t("ends on %(day)s and is not renewed") % {"day": agreement.ends.date()} if agreement.ends else _t("no version in force")
            return ExceptionRow(f"agreement:{agreement.pk}", str(agreement), _address(agreement), why)

        return counted(rows, ~Exists(holds), row=row, person="customer__default_team__lead_id")


def _address(agreement: Agreement) -> str:
    from django.urls import NoReverseMatch

    for name in ("work:agreement", "clocks:agreement"):
        try:
            return reverse(name, args=[agreement.pk])
        except NoReverseMatch:
            continue
    return ""


@register
class ClocksExplained(Control):
    """(B3)"""

    key = "work.clocks_explained"
    title = _("Every figure is explained by its segments")
    explanation = _("The working time of every promise that was decided equals the sum of the stretches in which its clock ran.")
    proves = ("B3",)
    keywords = ("计时", "工作日历", "节假日", "调休", "工作时间", "clock", "calendar", "holiday", "working hours", "counted")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Clock.objects.filter(stopped_at__gte=period.start, stopped_at__lt=period.until, state__in=(Clock.State.MET, Clock.State.BREACHED))
        ran = Segment.objects.filter(clock=OuterRef("pk"), running=True).order_by().values("clock").annotate(total=Sum("business_seconds")).values("total")
        # What a corrected calendar added or took away is on record too, and part of the explanation.
        corrected = Rebase.objects.filter(clock=OuterRef("pk")).order_by().values("clock").annotate(total=Sum(F("elapsed_after") - F("elapsed_before"))).values("total")
        rows = rows.annotate(ran=Coalesce(Subquery(ran), 0) + Coalesce(Subquery(corrected), 0))
        return counted(
            rows, ~Q(ran=F("elapsed")), person="item__owner_id", related=("item__owner",),
            row=clock_row(lambda c: _t("segments add up to %(ran)d s, the clock says %(said)d s") % {"ran": c.ran, "said": c.elapsed}),  # type: ignore[attr-defined]
        )


@register
class PausesStated(Control):
    """(B3)"""

    key = "work.pauses_stated"
    title = _("Clocks pause only for stated reasons")
    explanation = _("Every pause of a promise has a reason that its agreement lists; waiting for our own colleagues never pauses.")
    proves = ("B3",)
    keywords = ("暂停", "挂起", "计时暂停", "挂起原因", "pause", "on hold", "stated reasons")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Segment.objects.filter(running=False, starts_at__gte=period.start, starts_at__lt=period.until)

        def row(segment: Any) -> ExceptionRow:
            item = segment.clock.item
            return ExceptionRow(
                f"item:{item.pk}", str(item), item.get_absolute_url(), _t("paused without a reason that its agreement lists"), segment.by_id, str(segment.by or ""), segment.starts_at)

        return counted(rows, Q(reason__in=("", "colleague", "change")), row=row, person="by_id", related=("clock__item", "by"))
