"""The pages of mail and of the bell, as people use them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hengwei.channels.models import InboundMessage, Mailbox, Notice, OutboundMessage
from hengwei.work.actions import assignment, conversation
from hengwei.work.models import Category, WorkItem
from tests.channels.conftest import mail, receive, send_all
from tests.factories import UserFactory, acting, hear, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(department):
    return UserFactory(name="系统管理员", role="system_admin")


@pytest.fixture
def li(customer, mailbox):
    return UserFactory(name="李倩", username="li", email="li@customer.example", customer=customer, role="requester")


@pytest.fixture
def item(li, team):
    made = open_incident(requester=li, title="打印机卡纸", team=team, category=Category.objects.create(key="p", name="打印机"), impact=3, urgency=3)
    return WorkItem.objects.get(pk=made.pk)


FORM = {
    "address": "service@example.com", "name": "售后", "kind": "incident", "active": "on", "imap_host": "mail.example.com", "imap_port": "993", "imap_security": "tls",
    "imap_user": "service", "imap_password": "s3cret", "imap_folder": "INBOX", "smtp_host": "", "smtp_port": "465", "smtp_security": "tls",
}


@pytest.mark.parametrize("path", ["/mail/", "/mail/new", "/mail/in", "/mail/out"])
@pytest.mark.parametrize(("role", "status"), [("requester", 404), ("agent", 404), ("lead", 404), ("auditor", 404), ("manager", 200), ("system_admin", 200)])
def test_only_keepers_see_the_mailboxes(client, department, path, role, status):
    client.force_login(UserFactory(role=role))
    assert client.get(path).status_code == status


def test_a_mailbox_is_set_up_and_its_password_never_shown_again(client, admin):
    client.force_login(admin)
    assert client.post("/mail/new", FORM).status_code == 302
    box = Mailbox.objects.get(address="service@example.com")
    page = client.get(f"/mail/{box.pk}").content.decode()
    assert "s3cret" not in page
    client.post(f"/mail/{box.pk}", FORM | {"imap_password": "········", "name": "售后服务"})
    box.refresh_from_db()
    assert (box.name, box.imap_password) == ("售后服务", "s3cret")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT imap_password FROM channels_mailbox WHERE id = %s", [box.pk])
        assert "s3cret" not in cursor.fetchone()[0]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, admin):
    client.force_login(admin)
    answer = client.post("/mail/new", FORM | {"address": "no address", "imap_security": "none"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "no address" in page
    assert "明文" in page
    assert not Mailbox.objects.exists()


def test_a_mailbox_is_tried(client, admin, mailbox, sink):
    client.force_login(admin)
    assert "发信正常" in client.post(f"/mail/{mailbox.pk}/test").content.decode()
    Mailbox.objects.filter(pk=mailbox.pk).update(smtp_port=1)
    assert "发信不通" in client.post(f"/mail/{mailbox.pk}/test").content.decode()


def test_the_ledger_says_what_became_of_each_and_costs_the_same(client, admin, mailbox, django_assert_max_num_queries):
    client.force_login(admin)
    receive(mail(Precedence="list", text="1"), mailbox)
    for number in range(2, 12):
        receive(mail(text=str(number)), mailbox)
    with django_assert_max_num_queries(9):
        page = client.get("/mail/in").content.decode()
    assert "已搁置" in page
    assert page.count("INC-") >= 10
    aside = InboundMessage.objects.get(status="aside")
    assert client.post(f"/mail/in/{aside.pk}/take").status_code == 302
    aside.refresh_from_db()
    assert aside.item is not None


def test_a_failed_reply_is_seen_and_sent_again(client, item, agent, mailbox, sink):
    sink.refuse.add("li@customer.example")
    conversation.reply(item, by=acting(agent), text="hi")
    send_all()
    client.force_login(agent)
    page = client.get(item.get_absolute_url()).content.decode()
    assert "未发出" in page
    row = OutboundMessage.objects.get(event="reply")
    client.post(f"/mail/out/{row.pk}/again", {"to": "li2@customer.example"})
    send_all()
    assert sink.recipients[-1] == ["li2@customer.example"]


def test_a_requester_sees_none_of_it(client, item, li, agent, mailbox):
    conversation.reply(item, by=acting(agent), text="hi")
    client.force_login(li)
    assert "delivery" not in client.get(item.get_absolute_url()).content.decode()
    row = OutboundMessage.objects.get(event="reply")
    assert client.post(f"/mail/out/{row.pk}/undo").status_code in (403, 404, 422)


def test_the_bell_counts_leads_there_and_is_read(client, item, agent, lead, mailbox):
    assignment.assign(item, by=acting(lead), owner=agent)
    hear()
    client.force_login(agent)
    notice = Notice.objects.get(user=agent, event="assigned")
    assert '<span class="count">' in client.get("/items").content.decode()
    page = client.get("/notices").content.decode()
    assert lead.name in page
    assert item.title in page
    assert client.get(f"/notices/{notice.pk}")["Location"].startswith(item.get_absolute_url())
    notice.refresh_from_db()
    assert notice.read_at is not None
    client.force_login(lead)
    assert client.get(f"/notices/{notice.pk}").status_code == 404


def test_each_chooses_what_reaches_him(client, agent):
    client.force_login(agent)
    client.post("/notices/choose", {
        "assigned:bell": "on", "assigned:mail": "digest", "quiet_from": "22:00", "quiet_until": "07:00", "working_only": "on", "digest": "weekly", "digest_at": "09:00", "digest_day": "2",
    })
    agent.refresh_from_db()
    assert agent.preferences["notices"]["assigned"] == {"bell": True, "mail": "digest", "chat": "never"}
    assert agent.preferences["notices"]["mentioned"] == {"bell": False, "mail": "never", "chat": "never"}
    assert agent.preferences["notice_hours"] == {"quiet_from": "22:00", "quiet_until": "07:00", "working_only": True, "digest": "weekly", "digest_at": "09:00", "digest_day": 2}
    page = client.get("/notices/choose").content.decode()
    assert 'value="22:00"' in page
    assert '<option value="weekly" selected>' in page


def test_a_hundred_notices_cost_no_more(client, item, agent, django_assert_max_num_queries):
    Notice.objects.bulk_create(Notice(user=agent, event="answered", item=item, params={"actor": "x"}, at=timezone.now()) for _ in range(120))
    client.force_login(agent)
    with django_assert_max_num_queries(9):
        page = client.get("/notices").content.decode()
    assert page.count("<li") >= 50


def test_one_default_which_a_wrong_form_does_not_take_away(client, admin, mailbox):
    client.force_login(admin)
    assert client.post("/mail/new", FORM | {"default": "on", "address": "no address"}).status_code == 422
    mailbox.refresh_from_db()
    assert mailbox.default
    assert client.post("/mail/new", FORM | {"default": "on"}).status_code == 302
    assert [box.address for box in Mailbox.objects.filter(default=True)] == ["service@example.com"]


def test_older_notices_follow_on_the_next_page(client, item, agent):
    Notice.objects.bulk_create(Notice(user=agent, event="answered", item=item, params={"actor": f"x{n}."}, at=timezone.now()) for n in range(70))
    client.force_login(agent)
    page = client.get("/notices")
    after = client.get("/notices", {"cursor": page.context["next"]})
    assert "x69." in page.content.decode()
    assert "x0." in after.content.decode()
    assert after.context["next"] is None


def test_the_list_of_what_goes_out_shows_each_kind_and_costs_the_same(client, admin, item, agent, mailbox, sink, django_assert_max_num_queries):
    conversation.reply(item, by=acting(agent), text="hi")
    send_all()
    sink.refuse.add("li@customer.example")
    conversation.reply(item, by=acting(agent), text="again")
    send_all()
    for _ in range(5):
        conversation.reply(item, by=acting(agent), text="waits")
    client.force_login(admin)
    with django_assert_max_num_queries(9):
        page = client.get("/mail/out").content.decode()
    assert "li@customer.example" in page
    assert "未发出" in page
    assert "发送中" in page
