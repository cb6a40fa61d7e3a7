"""Steps of an escalation that fall due for one item at one moment are one mail and one chat message to each person; each stays a record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hengwei.channels.actions import chat, notices
from hengwei.channels.composing import language_of, words
from hengwei.channels.models import ChatMessage, HeldNotice, Notice, OutboundMessage
from hengwei.work.models import WorkItem
from tests.factories import acting, open_incident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailbox")]
STEPS = [("percent_75", "first_response"), ("breach", "first_response"), ("percent_75", "resolution")]


@pytest.fixture
def item(requester, team):
    return WorkItem.objects.get(pk=open_incident(requester=requester, team=team, title="打印机卡纸").pk)


def escalated(item, *people, steps=STEPS):
    for step, measure in steps:
        notices.tell(people, "escalated", item=item, at=timezone.now(), params={"step": step, "measure": measure, "level": 0})


def text_of(row):
    from django.utils import translation

    with translation.override(language_of(row, row.user)):
        return words(row, row.user)[1]


@pytest.mark.parametrize(("language", "said", "unsaid"), [("zh-hans", ("首次响应", "解决"), "overdue"), ("en", ("First response is overdue", "75% of the time for"), "超时")])
def test_one_mail_and_one_chat_message_to_each(item, agent, lead, language, said, unsaid):
    chat.save_channel(by=acting(agent), name="群", url="log:", user=agent)
    agent.language = language
    agent.save()
    escalated(item, agent, lead)
    [row] = OutboundMessage.objects.filter(user=agent, event="escalated")
    assert OutboundMessage.objects.filter(user=lead, event="escalated").count() == 1
    assert [(one["step"], one["measure"]) for one in row.params["steps"]] == STEPS
    assert Notice.objects.filter(user=agent, event="escalated").count() == 3, "each step is a record"
    text = text_of(row)
    assert all(part.lower() in text.lower() for part in said) and unsaid not in text, text
    [message] = ChatMessage.objects.filter(event="escalated")
    chat.send(message.pk)
    message.refresh_from_db()
    assert message.status == "sent" and all(part.lower() in message.text.lower() for part in said), message.text


def test_what_is_on_its_way_already_is_left_alone_and_other_items_are_others(item, agent, requester, team):
    escalated(item, agent, steps=STEPS[:1])
    OutboundMessage.objects.update(status="sending", attempts=1)
    escalated(item, agent, steps=STEPS[1:])
    escalated(open_incident(requester=requester, team=team), agent)
    rows = OutboundMessage.objects.filter(event="escalated").order_by("id")
    assert [len(row.params.get("steps", [row.params])) for row in rows] == [1, 2, 3]


def test_those_that_waited_for_the_morning_are_one_as_well(item, agent):
    agent.preferences = {"notices": {"escalated": {"bell": True, "mail": "digest", "chat": "never"}}}
    agent.save()
    escalated(item, agent)
    HeldNotice.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert notices.send_held(timezone.now()) == 1
    [row] = OutboundMessage.objects.filter(user=agent)
    assert row.event == "escalated" and len(row.params["steps"]) == 3
