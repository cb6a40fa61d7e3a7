"""What we send, to whom, and when we stop: against a real SMTP server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hengwei.channels import signing
from hengwei.channels.actions import outgoing, recipients
from hengwei.channels.models import MailAddress, MailTally, Notice, OutboundMessage
from hengwei.core.errors import Refused
from hengwei.core.files import store
from hengwei.work.actions import assignment, conversation, progress
from hengwei.work.models import Category, Watcher, WorkItem
from tests.channels.conftest import mail, receive, send_all
from tests.factories import UserFactory, acting, hear, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(customer, mailbox):
    return UserFactory(name="李倩", username="li", email="li@customer.example", customer=customer, role="requester")


@pytest.fixture
def item(li, team):
    made = open_incident(requester=li, title="打印机卡纸", team=team, category=Category.objects.create(key="p", name="打印机"), impact=3, urgency=3)
    return WorkItem.objects.get(pk=made.pk)


def body(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_the_number_goes_out_at_once_in_the_persons_language(li, mailbox, sink, team):
    li.language = "en"
    li.save()
    row = receive(mail(subject="Printer is dead", id="<first@customer.example>"), mailbox)
    send_all()
    message = sink.messages[0]
    assert message["To"] == "li@customer.example"
    assert message["Subject"] == f"[{row.item.number}] Received: Printer is dead"
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"], message["From"].addresses[0].addr_spec) == ("auto-generated", "All", "help@example.com")
    assert message["In-Reply-To"] == "<first@customer.example>"
    assert signing.item_of(message["Message-ID"].strip("<>")) == row.item.pk
    assert row.item.number in body(message)
    row.item.refresh_from_db()
    assert row.item.acknowledged_at is not None


def test_a_whole_conversation_is_one_thread(li, agent, mailbox, sink):
    row = receive(mail(id="<a@customer.example>"), mailbox)
    item = WorkItem.objects.get(pk=row.item_id)
    send_all()
    conversation.reply(item, by=acting(agent), text="请重启")
    send_all()
    receive(mail(id="<b@customer.example>", text="好了", In_Reply_To=sink.messages[-1]["Message-ID"]), mailbox)
    conversation.reply(item, by=acting(agent), text="不客气")
    send_all()
    last = [m for m in sink.messages if m["To"] == "li@customer.example"][-1]
    ids = [m["Message-ID"] for m in sink.messages if m["To"] == "li@customer.example"][:-1]
    assert last["In-Reply-To"] == "<b@customer.example>"
    assert set(last["References"].split()) == {"<a@customer.example>", "<b@customer.example>", *ids}
    assert last["Auto-Submitted"] is None


def test_an_answer_to_our_mail_comes_back_to_the_item_with_our_text_folded(item, li, agent, mailbox, sink):
    conversation.reply(item, by=acting(agent), text="请问哪台打印机？")
    send_all()
    sent = sink.messages[-1]
    quoted = "\n".join(f"> {line}" for line in body(sent).splitlines())
    row = receive(mail(text=f"三楼那台\n\n在 2026年11月24日，服务台 <help@example.com> 写道：\n{quoted}", In_Reply_To=sent["Message-ID"]), mailbox)
    assert (row.item, row.entry.text) == (item, "三楼那台")
    assert "请问哪台打印机" in row.entry.quoted


def test_a_note_never_leaves_the_house(item, agent, sink, mailbox):
    send_all()
    sink.messages.clear()
    conversation.note(item, by=acting(agent), text="这个用户很急")
    send_all()
    assert not [m for m in sink.messages if "很急" in body(m)]


def test_files_go_along(item, agent, sink, mailbox):
    conversation.reply(item, by=acting(agent), text="见附件", files=[store(b"%PDF-1.4 x", "步骤说明.pdf", user=agent)])
    send_all()
    assert [a.get_filename() for a in sink.messages[-1].iter_attachments()] == ["步骤说明.pdf"]


def test_never_to_ourselves_to_the_author_to_machines_or_to_the_dead(item, li, agent, mailbox, sink):
    for email in ("help@example.com", "no-reply@x.example", "gone@x.example", "cc@x.example"):
        Watcher.objects.create(item=item, user=UserFactory(email=email), kind="cc")
    MailAddress.objects.create(address="gone@x.example", blocked_at=timezone.now())
    conversation.reply(item, by=acting(agent), text="hi")
    send_all()
    assert sink.recipients[-1] == ["li@customer.example", "cc@x.example"]
    assert recipients.preview(item, timezone.now()).left_out == {"help@example.com": "own", "no-reply@x.example": "never_answered", "gone@x.example": "blocked"}


def test_recipients_are_those_of_the_moment_of_sending(item, li, agent, mailbox, sink):
    conversation.reply(item, by=acting(agent), text="hi")
    new = UserFactory(name="赵", role="requester")
    WorkItem.objects.filter(pk=item.pk).update(requester=new)
    send_all()
    assert sink.recipients[-1] == [new.email]


def test_staff_are_told_by_bell_and_mail_as_they_chose_and_never_of_their_own_doing(item, agent, lead, mailbox, sink):
    send_all()
    sink.messages.clear()
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    assignment.assign(item, by=acting(lead), owner=lead)
    hear()
    send_all()
    assert [(n.user, n.event) for n in Notice.objects.filter(event="assigned")] == [(agent, "assigned")]
    assert [m["To"] for m in sink.messages] == [agent.email]
    agent.preferences = {"notices": {"assigned": {"bell": True, "mail": False}}}
    agent.save()
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    send_all()
    assert len(sink.messages) == 1
    assert Notice.objects.filter(event="assigned", user=agent).count() == 2


def test_solved_says_how_and_offers_the_verdict(item, agent, mailbox, sink):
    progress.resolve(item, by=acting(agent), cause="纸张受潮", solution="更换了纸张")
    send_all()
    message = sink.messages[-1]
    assert "更换了纸张" in body(message)
    assert "/portal/rate/" in body(message)


def test_undo_send_within_the_seconds(item, agent, mailbox, sink):
    send_all()
    before = len(sink.messages)
    entry = conversation.reply(item, by=acting(agent), text="oops", hold_for=10)
    assert not OutboundMessage.objects.filter(event="reply").exists()
    conversation.take_back(entry, by=acting(agent))
    assert conversation.let_out(entry, at=timezone.now() + timedelta(minutes=1)) is None
    right = conversation.reply(item, by=acting(agent), text="restart it", hold_for=10)
    conversation.let_out(right, at=timezone.now() + timedelta(minutes=1))
    send_all()
    assert len(sink.messages) == before + 1
    assert "restart it" in body(sink.messages[-1])


def test_a_refusal_shows_on_the_item_and_can_be_sent_again_elsewhere(item, agent, mailbox, sink):
    sink.refuse.add("li@customer.example")
    conversation.reply(item, by=acting(agent), text="hi")
    send_all()
    row = OutboundMessage.objects.get(event="reply")
    assert row.status == "failed"
    assert item.entries.filter(kind="notice", details__notice="mail_failed", details__message=row.pk).exists()
    with pytest.raises(Refused):
        outgoing.send_again(row, by=acting(agent), to=["not an address"])
    outgoing.send_again(row, by=acting(agent), to=["other@customer.example"])
    send_all()
    assert sink.recipients[-1] == ["other@customer.example"]


def test_a_server_that_is_away_is_tried_later(item, agent, mailbox, sink):
    sink.later = True
    conversation.reply(item, by=acting(agent), text="hi")
    send_all()
    row = OutboundMessage.objects.get(event="reply")
    assert (row.status, row.attempts) == ("queued", 1)
    assert row.send_after > timezone.now()
    sink.later = False
    OutboundMessage.objects.filter(pk=row.pk).update(send_after=timezone.now())
    send_all()
    row.refresh_from_db()
    assert row.status == "sent"


def test_two_machines_do_not_write_to_each_other_for_ever(li, mailbox, sink, team):
    keeper = UserFactory(name="管理员", role="system_admin")
    for number in range(14):
        receive(mail(sender="李倩 <li@customer.example>", text=f"loop {number}"), mailbox)
    item = WorkItem.objects.first()
    MailTally.objects.bulk_create(MailTally(address=li.email, item=item, at=timezone.now()) for _ in range(30))
    send_all()
    assert not [m for m in sink.messages if m["To"] == li.email]
    assert MailAddress.objects.get(address=li.email).held_until > timezone.now()
    assert Notice.objects.filter(user=keeper, event="quota").count() == 1
    assert OutboundMessage.objects.filter(event="received", status="stopped").count() == 14


def test_a_chain_of_items_per_address_trips_at_ten_in_ten_minutes(item, li, mailbox):
    now = timezone.now()
    MailTally.objects.bulk_create(MailTally(address=li.email, item=item, at=now) for _ in range(9))
    assert recipients.tripped(li.email, item, now) is None
    MailTally.objects.create(address=li.email, item=item, at=now)
    assert recipients.tripped(li.email, item, now) == (10, 10)
    assert recipients.tripped(li.email, None, now) is None


def test_without_a_mailbox_nothing_is_queued(li, team, mailbox):
    type(mailbox).objects.update(active=False)
    open_incident(requester=li, team=team)
    assert not OutboundMessage.objects.exists()
