"""Channels over REST, and what the sample company shows of them."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from hengwei.channels.models import ChatMessage, HookCall, Notice, NoticeChannel, Webhook, WebhookDelivery
from hengwei.org.models import Team
from tests.channels.conftest import mail, receive
from tests.factories import UserFactory, open_incident
from tests.site.test_api import Api

pytestmark = pytest.mark.django_db


def test_a_person_reads_his_notices_and_chooses(agent, requester, team):
    Notice.objects.create(user=agent, event="answered", item=open_incident(requester=requester, team=team), params={"actor": "李倩"}, at=timezone.now())
    api = Api(agent)
    assert api.call("GET", "notices?unread=true").json()["items"][0]["event"] == "answered"
    assert api.call("POST", "notices/read").json()["read"] >= 1
    chosen = api.call("PUT", "notices/choice", {"events": {"answered": {"mail": "digest"}}, "hours": {"digest": "weekly", "digest_day": 4}}).json()
    assert (chosen["events"]["answered"]["mail"], chosen["hours"]["digest"], chosen["hours"]["digest_day"]) == ("digest", "weekly", 4)
    assert api.call("PUT", "notices/choice", {"events": {"eaten": {}}}).status_code == 422


def test_who_keeps_the_channels_sets_up_webhooks_and_others_do_not(agent):
    sent = {"name": "other", "url": "http://8.8.8.8/", "events": ["item.opened"], "active": True}
    keeper = Api(UserFactory(role="system_admin"))
    made = keeper.call("POST", "channels/webhooks", sent)
    assert made.status_code == 201, made.content
    assert keeper.call("POST", "channels/webhooks", {**sent, "url": "http://10.0.0.1/"}).json()["field"] == "url"
    assert "whsec" not in str(made.json())
    assert Api(agent).call("POST", "channels/webhooks", sent).status_code == 403
    assert "item.opened" in keeper.call("GET", "channels/events").json()
    assert Webhook.objects.count() == 1


def test_the_ledger_over_rest(agent, mailbox):
    receive(mail(Precedence="list"), mailbox)
    keeper = Api(UserFactory(role="system_admin"))
    row = keeper.call("GET", "mail/in?status=aside").json()["items"][0]
    assert keeper.call("POST", f"mail/in/{row['id']}/item").json()["item"].startswith("INC-")
    assert Api(agent).call("GET", "mail/in").status_code == 403
    assert keeper.call("GET", "mail/out").status_code == 200


def test_the_sample_company_has_something_to_look_at(department, requester):
    from hengwei.channels import demo

    for key in ("it-support", "operations", "after-sales"):
        Team.objects.create(key=key, name=key)
    for name in ("wangmin", "chenjie", "yangjing"):
        UserFactory(username=name, role="lead")
    for _ in range(9):
        open_incident(requester=requester)
    demo.load(random.Random(1), timezone.now())
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"sent", "failed"}
    assert NoticeChannel.objects.filter(service="log").count() == 2
    assert ChatMessage.objects.exists()
    assert HookCall.objects.exists()
