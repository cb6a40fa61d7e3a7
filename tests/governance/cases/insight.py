"""What support reports prove (A12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hengwei.core.controls import Period
from hengwei.governance.periods import span_of
from hengwei.insight.models import Decision, SupportReport

from ..conftest import NOW
from . import (
    COMPLIES,
    EDGE,
    FAILS,
    NOBODY,
    PAST,
    Seen,
    Steps,
    case,
    complies,
    edge,
    fails,
    nobody,
    outside,
    past,
)
from .world import World, key


def _report(month: date, published_at: datetime) -> SupportReport:
    after = (month + timedelta(days=32)).replace(day=1)
    return SupportReport.objects.create(
        number=f"SR-{month:%Y%m}", kind="month", period_start=month, period_end=after, state="published", published_at=published_at, figures={})


def _decision(w: World, report: SupportReport, due_on: date, done_at: datetime | None = None) -> Decision:
    return Decision.objects.create(report=report, text="更换搓纸轮", owner=w.agent, due_on=due_on, done_at=done_at, result="已更换" if done_at else "")


@case("insight.support_report", kind="month", days=15)
def support_report(w: World) -> Steps:
    from hengwei.governance.actions.running import zone

    def during(month: int) -> Period:
        """The month in which the report of the month before falls due, when it has passed."""
        start, end = span_of("month", datetime(2026, month, 10, tzinfo=UTC), zone())
        return Period(start, end, end, past=True)

    # On 10 November the report about October is not due yet.
    early = Period(during(11).start, during(11).end, datetime(2026, 11, 10, tzinfo=UTC), past=True)
    yield Seen(NOBODY, period=early, alone=True)
    good = _report(date(2026, 4, 1), datetime(2026, 5, 4, 2, tzinfo=UTC))
    _decision(w, good, date(2026, 6, 1))
    yield Seen(COMPLIES, f"report:{good.pk}", during(5), alone=True)
    yield Seen(FAILS, "report:month:2026-05-01", during(6), alone=True)
    last_day = _report(date(2026, 6, 1), datetime(2026, 7, 16, 15, 59, tzinfo=UTC))
    _decision(w, last_day, date(2026, 8, 1))
    yield Seen(EDGE, f"report:{last_day.pk}", during(7), alone=True)
    late = _report(date(2026, 7, 1), datetime(2026, 8, 16, 16, 0, tzinfo=UTC))
    _decision(w, late, date(2026, 9, 1))
    yield Seen(PAST, f"report:{late.pk}", during(8), alone=True)
    yield Seen(FAILS, f"report:{_report(date(2026, 8, 1), datetime(2026, 9, 2, tzinfo=UTC)).pk}", during(9), alone=True)


@case("insight.decisions_done")
def decisions_done(w: World) -> Steps:
    report = _report(date(2026, 10, 1), NOW - timedelta(days=20))

    def decision(due: date, done: datetime | None) -> str:
        return key(_decision(w, report, due, done), "decision")

    tenth = date(2026, 11, 10)
    yield nobody()
    yield complies(decision(tenth, datetime(2026, 11, 9, 2, tzinfo=UTC)))
    yield fails(decision(tenth, None))
    yield edge(decision(tenth, datetime(2026, 11, 10, 15, 59, tzinfo=UTC)))
    yield past(decision(tenth, datetime(2026, 11, 10, 16, 0, tzinfo=UTC)))
    yield outside(decision(date(2026, 11, 24), None))
