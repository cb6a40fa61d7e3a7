"""A clock explained: its stretches on a time axis, and the sum that anyone can check."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.asked import signed_in
from hengwei.core.i18n import aside
from hengwei.ui.templatetags.ui import duration, exact
from hengwei.work.clocks import engine, rules, wording
from hengwei.work.clocks.matching import working_time
from hengwei.work.models import Clock
from hengwei.work.templatetags.work import reason

from .item import find

#: The axis in units of its drawing.
WIDTH, HEIGHT, LEFT = 900.0, 64.0, 6.0
#: Days beyond which single nights are too thin to draw.
NIGHTS_DRAWN = 45


@login_required
def explain(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The page of one clock, or only what it says, for the dialog on the item."""
    item = find(request, number)
    if not signed_in(request).is_agent:
        raise Http404
    clock = get_object_or_404(
        Clock.objects.select_related("target", "target__version", "target__version__agreement", "calendar_version", "calendar_version__calendar"), pk=pk, item=item,
    )
    now = timezone.now()
    lines = told(clock, now)
    used = rules.used(engine.state_of(clock), engine.working_time_of(clock), now)
    template = "work/clock_dialog.html" if request.headers.get("HX-Request") else "work/clock.html"
    return render(request, template, {
        "item": item, "clock": clock, "lines": lines, "used": used, "left": clock.allowed - used, "axis": axis(clock, lines, now), "within": wording.within(clock.target),
        "firings": clock.firings.order_by("fired_at", "id"),
    })


def told(clock: Clock, now: datetime) -> list[dict[str, Any]]:
    """Each stretch with its seconds and the running sum; a correction of the calendar is a line of its own."""
    segments = list(clock.segments.select_related("by", "target", "calendar_version"))
    corrections = list(clock.rebases.select_related("by", "after"))
    lines: list[dict[str, Any]] = []
    total = 0
    for segment in segments:
        while corrections and segment.starts_at >= corrections[0].at:
            total = _corrected(lines, corrections.pop(0), total)
        end = segment.ends_at or (clock.stopped_at or now)
        seconds = segment.business_seconds if segment.ends_at else (
            working_time(segment.target.unit, segment.calendar_version).elapsed(segment.starts_at, end) if segment.running and end > segment.starts_at else 0)
        total += seconds if segment.running else 0
        lines.append({"segment": segment, "end": end, "seconds": seconds, "total": total})
    for correction in corrections:
        total = _corrected(lines, correction, total)
    return lines


def _corrected(lines: list[dict[str, Any]], correction: Any, total: int) -> int:
    total += correction.difference
    lines.append({"correction": correction, "seconds": correction.difference, "total": total})
    return total


def axis(clock: Clock, lines: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """The drawing: open hours, nights, running and resting stretches, the target line, now; each says what it is."""
    stretches = [line for line in lines if "segment" in line]
    begin = clock.started_at
    ends = [line["end"] for line in stretches] + ([clock.due_at] if clock.due_at else [])
    end = max([*ends, begin + timedelta(hours=1)])
    end += (end - begin) / 40
    span = (end - begin).total_seconds()

    def x(moment: datetime) -> float:
        return round(LEFT + (moment - begin).total_seconds() / span * (WIDTH - 2 * LEFT), 1)

    calendar = engine.working_time_of(clock)
    opened = []
    if (end - begin).days <= NIGHTS_DRAWN and hasattr(calendar, "segments"):
        opened = [{"x": x(s.start), "w": max(0.5, round(x(s.end) - x(s.start), 1)), "title": f"{exact(s.start)} – {exact(s.end)}"} for s in calendar.segments(begin, end)]
    bars = []
    for line in stretches:
        s = line["segment"]
        over = bool(clock.breached_at and s.starts_at >= clock.breached_at)
        words = _("running") if s.running else _("at rest")
        bars.append({
            "x": x(s.starts_at), "w": max(1.0, round(x(line["end"]) - x(s.starts_at), 1)), "class": "over" if over and s.running else "ran" if s.running else "stood",
            "title": f"{words}{aside(reason(s.reason))} {exact(s.starts_at)} – {exact(line['end'])}" + (f" · {duration(line['seconds'])}" if s.running else ""),
        })
    step = max(1, (end - begin).days // 8)
    ticks, at = [], timezone.localtime(begin).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if end - begin < timedelta(days=1):
        hours = max(1, round(span / 3600 / 8))
        at = timezone.localtime(begin).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        while at < end:
            ticks.append({"x": x(at), "label": f"{at:%H:%M}"})
            at += timedelta(hours=hours)
    while at < end:
        ticks.append({"x": x(at), "label": f"{at.month}/{at.day}"})
        at += timedelta(days=step)
    due = clock.due_at or clock.breached_at
    return {
        "width": WIDTH, "height": HEIGHT, "open": opened, "bars": bars, "ticks": ticks, "due": x(due) if due and due <= end else None, "due_at": due,
        "now": x(now) if begin <= now <= end else None, "now_at": now,
    }
