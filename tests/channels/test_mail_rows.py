"""mail.md row by row, where the other files have no test of it: parts, charsets, what is shown, and that no damage loses a message."""

from __future__ import annotations

import json
import random
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hengwei.channels import commands
from hengwei.channels.actions import importing, inbound
from hengwei.channels.models import InboundMessage, Mailbox, OutboundMessage
from hengwei.channels.reading.message import parse
from hengwei.work.models import Category, WorkItem
from tests.channels.conftest import mail, receive
from tests.factories import UserFactory, open_incident

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data" / "mail"
FILES = sorted(DATA.glob("*.eml"))


@pytest.fixture
def li(customer, mailbox):
    return UserFactory(name="李倩", username="li", email="li@customer.example", customer=customer, role="requester")


@pytest.fixture
def item(li, team):
    made = open_incident(requester=li, title="打印机卡纸", team=team, category=Category.objects.create(key="p", name="打印机"), impact=3, urgency=3)
    return WorkItem.objects.get(pk=made.pk)


def parted(*files: tuple[bytes, str, str, str]) -> bytes:
    """A message with these files: (content, main type, sub type, name)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "李倩 <li@customer.example>", "help@example.com", "files", "<files@customer.example>"
    message.set_content("see files")
    for content, main, sub, name in files:
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return bytes(message)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_command_says_what_is_understood(file):
    """`hengwei mail parse FILE`: JSON, with the keys that programs rely on."""
    done = CliRunner().invoke(commands.app, ["parse", str(file)])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert {"from", "reply_to", "to", "cc", "subject", "message_id", "in_reply_to", "references", "date", "text", "html", "quoted", "signature", "attachments", "automatic", "bounce"} <= set(found)
    assert found["subject"] == parse(file.read_bytes()).subject


def test_the_command_reads_its_input_too():
    done = CliRunner().invoke(commands.app, ["parse", "-"], input=mail(text="hello"))
    assert json.loads(done.output)["text"] == "hello"


def test_a_second_mailbox_adds_its_recipient_to_the_first(li, mailbox, team):
    data = mail(id="<two@customer.example>", to="help@example.com, sales@example.com")
    first = receive(data, mailbox, envelope_to="help@example.com")
    sales = Mailbox.objects.create(address="sales@example.com", name="销售")
    receive(data, sales, envelope_to="sales@example.com")
    assert sorted(first.deliveries.values_list("envelope_to", flat=True)) == ["help@example.com", "sales@example.com"]
    assert WorkItem.objects.count() == 1


def test_control_headers_of_ours_from_outside_do_nothing(li, mailbox):
    row = receive(mail(X_Hengwei_Loop="0000", X_Hengwei_Item="INC-2026-000001", text="x"), mailbox)
    assert row.outcome == "opened"


def test_names_are_made_fit_and_doubles_numbered(li, mailbox):
    row = receive(parted((b"1", "text", "csv", "a/b:c?.csv"), (b"2", "text", "csv", "表.csv"), (b"3", "text", "csv", "表.csv")), mailbox)
    assert sorted(row.entry.attachments.values_list("name", flat=True)) == ["a_b_c_.csv", "表 (2).csv", "表.csv"]


def test_a_message_inside_is_kept_as_eml_and_an_invitation_shown(li, mailbox, agent):
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "x@y.example", "里面的邮件"
    inner.set_content("inner")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "li@customer.example", "help@example.com", "outer"
    outer.set_content("see inside")
    outer.add_attachment(inner)
    outer.add_attachment("BEGIN:VCALENDAR\nEND:VCALENDAR", subtype="calendar", filename="邀请.ics")
    row = receive(bytes(outer), mailbox)
    assert {"里面的邮件.eml", "邀请.ics"} <= set(row.entry.attachments.values_list("name", flat=True))
    client = Client()
    client.force_login(agent)
    assert "会议邀请" in client.get(row.item.get_absolute_url()).content.decode()


def test_who_passed_it_on_is_shown_for_confirmation(agent, mailbox):
    from hengwei.org.models import User

    User.objects.filter(pk=agent.pk).update(email="wangmin@example.com")
    row = receive((DATA / "foxmail-forward.eml").read_bytes(), mailbox)
    client = Client()
    client.force_login(agent)
    page = client.get(row.item.get_absolute_url()).content.decode()
    assert f"由{agent.name}转发，请核对发件人" in page


def test_the_checks_of_a_trusted_server_are_shown(li, agent, mailbox):
    Mailbox.objects.filter(pk=mailbox.pk).update(trusted_server="mx.example.com")
    row = receive(mail(Authentication_Results="mx.example.com; spf=pass smtp.mailfrom=customer.example; dkim=pass; dmarc=pass", text="a"), mailbox)
    client = Client()
    client.force_login(agent)
    page = client.get(row.item.get_absolute_url()).content.decode()
    assert "SPF pass" in page
    assert "DMARC pass" in page


def test_a_late_report_is_a_note_and_marks_nobody(item, li, mailbox):
    from hengwei.channels.actions import outgoing
    from hengwei.channels.models import MailAddress

    sent = outgoing.queue("reply", item=item, automatic=False)
    data = (DATA / "bounce-delayed.eml").read_bytes()
    found = parse(data)
    OutboundMessage.objects.filter(pk=sent.pk).update(to=[one.address for one in found.bounce.recipients], status="sent")
    for one in found.bounce.message_ids:
        data = data.replace(one.encode(), sent.message_id.encode())
    row = receive(data, mailbox)
    sent.refresh_from_db()
    assert (row.outcome, sent.status) == ("bounce", "sent")
    assert item.entries.filter(kind="notice", details__notice="mail_delayed").exists()
    assert not MailAddress.objects.filter(blocked_at__isnull=False).exists()


def test_a_chain_that_was_stopped_is_shown_to_the_administrator(item, mailbox):
    from hengwei.channels.actions import outgoing
    from hengwei.channels.models import Notice
    from hengwei.core.acting import Actor

    keeper = UserFactory(role="system_admin")
    deep = Actor()
    for number in range(10):
        deep = deep.caused_by(f"rule{number}")
    outgoing.queue("received", item=item, by=deep)
    client = Client()
    client.force_login(keeper)
    assert Notice.objects.filter(user=keeper, event="chain").count() == 1
    assert "rule9" in client.get("/notices").content.decode()


def _damaged(seed: int, data: bytes) -> bytes:
    """The message with pieces cut, doubled, swapped, turned into noise."""
    rng, raw = random.Random(seed), bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at, size = rng.randrange(len(raw) or 1), rng.choice((1, 3, 40, 400))
        match rng.randrange(5):
            case 0:
                del raw[at : at + size]
            case 1:
                raw[at:at] = raw[at : at + size]
            case 2:
                raw[at : at + size] = rng.randbytes(size)
            case 3:
                raw = raw[:at] or raw
            case _:
                raw[at:at] = rng.choice((b"\r\n\r\n", b"--", b"\x00", b"=?utf-8?b?", b"Content-Type: multipart/mixed; boundary=x\r\n", b"\xff\xfe", b"begin 644 x\r\n"))
    return bytes(raw)


def test_a_charset_with_a_null_in_its_name_is_read_past():
    found = parse(b"From: a@b.example\r\nContent-Type: text/plain; charset=u\x00tf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + "打印机卡纸".encode())
    assert "打印机卡纸" in json.dumps(found.as_json(), ensure_ascii=False)


@settings(max_examples=120)
@given(st.integers(0, 10**9), st.sampled_from(FILES))
def test_no_damage_stops_the_reading(seed, file):
    found = parse(_damaged(seed, file.read_bytes()))
    text = json.dumps(found.as_json(), ensure_ascii=False)
    text.encode()
    assert "\\u0000" not in text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 10**9), st.sampled_from(FILES))
def test_no_damage_loses_a_message(mailbox, seed, file):
    """Whatever comes is on record with its bytes, and is read or set aside, never failed."""
    data = _damaged(seed, file.read_bytes())
    row = inbound.keep(data, mailbox=mailbox, now=False)
    inbound.process(row.pk)
    row.refresh_from_db()
    assert row.status in ("done", "aside"), row.reason
    with inbound.default_storage.open(row.path) as kept:
        assert kept.read() == data


@pytest.mark.parametrize("data", [b"", b"\x00", b"\r\n\r\n", b"From: \xff\xfe\r\n\r\n\xff", b"Subject: =?utf-8?b?/////w==?=\r\n\r\n", b"From: a@b.cn\r\nContent-Type: text/plain; charset=\xff\r\n\r\nx", b"Content-Type: multipart/mixed\r\n\r\n--\r\n"])
def test_hardly_a_message_is_on_record_all_the_same(mailbox, data):
    row = inbound.keep(data, mailbox=mailbox, now=False)
    inbound.process(row.pk)
    row.refresh_from_db()
    assert row.status in ("done", "aside"), row.reason


def test_lanes_keep_the_order_of_a_conversation():
    """Messages that answer each other go one after the other, whichever way they name each other."""
    lanes = importing.Lanes(4)
    first = lanes.of(mail(id="<1@x>"))
    assert lanes.of(mail(id="<2@x>", In_Reply_To="<1@x>")) == first
    assert lanes.of(mail(id="<3@x>", In_Reply_To="<2@x>")) == first
    assert lanes.of(mail(id="<4@x>", References="<1@x> <3@x>")) == first
    assert len({lanes.of(mail(id=f"<n{n}@x>")) for n in range(50)}) == 4


@pytest.mark.django_db(transaction=True)
def test_several_processes_take_in_what_one_does(department, team, mailbox):
    UserFactory(name="李倩", username="li", email="li@customer.example", role="requester")
    many = [f.read_bytes() for f in FILES]
    many += [mail(id=f"<t{number}@x>", text=f"first {number}", subject=f"thread {number}") for number in range(6)]
    for number in range(6):
        many += [mail(id=f"<t{number}.{k}@x>", text=f"more {k}", subject=f"Re: thread {number}", In_Reply_To=f"<t{number}@x>" if k == 0 else f"<t{number}.{k - 1}@x>") for k in range(4)]
    outcomes = importing.take_in(many, mailbox, jobs=2)
    assert sum(outcomes.values()) == len(many)
    assert not InboundMessage.objects.filter(status__in=("kept", "failed")).exists()
    for number in range(6):
        item = WorkItem.objects.get(title=f"thread {number}")
        assert list(item.entries.filter(kind="message_in").order_by("id").values_list("text", flat=True)) == [f"first {number}", "more 0", "more 1", "more 2", "more 3"]
