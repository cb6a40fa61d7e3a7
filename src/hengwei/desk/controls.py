"""What satisfaction, complaints and care for customers can prove (A9 to A12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, DateTimeField, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.calendars.in_sql import open_seconds
from hengwei.core.controls import (
    Control,
    ExceptionRow,
    Findings,
    Param,
    Period,
    counted,
    register,
)
from hengwei.desk.models import Complaint, FollowUp, Rating
from hengwei.org.models import Customer
from hengwei.work.controls.rows import RELATED, default_calendar, item_row
from hengwei.work.models import NOT_COUNTED, Category, Entry, WorkItem


@register
class ResponseRate(Control):
    """(A9)"""

    key = "desk.response_rate"
    title = _("Requesters say how content they are")
    explanation = _("Of the requests closed at least %(days)d days ago, how many were rated. Set the share that you expect as the threshold.")
    params = (Param("days", _("time to answer"), 0, _("days"), 0, 60),)
    proves = ("A9",)
    keywords = ("满意度调查", "满意度", "回收率", "调查", "satisfaction survey", "survey", "satisfaction")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        until = min(period.until, period.as_of - timedelta(days=params["days"]))
        rows = WorkItem.objects.requests().closed_within(period.start, until).exclude(closure__in=NOT_COUNTED)
        rated = Rating.objects.filter(item=OuterRef("pk"), at__lte=period.as_of)
        return counted(rows, ~Exists(rated), row=item_row(_t("not rated")), related=RELATED)


def _rating_row(why: Any) -> Any:
    def row(rating: Rating) -> ExceptionRow:
        item = rating.item
        return ExceptionRow(f"item:{item.pk}", str(item), item.get_absolute_url(), str(why(rating)), item.owner_id, str(item.owner or ""), rating.at)

    return row


def _score(rating: Rating) -> str:
    said = _t("%(score)d of 5") % {"score": rating.score}
    return f"{said}: {rating.comment}" if rating.comment else said


@register
class Score(Control):
    """(A9)"""

    key = "desk.score"
    title = _("Requesters are content")
    explanation = _("Verdicts of at least %(score)d of 5. Set the share that you expect as the threshold.")
    params = (Param("score", _("content from"), 4, _("of 5"), 1, 5),)
    proves = ("A9",)
    keywords = ("满意率", "满意度", "评价", "score", "content", "satisfaction")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Rating.objects.within(period.start, period.until)
        return counted(rows, Q(score__lt=params["score"]), row=_rating_row(_score), person="item__owner_id", related=("item__owner",), order=("score", "-pk"))


@register
class LowScores(Control):
    """(A9)"""

    key = "desk.low_scores_followed_up"
    title = _("Low scores are followed up")
    explanation = _("After every low verdict the requester is called within %(days)d days and the result is on record.")
    params = (Param("days", _("followed up within"), 3, _("days"), 0, 60),)
    proves = ("A9",)
    keywords = ("低分", "不满意", "低分回访", "回访", "low score", "dissatisf", "followed up")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        allowed = timedelta(days=params["days"])
        done = FollowUp.objects.filter(item=OuterRef("item"), done_at__lte=OuterRef("at") + Value(allowed))
        rows = Rating.objects.low().within(period.start, period.until).annotate(called=Exists(done.filter(done_at__lte=period.as_of)))
        rows = rows.filter(Q(called=True) | Q(at__lt=period.as_of - allowed))
        return counted(rows, Q(called=False), row=_rating_row(_score), person="item__owner_id", related=("item__owner",))


@register
class ComplaintsAnswered(Control):
    """(A10)"""

    key = "desk.complaints_answered"
    title = _("Complaints are answered in time")
    explanation = _("Every complaint gets its first answer within %(hours)d working hours.")
    params = (Param("hours", _("answered within"), 8, _("working hours"), 1, 500),)
    proves = ("A10",)
    keywords = ("投诉", "答复投诉", "投诉处理", "complaint", "complaints answered")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        allowed = params["hours"] * 3600
        answered = Q(responded_at__lte=period.as_of)
        moment = Case(When(answered, then=F("responded_at")), default=Value(period.as_of), output_field=DateTimeField())
        rows = Complaint.objects.exclude(closure__in=NOT_COUNTED).filter(received_at__gte=period.start, received_at__lt=period.until)
        rows = rows.annotate(took=open_seconds(default_calendar(), F("received_at"), moment, low=period.start, high=period.as_of))
        rows = rows.filter(answered | Q(took__gt=allowed))
        return counted(
            rows, Q(took__gt=allowed), related=RELATED,
            row=item_row(lambda item: _t("answered after %(hours)d working hours") % {"hours": item.took // 3600} if item.responded_at else _t("not answered yet")),  # type: ignore[attr-defined]
        )


@register
class ComplaintsConsent(Control):
    """(A10)"""

    key = "desk.complaints_consent"
    title = _("Complaints are closed with the customer's consent")
    explanation = _("Every complaint that was closed was closed by the requester, or has the customer's consent on record.")
    proves = ("A10",)
    keywords = ("客户同意", "投诉关闭", "经客户确认", "投诉", "consent", "complaint")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        by_requester = Entry.objects.filter(item=OuterRef("pk"), kind=Entry.Kind.TRANSITION, author=OuterRef("requester"), details__after="closed")
        rows = Complaint.objects.exclude(closure__in=NOT_COUNTED).filter(phase="closed", closed_at__gte=period.start, closed_at__lt=period.until)
        return counted(rows, Q(consent_at=None) & ~Exists(by_requester), row=item_row(_t("closed without the customer's consent")), related=RELATED)


@register
class ComplaintsOwned(Control):
    """(A10)"""

    key = "desk.complaints_owned"
    title = _("Complaints are handled by the lead or the deputy")
    explanation = _("Every complaint is in the hands of the lead or the deputy lead of the team.")
    proves = ("A10",)
    keywords = ("副组长", "组长处理", "负责投诉", "投诉", "deputy lead", "complaint")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Complaint.objects.exclude(closure__in=NOT_COUNTED).filter(received_at__gte=period.start, received_at__lt=period.until)
        rows = rows.annotate(first=Coalesce(F("team__lead_id"), 0), second=Coalesce(F("team__deputy_id"), 0), holder=Coalesce(F("owner_id"), -1))
        return counted(rows, ~Q(holder=F("first")) & ~Q(holder=F("second")), row=item_row(_t("not with the lead or the deputy")), related=RELATED)


@register
class CustomersContacted(Control):
    """(A11)"""

    key = "desk.customers_contacted"
    title = _("No customer goes without contact")
    explanation = _("With every customer there was a request, an answer or a follow-up within %(days)d days.")
    params = (
        Param("days", _("contact within"), 90, _("days"), 1, 2000),
        Param("whom", _("which customers"), "company", choices=(("company", _("companies")), ("key", _("key customers")), ("all", _("companies and departments")))),
    )
    proves = ("A11",)
    keywords = ("客户回访", "定期回访", "客户关系", "回访", "走访", "customer", "visit", "contact", "relationship")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        edge = period.as_of - timedelta(days=params["days"])
        rows = Customer.objects.filter(archived_at=None, created_at__lte=period.as_of)
        if params["whom"] == "key":
            rows = rows.filter(key_account=True)
        elif params["whom"] == "company":
            rows = rows.filter(kind=Customer.Kind.COMPANY)
        asked = WorkItem.objects.filter(customer=OuterRef("pk"), received_at__lte=period.as_of).order_by().values("customer").annotate(last=Greatest(Max("received_at"), Max("told_at"))).values("last")
        called = FollowUp.objects.filter(customer=OuterRef("pk"), done_at__lte=period.as_of).order_by().values("customer").annotate(last=Max("done_at")).values("last")
        rows = rows.annotate(contact=Greatest(Subquery(asked), Subquery(called)))

        def row(customer: Any) -> ExceptionRow:
            why = _t("last contact on %(day)s") % {"day": customer.contact.date()} if customer.contact else _t("never any contact")
            lead = customer.default_team.lead if customer.default_team else None
            return ExceptionRow(f"customer:{customer.pk}", str(customer), _customer_address(customer), why, lead.pk if lead else None, str(lead or ""), customer.contact)

        return counted(rows, Q(contact=None) | Q(contact__lt=edge), row=row, person="default_team__lead_id", related=("default_team__lead",), order=("name", "pk"))


def _customer_address(customer: Customer) -> str:
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse("org:customer", args=[customer.pk])
    except NoReverseMatch:
        return f"/items?customer={customer.pk}"


@register
class FollowUpsDone(Control):
    """(A11)"""

    key = "desk.follow_ups_done"
    title = _("Follow-ups are done when they are due")
    explanation = _("Every follow-up call or visit that fell due was done by %(days)d days after that at the latest, with its result on record.")
    params = (Param("days", _("late at most"), 0, _("days"), 0, 60),)
    proves = ("A11", "A9")
    keywords = ("回访记录", "回访", "电话回访", "follow-up", "call back")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        allowed = timedelta(days=params["days"])
        rows = FollowUp.objects.filter(due_at__gte=period.start, due_at__lt=min(period.end, period.as_of - allowed))

        def row(call: Any) -> ExceptionRow:
            record = str(call.item or call.customer or call.why)
            address = call.item.get_absolute_url() if call.item else ""
            return ExceptionRow(f"follow_up:{call.pk}", record, address, call.why, call.owner_id, str(call.owner or ""), call.due_at)

        late = Q(done_at=None) | Q(done_at__gt=F("due_at") + Value(allowed)) | Q(done_at__gt=period.as_of)
        return counted(rows, late, row=row, related=("item", "customer", "owner", "plan"), order=("due_at",))


@register
class Analysed(Control):
    """(A12)"""

    key = "desk.recurring_analysed"
    title = _("Recurring faults are analysed")
    explanation = _("For every category with at least %(times)d incidents in the period there is a problem record that looks for the cause.")
    params = (Param("times", _("from"), 10, _("incidents"), 2, 10_000),)
    proves = ("A12",)
    keywords = ("统计分析", "问题分析", "故障分析", "分析", "根本原因", "analys", "recurring", "statistic", "root cause")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        incidents = WorkItem.objects.filter(kind="incident").counted().received_within(period.start, period.until).order_by().values("category").annotate(n=Count("pk"))
        # All categories in one pass over the items; each one's figure only for those that are shown.
        rows = Category.objects.filter(pk__in=incidents.filter(n__gte=params["times"]).values("category")).annotate(n=Subquery(incidents.filter(category=OuterRef("pk")).values("n")))
        problem = WorkItem.objects.filter(kind="problem", category=OuterRef("pk"), received_at__lt=period.until).filter(Q(closed_at=None) | Q(closed_at__gte=period.start - timedelta(days=90)))

        def row(category: Any) -> ExceptionRow:
            return ExceptionRow(f"category:{category.pk}", str(category), f"/items?view=all&category={category.key}", _t("%(times)d incidents and no problem record") % {"times": category.n})

        return counted(rows, ~Exists(problem), row=row, person="", order=("order", "pk"))
