"""Rules at work: an event is heard, a job walks the rules, each firing is one row, done once.

The listener only notes the event (in its own transaction, so that it is not lost with a crash nor heard of what was undone); the job
runs after the commit, so that no rule changes an item under the hands of the action that told of it. What the rules do is heard again,
with a chain that is one longer.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_lazy

from hengwei.channels.actions import notices
from hengwei.core import live
from hengwei.core.acting import Actor
from hengwei.core.errors import Message
from hengwei.core.i18n import in_each_language
from hengwei.core.refusals import refusal
from hengwei.flows.automation import deeds, rules
from hengwei.flows.automation.models import AutomationRule, RuleFiring
from hengwei.flows.automation.rules import Heard, Turn
from hengwei.org.models import User
from hengwei.work import facts
from hengwei.work.models import Entry, WorkItem

log = logging.getLogger("hengwei.automation")
Outcome = RuleFiring.Outcome
#: Seconds after which another process's change of the rules is seen.
FRESH = 5.0
_known: tuple[float, list[AutomationRule]] = (float("-inf"), [])


def forget() -> None:
    """Read the rules anew at the next event."""
    global _known
    _known = (float("-inf"), [])


def in_use() -> list[AutomationRule]:
    """The rules that run, in order."""
    global _known
    if time.monotonic() - _known[0] > FRESH:
        _known = (time.monotonic(), list(AutomationRule.objects.in_use().order_by("order", "id")))
    return _known[1]


def anybody_listens(heard: Heard) -> bool:
    """Whether any rule in use waits for this: asked by every event, from memory."""
    return any(rules.listens(rule, heard) for rule in in_use())


@transaction.atomic
def run(item_id: int, heard: Heard, *, chain: tuple[str, ...], reason: str, at: datetime, user_id: int | None = None) -> rules.Walk:
    """Give every rule that listens its turn on the item. The same `reason` once more does nothing again."""
    item = WorkItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        return rules.Walk()
    user = User.objects.filter(pk=user_id).first() if user_id else None

    def now_facts() -> Mapping[str, Any]:
        return facts.of(WorkItem.objects.select_related("customer").get(pk=item_id), at=at)

    kept = AutomationRule.objects.in_use().filter(trigger=heard.event)
    return rules.walk(
        kept, heard, item_id=item_id, chain=chain, facts=now_facts,
        fire=lambda rule: fire(rule, item_id, event=heard.event, chain=chain, reason=reason, at=at, user=user),
        stopped=lambda rule, turn: _stopped(rule, item, Outcome.LOOP, event=heard.event, chain=chain, reason=reason, at=at, why=_why(turn)))


def _why(turn: Turn) -> Message:
    return gettext_lazy("it had run on this item before, and other rules led back to it") if turn is Turn.LOOP else gettext_lazy("the chain of rules was too long")


def fire(
    rule: AutomationRule, item_id: int, *, event: str, chain: tuple[str, ...], reason: str, at: datetime, user: User | None = None,
) -> RuleFiring | None:
    """Do what the rule does with the item, locked by the caller; None when it did so for this reason before. Each deed stands for itself."""
    if RuleFiring.objects.filter(rule=rule, item_id=item_id, reason=reason).exists():
        return None
    item = WorkItem.objects.get(pk=item_id)
    if _too_often(rule, item, at):
        return _stopped(rule, item, Outcome.QUOTA, event=event, chain=chain, reason=reason, at=at, why=gettext_lazy("it ran too often within an hour"))
    doing = deeds.Doing(rule.pk, rule.label, rule.names, Actor(chain=chain).caused_by(rules.key_of(rule.pk, item_id)), at)
    results = [_one(item_id, given, doing) for given in rule.deeds]
    failed = sum(1 for one in results if one["error"])
    outcome = Outcome.DONE if not failed else Outcome.FAILED if failed == len(results) else Outcome.PARTLY
    firing = RuleFiring.objects.create(
        rule=rule, rule_version=rule.version, item=item, reason=reason, event=event, outcome=outcome, results=results, chain=list(doing.by.chain), actor=user, at=at)
    _note(firing)
    return firing


def _one(item_id: int, given: Mapping[str, Any], doing: deeds.Doing) -> dict[str, Any]:
    """Do one thing; what came of it. A fault of ours does not undo what the rule did before."""
    item = WorkItem.objects.select_related("requester", "team", "customer", "owner", "site", "category").get(pk=item_id)
    said: list[dict[str, str]] = []
    try:
        refused = refusal(lambda: said.append(_done(item, given, doing)))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # of one deed of one rule: the rest goes on, and the log of the rule says it
        log.exception("rule %s on item %s: %s", doing.rule_id, item_id, given.get("do"))
        return {"do": given.get("do"), "told": "", "error": f"{type(error).__name__}: {error}"[:300]}
    return {"do": given.get("do"), "told": "" if refused else said[0], "error": refused or ""}


def _done(item: WorkItem, given: Mapping[str, Any], doing: deeds.Doing) -> dict[str, str]:
    """Do it; what it did, in each language."""
    said = in_each_language(lambda: deeds.tell(item, given))
    deeds.do(item, given, doing)
    return said


def _note(firing: RuleFiring) -> None:
    """Into the item's timeline, by the rule's name."""
    Entry.objects.create(
        item_id=firing.item_id, kind=Entry.Kind.AUTOMATION, public=False, via="automation",
        details={"rule": firing.rule_id, "firing": firing.pk, "outcome": firing.outcome, "words": firing.line()}, happened_at=firing.at)
    live.announce(f"item:{firing.item_id}")


def _too_often(rule: AutomationRule, item: WorkItem, at: datetime) -> bool:
    lately = RuleFiring.objects.filter(rule=rule, at__gt=at - timedelta(hours=1), at__lte=at).exclude(outcome__in=RuleFiring.STOPPED)
    if lately.filter(item=item).count() >= rules.PER_ITEM_AND_HOUR:
        return True
    return bool(rule.per_hour) and lately[: rule.per_hour].count() >= rule.per_hour


def _stopped(
    rule: AutomationRule, item: WorkItem, outcome: str, *, event: str, chain: tuple[str, ...], reason: str, at: datetime, why: Message,
) -> RuleFiring | None:
    """Write down that the rule was stopped, and tell those who keep the house; of rules that led to each other at most once an hour."""
    together = {rule.pk, *rules.rule_ids(chain)}
    told = RuleFiring.objects.filter(rule__in=together, outcome__in=RuleFiring.STOPPED, at__gt=at - timedelta(hours=1), at__lte=at).exists()
    firing, made = RuleFiring.objects.get_or_create(
        rule=rule, item=item, reason=reason,
        defaults={"rule_version": rule.version, "event": event, "outcome": outcome, "results": [{"do": "", "told": "", "error": in_each_language(lambda: why)}], "chain": list(chain), "at": at})
    if not made:
        return None
    _note(firing)
    if not told:
        by_id = {one.pk: one.names for one in AutomationRule.objects.filter(pk__in=rules.rule_ids(chain))}
        names = [by_id[pk] for pk in rules.rule_ids(chain) if pk in by_id]
        keepers = {person.pk: person for person in (*notices.watching_over(item), *([rule.owner] if rule.owner else []))}
        notices.tell(keepers.values(), "chain", item=item, at=at, params={"rules": [*names, rule.names][-4:], "what": event}, outside=False)
    return firing


def new_reason() -> str:
    """What makes an event's firings its own."""
    return f"event:{uuid.uuid4()}"
