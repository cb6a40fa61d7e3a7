"""What work items, their clocks and agreements prove (A1 to A8, B2, B3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengwei.work.models import (
    Agreement,
    AgreementVersion,
    Category,
    Clock,
    Entry,
    Firing,
    Rebase,
    Segment,
    Target,
)

from ..conftest import NOVEMBER, NOW
from . import Steps, case, complies, edge, fails, nobody, outside, past
from .world import World, key

SECOND = timedelta(seconds=1)
START = NOVEMBER.start
ENDED = {"due_at": None, "next_step_at": None, "running_since": None}


@case("work.recorded")
def recorded(w: World) -> Steps:
    yield nobody()
    yield complies(w.incident())
    yield fails(w.incident(requester=None))
    yield edge(w.incident(received_at=START))
    yield outside(w.incident(received_at=START - SECOND))


@case("work.recorded_whole", characters=4)
def recorded_whole(w: World) -> Steps:
    yield nobody()
    yield complies(w.incident())
    yield edge(w.incident(description="坏了一台"))
    yield past(w.incident(description="坏了啊"))
    yield fails(w.incident(by=w.stranger(email="", phone="", mobile="")))


@case("work.confirmed", minutes=30)
def confirmed(w: World) -> Steps:
    yield nobody()
    yield complies(w.incident(60, acknowledged_at=w.ago(55)))
    yield fails(w.incident(120))
    yield edge(w.incident(60, acknowledged_at=w.ago(30)))
    yield past(w.incident(60, acknowledged_at=w.ago(30) + SECOND))
    yield outside(w.incident(30))


@case("work.classified", minutes=60)
def classified(w: World) -> Steps:
    yield nobody()
    yield complies(w.incident(500, category=Category.objects.create(key="printer", name="打印机"), priority=3))
    yield fails(w.incident(500))
    yield edge(w.incident(60))
    yield past(w.incident(received_at=w.ago(60) - SECOND))
    yield outside(key(w.closed()))


@case("work.classified_in_time", "work.owned_in_time", minutes=60)
def within_working_minutes(w: World, control: str) -> Steps:
    column = {"work.classified_in_time": "classified_at", "work.owned_in_time": "assigned_at"}[control]
    yield nobody()
    yield complies(w.incident(120, **{column: w.ago(90)}))
    yield fails(w.incident(120))
    yield edge(w.incident(120, **{column: w.ago(60)}))
    yield past(w.incident(120, **{column: w.ago(60) + SECOND}))
    yield outside(w.incident(60))


@case("work.unowned", minutes=120)
def unowned(w: World) -> Steps:
    yield nobody()
    yield complies(w.incident(300, owner=w.agent))
    yield fails(w.incident(300))
    yield edge(w.incident(120))
    yield past(w.incident(received_at=w.ago(120) - SECOND))


@case("work.first_response", "work.resolution", "work.team_resolution", "work.next_update")
def promises(w: World, control: str) -> Steps:
    def clock(**facts: object) -> str:
        return key(w.clock(control.removeprefix("work."), **facts).item)

    yield nobody()
    yield complies(clock(state="met", stopped_at=w.ago(60), **ENDED))
    yield fails(clock(state="breached", stopped_at=w.ago(60), breached_at=w.ago(90), **ENDED))
    yield edge(clock(state="met", stopped_at=NOW, **ENDED))
    yield past(clock(due_at=NOW - SECOND))
    yield outside(clock(due_at=NOW))
    yield outside(clock(state="cancelled", stopped_at=w.ago(60), **ENDED))
    yield outside(clock(state="breached", stopped_at=w.ago(60), breached_at=w.ago(60), breach_cause="target_changed", **ENDED))


@case("work.how_resolved")
def how_resolved(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.resolved(resolved_remotely=True)))
    yield fails(key(w.resolved()))
    yield edge(key(w.resolved(START, resolved_remotely=False)))
    yield outside(key(w.resolved(START - SECOND)))


@case("work.remote_share")
def remote_share(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.resolved(resolved_remotely=True)))
    yield fails(key(w.resolved(resolved_remotely=False)))
    yield edge(key(w.resolved(START, resolved_remotely=True)))
    yield outside(key(w.resolved()))


@case("work.on_site_reason")
def on_site_reason(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.resolved(resolved_remotely=False, cause="需要更换部件")))
    yield fails(key(w.resolved(resolved_remotely=False, cause="")))
    yield edge(key(w.resolved(START, resolved_remotely=False, cause="磨损")))
    yield outside(key(w.resolved(resolved_remotely=True, cause="")))


@case("work.breach_escalated", minutes=15)
def breach_escalated(w: World) -> Steps:
    def breached(after: timedelta | None, at: int = 100) -> str:
        clock = w.clock("resolution", 600, breached_at=w.ago(at), state="breached", stopped_at=w.ago(5), **ENDED)
        if after is not None:
            Firing.objects.create(clock=clock, target=clock.target, step="breach", planned_at=w.ago(at), fired_at=w.ago(at) + after)
        return key(clock.item)

    yield nobody()
    yield complies(breached(timedelta(minutes=1)))
    yield fails(breached(None))
    yield edge(breached(timedelta(minutes=15)))
    yield past(breached(timedelta(minutes=15) + SECOND))
    yield outside(breached(None, at=14))


@case("work.waiting_on_departments", hours=2)
def waiting_on_departments(w: World) -> Steps:
    def waiting(minutes: float, reason: str) -> str:
        item = w.item(6000, phase="waiting", state="pending", waiting_for=reason, owner=w.agent)
        Entry.objects.create(item=item, kind="transition", happened_at=w.ago(minutes), by_staff=True)
        return key(item)

    yield nobody()
    yield complies(waiting(60, "colleague"))
    yield fails(waiting(500, "supplier"))
    yield edge(waiting(120, "supplier"))
    yield past(waiting(120 + 1 / 60, "change"))
    yield outside(waiting(5000, "customer"))


@case("work.untouched", days=3)
def untouched(w: World) -> Steps:
    # Three working days before Tuesday 17:00 is Thursday 17:00.
    thursday = NOW - timedelta(days=5)
    yield nobody()
    yield complies(w.incident(9000, updated_at=w.ago(5), last_entry_at=w.ago(5)))
    yield fails(w.incident(9000, updated_at=w.ago(days=9), last_entry_at=w.ago(days=9)))
    yield edge(w.incident(9000, updated_at=thursday, last_entry_at=thursday))
    yield past(w.incident(9000, updated_at=thursday - SECOND, last_entry_at=thursday - SECOND))


@case("work.cause_and_solution")
def cause_and_solution(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.closed()))
    yield fails(key(w.closed(solution="")))
    yield fails(key(w.closed(cause="")))
    yield edge(key(w.closed(START)))
    yield outside(key(w.closed(START - SECOND, cause="")))
    yield outside(key(w.closed(cause="", closure="duplicate")))
    yield outside(key(w.closed(cause="", closure="cancelled")))


@case("work.result_told")
def result_told(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.closed()))
    yield fails(key(w.closed(told_at=None)))
    yield edge(key(w.closed(START)))
    yield outside(key(w.closed(START - SECOND, told_at=None)))


@case("work.solved_for_good", times=2)
def solved_for_good(w: World) -> Steps:
    yield nobody()
    yield complies(key(w.closed()))
    yield fails(key(w.closed(reopened_count=5)))
    yield edge(key(w.closed(reopened_count=2)))
    yield past(key(w.closed(reopened_count=3)))


def _version(like: AgreementVersion, name: str, **facts: object) -> AgreementVersion:
    """A version of an agreement of its own, like another but for these facts."""
    copied = {f.attname: getattr(like, f.attname) for f in AgreementVersion._meta.concrete_fields if not f.primary_key}
    own = Agreement.objects.create(key=name, name="专项协议")
    return AgreementVersion.objects.create(**{**copied, "agreement_id": own.pk, **facts})


@case("work.under_agreement")
def under_agreement(w: World) -> Steps:
    signed = AgreementVersion.objects.get()

    def under(**facts: object) -> str:
        """An item whose promises are those of a version of its own."""
        item = w.item()
        version = _version(signed, f"of-{item.pk}", **facts)
        for clock in item.clocks.all():
            target = Target.objects.create(version=version, measure=clock.measure, amount=60, calendar=clock.target.calendar)
            Clock.objects.filter(pk=clock.pk).update(target=target)
        return key(item)

    yield nobody()
    yield complies(w.incident())
    yield fails(w.incident(without_agreement=True))
    yield edge(under(effective_from=w.ago(days=9), effective_to=NOW + SECOND))
    yield past(under(effective_from=w.ago(days=9), effective_to=NOW))
    yield fails(under(state="draft", effective_from=None, effective_to=None))
    yield outside(key(w.closed()))


@case("work.agreements_renewed", days=30)
def agreements_renewed(w: World) -> Steps:
    general = AgreementVersion.objects.get()
    general.targets.all().delete()
    AgreementVersion.objects.filter(pk=general.pk).delete()
    Agreement.objects.filter(pk=general.agreement_id).delete()

    def until(end: datetime | None) -> str:
        number = Agreement.objects.count()
        return key(_version(general, f"of-{number}", effective_from=w.ago(days=300), effective_to=end).agreement, "agreement")

    yield nobody()
    yield complies(until(None))
    yield fails(key(Agreement.objects.create(key="draft", name="草案"), "agreement"))
    yield edge(until(NOW + timedelta(days=30) + SECOND))
    yield past(until(NOW + timedelta(days=30)))


def _segment(clock: Clock, **facts: object) -> None:
    """The only stretch of a clock."""
    clock.segments.all().delete()
    Segment.objects.create(clock=clock, target=clock.target, calendar_version=clock.target.calendar.current(), **facts)


@case("work.clocks_explained")
def clocks_explained(w: World) -> Steps:
    def stopped(elapsed: int, at: datetime | None = None, corrected: int = 0) -> str:
        clock = w.clock("first_response", 180, state="met", elapsed=elapsed, stopped_at=at or w.ago(60), **ENDED)
        _segment(clock, running=True, starts_at=w.ago(180), ends_at=w.ago(170), business_seconds=600)
        if corrected:
            version = clock.target.calendar.current()
            Rebase.objects.create(clock=clock, before=version, after=version, at=w.ago(100), elapsed_before=corrected, elapsed_after=0, allowed_before=9000, allowed_after=9000)
        return key(clock.item)

    yield nobody()
    yield complies(stopped(600))
    yield fails(stopped(6000))
    yield past(stopped(601))
    yield complies(stopped(500, corrected=100))
    yield edge(stopped(600, START))
    yield outside(stopped(1, START - SECOND))


@case("work.pauses_stated")
def pauses_stated(w: World) -> Steps:
    def paused(reason: str, at: datetime | None = None) -> str:
        clock = w.clock()
        _segment(clock, running=False, reason=reason, starts_at=at or w.ago(60), business_seconds=0)
        return key(clock.item)

    yield nobody()
    yield complies(paused("customer"))
    yield fails(paused("colleague"))
    yield fails(paused(""))
    yield edge(paused("customer", START))
    yield outside(paused("", START - SECOND))
