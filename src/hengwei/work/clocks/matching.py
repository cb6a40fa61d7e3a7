"""Which promises an item gets: the targets of the agreements in force, kept in memory."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from hengwei.calendars.business_time import BusinessCalendar, DayEnd
from hengwei.calendars.models import CalendarVersion
from hengwei.work import kinds
from hengwei.work.conditions import matches
from hengwei.work.facts import asked_in
from hengwei.work.models import AgreementVersion, Measure, Target, Unit

#: Seconds after which another process's signing is seen.
FRESH = 10.0


@dataclass(frozen=True, slots=True)
class Promise:
    """A target with the calendar version that a clock made now would run on."""

    target: Target
    customer_id: int | None
    calendar_version: CalendarVersion
    #: The team that promises it (OLA), when it is one team's own.
    team_id: int | None = None
    #: Its conditions say for which kinds it is.
    names_kinds: bool = False

    def working_time(self) -> BusinessCalendar:
        """What its seconds are counted on: its calendar, or every second for calendar days."""
        return working_time(self.target.unit, self.calendar_version)

    def allowed(self, start: datetime) -> int:
        """Working seconds from `start` until the promise ends."""
        target, calendar = self.target, self.calendar_version.compiled()
        mode: DayEnd = "same_time" if target.same_time else "end_of_day"
        if target.unit == Unit.WORKING_DAYS:
            return calendar.elapsed(start, calendar.working_days_add(start, target.amount, mode))
        if target.unit == Unit.CALENDAR_DAYS:
            return int((calendar.calendar_days_add(start, target.amount, mode) - start).total_seconds())
        return target.amount


def working_time(unit: str, version: CalendarVersion) -> BusinessCalendar:
    """The calendar on which a target of this unit counts."""
    return BusinessCalendar.round_the_clock(version.timezone) if unit == Unit.CALENDAR_DAYS else version.compiled()


_promises: tuple[float, list[Promise]] = (float("-inf"), [])


def forget() -> None:
    """Read agreements and calendars anew at the next item."""
    global _promises
    _promises = (float("-inf"), [])


def _in_force() -> list[Promise]:
    global _promises
    if time.monotonic() - _promises[0] > FRESH:
        now = timezone.now()
        targets = list(
            Target.objects.filter(version__in=AgreementVersion.objects.effective(now)).select_related("version__agreement", "calendar")
            .order_by("version__number")
        )
        newest = {target.version.agreement_id: target.version_id for target in targets}
        _promises = (time.monotonic(), _ranked([t for t in targets if newest[t.version.agreement_id] == t.version_id]))
    return _promises[1]


def _ranked(targets: Sequence[Target]) -> list[Promise]:
    """The promises in the order in which they are tried: a customer's or team's own before those for everybody."""
    versions = {c: CalendarVersion.objects.filter(calendar=c).latest("number") for c in {t.calendar_id for t in targets}}
    found = [Promise(t, t.version.agreement.customer_id, versions[t.calendar_id], t.version.agreement.team_id, "kind" in asked_in(t.conditions)) for t in targets]

    def rank(promise: Promise) -> tuple[bool, int, int, int, int]:
        target = promise.target
        agreement = target.version.agreement
        return (promise.customer_id is None and promise.team_id is None, agreement.order, agreement.pk, target.order, target.pk)

    return sorted(found, key=rank)


def with_draft(version: AgreementVersion) -> list[Promise]:
    """The promises that would be in force were this version signed (what-if)."""
    others = [promise.target for promise in _in_force() if promise.target.version.agreement_id != version.agreement_id]
    return _ranked([*others, *version.targets.select_related("version__agreement", "calendar")])


def promises_for(facts: Mapping[str, Any], promises: Sequence[Promise] | None = None) -> dict[str, Promise]:
    """For each measure the first target in force (or of `promises`, in their order) whose conditions the item meets."""
    chosen: dict[str, Promise] = {}
    for_all = kinds.get(facts["kind"]).promised
    for promise in _in_force() if promises is None else promises:
        measure = promise.target.measure
        if not for_all and not promise.names_kinds:
            continue
        if measure in chosen or promise.customer_id not in (None, facts["customer"]):
            continue
        if measure == Measure.TEAM_RESOLUTION and (facts["team"] is None or promise.team_id not in (None, facts["team"])):
            continue
        if matches(promise.target.conditions, facts):
            chosen[measure] = promise
    return chosen
