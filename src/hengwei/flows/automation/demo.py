"""The sample company's automation: five rules with what they did in the last weeks, and models trained on its history."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from hengwei.core import jobs, live
from hengwei.core.acting import Actor
from hengwei.core.i18n import in_each_language
from hengwei.flows.automation import actions, rules, trial
from hengwei.flows.automation.models import AutomationRule, RuleFiring
from hengwei.flows.learning import actions as learning
from hengwei.flows.learning.models import Suggestion
from hengwei.org.models import Team, User
from hengwei.work import facts
from hengwei.work.conditions import matches
from hengwei.work.models import Entry, WorkItem

HOUR = 3600


def load(rng: random.Random, now: datetime) -> None:
    """Rules kept by the manager, switched on three weeks ago; nothing that they would do is sent."""
    manager = User.objects.filter(username="yangjing").first()
    teams = {team.key: team for team in Team.objects.all()}
    if manager is None or "operations" not in teams:
        return
    by, since = Actor(user=manager, via="web"), now - timedelta(weeks=3)
    with jobs.not_now(), live.silent():
        for number, given in enumerate(_rules(teams), 1):
            made = actions.save_rule(by=by, order=number * 10, active=True, at=since, **given)
            _past(made, rng, since, now)
            # From now on the worker counts; what passed before is told already.
            AutomationRule.objects.filter(pk=made.pk).update(active_since=now)
        _stopped(now)
        learning.train(at=now - timedelta(hours=9))
        for item in WorkItem.objects.open().order_by("-received_at")[:120]:
            learning.suggest(item.pk, at=item.received_at + timedelta(seconds=20))
        _decided(rng)


def _rules(teams: dict[str, Team]) -> list[dict[str, Any]]:
    def condition(*rows: tuple[str, str, str]) -> dict[str, Any]:
        return facts.condition_of([{"fact": fact, "op": op, "value": value} for fact, op, value in rows])

    return [
        {"name": "产线停机立即通知", "name_en": "Tell at once when a line stops", "description": "标题或描述里出现停机、停线时，通知运维组长并打标签，夜里也不例外。", "trigger": "opened",
         "conditions": condition(("text", "contains", "停机"), ("text", "contains", "停线"), ("text", "contains", "整条线")),
         "deeds": [{"do": "label", "text": "停机"}, {"do": "notify", "whom": "lead", "text": "{{number}}：{{title}}，请确认已有人到场。"}]},
        {"name": "重点客户加关注", "name_en": "Watch key accounts", "description": "重点客户的工单由经理关注。", "trigger": "opened", "conditions": condition(("key_account", "is", "yes")),
         "deeds": [{"do": "label", "text": "重点客户"}, {"do": "notify", "whom": "managers", "text": "重点客户{{customer}}：{{title}}"}]},
        {"name": "等客户满三个工作日提醒", "name_en": "Remind after three working days of waiting", "description": "等待客户超过三个工作日，礼貌提醒一次。", "trigger": "in_phase", "options": {"phase": "waiting"}, "seconds": 24 * HOUR,
         "conditions": condition(("waiting_for", "is", "customer")),
         "deeds": [{"do": "reply", "text": "{{requester}}您好，{{number}}正在等您的答复。方便时请直接回复；如已恢复也请告诉我们。", "text_en": "Hello {{requester}}, {{number}} is waiting for your answer. Just reply when it suits you, also if it works again."}]},
        {"name": "两小时没人回复提醒组长", "name_en": "Tell the lead after two hours without an answer", "description": "请求人等答复超过两个工作小时，提醒组长。", "trigger": "unanswered", "seconds": 2 * HOUR, "conditions": {},
         "deeds": [{"do": "notify", "whom": "lead", "text": "{{number}}已等待两小时：{{title}}"}]},
        {"name": "低分评价交组长跟进", "name_en": "A low score goes to the lead", "description": "两星及以下，写备注并通知组长。", "trigger": "rated", "options": {"score": 2}, "conditions": {}, "stop": True,
         "deeds": [{"do": "note", "text": "评价偏低，请组长回访并填写原因。"}, {"do": "notify", "whom": "lead", "text": "低分：{{number}}"}]},
    ]


def _past(rule: AutomationRule, rng: random.Random, since: datetime, now: datetime) -> None:
    """What it did: each at the moment at which it would have had its turn, as the record tells."""
    calendar, made = facts.default_calendar(), 0
    rows = WorkItem.objects.filter(received_at__gte=since).select_related("customer", "requester", "team", "owner", "category").order_by("pk")
    for item in rows:
        entries, clocks = list(Entry.objects.filter(item=item).order_by("happened_at", "id")), list(item.clocks.exclude(due_at=None))
        for at in trial.moments(rule, item, entries, clocks, begins=since, ends=now, calendar=calendar)[: rules.PER_ITEM_AND_HOUR]:
            if made >= 60 or not matches(rule.conditions, facts.of(item, at=at)):
                continue
            told = [{"do": one["do"], "told": in_each_language(partial(trial.said, item, one)), "error": ""} for one in rule.deeds]
            firing = RuleFiring.objects.create(
                rule=rule, rule_version=rule.version, item=item, reason=f"sample:{at.isoformat()}", event=rule.trigger, outcome="done", results=told, chain=[rules.key_of(rule.pk, item.pk)], at=at + timedelta(seconds=rng.randint(1, 20)))
            Entry.objects.create(
                item=item, kind=Entry.Kind.AUTOMATION, public=False, via="automation", details={"rule": rule.pk, "firing": firing.pk, "outcome": "done", "words": firing.line()}, happened_at=firing.at)
            made += 1


def _stopped(now: datetime) -> None:
    """A rule that a mail robot set off again and again was stopped, so that the page has one to look at."""
    rule, item = AutomationRule.objects.order_by("-order").first(), WorkItem.objects.order_by("-id").first()
    if rule is not None and item is not None:
        RuleFiring.objects.create(
            rule=rule, rule_version=rule.version, item=item, reason="sample:stopped", event=rule.trigger, outcome="quota", results=[{"do": "", "told": "", "error": in_each_language(lambda: _("it ran too often within an hour"))}], chain=[], at=now - timedelta(days=1))


def _decided(rng: random.Random) -> None:
    """What people said to suggestions on items that are done: mostly yes, where the model was right."""
    for item in WorkItem.objects.filter(phase__in=("resolved", "closed"), category__isnull=False, owner__isnull=False).select_related("category", "owner").order_by("-received_at")[:60]:
        found = learning.guess(item, "category")
        if found is None or rng.random() < 0.3:
            continue
        right = found[0] == item.category.key  # type: ignore[union-attr]
        Suggestion.objects.get_or_create(item=item, field="category", defaults={
            "value": found[0], "percent": found[1], "state": "accepted" if right else "refused", "at": item.received_at, "decided_by": item.owner, "decided_at": item.received_at + timedelta(minutes=rng.randint(2, 30))})
