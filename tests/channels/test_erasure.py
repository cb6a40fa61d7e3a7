"""Who is erased is gone from the messages too; what he said stays in its item."""

from __future__ import annotations

import json

import pytest
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from hengwei.channels.models import InboundMessage, MailAddress, NoticeChannel, OutboundMessage
from hengwei.org.actions.privacy import erase_person, export_person
from hengwei.work.actions import conversation
from hengwei.work.actions.drafts import save_draft
from hengwei.work.models import Draft, Entry
from tests.channels.conftest import mail, receive
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db
ADDRESS = "li@customer.example"


@pytest.fixture
def li(customer, mailbox):
    return UserFactory(name="李倩", username="li", email=ADDRESS, customer=customer, role="requester")


@pytest.fixture
def guard(department):
    return UserFactory(role="security_admin")


@pytest.fixture
def row(li, mailbox, team):
    return receive(mail(text="打印机不出纸", subject="三楼打印机"), mailbox)


def everything() -> str:
    """All that messages and the timeline hold, as text."""
    rows = [list(model.objects.values()) for model in (InboundMessage, OutboundMessage, MailAddress, NoticeChannel, Entry)]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)


def test_the_address_is_nowhere_any_more_and_the_words_are(li, guard, agent, row, mailbox, django_capture_on_commit_callbacks):
    mailbox.smtp_host = "127.0.0.1"
    mailbox.save()
    conversation.reply(row.item, by=acting(agent), text="请问面板上显示什么代码？")
    OutboundMessage.objects.filter(event="reply").update(to=[ADDRESS, "boss@customer.example"])
    MailAddress.objects.create(address=ADDRESS)
    NoticeChannel.objects.create(name="我的机器人", url="wecombot://secret-of-li", service="wecombot", user=li)
    save_draft(row.item, by=li, text="还有一件")
    assert ADDRESS in everything()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(li, by=acting(guard), confirm="li")
    left = everything()
    assert ADDRESS not in left
    assert "李倩" not in left
    assert "secret-of-li" not in left
    assert "打印机不出纸" in left
    assert "boss@customer.example" in left
    assert not Draft.objects.filter(user=li).exists()
    assert not default_storage.exists(row.path)


def test_what_came_from_him_can_no_longer_be_fetched_and_the_list_still_shows(li, guard, row):
    erase_person(li, by=acting(guard), confirm="li")
    client = Client()
    client.force_login(UserFactory(role="manager"))
    assert client.get(f"/mail/in/{row.pk}/source").status_code == 404
    assert client.get("/mail/in").status_code == 200


def test_the_copy_of_a_persons_data_tells_of_his_messages(li, guard, row):
    told = export_person(li, by=acting(li))["messages"]
    assert [one["subject"] for one in told["received"]] == ["三楼打印机"]
