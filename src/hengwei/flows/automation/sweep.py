"""Rules on time: what has waited long enough is found by index, claimed without waiting, and done once for each reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet

from hengwei.calendars.models import Calendar
from hengwei.flows.automation import engine, rules, timing
from hengwei.flows.automation.models import AutomationRule, RuleFiring, Standing
from hengwei.work import facts
from hengwei.work.conditions import matches
from hengwei.work.models import WorkItem

#: Items looked at in one go; each of them is claimed and done in a transaction of its own.
BATCH = 200
#: A planned time of day that is so old was missed: it is not made up for in the middle of the night.
MISSED = timedelta(hours=12)


def sweep(now: datetime, *, limit: int = 5_000) -> int:
    """Run every rule on time for what is due; returns how many firings. Any number of workers may do it at once."""
    done = 0
    calendar = facts.default_calendar()
    for rule in AutomationRule.objects.in_use().filter(trigger__in=rules.TIMES).order_by("order", "id"):
        slot = _slot(rule, now) if rule.trigger == "schedule" else None
        if rule.trigger == "schedule" and slot is None:
            continue
        for item_id, since in _due(rule, now, calendar, slot):
            done += _claim(rule, item_id, since, now)
            if done >= limit:
                return done
        if slot is not None:
            AutomationRule.objects.filter(pk=rule.pk).update(last_slot_at=slot)
    return done


def _slot(rule: AutomationRule, now: datetime) -> datetime | None:
    """The planned time of day whose turn it is; None when it has been, or lies before the rule was switched on."""
    row = Calendar.objects.filter(is_default=True).first()
    assert rule.at_time is not None
    slot = timing.last_slot(now, rule.at_time, rule.weekdays, ZoneInfo(row.timezone if row else "Asia/Shanghai"))
    begun = max(filter(None, (rule.active_since, rule.last_slot_at)), default=now)
    return slot if slot is not None and slot > begun and now - slot < MISSED else None


def reason_of(rule: AutomationRule, since: datetime) -> str:
    """What makes a firing of time its own: the moment since which it is counted."""
    return f"{rule.trigger}:{since.astimezone(UTC).isoformat(timespec='microseconds')}"


def candidates(rule: AutomationRule, now: datetime, calendar: Any, slot: datetime | None = None) -> tuple[QuerySet[Any], str, str]:
    """(rows, the column of the item, the column of the moment) of all that time alone selects, each by an index."""
    on = calendar if rule.working else None
    past = datetime.min.replace(tzinfo=UTC) if rule.also_past or rule.active_since is None else rule.active_since
    if rule.trigger in ("in_phase", "unanswered"):
        column = "since" if rule.trigger == "in_phase" else "unanswered_since"
        found = Standing.objects.filter(phase=rule.options.get("phase", "waiting"), item__phase=F("phase")) if rule.trigger == "in_phase" else Standing.objects.filter(item__phase__in=("new", "active", "waiting"))
        found = found.filter(**{f"{column}__lte": timing.ago(now, rule.seconds, on)})
        if past.year > 1:
            # Whoever passed the line before the rule was switched on is left alone.
            found = found.filter(**{f"{column}__gt": timing.ago(past, rule.seconds, on)})
        return found, "item_id", column
    if rule.trigger == "schedule":
        return WorkItem.objects.open(), "pk", ""
    items = WorkItem.objects.open()
    if rule.trigger == "after_due":
        items = items.filter(next_due_at__lte=timing.ago(now, rule.seconds, on))
        return (items.filter(next_due_at__gt=timing.ago(past, rule.seconds, on)) if past.year > 1 else items), "pk", "next_due_at"
    return items.filter(next_due_at__gt=now, next_due_at__lte=timing.ahead(now, rule.seconds, on)), "pk", "next_due_at"


def _due(rule: AutomationRule, now: datetime, calendar: Any, slot: datetime | None) -> Iterator[tuple[int, datetime]]:
    """(item, since) of what is due and not done yet, in batches by primary key; facts are asked before anything is locked."""
    rows, item, moment = candidates(rule, now, calendar, slot)
    last = 0
    while True:
        columns = [item, moment] if moment else [item]
        page = [tuple(one) for one in rows.filter(**{f"{item}__gt": last}).order_by(item).values_list(*columns)[:BATCH]]
        if not page:
            return
        last = page[-1][0]
        since: dict[int, datetime] = {one[0]: one[1] if moment else slot or now for one in page}
        done = set(RuleFiring.objects.filter(rule=rule, item__in=since, reason__in=[reason_of(rule, m) for m in since.values()]).values_list("item_id", "reason"))
        for one in WorkItem.objects.filter(pk__in=since).select_related("customer").order_by("pk"):
            if (one.pk, reason_of(rule, since[one.pk])) not in done and matches(rule.conditions, facts.of(one, at=now)):
                yield one.pk, since[one.pk]


@transaction.atomic
def _claim(rule: AutomationRule, item_id: int, since: datetime, now: datetime) -> int:
    """Do it with one item, unless another worker has it, or it is no longer so."""
    item = WorkItem.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=item_id).first()
    if item is None or not _still(rule, item, since) or not matches(rule.conditions, facts.of(item, at=now)):
        return 0
    return int(engine.fire(rule, item_id, event=rule.trigger, chain=(), reason=reason_of(rule, since), at=now) is not None)


def _still(rule: AutomationRule, item: WorkItem, since: datetime) -> bool:
    """Whether the moment from which it was counted is still the same, now that the item is locked."""
    if rule.trigger in ("before_due", "after_due"):
        return item.is_open and item.next_due_at == since
    if rule.trigger == "schedule":
        return item.is_open
    standing = Standing.objects.filter(item=item).first()
    if standing is None:
        return False
    return standing.unanswered_since == since if rule.trigger == "unanswered" else standing.since == since and standing.phase == item.phase
