"""Other programs are told: once each, signed, patiently, and nothing that is not theirs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from hengwei.channels import signatures
from hengwei.channels.actions import webhooks
from hengwei.channels.models import Notice, OutboundMessage, Webhook, WebhookDelivery
from hengwei.core.errors import Forbidden, Refused
from hengwei.desk.actions.satisfaction import rate
from hengwei.work.actions import assignment, conversation, progress
from hengwei.work.models import Category, WorkItem
from tests.channels.receiver import receiving
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with receiving() as one:
        yield one


@pytest.fixture
def keeper(department):
    return UserFactory(name="管理员", role="system_admin")


def subscribe(keeper, receiver, *events, **facts):
    return webhooks.save_webhook(by=acting(keeper), name="工单同步", url=receiver.url, events=events or ["item.opened"], **facts)


def deliver_all():
    for pk in WebhookDelivery.objects.filter(status="queued").order_by("id").values_list("pk", flat=True):
        webhooks.deliver(pk)


def open_one(requester, team, **facts):
    made = open_incident(requester=requester, team=team, category=Category.objects.get_or_create(key="p", defaults={"name": "打印机"})[0], impact=3, urgency=3, **facts)
    return WorkItem.objects.get(pk=made.pk)


def told(receiver):
    return [json.loads(body) for _headers, body in receiver.calls]


def test_every_event_of_an_item_can_be_subscribed_to():
    assert {"item.opened", "item.changed", "item.assigned", "item.moved", "item.told", "item.chased", "item.merged", "item.escalated", "item.rated"} <= set(webhooks.events())


def test_an_event_arrives_signed_with_the_item_as_rest_shows_it(receiver, keeper, requester, team):
    webhook = subscribe(keeper, receiver)
    item = open_one(requester, team)
    deliver_all()
    headers, body = receiver.calls[0]
    found = json.loads(body)
    assert found["event"] == "item.opened"
    assert found["item"]["number"] == item.number
    assert found["item"]["requester"]["name"] == requester.name
    assert found["id"] == headers["webhook-id"]
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(key, f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    row = WebhookDelivery.objects.get()
    assert (row.status, row.status_code, row.answer) == ("sent", 200, "ok")


def test_only_what_was_subscribed_to_and_only_where_the_condition_holds(receiver, keeper, requester, team, agent):
    subscribe(keeper, receiver, "item.assigned", condition={"field": "priority", "op": "at_most", "value": 1})
    item = open_one(requester, team)
    assignment.assign(item, by=acting(agent), owner=agent)
    assert not WebhookDelivery.objects.exists()
    WorkItem.objects.filter(pk=item.pk).update(priority=1)
    assignment.assign(item, by=acting(agent), owner=UserFactory(role="agent"))
    deliver_all()
    assert [one["event"] for one in told(receiver)] == ["item.assigned"]


def test_words_inside_stay_inside_unless_allowed(receiver, keeper, requester, team, agent):
    webhook = subscribe(keeper, receiver, "item.told", "item.changed")
    item = open_one(requester, team)
    conversation.note(item, by=acting(agent), text="这个用户很急")
    conversation.reply(item, by=acting(agent), text="请重启")
    deliver_all()
    assert [one["entry"]["text"] for one in told(receiver)] == ["请重启"]
    webhooks.save_webhook(webhook, by=acting(keeper), name="x", url=receiver.url, events=["item.told"], internal=True)
    conversation.note(item, by=acting(agent), text="内部")
    deliver_all()
    assert told(receiver)[-1]["entry"]["text"] == "内部"


def test_rated(receiver, keeper, requester, team, agent):
    subscribe(keeper, receiver, "item.rated", "item.moved")
    item = open_one(requester, team)
    progress.resolve(item, by=acting(agent), cause="x", solution="y")
    rate(WorkItem.objects.get(pk=item.pk), score=5, by=acting(requester), comment="很快")
    deliver_all()
    assert told(receiver)[-1]["change"] == {"score": 5, "comment": "很快"}


def test_what_is_undone_is_told_to_nobody(receiver, keeper, requester, team):
    from django.db import transaction

    subscribe(keeper, receiver)
    with pytest.raises(RuntimeError), transaction.atomic():
        open_one(requester, team)
        raise RuntimeError
    assert not WebhookDelivery.objects.exists()


def test_a_failure_is_tried_again_later_and_a_success_ends_it(receiver, keeper, requester, team):
    webhook = subscribe(keeper, receiver)
    open_one(requester, team)
    receiver.status, receiver.body = 503, b"busy"
    deliver_all()
    row = WebhookDelivery.objects.get()
    assert (row.status, row.attempts, row.status_code, row.answer) == ("queued", 1, 503, "busy")
    assert row.send_after > timezone.now()
    webhook.refresh_from_db()
    assert webhook.failing_since is not None
    receiver.status = 204
    WebhookDelivery.objects.update(send_after=None)
    deliver_all()
    webhook.refresh_from_db()
    assert (WebhookDelivery.objects.get().status, webhook.failing_since) == ("sent", None)
    assert receiver.calls[0][0]["webhook-id"] == receiver.calls[1][0]["webhook-id"]


def test_after_a_day_of_failure_it_is_paused_a_person_told_and_nothing_lost(receiver, keeper, requester, team):
    webhook = subscribe(keeper, receiver)
    open_one(requester, team)
    receiver.status = 500
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=1, minutes=1))
    deliver_all()
    webhook.refresh_from_db()
    assert webhook.paused_at is not None
    assert Notice.objects.get(user=keeper, event="webhook").params["name"] == "工单同步"
    open_one(requester, team)
    before = len(receiver.calls)
    deliver_all()
    assert len(receiver.calls) == before
    assert webhooks.due(timezone.now() + timedelta(days=1)) == []
    receiver.status = 200
    webhooks.resume(webhook, by=acting(keeper))
    deliver_all()
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"sent"}


def test_gone_means_gone(receiver, keeper, requester, team):
    webhook = subscribe(keeper, receiver)
    open_one(requester, team)
    receiver.status = 410
    deliver_all()
    webhook.refresh_from_db()
    assert (webhook.paused_at is not None, WebhookDelivery.objects.get().status) == (True, "failed")


def test_while_a_secret_is_changed_both_sign(receiver, keeper, requester, team):
    webhook = subscribe(keeper, receiver)
    old = webhook.secret
    webhook = webhooks.rotate_secret(webhook, by=acting(keeper))
    open_one(requester, team)
    deliver_all()
    headers, body = receiver.calls[0]
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (old, webhook.secret):
        assert signatures.verified([secret], headers, body, now=time.time())
    assert webhook.secrets_at(timezone.now() + timedelta(days=2)) == [webhook.secret]


def test_sent_again_it_is_the_same_call(receiver, keeper, requester, team):
    subscribe(keeper, receiver)
    open_one(requester, team)
    deliver_all()
    again = webhooks.send_again(WebhookDelivery.objects.get(), by=acting(keeper))
    deliver_all()
    again.refresh_from_db()
    assert again.status == "sent"
    assert receiver.calls[0][1] == receiver.calls[1][1]
    assert receiver.calls[0][0]["webhook-id"] == receiver.calls[1][0]["webhook-id"]


def test_a_test_says_at_once_what_was_answered(receiver, keeper):
    webhook = subscribe(keeper, receiver)
    assert webhooks.send_test(webhook, by=acting(keeper)).status == "sent"
    receiver.status, receiver.body = 404, b"nobody here"
    failed = webhooks.send_test(webhook, by=acting(keeper))
    assert (failed.status, failed.status_code, failed.answer) == ("failed", 404, "nobody here")


def test_inner_addresses_and_nonsense_are_refused_at_the_field(keeper, department):
    def save(**facts):
        return webhooks.save_webhook(by=acting(keeper), **{"name": "x", "url": "http://127.0.0.1:1/", "events": ["item.opened"], **facts})

    for facts, field in [({}, "url"), ({"url": "nonsense"}, "url"), ({"url": "http://8.8.8.8/", "events": []}, "events"), ({"url": "http://8.8.8.8/", "events": ["item.eaten"]}, "events"),
                         ({"url": "http://8.8.8.8/", "name": " "}, "name"), ({"url": "http://8.8.8.8/", "condition": {"x": 1}}, "condition")]:
        with pytest.raises(Refused) as refused:
            save(**facts)
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        webhooks.save_webhook(by=acting(UserFactory(role="agent")), name="x", url="http://8.8.8.8/", events=["item.opened"])


def test_an_address_that_turned_inward_meanwhile_is_not_called(receiver, keeper, requester, team, settings):
    subscribe(keeper, receiver)
    open_one(requester, team)
    settings.OUTGOING_ALLOW = []
    deliver_all()
    row = WebhookDelivery.objects.get()
    assert row.status == "queued"
    assert "HENGWEI_OUTGOING_ALLOW" in row.reason
    assert receiver.calls == []


def test_the_address_and_the_secret_are_sealed(receiver, keeper):
    from django.db import connection

    webhook = subscribe(keeper, receiver)
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM channels_webhook")
        url, secret = cursor.fetchone()
    assert "127.0.0.1" not in url
    assert webhook.secret not in secret


def test_without_a_subscriber_an_event_costs_nothing(requester, team, agent, django_assert_num_queries, department):
    item = open_one(requester, team)
    webhooks.publish_to_warm = webhooks._subscriptions()
    from hengwei.work.events import ItemChased

    with django_assert_num_queries(0):
        webhooks.publish(ItemChased(item_id=item.pk, count=1))
    assert not OutboundMessage.objects.exists()


def test_the_log_is_kept_ninety_days(receiver, keeper, requester, team):
    subscribe(keeper, receiver)
    open_one(requester, team)
    deliver_all()
    assert webhooks.forget_old(timezone.now()) == 0
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(days=91))
    assert webhooks.forget_old(timezone.now()) == 1
