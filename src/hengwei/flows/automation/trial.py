"""What a rule would have done with the items of a period: read from the record, told in words, nothing done.

The moments are those at which things happened; the facts that conditions ask are the item's of today, since only its changes are on
record. What a deed would do is said, not tried: an item that is closed today would refuse what it allowed then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.calendars.models import Calendar
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.tasks import start
from hengwei.flows import permissions as perms
from hengwei.flows.automation import deeds, rules, timing
from hengwei.flows.automation.models import AutomationRule, DryRun
from hengwei.flows.automation.rules import Heard
from hengwei.work import facts
from hengwei.work.conditions import matches
from hengwei.work.models import Clock, Entry, WorkItem

#: Items shown; all are counted.
ROWS = 300
#: A longer period would say no more.
LONGEST = timedelta(days=400)
BATCH = 200
#: Up to so many items are looked at while the person waits; more become long work.
AT_ONCE = 150
Kind = Entry.Kind


@transaction.atomic
def begin(rule: AutomationRule, *, by: Actor, begins: datetime, ends: datetime) -> DryRun:
    """Try a rule on a period: at once where few items are concerned, else in the background under 'running tasks'."""
    by.require(perms.VIEW_RULES)
    if not begins < ends or ends - begins > LONGEST:
        raise Refused(_("Please choose a period of at most %(n)d days.") % {"n": LONGEST.days}, code="invalid", field="ends")
    trial = DryRun.objects.create(rule=rule, rule_version=rule.version, start=begins, end=ends, by=by.user)
    if concerned(trial)[: AT_ONCE + 1].count() <= AT_ONCE:
        carry_out(trial)
    else:
        from hengwei.flows.jobs import dry_run

        start(dry_run, by=by, about=rule.label, trial_id=trial.pk)
    return trial


def concerned(trial: DryRun) -> Any:
    """The items that existed in the period and with which something happened since it began."""
    found = WorkItem.objects.filter(received_at__lt=trial.end, updated_at__gte=trial.start)
    return found.filter(received_at__gte=trial.start) if trial.rule.trigger == "opened" else found


def carry_out(trial: DryRun, *, progress: Callable[[int, int], None] = lambda done, total: None) -> DryRun:
    """Look at every item concerned; keep the count, and the first rows with what would have been done."""
    rule, items = trial.rule, concerned(trial).order_by("pk")
    total, last, calendar = items.count(), 0, facts.default_calendar()
    trial.looked = trial.matched = 0
    trial.rows = []
    while page := list(items.filter(pk__gt=last).select_related("customer", "requester", "team", "owner", "category")[:BATCH]):
        last = page[-1].pk
        entries, clocks = _of(Entry.objects.filter(item__in=page).order_by("happened_at", "id"), page), _of(Clock.objects.filter(item__in=page).exclude(due_at=None), page)
        for item in page:
            trial.looked += 1
            for at in moments(rule, item, entries[item.pk], clocks[item.pk], begins=trial.start, ends=trial.end, calendar=calendar):
                if not matches(rule.conditions, facts.of(item, at=at)):
                    continue
                trial.matched += 1
                if len(trial.rows) < ROWS:
                    trial.rows.append({"number": item.number, "title": item.title, "at": at.isoformat(), "does": [said(item, given) for given in rule.deeds]})
        progress(trial.looked, total)
    trial.rows.sort(key=lambda row: row["at"], reverse=True)
    trial.done_at = timezone.now()
    trial.save()
    return trial


def said(item: WorkItem, given: Any) -> str:
    """What a deed would do to the item, or why it is not possible."""
    try:
        return deeds.tell(item, given)
    except Refused as error:
        return str(error)


def _of(rows: Iterable[Any], items: Sequence[WorkItem]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {item.pk: [] for item in items}
    for row in rows:
        found[row.item_id].append(row)
    return found


def moments(
    rule: AutomationRule, item: WorkItem, entries: Sequence[Entry], clocks: Sequence[Clock], *, begins: datetime, ends: datetime, calendar: Any,
) -> list[datetime]:
    """When the rule would have had its turn on the item within the period."""
    if rule.trigger == "opened":
        found = [item.received_at]
    elif rule.trigger in rules.EVENTS:
        found = [entry.happened_at for entry in entries for heard in [_heard(item, entry)] if heard is not None and rules.listens(rule, heard)]
    elif rule.trigger == "schedule":
        found = _slots(rule, begins, ends)
        found = [slot for slot in found if item.received_at <= slot < min(filter(None, (item.resolved_at, item.closed_at, ends)))]
    elif rule.trigger in ("before_due", "after_due"):
        found = _due(rule, clocks, calendar)
    else:
        stays = _stays(item, entries, rule.options.get("phase", ""), ends) if rule.trigger == "in_phase" else _waits(item, entries, ends)
        on = calendar if rule.working else None
        found = [line for since, until in stays if (line := timing.ahead(since, rule.seconds, on)) < until]
    return [at for at in found if begins <= at < ends]


def _heard(item: WorkItem, entry: Entry) -> Heard | None:
    """What an entry of the timeline tells of, as rules would have heard it."""
    d = entry.details
    if entry.kind == Kind.CHANGE:
        return Heard("changed", changed=frozenset(d.get("changes", {})))
    if entry.kind == Kind.TRANSITION:
        return Heard("moved", phase=_phase(item, d.get("after", "")), phase_before=_phase(item, d.get("before", "")))
    if entry.kind == Kind.COMMENT and d.get("chase"):
        return Heard("chased")
    if entry.kind in (Kind.MESSAGE_OUT, Kind.MESSAGE_IN, Kind.COMMENT) and entry.public and not d.get("automatic"):
        return Heard("told_by_staff" if entry.by_staff else "told_by_requester")
    if entry.kind == Kind.RATING and str(d.get("score", "")).isdecimal():
        return Heard("rated", score=int(d["score"]))
    if entry.kind == Kind.APPROVAL and d.get("what") in ("passed", "failed"):
        return Heard("approval_decided", outcome={"passed": "approved", "failed": "refused"}[d["what"]])
    if entry.kind == Kind.RELATION and d.get("merged_into"):
        return Heard("merged")
    return {Kind.ASSIGNMENT: Heard("assigned"), Kind.ESCALATION: Heard("escalated", late=bool(d.get("late")))}.get(Kind(entry.kind))


def _phase(item: WorkItem, state: str) -> str:
    try:
        return str(item.workflow.state(state).phase.value)
    except KeyError:
        return ""


def _stays(item: WorkItem, entries: Sequence[Entry], phase: str, ends: datetime) -> list[tuple[datetime, datetime]]:
    """From when until when the item was in a phase."""
    found, now, since = [], "new", item.received_at
    for entry in entries:
        if entry.kind != Kind.TRANSITION:
            continue
        into = _phase(item, entry.details.get("after", ""))
        if into and into != now:
            if now == phase:
                found.append((since, entry.happened_at))
            now, since = into, entry.happened_at
    return [*found, (since, ends)] if now == phase else found


def _waits(item: WorkItem, entries: Sequence[Entry], ends: datetime) -> list[tuple[datetime, datetime]]:
    """From when until when the requester waited for an answer."""
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = item.received_at
    for entry in entries:
        heard = _heard(item, entry)
        over = heard is not None and (heard.event == "told_by_staff" or (heard.event == "moved" and heard.phase in ("resolved", "closed")))
        if over and since is not None:
            found.append((since, entry.happened_at))
            since = None
        elif heard is not None and heard.event == "told_by_requester" and since is None:
            since = entry.happened_at
    return [*found, (since, ends)] if since is not None else found


def _due(rule: AutomationRule, clocks: Sequence[Clock], calendar: Any) -> list[datetime]:
    """When the line before or after the due moments was passed, of promises that were still open then."""
    on, found = calendar if rule.working else None, []
    for clock in clocks:
        assert clock.due_at is not None
        line = timing.ahead(clock.due_at, rule.seconds, on) if rule.trigger == "after_due" else timing.ago(clock.due_at, rule.seconds, on)
        if clock.started_at <= line and (clock.stopped_at is None or clock.stopped_at > line):
            found.append(line)
    return found


def _slots(rule: AutomationRule, begins: datetime, ends: datetime) -> list[datetime]:
    row = Calendar.objects.filter(is_default=True).first()
    zone, found = ZoneInfo(row.timezone if row else "Asia/Shanghai"), []
    assert rule.at_time is not None
    at: datetime | None = ends - timedelta(microseconds=1)
    while at is not None and (at := timing.last_slot(at, rule.at_time, rule.weekdays, zone)) is not None and at >= begins:
        found.append(at)
        at -= timedelta(seconds=1)
    return found
