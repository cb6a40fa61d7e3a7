"""What a draft would have meant: each item of a period measured again by its targets, from what really happened.

The moments are those on record (arrival, first answer, solution, each stretch of waiting with its reason); only the
allowance, the calendar and the pausing reasons are the draft's. Items are matched by what they are today. First
response and resolution are counted: the other promises depend on what people would have done otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from hengwei.work import kinds
from hengwei.work.models import Clock, Closure, Entry, Measure, Trial, WorkItem
from hengwei.work.models.items import WorkItemQuerySet
from hengwei.work.workflow import Phase

from . import matching, rules

BATCH = 1000
#: Items that are listed by name.
LISTED = 500
MEASURED = (Measure.FIRST_RESPONSE, Measure.RESOLUTION)
#: Beyond waiting reasons: the item was thought to be solved.
SOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch in which the item waited, or was thought solved."""

    starts_at: datetime
    ends_at: datetime | None
    reason: str


def used(begin: datetime, end: datetime, rests: Iterable[Rest], pausing: Sequence[str], calendar: rules.WorkingTime) -> int:
    """Working seconds between two moments without the rests that pause. Pure."""
    total = calendar.elapsed(begin, max(begin, end))
    for rest in rests:
        if rest.reason != SOLVED and rest.reason not in pausing:
            continue
        start, stop = max(rest.starts_at, begin), min(rest.ends_at or end, end)
        if start < stop:
            total -= calendar.elapsed(start, stop)
    return total


def items_of(trial: Trial) -> WorkItemQuerySet:
    """What is measured: everything that arrived in the period and counts."""
    rows = WorkItem.objects.counted().exclude(closure=Closure.DUPLICATE).filter(received_at__gte=trial.starts_at, received_at__lt=trial.ends_at)
    customer = trial.version.agreement.customer_id
    return rows.filter(customer=customer) if customer else rows


def run(trial_id: int, *, now: datetime | None = None, progress: Callable[[int, int], None] = lambda done, total: None) -> Trial:
    """Count a trial and keep the result; its progress can be read meanwhile."""
    now = now or timezone.now()
    trial = Trial.objects.select_related("version__agreement").get(pk=trial_id)
    promises = matching.with_draft(trial.version)
    ids = list(items_of(trial).order_by("received_at", "pk").values_list("pk", flat=True))
    figures: dict[tuple[str, int | None], dict[str, Any]] = {}
    differing: list[dict[str, Any]] = []
    Trial.objects.filter(pk=trial.pk).update(total=len(ids), done=0)
    for first in range(0, len(ids), BATCH):
        _batch(ids[first : first + BATCH], trial, promises, figures, differing, now=now)
        done = min(first + BATCH, len(ids))
        Trial.objects.filter(pk=trial.pk).update(done=done)
        progress(done, len(ids))
    trial.total = trial.done = len(ids)
    trial.figures = [figures[key] for key in sorted(figures, key=lambda k: (k[0], k[1] or 9))]
    trial.differing, trial.finished_at = differing[:LISTED], timezone.now()
    trial.save(update_fields=["total", "done", "figures", "differing", "finished_at"])
    return trial


def _batch(
    ids: Sequence[int], trial: Trial, promises: Sequence[matching.Promise], figures: dict[tuple[str, int | None], dict[str, Any]],
    differing: list[dict[str, Any]], *, now: datetime,
) -> None:
    rests = _rests(ids)
    really: dict[tuple[int, str], str] = {}
    for item_id, measure, state, over in Clock.objects.filter(item__in=ids, measure__in=MEASURED).exclude(
            state__in=(Clock.State.CANCELLED, Clock.State.MERGED)).order_by("id").values_list("item_id", "measure", "state", "breached_at"):
        really[item_id, measure] = Clock.State.BREACHED if over and state in Clock.LIVE else state
    for item in WorkItem.objects.filter(pk__in=ids).order_by("received_at", "pk"):
        chosen = matching.promises_for(item.facts(), promises)
        for measure in MEASURED:
            promise = chosen.get(measure)
            if promise is None or promise.target.version_id != trial.version_id:
                continue
            ended = item.responded_at if measure == Measure.FIRST_RESPONSE else item.resolved_at
            ended = ended or item.closed_at
            spent = used(item.received_at, ended or now, rests[item.pk], promise.target.pausing, promise.working_time())
            allowed = promise.allowed(item.received_at)
            if ended is None and spent <= allowed:
                continue  # Still open and in time: nobody knows yet.
            would, was = spent <= allowed, really.get((item.pk, measure))
            line = figures.setdefault((measure, item.priority), {
                "measure": measure, "priority": item.priority, "items": 0, "met": 0, "breached": 0, "would_meet": 0, "better": 0, "worse": 0})
            line["items"] += 1
            line["would_meet"] += would
            line["met"] += was == Clock.State.MET
            line["breached"] += was == Clock.State.BREACHED
            if (was == Clock.State.MET and not would) or (was == Clock.State.BREACHED and would):
                line["better" if would else "worse"] += 1
                differing.append({
                    "number": item.number, "title": item.title, "measure": measure, "priority": item.priority, "would_meet": would,
                    "used": spent, "allowed": allowed})


def _rests(ids: Sequence[int]) -> dict[int, list[Rest]]:
    """The stretches of waiting of each item, from its transitions."""
    found: dict[int, list[Rest]] = defaultdict(list)
    rows = Entry.objects.filter(item__in=ids, kind=Entry.Kind.TRANSITION).order_by("item_id", "happened_at", "id")
    for item_id, kind, at, details in rows.values_list("item_id", "item__kind", "happened_at", "details"):
        if found[item_id] and found[item_id][-1].ends_at is None:
            last = found[item_id].pop()
            found[item_id].append(Rest(last.starts_at, at, last.reason))
        try:
            phase = kinds.get(kind).workflow.state(details["after"]).phase
        except KeyError:
            continue
        if phase is Phase.WAITING and details.get("waiting_for"):
            found[item_id].append(Rest(at, None, details["waiting_for"]))
        elif phase is Phase.RESOLVED:
            found[item_id].append(Rest(at, None, SOLVED))
    return found
