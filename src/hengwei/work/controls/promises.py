"""Answering, solving, escalating, keeping people informed (A5 to A7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.controls import Control, Findings, Param, Period, counted, register
from hengwei.work.models import Clock, Entry, Firing, Measure, WaitingFor, WorkItem

from .rows import RELATED, clock_row, default_calendar, item_row

_CHANGED = Param(
    "count_changed", _("count what only a changed promise made late"), False,
    help=_("An item whose priority was raised may be late at once: such cases are told apart."),
)


class _Promise(Control):
    """Promises of one measure that began within the period, kept or broken by now."""

    measure: Measure
    params = (_CHANGED,)

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = Clock.objects.filter(measure=self.measure, started_at__gte=period.start, started_at__lt=period.until)
        rows = rows.exclude(state__in=(Clock.State.CANCELLED, Clock.State.MERGED)).filter(item__in=WorkItem.objects.requests().counted())
        if not params["count_changed"]:
            rows = rows.exclude(breach_cause="target_changed")
        broken = Q(breached_at__lte=period.as_of) | Q(state=Clock.State.RUNNING, due_at__lt=period.as_of)
        decided = rows.filter(broken | Q(stopped_at__lte=period.as_of))
        return counted(decided, broken, row=clock_row(_late), person="item__owner_id", related=("item__owner",))


def _late(clock: Clock) -> str:
    if clock.state in Clock.LIVE:
        return _t("overdue and still open")
    over = max(0, clock.elapsed - clock.allowed) // 60
    return _t("%(minutes)d working minutes over the agreed %(allowed)d") % {"minutes": over, "allowed": clock.allowed // 60}


@register
class FirstResponse(_Promise):
    """(A5)"""

    key = "work.first_response"
    title = _("First response within the agreed time")
    explanation = _("Every request gets its first answer from a person within the time that its agreement promises.")
    proves = ("A5",)
    keywords = ("首次响应", "响应时间", "及时响应", "响应", "答复", "first response", "respond", "response time", "answer")
    measure = Measure.FIRST_RESPONSE


@register
class Resolution(_Promise):
    """(A5)"""

    key = "work.resolution"
    title = _("Resolution within the agreed time")
    explanation = _("Every request is resolved within the time that its agreement promises.")
    proves = ("A5",)
    keywords = ("解决时限", "按时解决", "解决时间", "及时解决", "处理时限", "resolution", "resolve", "solved within")
    measure = Measure.RESOLUTION


@register
class TeamResolution(_Promise):
    """(A5)"""

    key = "work.team_resolution"
    title = _("Teams keep their time among each other")
    explanation = _("Every item that a team takes over is resolved by it within the time agreed between the teams.")
    proves = ("A5",)
    keywords = ("团队时限", "内部协作", "运营级别", "小组", "operational-level", "between teams")
    measure = Measure.TEAM_RESOLUTION


@register
class NextUpdate(_Promise):
    """(A7)"""

    key = "work.next_update"
    title = _("Requesters are kept informed")
    explanation = _("After each answer the requester hears from us again within the time that the agreement promises, until it is resolved.")
    proves = ("A7",)
    keywords = ("进展", "告知进度", "及时告知", "通报", "反馈进展", "informed", "progress", "update")
    measure = Measure.NEXT_UPDATE


@register
class HowResolved(Control):
    """(A6)"""

    key = "work.how_resolved"
    title = _("It is on record whether it was solved remotely or on site")
    explanation = _("Every resolved request says whether it was solved remotely or on site.")
    proves = ("A6",)
    keywords = ("远程或现场", "处理方式", "远程", "现场", "remote", "on site", "on-site")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().counted().resolved_within(period.start, period.until)
        return counted(rows, Q(resolved_remotely=None), row=item_row(_t("remote or on site is not on record")), related=RELATED)


@register
class RemoteShare(Control):
    """(A6)"""

    key = "work.remote_share"
    title = _("Most requests are solved remotely")
    explanation = _("Of the requests resolved, how many were solved without going there. Set the share that you expect as the threshold.")
    proves = ("A6",)
    keywords = ("远程解决", "优先远程", "远程", "remotely first", "remote")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().counted().resolved_within(period.start, period.until).exclude(resolved_remotely=None)
        return counted(rows, Q(resolved_remotely=False), row=item_row(_t("solved on site")), related=RELATED)


@register
class OnSiteReason(Control):
    """(A6)"""

    key = "work.on_site_reason"
    title = _("Every visit has its reason")
    explanation = _("Every request that was solved on site has its cause on record.")
    proves = ("A6",)
    keywords = ("现场原因", "上门", "现场服务", "派遣", "visit", "dispatch has its reason", "on site")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        rows = WorkItem.objects.requests().counted().resolved_within(period.start, period.until).filter(resolved_remotely=False)
        return counted(rows, Q(cause=""), row=item_row(_t("no cause on record")), related=RELATED)


@register
class BreachEscalated(Control):
    """(A7)"""

    key = "work.breach_escalated"
    title = _("Every breach is escalated")
    explanation = _("Every broken promise is reported upwards within %(minutes)d minutes.")
    params = (Param("minutes", _("escalated within"), 15, _("minutes"), 1, 10_000),)
    proves = ("A7",)
    keywords = ("上报", "升级", "逐级上报", "超时上报", "报告上级", "escalat", "reported upwards", "superior")

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        allowed = timedelta(minutes=params["minutes"])
        rows = Clock.objects.filter(breached_at__gte=period.start, breached_at__lt=period.until, breached_at__lte=period.as_of - allowed, breach_cause="")
        rows = rows.exclude(state=Clock.State.CANCELLED).filter(item__in=WorkItem.objects.requests().counted())
        fired = Firing.objects.filter(clock=OuterRef("pk"), fired_at__lte=OuterRef("breached_at") + Value(allowed)).filter(Q(step="breach") | Q(step__startswith="after_"))
        return counted(rows, ~Exists(fired), row=clock_row(lambda c: _t("nobody was told of the breach in time")), person="item__owner_id", related=("item__owner",))


@register
class WaitingOnDepartments(Control):
    """(A7)"""

    key = "work.waiting_on_departments"
    title = _("Nothing waits too long for another department")
    explanation = _("No open request waits for a colleague, a change or a supplier for more than %(hours)d working hours.")
    params = (Param("hours", _("waiting at most"), 24, _("working hours"), 1, 2000),)
    proves = ("A7",)
    keywords = ("相关部门", "其他部门", "协调", "研发", "配合", "waiting", "other departments", "R&D")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        edge = default_calendar().subtract(period.as_of, params["hours"] * 3600)
        since = Entry.objects.filter(item=OuterRef("pk"), kind=Entry.Kind.TRANSITION).order_by("-happened_at").values("happened_at")[:1]
        reasons = (WaitingFor.COLLEAGUE, WaitingFor.CHANGE, WaitingFor.SUPPLIER)
        rows = WorkItem.objects.requests().filter(phase="waiting", waiting_for__in=reasons).annotate(waits_since=Subquery(since))
        return counted(rows, Q(waits_since__lt=edge), row=item_row(lambda item: item.get_waiting_for_display()), related=RELATED)


@register
class Untouched(Control):
    """(A8)"""

    key = "work.untouched"
    title = _("Nothing open is forgotten")
    explanation = _("On every open request something was said or done within the last %(days)d working days.")
    params = (Param("days", _("quiet for at most"), 3, _("working days"), 1, 100),)
    proves = ("A8",)
    keywords = ("跟踪", "跟进", "跟踪到底", "全程跟踪", "tracked", "follow up", "tracked to the end")
    tells_past = False

    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        calendar = default_calendar()
        day = calendar.hours_on(period.as_of.date())
        seconds = sum(end - start for start, end in day) * 60 or 8 * 3600
        edge = calendar.subtract(period.as_of, params["days"] * seconds)
        rows = WorkItem.objects.requests().counted().open()
        return counted(rows, Q(updated_at__lt=edge) & (Q(last_entry_at=None) | Q(last_entry_at__lt=edge)), row=item_row(_t("quiet for too long")), related=RELATED, order=("updated_at",))


