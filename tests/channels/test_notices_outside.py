"""Notices leave the house as each person chose: at once, after the night, in a digest; by mail, chat, to a team's group."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from hengwei.channels.actions import chat, notices
from hengwei.channels.models import ChatMessage, HeldNotice, MailTally, Notice, NoticeChannel, OutboundMessage
from hengwei.core.errors import Forbidden, Refused
from hengwei.work.actions import assignment, conversation
from hengwei.work.models import Category, WorkItem
from tests.channels.conftest import send_all
from tests.channels.receiver import receiving
from tests.factories import UserFactory, acting, hear, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(requester, team):
    made = open_incident(requester=requester, title="打印机卡纸", team=team, category=Category.objects.create(key="p", name="打印机"), impact=3, urgency=3)
    return WorkItem.objects.get(pk=made.pk)


@pytest.fixture
def receiver(settings):
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with receiving() as one:
        yield one


def own(agent, url="log:"):
    return chat.save_channel(by=acting(agent), name="我的企业微信", url=url, user=agent)


def send_chats():
    for pk in ChatMessage.objects.filter(status="queued").order_by("id").values_list("pk", flat=True):
        chat.send(pk)


def choose(user, hours=None, **events):
    notices.choose(user, by=acting(user), events=events, hours=hours)
    user.refresh_from_db()


@pytest.mark.parametrize(("url", "service"), [
    ("wecombot://abcdef12-3456-7890-abcd-ef1234567890", "WeCom Bot"), ("dingtalk://token0123456789abcdefghijkl", "DingTalk"), ("feishu://abcdef", "Feishu"),
    ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", "Slack"), ("twilio://ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:b@+15551234567/+15551234568", "Twilio"), ("log:", "log"),
])
def test_services_that_are_known(url, service):
    assert chat.service_of(url) == service


@pytest.mark.parametrize("url", ["", "nonsense", "http://example.com", "syslog://", "mailto://a:b@example.com", "dbus://", "wecombot://", "file:///etc/passwd"])
def test_what_is_no_service_or_would_pass_the_guard_by_is_refused(url):
    with pytest.raises(Refused) as refused:
        chat.service_of(url)
    assert refused.value.field == "url"


def test_by_a_real_service_at_once_with_the_number_and_the_link(item, agent, lead, receiver):
    own(agent, f"json://127.0.0.1:{receiver.port}/take")
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    send_chats()
    said = json.loads(receiver.calls[0][1])["message"]
    assert said.startswith(f"{item.number} 打印机卡纸")
    assert "陈组长派给了您" in said
    assert f"/items/{item.number}" in said
    assert ChatMessage.objects.get().status == "sent"


def test_nobody_is_told_of_what_he_did_himself(item, agent):
    own(agent)
    assignment.assign(item, by=acting(agent), owner=agent)
    hear()
    assert not ChatMessage.objects.exists()
    assert not Notice.objects.filter(user=agent, event="assigned").exists()


def test_an_inner_target_is_never_reached(item, agent, lead, receiver, settings):
    own(agent, f"json://127.0.0.1:{receiver.port}/take")
    settings.OUTGOING_ALLOW = []
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    send_chats()
    row = ChatMessage.objects.get()
    assert (row.status, row.attempts, receiver.calls) == ("queued", 1, [])


def test_a_service_that_fails_is_tried_again_then_given_up_and_a_person_told_once(item, agent, lead, receiver):
    channel = own(agent, f"json://127.0.0.1:{receiver.port}/take")
    receiver.status = 500
    for owner in (agent, lead, agent):
        assignment.assign(item, by=acting(UserFactory(role="lead")), owner=owner)
        hear()
    for _attempt in range(chat.ATTEMPTS):
        ChatMessage.objects.update(send_after=None)
        send_chats()
    assert set(ChatMessage.objects.values_list("status", flat=True)) == {"failed"}
    assert Notice.objects.filter(user=agent, event="channel").count() == 1
    channel.refresh_from_db()
    assert channel.last_error
    receiver.status = 200
    chat.send_again(ChatMessage.objects.first(), by=acting(agent))
    send_chats()
    channel.refresh_from_db()
    assert channel.last_error == ""


def test_at_night_it_waits_for_the_morning_and_comes_as_one(item, agent, lead, mailbox, sink):
    own(agent)
    now = timezone.localtime()
    quiet = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_until": f"{now + timedelta(hours=1):%H:%M}"}
    choose(agent, quiet, assigned={"bell": True, "mail": "now", "chat": "now"}, mentioned={"bell": True, "mail": "now", "chat": "never"})
    send_all()
    sink.messages.clear()
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    conversation.note(item, by=acting(lead), text=f"@{agent.name} 请看")
    assert Notice.objects.filter(user=agent, event__in=("assigned", "mentioned")).count() == 2
    assert sorted(HeldNotice.objects.values_list("way", "event")) == [("chat", "assigned"), ("mail", "assigned"), ("mail", "mentioned")]
    assert notices.send_held(timezone.now()) == 0
    assert notices.send_held(timezone.now() + timedelta(hours=2)) == 2
    send_all()
    send_chats()
    assert [m["Subject"] for m in sink.messages] == ["2 条通知"]
    body = sink.messages[0].get_body(("plain",)).get_content()
    assert body.count(item.number) >= 2
    assert ChatMessage.objects.get().event == "assigned"
    assert not HeldNotice.objects.exists()


def test_what_is_urgent_comes_in_the_night(item, agent, mailbox):
    now = timezone.localtime()
    choose(agent, {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_until": f"{now + timedelta(hours=1):%H:%M}"})
    own(agent)
    notices.tell([agent], "chased", item=item, at=timezone.now())
    assert ChatMessage.objects.get().event == "chased"


def test_the_group_of_a_team_is_told_once_of_what_it_chose(item, team, agent, lead, receiver):
    keeper = UserFactory(role="system_admin")
    chat.save_channel(by=acting(keeper), name="IT支持群", url=f"json://127.0.0.1:{receiver.port}/g", team=team, events=["chased", "assigned"])
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    notices.tell([agent, lead], "chased", item=item, at=timezone.now())
    notices.tell([agent], "answered", item=item, at=timezone.now(), params={"actor": "李倩"})
    send_chats()
    assert [row.event for row in ChatMessage.objects.order_by("id")] == ["assigned", "chased"]
    assert len(receiver.calls) == 2


def test_quotas_count_chat_too_and_tripping_warns_a_person(item, agent, lead):
    keeper = UserFactory(role="system_admin")
    channel = own(agent)
    MailTally.objects.bulk_create(MailTally(address=chat.tally_of(channel), item=item, at=timezone.now()) for _ in range(10))
    for _ in range(3):
        chat.queue(channel.pk, "chased", item_id=item.pk, user_id=agent.pk)
    send_chats()
    assert set(ChatMessage.objects.values_list("status", "reason")) == {("stopped", "quota")}
    assert Notice.objects.filter(user=keeper, event="quota").count() == 1


def test_who_may_keep_which(agent, lead, team):
    other = UserFactory(role="agent")
    with pytest.raises(Forbidden):
        chat.save_channel(by=acting(other), name="x", url="log:", user=agent)
    with pytest.raises(Forbidden):
        chat.save_channel(by=acting(agent), name="x", url="log:", team=team, events=["chased"])
    assert chat.save_channel(by=acting(lead), name="群", url="log:", team=team, events=["chased"]).team == team
    with pytest.raises(Refused):
        chat.save_channel(by=acting(lead), name="群", url="log:", team=team, events=["received"])
    with pytest.raises(Refused):
        notices.choose(agent, by=acting(lead), events={})


def test_each_language_and_the_departments_own_words(item, agent, lead):
    from hengwei.channels.actions.templates import save_template
    from hengwei.channels.notice_words import chat_text

    agent.language = "en"
    assert "assigned it to you" in chat_text("assigned", item=item, params={"actor": "Chen"}, reader=agent, language="en")
    keeper = UserFactory(role="system_admin")
    save_template("assigned", "en", by=acting(keeper), subject="x", body="y", short="GO {{number}} {{what}}")
    assert chat_text("assigned", item=item, params={"actor": "Chen"}, reader=agent, language="en") == f"GO {item.number} Chen assigned it to you"


def test_a_wording_with_a_place_that_is_none_is_refused_and_the_built_in_one_is_not_kept(department):
    from hengwei.channels import wording
    from hengwei.channels.actions.templates import save_template
    from hengwei.channels.models import MailTemplate

    keeper = UserFactory(role="system_admin")
    with pytest.raises(Refused) as refused:
        save_template("received", "en", by=acting(keeper), subject="{{nothing}}", body="x")
    assert refused.value.field == "subject"
    built_in = wording.built_in("received", "en")
    assert save_template("received", "en", by=acting(keeper), subject=built_in.subject, body=built_in.body) is None
    assert not MailTemplate.objects.exists()


def test_without_channels_a_notice_asks_the_database_no_more(item, agent, django_assert_max_num_queries):
    notices.tell([agent], "answered", item=item, at=timezone.now())
    with django_assert_max_num_queries(2):
        notices.tell([agent], "answered", item=item, at=timezone.now(), params={"actor": "x"})
    assert not OutboundMessage.objects.filter(user=agent).exists()


def test_an_address_with_keys_is_sealed(agent):
    from django.db import connection

    own(agent, "feishu://verysecrettoken")
    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM channels_noticechannel")
        assert "verysecret" not in cursor.fetchone()[0]
    assert NoticeChannel.objects.get().service == "Feishu"
