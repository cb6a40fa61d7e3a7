"""Mailboxes of the sample company, named but without servers, so that nothing ever leaves; bells that are not full; channels and webhooks with a log."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta

from django.db.models import F

from hengwei.core.acting import Actor
from hengwei.org.models import Team, User
from hengwei.work.models import WorkItem

from . import signatures
from .actions import chat, hooks, notices
from .models import ChatMessage, HookCall, Mailbox, Notice, Outgoing, Webhook, WebhookDelivery
from .notice_words import chat_text

Status = Outgoing.Status


def load(rng: random.Random, now: datetime) -> None:
    """A mailbox each for the desk and for after-sales; what is older than a day has been read; who is told by which way."""
    teams = {team.key: team for team in Team.objects.all()}
    Mailbox.objects.create(address="help@hengwei.example", name="信息部服务台", team=teams.get("it-support"), default=True)
    Mailbox.objects.create(address="service@hengwei.example", name="售后服务", team=teams.get("after-sales"))
    Notice.objects.filter(at__lt=now - timedelta(days=1)).update(read_at=F("at") + timedelta(hours=1))
    items = list(WorkItem.objects.with_people().filter(received_at__lt=now).order_by("-received_at")[:40])
    _webhooks(rng, items)
    _hooks(teams, items, now)
    _chat(teams, items, now)


def _webhooks(rng: random.Random, items: list[WorkItem]) -> None:
    """One that is well, and one whose receiver is away. Their addresses lead nowhere (RFC 2606), and they are out of use."""
    facts = [("集团运维大屏", "https://screen.hengxin.example/hooks/hengwei", ["item.opened", "item.moved", "item.escalated"], True), ("ERP 同步 (ERP sync)", "https://erp.hengxin.example/api/tickets", ["item.assigned", "item.rated"], False)]
    for name, url, events, well in facts:
        webhook = Webhook.objects.create(name=name, url=url, events=events, secret=signatures.new_secret(), active=False)
        for item in items[: 18 if well else 6]:
            row = WebhookDelivery(webhook=webhook, event=rng.choice(events), item=item, attempts=1 if well else 14, milliseconds=rng.randint(35, 240))
            row.body = json.dumps({"id": str(row.uid), "event": row.event, "item": {"number": item.number, "title": item.title}}, ensure_ascii=False)
            row.status, row.status_code, row.answer = (Status.SENT, 200, '{"ok": true}') if well else (Status.FAILED, 503, "Service Unavailable")
            row.reason, row.sent_at = ("", item.received_at) if well else ("HTTP 503", None)
            row.save()
            WebhookDelivery.objects.filter(pk=row.pk).update(created_at=item.received_at)


def _hooks(teams: dict[str, Team], items: list[WorkItem], now: datetime) -> None:
    """Alarms come in, and a chat robot; what they said lately."""
    alarms, _token = hooks.save_hook(by=Actor(), name="Prometheus 告警", shape="alertmanager", team=teams.get("operations"), signed=True)
    robot, _token = hooks.save_hook(by=Actor(), name="企业微信机器人", shape="chat", team=teams.get("it-support"), signed=True)
    for hook, rows in ((alarms, items[:3]), (robot, items[3:8])):
        for item in rows:
            body = {"text": item.title, "user": {"name": str(item.requester or "")}} if hook is robot else {"alerts": [{"status": "firing", "labels": {"alertname": item.title}}]}
            call = HookCall.objects.create(hook=hook, body=json.dumps(body, ensure_ascii=False), status=HookCall.Status.DONE, received_at=item.received_at, answer={"number": item.number})
            call.items.add(item)
    HookCall.objects.create(hook=alarms, body='{"alerts": "none"}', status=HookCall.Status.DONE, received_at=now - timedelta(days=2), answer={"items": []})


def _chat(teams: dict[str, Team], items: list[WorkItem], now: datetime) -> None:
    """A group and a person by a channel that only keeps a log; one who wants a digest and quiet nights."""
    people = {user.username: user for user in User.objects.filter(username__in=("wangmin", "chenjie", "yangjing"))}
    if "wangmin" not in people:
        return
    group = chat.save_channel(by=Actor(), name="IT支持群（示例，只记录）", url=chat.LOG, team=teams["it-support"], events=["team_assigned", "chased", "escalated"])
    own = chat.save_channel(by=Actor(), name="我的企业微信（示例，只记录）", url=chat.LOG, user=people["wangmin"])
    for channel, event, rows in ((group, "chased", items[:4]), (own, "reopened", items[4:7])):
        for item in rows:
            text = chat_text(event, item=item, params={}, reader=channel.user, language="zh-hans")
            row = ChatMessage.objects.create(channel=channel, event=event, item=item, user=channel.user, text=text, status=Status.SENT, attempts=1, sent_at=item.received_at)
            ChatMessage.objects.filter(pk=row.pk).update(created_at=item.received_at)
        type(channel).objects.filter(pk=channel.pk).update(last_sent_at=now - timedelta(hours=3))
    usual = {"bell": True, "mail": "digest", "chat": "never"}
    for name, hours in (("yangjing", {"digest": "weekly", "digest_at": "09:00"}), ("chenjie", {"digest": "daily", "digest_at": "08:30", "quiet_from": "22:00", "quiet_until": "07:00"})):
        person = people[name]
        notices.choose(person, by=Actor(user=person), events={"answered": usual, "team_assigned": usual}, hours=hours)
