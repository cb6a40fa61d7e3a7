"""Running controls: every hour, at once, and as of a moment that has passed (K5)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hengwei.core import controls, live
from hengwei.core.acting import Actor
from hengwei.core.controls import Findings, Period
from hengwei.core.errors import Message
from hengwei.governance import periods
from hengwei.governance import permissions as perms
from hengwei.governance.models import Binding, ControlRun, Regulation, RegulationVersion
from hengwei.work.actions.writing import moment

log = logging.getLogger("hengwei.governance")
State = ControlRun.State
#: Points of the trend: this period and those before it.
TREND = 12
#: A control that takes longer is ended and shown as one that cannot tell, in milliseconds.
PATIENCE_MS = 60_000
#: Persons kept with a run.
PEOPLE = 50
#: What a new look at a period writes over the last one.
KEPT_OF_A_RUN = ("control", "params", "threshold", "as_of", "ran_at", "duration_ms", "population", "compliant", "state", "message", "message_en", "people")


def zone() -> ZoneInfo:
    """The department's time zone: its days, weeks and months begin by it."""
    return ZoneInfo(settings.TIME_ZONE)


def period_of(binding: Binding, now: datetime, *, back: int = 0, as_of: datetime | None = None) -> Period:
    """The period that a binding is judged by: the one that runs now, or the one `back` before it as it ended."""
    if as_of is not None:
        start, end = periods.span_of(binding.span, as_of, zone())
        return Period(start, end, as_of, past=as_of < now)
    start, end = periods.span_of(binding.span, now, zone(), back)
    return Period(start, end, min(end, now), past=end <= now)


def judged(binding: Binding, period: Period) -> tuple[Findings | None, str, Message, list[Any]]:
    """Findings, state, message and people of a binding in a period. Whatever fails is 'cannot tell', never green."""
    try:
        with transaction.atomic():
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
            control = controls.get(binding.control)
            findings = controls.judge(control, period, control.clean(binding.params))
            if not 0 <= findings.compliant <= findings.population:
                raise ValueError(f"{findings.compliant} of {findings.population} comply")
            state = controls.state_of(findings, binding.threshold)
            people = [list(one) for one in findings.people()[:PEOPLE]] if findings.exceptions else []
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        message = findings.insufficient or (_("No case in this period.") if not findings.population else "")
        return findings, state, message, people
    except KeyError:
        return None, State.ERROR, format_lazy("{} {}", _("There is no such control in this installation:"), binding.control), []
    except DatabaseError as error:
        log.exception("control %s of binding %s", binding.control, binding.pk)
        return None, State.ERROR, format_lazy("{} {}", _("The database did not answer:"), type(error).__name__), []
    except Exception as error:
        log.exception("control %s of binding %s", binding.control, binding.pk)
        return None, State.ERROR, format_lazy("{} {}", _("The control failed:"), str(error)), []


def result(binding: Binding, period: Period, *, now: datetime) -> tuple[Findings | None, ControlRun]:
    """What a binding's control finds in a period, and the run that tells of it, not saved."""
    began = time.perf_counter()
    findings, state, message, people = judged(binding, period)
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = str(message)[:500]
    return findings, ControlRun(
        binding=binding, control=binding.control, params=binding.params, threshold=binding.threshold, period_start=period.start, period_end=period.end,
        as_of=period.as_of, ran_at=now, duration_ms=int((time.perf_counter() - began) * 1000), population=findings.population if findings else 0,
        compliant=findings.compliant if findings else 0, state=state, message=said["zh-hans"], message_en=said["en"], people=people,
    )


def tried(binding: Binding, *, now: datetime, most: int = 8) -> dict[str, Any]:
    """What a binding would say now, with its first exceptions; nothing is kept."""
    findings, found = result(binding, period_of(binding, now), now=now)
    control = controls.get(binding.control)
    return {
        "state": found.state, "message": found.said, "plain": control.plain(binding.params), "rows": list(findings.rows(0, most)) if findings else [],
        "figure": f"{found.compliant}/{found.population}" if found.population else "", "exceptions": found.exceptions,
    }


