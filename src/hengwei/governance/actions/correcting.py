"""Corrective actions: opened by rule from exceptions, after a grace; closed when the control is green again (K4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.controls import ExceptionRow
from hengwei.core.errors import ActionError
from hengwei.governance import permissions as perms
from hengwei.governance.models import Binding, Clause, ControlRun, CorrectiveAction, RegulationVersion
from hengwei.org.models import User
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.progress import close, resolve
from hengwei.work.actions.writing import moment
from hengwei.work.workflow import OPEN_PHASES, Phase

from .running import exceptions_of, live_bindings

#: Opened from one control in one run at most; the rest follows as these are put right.
AT_ONCE = 20
Correct = Binding.Correct
SYSTEM = Actor().caused_by("corrective_action")


def clause_of(binding: Binding) -> Clause | None:
    """The clause as it is in force, else as it was last written."""
    rows = Clause.objects.filter(version__regulation=binding.regulation_id, key=binding.clause_key).select_related("version")
    return rows.filter(version__state=RegulationVersion.State.PUBLISHED).first() or rows.order_by("-version__number").first()


def _grouped(binding: Binding, rows: list[ExceptionRow]) -> dict[str, list[ExceptionRow]]:
    if binding.correct == Correct.CONTROL:
        return {"": rows} if rows else {}
    groups: dict[str, list[ExceptionRow]] = {}
    for row in rows:
        about = row.key if binding.correct == Correct.EXCEPTION else f"person:{row.person_id or 0}"
        groups.setdefault(about[:80], []).append(row)
    return groups


@transaction.atomic
def open_corrective(binding: Binding, *, about: str, rows: list[ExceptionRow], owner: User | None, by: Actor, at: datetime | None = None) -> CorrectiveAction:
    """Open a corrective action about exceptions of a clause; on the clock and owned like all work."""
    from hengwei.core import controls

    at = moment(at)
    by.require(perms.MANAGE)
    clause = clause_of(binding)
    control = controls.get(binding.control)
    lines = [f"- {row.record} — {row.why}" for row in rows[:30]]
    number = clause.number if clause else ""
    item = open_item(
        "corrective", title=_("%(regulation)s %(number)s: %(control)s") % {"regulation": binding.regulation.label, "number": number, "control": control.title},
        description="\n".join([control.plain(binding.params), "", *lines]), by=by, requester=by.user or binding.regulation.owner,
        owner=owner or binding.corrector or binding.regulation.owner, team=binding.concerned, automatic=False, source="system", impact=3, urgency=3,
        labels=[number] if number else [], subject=binding.regulation.label[:200], at=at, binding=binding, about=about,
    )
    return CorrectiveAction.objects.get(pk=item.pk)


@transaction.atomic
def follow(binding: Binding, run: ControlRun, *, now: datetime) -> tuple[int, int]:
    """Open what the rule of a binding asks for, close what has been put right; returns how many of each."""
    opened = closed = 0
    held = list(CorrectiveAction.objects.filter(binding=binding, phase__in=[*OPEN_PHASES, Phase.RESOLVED]))
    if run.state == ControlRun.State.GREEN:
        for item in held:
            closed += _close(item, now=now)
        return opened, closed
    if run.state != ControlRun.State.RED or binding.correct == Correct.NEVER:
        return opened, closed
    if binding.red_since is None or now < binding.red_since + timedelta(hours=binding.grace_hours):
        return opened, closed
    groups = _grouped(binding, exceptions_of(binding, now=now, limit=500))
    have = {item.about for item in held}
    # One for each: what was put right or given up for this very exception in this period is not opened again.
    done = set(CorrectiveAction.objects.filter(binding=binding, received_at__gte=run.period_start).values_list("about", flat=True))
    for about, rows in groups.items():
        if about in have or about in done or opened >= AT_ONCE:
            continue
        person = User.objects.filter(pk=rows[0].person_id, is_active=True).first() if rows[0].person_id and binding.correct != Correct.CONTROL else None
        open_corrective(binding, about=about, rows=rows, owner=person, by=SYSTEM, at=now)
        opened += 1
    if binding.correct != Correct.CONTROL and run.exceptions <= 500:
        for item in held:
            if item.about not in groups:
                closed += _close(item, now=now)
    return opened, closed


def _close(item: CorrectiveAction, *, now: datetime) -> int:
    try:
        row = item.locked()
        if row.phase != Phase.RESOLVED:
            row = resolve(row, by=SYSTEM, solution=_("The control finds no exception any more."), cause=_("see the timeline"), at=now)
        close(row.locked(), by=SYSTEM, comment=_("Verified by the control."), at=now)
    except ActionError:
        return 0
    return 1


def follow_all(now: datetime) -> tuple[int, int]:
    """After a run: what every binding in force asks for."""
    opened = closed = 0
    for binding in live_bindings():
        run = binding.runs.filter(period_start__lte=now, period_end__gt=now).first()
        if run is not None:
            more, less = follow(binding, run, now=now)
            opened, closed = opened + more, closed + less
    return opened, closed
