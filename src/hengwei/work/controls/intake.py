"""Receiving, recording, classifying, assigning (A1 to A4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.calendars.in_sql import open_seconds
from hengwei.core.controls import Control, Findings, Param, Period, counted, register
from hengwei.work.models import WorkItem

from .rows import RELATED, default_calendar, item_row

WORKING_MINUTES = _("working minutes")


@register
class Recorded(Control):
    """(A1)"""

    key = "work.recorded"
    title = _("Requests have a channel, a requester and a time")
    explanation = _("Every request on record says by which channel it came, who asked, and when.")
    proves = ("A1",)
    keywords = ("统一受理", "服务台", "渠道", "登记", "受理", "电话", "one service desk", "channel", "telephone", "recorded")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().counted().received_within(period.start, period.until)
        return counted(rows, Q(source="") | Q(requester=None), row=item_row(_t("no requester on record")), related=RELATED)


@register
class RecordedWhole(Control):
    """(A2)"""

    key = "work.recorded_whole"
    title = _("Requests are recorded whole")
    explanation = _("Every request is described in at least %(characters)d characters, and the requester can be reached by telephone or e-mail.")
    params = (Param("characters", _("characters of description"), 4, minimum=1, maximum=500),)
    proves = ("A2",)
    keywords = ("完整记录", "如实记录", "问题描述", "联系方式", "记录", "description", "contact", "recorded whole", "details")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        from django.db.models.functions import Length

        rows = WorkItem.objects.requests().counted().received_within(period.start, period.until).annotate(described=Length("description"))
        unreachable = Q(requester__email="", requester__phone="", requester__mobile="") | Q(requester=None)

        def why(item: WorkItem) -> str:
            return _t("description too short") if len(item.description) < params["characters"] else _t("no way to reach the requester")

        return counted(rows, Q(described__lt=params["characters"]) | unreachable, row=item_row(why), related=RELATED)


@register
class Confirmed(Control):
    """(A2)"""

    key = "work.confirmed"
    title = _("Requests are confirmed at once")
    explanation = _("Every request is confirmed to the requester within %(minutes)d minutes of its arrival.")
    params = (Param("minutes", _("confirmed within"), 30, _("minutes"), 1, 10_000),)
    proves = ("A2",)
    keywords = ("确认", "立即确认", "告知请求人", "回执", "受理", "confirm", "confirmation", "acknowledge receipt")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        allowed = timedelta(minutes=params["minutes"])
        rows = WorkItem.objects.requests().counted().received_within(period.start, period.until)
        # What came so lately that it may still be confirmed in time is not judged yet.
        rows = rows.filter(Q(acknowledged_at__lte=period.as_of) | Q(received_at__lt=period.as_of - allowed))
        late = Q(acknowledged_at=None) | Q(acknowledged_at__gt=F("received_at") + Value(allowed))

        def why(item: WorkItem) -> str:
            if item.acknowledged_at is None:
                return _t("never confirmed")
            return _t("confirmed after %(minutes)d minutes") % {"minutes": (item.acknowledged_at - item.received_at).total_seconds() // 60}

        return counted(rows, late, row=item_row(why), related=RELATED)


@register
class Classified(Control):
    """(A3)"""

    key = "work.classified"
    title = _("No open item without category and priority")
    explanation = _("No open request is without a category or a priority %(minutes)d working minutes after its arrival.")
    params = (Param("minutes", _("classified within"), 60, WORKING_MINUTES, 0, 10_000),)
    proves = ("A3",)
    keywords = ("分类", "优先级", "紧急程度", "影响程度", "分级", "categor", "priorit", "urgency", "classif")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        edge = default_calendar().subtract(period.as_of, params["minutes"] * 60)
        rows = WorkItem.objects.requests().counted().open()
        return counted(
            rows, Q(Q(category=None) | Q(priority=None), received_at__lt=edge), related=RELATED,
            row=item_row(lambda item: _t("no category") if item.category_id is None else _t("no priority")),
        )


@register
class ClassifiedInTime(Control):
    """(A3)"""

    key = "work.classified_in_time"
    title = _("Requests are classified in time")
    explanation = _("Every request has its category and priority within %(minutes)d working minutes of its arrival.")
    params = (Param("minutes", _("classified within"), 60, WORKING_MINUTES, 0, 10_000),)
    proves = ("A3",)
    keywords = ("及时分类", "分类", "优先级", "classif", "priorit")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        return _within(period, params["minutes"], "classified_at", _t("not classified"), _t("classified after %(minutes)d working minutes"))


@register
class OwnedInTime(Control):
    """(A4)"""

    key = "work.owned_in_time"
    title = _("Requests are assigned in time")
    explanation = _("Every request has a person who handles it within %(minutes)d working minutes of its arrival.")
    params = (Param("minutes", _("assigned within"), 60, WORKING_MINUTES, 0, 10_000),)
    proves = ("A4",)
    keywords = ("派单", "分派", "指派", "分配", "任务分配", "assign", "dispatch", "allocated")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        return _within(period, params["minutes"], "assigned_at", _t("nobody has it"), _t("without an owner for %(minutes)d working minutes"))


def _within(period: Period, minutes: int, column: str, never: str, late: str) -> Findings:
    """Requests of a period that got something by `column` in time; those that may still get it are not judged."""
    calendar = default_calendar()
    allowed = minutes * 60
    rows = WorkItem.objects.requests().counted().received_within(period.start, period.until)
    had = Q(**{f"{column}__lte": period.as_of})
    moment = Case(When(had, then=F(column)), default=Value(period.as_of), output_field=DateTimeField())
    rows = rows.annotate(had=moment, took=open_seconds(calendar, F("received_at"), moment, low=period.start, high=period.as_of))
    rows = rows.filter(had | Q(took__gt=allowed))

    def why(item: WorkItem) -> str:
        return late % {"minutes": item.took // 60} if getattr(item, column) else never  # type: ignore[attr-defined]

    return counted(rows, Q(took__gt=allowed), row=item_row(why), related=RELATED)


@register
class Unowned(Control):
    """(A4)"""

    key = "work.unowned"
    title = _("Nothing open is without an owner")
    explanation = _("No open request is without a person who handles it for more than %(minutes)d working minutes.")
    params = (Param("minutes", _("without an owner for at most"), 120, WORKING_MINUTES, 0, 10_000),)
    proves = ("A4",)
    keywords = ("无人处理", "专人负责", "责任人", "负责到底", "派单", "unowned", "owner", "responsible person")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        edge = default_calendar().subtract(period.as_of, params["minutes"] * 60)
        rows = WorkItem.objects.requests().counted().open()
        return counted(rows, Q(owner=None, received_at__lt=edge), row=item_row(_t("nobody has it")), related=RELATED)
