"""What becomes of a message that comes in, rule by rule of shared/mail.md."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hengwei.channels import signing
from hengwei.channels.actions import importing, inbound
from hengwei.channels.models import InboundMessage, Mailbox, OutboundMessage
from hengwei.channels.reading.message import parse
from hengwei.core.acting import Actor
from hengwei.org.models import User
from hengwei.work.actions import progress
from hengwei.work.models import Category, Relation, WorkItem
from tests.channels.conftest import mail, receive
from tests.factories import CustomerFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(customer, mailbox):
    return UserFactory(name="李倩", username="li", email="li@customer.example", customer=customer, role="requester")


@pytest.fixture
def item(li, team):
    made = open_incident(requester=li, title="打印机卡纸", team=team, category=Category.objects.create(key="printer", name="打印机", name_en="Printer"), impact=3, urgency=3)
    return WorkItem.objects.get(pk=made.pk)


def answering(item: WorkItem) -> str:
    return f"<{signing.message_id(1, item.pk, 'example.com')}>"


def test_a_mail_opens_an_item_of_the_mailbox_team(li, mailbox, team):
    arrived = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    row = receive(mail(text="打印机不出纸\n\n发自我的iPhone", subject="三楼打印机"), mailbox, received_at=arrived)
    item = row.item
    assert (item.title, item.description, item.requester, item.team, item.source, item.customer) == ("三楼打印机", "打印机不出纸", li, team, "email", li.customer)
    assert item.received_at == arrived
    assert "发自我的iPhone" in row.entry.quoted
    assert all(clock.started_at >= arrived for clock in item.clocks.all())


def test_it_is_kept_before_it_is_understood(mailbox):
    row = inbound.keep(mail(), mailbox=mailbox, now=False)
    assert row.status == "kept"
    assert WorkItem.objects.count() == 0
    assert parse(inbound.default_storage.open(row.path).read()).subject == "打印机"


def test_never_twice_from_the_same_place_nor_by_another_way(li, mailbox, team):
    data = mail(id="<one@customer.example>")
    first = receive(data, mailbox, uidvalidity=1, uid=7)
    assert receive(data, mailbox, uidvalidity=1, uid=7).pk == first.pk
    sales = Mailbox.objects.create(address="sales@example.com", name="销售")
    second = receive(b"Received: by another server\r\n" + data, sales)
    assert (second.outcome, second.item_id) == ("double", first.item_id)
    assert {d.mailbox for d in first.deliveries.all()} == {mailbox, sales}
    assert WorkItem.objects.count() == 1


def test_a_borrowed_message_id_does_not_make_anothers_mail_vanish(li, mailbox):
    receive(mail(id="<same@x.example>", text="first"), mailbox)
    assert receive(mail(id="<same@x.example>", text="second"), mailbox).outcome == "opened"


def test_our_own_mail_is_dropped(item, mailbox):
    assert receive(mail(id=answering(item)), mailbox).outcome == "ours"
    assert receive(mail(X_Hengwei_Loop=signing.loop_mark(), text="b"), mailbox).outcome == "ours"
    assert receive(mail(X_Hengwei_Loop="forged", text="c"), mailbox).outcome == "opened"


@pytest.mark.parametrize("fields", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "list"}, {"X_Autoreply": "yes"}, {"List_Id": "<a.b>"}, {"List_Unsubscribe": "<mailto:a@b.c>"}, {"X_Loop": "x"},
    {"Return_Path": "<>"}, {"X_Auto_Response_Suppress": "All"}, {"subject": "自动回复：打印机"}, {"subject": "Out of Office: x"},
])
def test_a_machine_is_kept_shown_and_reopens_nothing(item, agent, mailbox, fields):
    progress.resolve(item, by=acting(agent), cause="x", solution="y")
    joined = receive(mail(In_Reply_To=answering(item), **fields), mailbox)
    item.refresh_from_db()
    assert (joined.outcome, joined.item, item.phase) == ("joined", item, "resolved")
    assert joined.entry.details["automatic"]
    alone = receive(mail(text="not about anything", **fields), mailbox)
    assert (alone.status, alone.item) == ("aside", None)
    assert OutboundMessage.objects.filter(event="received", item__requester__email="mailer@x.example").count() == 0


def test_what_was_set_aside_can_be_taken_in_by_a_person(li, mailbox, department):
    row = receive(mail(Precedence="list"), mailbox)
    with pytest.raises(Exception, match=r"right|权限"):
        inbound.take_in(row, by=acting(UserFactory(role="agent")))
    taken = inbound.take_in(row, by=acting(UserFactory(role="manager")))
    assert taken.title == "打印机"


def test_an_alarm_from_a_noreply_address_opens_an_item_and_is_not_answered(mailbox):
    row = receive(mail(sender="no-reply@monitor.example", subject="DISK 95%"), mailbox)
    assert (row.outcome, row.item.requester) == ("opened", None)
    assert row.entry.details["from"] == "no-reply@monitor.example"
    assert not OutboundMessage.objects.exclude(user__isnull=False).exists()


def test_our_signature_joins_for_certain_whoever_writes(item, mailbox):
    row = receive(mail(sender="stranger@other.example", In_Reply_To=answering(item)), mailbox)
    assert (row.outcome, row.item, row.entry.details["joined_by"]) == ("joined", item, "signature")


def test_a_forged_signature_joins_nothing(item, mailbox):
    forged = f"<hw.1.{item.pk}.{'0' * 20}@example.com>"
    assert receive(mail(sender="stranger@other.example", In_Reply_To=forged), mailbox).outcome == "opened"


@pytest.mark.parametrize(("who", "joins"), [("requester", True), ("watcher", True), ("colleague", True), ("stranger", False), ("unverified", False), ("other_customer", False), ("agent", True)])
def test_a_number_in_the_subject_joins_only_by_right(item, li, agent, mailbox, who, joins):
    from hengwei.work.models import Watcher

    person = {
        "requester": lambda: li, "watcher": lambda: UserFactory(), "colleague": lambda: UserFactory(customer=li.customer), "agent": lambda: agent,
        "stranger": lambda: None, "unverified": lambda: UserFactory(customer=li.customer, verified=False), "other_customer": lambda: UserFactory(customer=CustomerFactory()),
    }[who]()
    if who == "watcher":
        Watcher.objects.create(item=item, user=person)
    address = person.email if person else "nobody@unknown.example"
    row = receive(mail(sender=address, subject=f"RE: [{item.number}] 打印机", text=f"from {who}"), mailbox)
    if joins:
        assert (row.outcome, row.item) == ("joined", item)
    else:
        assert row.item != item
        assert Relation.objects.filter(source=row.item, target=item, kind="may_belong").exists()


def test_references_are_followed_and_a_merged_item_leads_on(item, li, agent, mailbox, team):
    from hengwei.work.actions import relations

    first = receive(mail(id="<thread@customer.example>", text="one"), mailbox)
    relations.merge([first.item], into=item, by=acting(UserFactory(role="lead")))
    row = receive(mail(References="<unknown@x> <thread@customer.example>", text="two"), mailbox)
    assert (row.outcome, row.item, row.entry.details["joined_by"]) == ("joined", item, "reference")


def test_the_marker_in_the_quoted_text_joins(item, li, mailbox):
    from hengwei.channels.reading.quoting import REPLY_ABOVE

    row = receive(mail(text=f"好了\n\n> {REPLY_ABOVE} [{item.number}]\n> 您好"), mailbox)
    assert (row.item, row.entry.text, row.entry.details["joined_by"]) == (item, "好了", "marker")


def test_an_answer_to_a_closed_item_continues_it_as_a_new_one(item, li, agent, mailbox):
    progress.resolve(item, by=acting(agent), cause="x", solution="y")
    item.refresh_from_db()
    progress.close(item, by=acting(agent))
    row = receive(mail(In_Reply_To=answering(item), text="又坏了"), mailbox)
    item.refresh_from_db()
    assert (row.outcome, item.phase, row.item.team) == ("opened", "closed", item.team)
    assert Relation.objects.filter(source=row.item, target=item, kind="continues").exists()


def test_an_answer_to_a_resolved_item_reopens_it(item, li, agent, mailbox):
    progress.resolve(item, by=acting(agent), cause="x", solution="y")
    receive(mail(In_Reply_To=answering(item), text="还是不行"), mailbox)
    item.refresh_from_db()
    assert item.phase == "active"


def test_an_unknown_person_is_a_contact_by_the_domain_or_unverified(mailbox, department):
    company = CustomerFactory(domains=["huaxin.example"])
    known, unknown = receive(mail(sender="陈工 <chen@huaxin.example>"), mailbox), receive(mail(sender="who@gmail.example", text="x"), mailbox)
    assert (known.item.requester.customer, known.item.requester.verified, known.item.requester.name) == (company, True, "陈工")
    assert (unknown.item.requester.customer, unknown.item.requester.verified) == (None, False)
    assert not unknown.item.requester.has_usable_password()


def test_what_staff_pass_on_is_the_inner_senders(agent, mailbox):
    data = (Path(__file__).parent.parent / "data/mail/foxmail-forward.eml").read_bytes()
    User.objects.filter(pk=agent.pk).update(email="wangmin@example.com")
    row = receive(data, mailbox)
    assert row.item.requester.email == "chengong@huaxin.example"
    assert row.entry.details["forwarded_by"] == agent.name


def test_a_sender_check_that_failed_never_acts_as_staff(item, agent, mailbox):
    Mailbox.objects.filter(pk=mailbox.pk).update(trusted_server="mx.example.com")
    User.objects.filter(pk=agent.pk).update(email="wangmin@example.com")
    data = (Path(__file__).parent.parent / "data/mail/auth-fail.eml").read_bytes().replace(b"INC-2026-000042", item.number.encode())
    row = receive(data, mailbox)
    assert row.item != item
    assert row.item.requester is None
    assert row.entry.details["sender_check_failed"]
    assert row.entry.author is None


def test_a_check_by_a_server_we_do_not_trust_says_nothing(item, agent, mailbox):
    User.objects.filter(pk=agent.pk).update(email="wangmin@example.com")
    data = (Path(__file__).parent.parent / "data/mail/auth-fail.eml").read_bytes().replace(b"INC-2026-000042", item.number.encode())
    assert receive(data, mailbox).item == item


def test_reply_to_names_the_person_where_the_mailbox_says_so(li, mailbox):
    Mailbox.objects.filter(pk=mailbox.pk).update(use_reply_to=True)
    row = receive(mail(sender="form@website.example", Reply_To="li@customer.example"), mailbox)
    assert row.item.requester == li
    assert row.entry.details["from"] == "form@website.example"


def test_files_and_pictures_come_with_it_and_are_as_public_as_it(li, mailbox):
    row = receive((Path(__file__).parent.parent / "data/mail/qq-reply.eml").read_bytes(), mailbox)
    attachment = row.entry.attachments.get()
    assert attachment.public
    assert attachment.inline
    assert f'src="{attachment.file.get_absolute_url()}"' in row.entry.html


def test_people_in_copy_are_kept_informed_if_we_know_them(li, agent, mailbox):
    colleague = UserFactory(customer=li.customer)
    row = receive(mail(Cc=f"{colleague.email}, help@example.com, stranger@x.example, {UserFactory(customer=CustomerFactory()).email}"), mailbox)
    assert [w.user for w in row.item.watchers.all()] == [colleague]


def test_one_bad_message_stops_nothing_and_is_listed_with_its_reason(li, mailbox, monkeypatch):
    bad, good = inbound.keep(mail(text="bad"), mailbox=mailbox, now=False), inbound.keep(mail(text="good"), mailbox=mailbox, now=False)

    def fail(data):
        if b"bad" in data or b"YmFk" in data:
            raise RuntimeError("no way")
        return parse(data)

    monkeypatch.setattr(inbound.limit, "within", fail)
    for row in (bad, good):
        inbound.process(row.pk)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.attempts, good.status) == ("failed", 1, "done")
    assert "no way" in bad.reason
    monkeypatch.undo()
    assert inbound.again(bad, by=acting(UserFactory(role="manager"))).status == "done"


def test_a_message_that_takes_too_long_is_given_up(mailbox, monkeypatch):
    from hengwei.channels import limit

    reader = limit.Reader(seconds=0.0)
    with pytest.raises(limit.TooLong):
        reader.read(mail())


def test_a_bounce_marks_the_address_and_shows_on_the_item(item, li, mailbox):
    from hengwei.channels.actions import outgoing

    sent = outgoing.queue("reply", item=item, automatic=False)
    OutboundMessage.objects.filter(pk=sent.pk).update(to=["gone@kunde.example"], status="sent")
    data = (Path(__file__).parent.parent / "data/mail/bounce-permanent.eml").read_bytes().replace(b"hw.77.sig@example.com", sent.message_id.encode())
    row = receive(data, mailbox)
    sent.refresh_from_db()
    assert (row.outcome, row.item, sent.status) == ("bounce", item, "bounced")
    assert item.entries.get(kind="notice").details["address"] == "gone@kunde.example"
    from hengwei.channels.models import MailAddress

    assert MailAddress.objects.get().blocked_at


def test_a_forged_bounce_marks_nobody(item, li, mailbox):
    from hengwei.channels.models import MailAddress

    receive((Path(__file__).parent.parent / "data/mail/bounce-permanent.eml").read_bytes(), mailbox)
    assert not MailAddress.objects.exists()


def test_the_whole_set_is_taken_in(li, mailbox):
    files = sorted((Path(__file__).parent.parent / "data/mail").glob("*.eml"))
    outcomes = importing.take_in((f.read_bytes() for f in files), mailbox)
    assert outcomes["failed"] == 0
    assert sum(outcomes.values()) - outcomes["known"] == len(files)
    assert importing.take_in((f.read_bytes() for f in files), mailbox)["known"] == len(files)
    assert InboundMessage.objects.filter(status="kept").count() == 0


def test_a_rule_s_chain_is_passed_on(item, mailbox):
    from hengwei.channels.actions import outgoing

    deep = Actor()
    for number in range(10):
        deep = deep.caused_by(f"rule{number}")
    stopped = outgoing.queue("received", item=item, by=deep)
    assert (stopped.status, stopped.reason) == ("stopped", "chain")


def test_the_neighbours_of_a_message_that_hangs_are_read(monkeypatch):
    from hengwei.channels import limit

    reader = limit.Reader(seconds=20)
    wait, given_up = reader._wait, []

    def first_hangs(future):
        if not given_up:
            given_up.append(future)
            reader.close()
            raise limit.TooLong
        return wait(future)

    monkeypatch.setattr(reader, "_wait", first_hangs)
    try:
        found = list(reader.read_many(mail(text=f"{n}") for n in range(4)))
    finally:
        reader.close()
    assert isinstance(found[0], limit.TooLong)
    assert [m.text for m in found[1:]] == ["1", "2", "3"]