def run(binding: Binding, *, now: datetime | None = None, back: int = 0) -> ControlRun:
    """Judge a binding for the period that runs (or one before it) and keep the result in the place of the last look at it."""
    now = moment(now)
    period = period_of(binding, now, back=back)
    _findings, found = result(binding, period, now=now)
    facts = {name: getattr(found, name) for name in KEPT_OF_A_RUN}
    with transaction.atomic():
        row, _made = ControlRun.objects.update_or_create(binding=binding, period_start=period.start, period_end=period.end, defaults=facts)
        if back == 0:
            red = row.state in (State.RED, State.ERROR)
            if red and binding.red_since is None:
                binding.red_since = now
                binding.save(update_fields=["red_since"])
            elif not red and binding.red_since is not None:
                binding.red_since = None
                binding.save(update_fields=["red_since"])
    return row


def live_bindings(regulation: Regulation | None = None, version: RegulationVersion | None = None) -> list[Binding]:
    """The controls that are to run: of clauses of versions in force (or of one version)."""
    rows = Binding.objects.filter(kind=Binding.Kind.CONTROL, removed_at=None, regulation__archived_at=None).select_related("regulation", "corrector")
    if regulation is not None:
        rows = rows.filter(regulation=regulation)
    if version is not None:
        keys = set(version.clauses.values_list("key", flat=True))
        return [row for row in rows if row.clause_key in keys]
    from hengwei.governance.models import Clause

    known = set(Clause.objects.filter(version__state=RegulationVersion.State.PUBLISHED).values_list("version__regulation_id", "key"))
    return [row for row in rows if (row.regulation_id, row.clause_key) in known]


def run_all(now: datetime, *, hourly: bool = True, regulation: Regulation | None = None) -> int:
    """Run what is in force: each hour what is to run hourly, the rest too where `hourly` is False. Returns how many ran."""
    ran = 0
    touched = set()
    for binding in live_bindings(regulation):
        if hourly and not binding.hourly:
            continue
        run(binding, now=now)
        if not binding.runs.filter(period_start__lt=period_of(binding, now).start).exists():
            backfill(binding, now=now)
        else:
            # The period before is looked at once more when it has ended, so that what is kept of it is final.
            last = period_of(binding, now, back=1)
            if not binding.runs.filter(period_start=last.start, as_of__gte=last.end).exists():
                run(binding, now=now, back=1)
        touched.add(binding.regulation_id)
        ran += 1
    for pk in touched:
        live.announce(f"regulation:{pk}")
    return ran


def backfill(binding: Binding, *, now: datetime, periods_back: int = TREND - 1) -> int:
    """Judge the periods before this one from the records, for the trend; a control that cannot tell the past is left alone."""
    try:
        if not controls.get(binding.control).tells_past:
            return 0
    except KeyError:
        return 0
    for back in range(1, periods_back + 1):
        run(binding, now=now, back=back)
    return periods_back


def run_now(regulation: Regulation, *, by: Actor, at: datetime | None = None) -> int:
    """Run all controls of a regulation at once, on demand."""
    by.require(perms.RUN)
    return run_all(moment(at), hourly=False, regulation=regulation)


def as_of(bindings: Iterable[Binding], at: datetime, *, now: datetime) -> dict[int, ControlRun]:
    """What the controls would have said at a moment that has passed, judged from the records; nothing is kept of it."""
    return {binding.pk: result(binding, period_of(binding, now, as_of=at), now=now)[1] for binding in bindings}


def exceptions_of(binding: Binding, *, now: datetime, offset: int = 0, limit: int = 50, as_of: datetime | None = None, back: int = 0, person: int | None = None) -> list[controls.ExceptionRow]:
    """The exceptions of a binding, looked up now. `person` keeps only those of one."""
    findings, _state, _message, _people = judged(binding, period_of(binding, now, as_of=as_of, back=back))
    if findings is None:
        return []
    if person is None:
        return list(findings.rows(offset, limit))
    return [row for row in findings.rows(0, 1000) if row.person_id == person][offset: offset + limit]
