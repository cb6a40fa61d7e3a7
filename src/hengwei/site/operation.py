"""How the product runs: the pulse of its timers, its queues, and the long work that people started."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from ninja import Router

from hengwei.core import pulse, tasks
from hengwei.core.asked import signed_in
from hengwei.core.errors import Forbidden
from hengwei.core.health import living_workers
from hengwei.core.models import Task
from hengwei.core.permissions import OPERATE
from hengwei.ui.kit import Action, Column, Facts, Pages, Part
from hengwei.ui.menu import Corner, corners_for

router = Router()


@login_required
def timers(request: HttpRequest) -> HttpResponse:
    """Each timer: last run, how late, next run, failures; each queue: what waits."""
    if not signed_in(request).may(OPERATE):
        raise Http404
    beats = pulse.beats()
    return render(request, "site/timers.html", {
        "beats": beats, "stopped": [beat for beat in beats if beat.stopped], "queues": pulse.queues(), "workers": living_workers(),
    })


@router.get("/timers", response=dict[str, Any], tags=["operation"], summary="The pulse of the timers, and the queues")
def pulse_of_all(request: HttpRequest) -> dict[str, Any]:
    """`late_seconds` grows when a timer stopped."""
    if not signed_in(request).may(OPERATE):
        raise Forbidden(_("You do not have the right to do this."))
    return {
        "workers": living_workers(),
        "timers": [{
            "name": beat.timer.name, "what": str(beat.timer.label), "cron": beat.timer.cron, "queue": beat.timer.queue, "stopped": beat.stopped, "late_seconds": beat.late.total_seconds(), "next_at": beat.next_at,
            "last_run": beat.row.started_at if beat.row else None, "runs": beat.row.runs if beat.row else 0, "failures": beat.row.failures if beat.row else 0,
            "error": beat.row.error if beat.row else "",
        } for beat in pulse.beats()],
        "queues": [{"name": q.name, "waiting": q.waiting, "running": q.running, "failed": q.failed, "oldest": q.oldest} for q in pulse.queues()],
    }


def _progress(row: Task) -> Any:
    if row.share is None:
        return f"{row.done:,}" if row.done else ""
    return format_html('<progress max="100" value="{}">{}%</progress> {}%', row.share, row.share, row.share)


class TaskPages(Pages):
    """Long work: one's own; for who operates the system, everybody's."""

    room, name, plural, address = "site", "task", "tasks", "tasks"
    model, title, one, icon = Task, _l("Running tasks"), _l("task"), "progress"
    for_requesters = True
    order = ("-id",)
    list_template = "site/tasks.html"
    columns = [
        Column("key", _l("Task"), value=tasks.label_of, link=True, second=lambda row: row.about),
        Column("state"),
        Column("done", _l("Progress"), value=_progress),
        Column("words", _l("Result"), second=lambda row: _("%(n)d could not be done") % {"n": row.failed_rows} if row.failed_rows else ""),
        Column("owner"),
        Column("created_at"),
        Column("ended_at"),
    ]
    panels = [
        Facts(_l("Task"), ["about", "state", Column("done", _l("Progress"), value=_progress), Column("words", _l("Result")), "owner", "created_at", "ended_at"]),
        Part("site/task_files.html"),
    ]
    actions = [Action("cancel", _l("Cancel"), "player-stop", "", run=lambda row, by, data: tasks.cancel(row, by=by), confirm=_l("Stop this task? What it has done stays."), when=lambda row: row.is_open)]
    empty = _l("No long work: imports, exports and new calculations appear here while they run, and for some weeks after.")

    def rows(self, user: Any) -> QuerySet[Task]:
        found = Task.objects.select_related("owner", "result_file", "errors_file")
        return found if user.may(OPERATE) else found.filter(owner=user)

    def heading(self, row: Task) -> str:
        return tasks.label_of(row)


def open_tasks(user: Any) -> int:
    """How many of a person's tasks run or wait."""
    return Task.objects.filter(owner=user, state__in=Task.OPEN).count()


CORNER = Corner("tasks", _l("Running tasks"), "progress", "site:tasks", "site:tasks_count", open_tasks, topic="tasks", when_none=False)


@login_required
def tasks_count(request: HttpRequest) -> HttpResponse:
    """The corner alone, for its live update."""
    count = next((count for corner, count in corners_for(request.user) if corner.key == CORNER.key), 0)
    return render(request, "ui/corner.html", {"corner": CORNER, "count": count})
