"""The portal in a browser without one: what a requester sees, sends and gets back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hengwei.desk.actions import catalogue, department, guests, surveys
from hengwei.desk.models import Answer, CatalogueEntry, DeskSettings
from hengwei.desk.suggestions import Suggestion, _sources
from hengwei.org.models import Customer
from hengwei.work.models import WorkItem
from tests.factories import UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
FIELDS = [
    {"key": "note", "type": "explanation", "label": "请先重启"}, {"key": "what", "type": "choice", "label": "设备", "choices": ["显示器", "其他"], "required": True},
    {"key": "other", "type": "text", "label": "请说明", "required": True, "when": {"field": "what", "op": "is", "value": "其他"}},
]


@pytest.fixture
def page(requester) -> Client:
    client = Client()
    client.force_login(requester)
    return client


@pytest.fixture
def entry(lead, team):
    made = catalogue.save_entry(None, by=acting(lead), key="device", name="办公设备", name_en="Office equipment", description="显示器、键盘")
    catalogue.publish(made, by=acting(lead), fields=FIELDS, team=team)
    return CatalogueEntry.objects.get()


def test_what_waits_for_me_stands_above_what_i_wait_for(page, requester, team):
    waiting, running = open_incident(requester=requester, team=team, title="等我回答"), open_incident(requester=requester, team=team, title="在处理")
    WorkItem.objects.filter(pk=waiting.pk).update(phase="waiting", state="pending", waiting_for="customer")
    shown = page.get("/portal/").content.decode()
    assert shown.index("需要您处理") < shown.index("等我回答") < shown.index("我的未完成请求") < shown.index("在处理")
    assert running.number in shown


def test_the_portal_asks_the_database_the_same_however_many_requests_there_are(page, requester, team, django_assert_max_num_queries):
    for n in range(8):
        open_incident(requester=requester, team=team, title=f"第{n}个")
    with django_assert_max_num_queries(20):
        page.get("/portal/")
    with django_assert_max_num_queries(14):
        page.get("/portal/requests")


def test_typing_offers_entries_and_things_to_read(page, entry, monkeypatch):
    monkeypatch.setattr("hengwei.desk.suggestions._sources", [*_sources, lambda text, user: [Suggestion("显示器不亮怎么办", "/kb/1", kind="知识")]])
    found = page.get("/portal/offers?q=显示器").content.decode()
    assert "显示器不亮怎么办" in found
    assert "/portal/new/device" in found
    assert "/portal/new/device" not in page.get("/portal/offers?q=空调").content.decode()


def test_the_form_asks_what_applies_and_names_the_hours_before_sending(page, entry):
    shown = page.get("/portal/new/device").content.decode()
    assert "请先重启" in shown
    assert 'data-key="other" data-when=' in shown
    assert "服务时间：周一至周五" in shown
    wrong = page.post("/portal/new/device", {"f_what": "其他", "title": "新屏"})
    assert wrong.status_code == 422
    assert "请填写" in wrong.content.decode()
    assert 'value="新屏"' in wrong.content.decode()


def test_after_sending_stand_the_number_and_what_happens_next_and_when(page, entry):
    answer = page.post("/portal/new/device", {"f_what": "显示器"}, follow=True)
    item = WorkItem.objects.get()
    shown = answer.content.decode()
    assert item.number in shown
    assert "接下来" in shown
    assert "答复您" in shown


def test_all_my_requests_are_found_by_words_and_my_colleagues_only_where_allowed(page, requester, team, customer):
    mine = open_incident(requester=requester, team=team, title="扫码枪连不上")
    other = open_incident(requester=UserFactory(role="requester", customer=customer), team=team, title="同事的投影仪")
    assert mine.number in page.get("/portal/requests?q=扫码枪").content.decode()
    assert mine.number not in page.get("/portal/requests?q=投影").content.decode()
    assert other.number not in page.get("/portal/requests?show=colleagues").content.decode()
    Customer.objects.filter(pk=customer.pk).update(shares_requests=True)
    assert other.number in page.get("/portal/requests?show=colleagues").content.decode()
    assert page.get(f"/items/{other.number}").status_code == 200


def test_the_standards_are_read_in_the_portal_each_version(page, requester):
    manager = UserFactory(role="manager")
    assert "还没有发布" in page.get("/portal/standards").content.decode()
    department.publish_standard(by=acting(manager), text="# 受理\n\n15分钟内答复")
    department.publish_standard(by=acting(manager), text="# 受理\n\n10分钟内答复")
    assert "10分钟内答复" in page.get("/portal/standards").content.decode()
    assert "15分钟内答复" in page.get("/portal/standards?version=1").content.decode()


def test_a_survey_waits_in_the_portal_and_by_its_link(page, requester, lead, customer):
    questions = [{"key": "overall", "type": "csat", "label": "总体满意度", "required": True}]
    campaign = surveys.save_campaign(None, by=acting(lead), customers=[customer], name="季度满意度", questions=questions, ends_at=timezone.now() + timedelta(days=7))
    surveys.start(campaign, by=acting(lead))
    assert "季度满意度" in page.get("/portal/").content.decode()
    link = f"/portal/survey/{surveys.link_of(campaign, campaign.invitations.get())}"
    stranger = Client()
    assert "总体满意度" in stranger.get(link).content.decode()
    assert stranger.post(link, {}).status_code == 422
    assert "谢谢" in stranger.post(link, {"q_overall": "5"}).content.decode()
    assert Answer.objects.get().score == 5
    assert "季度满意度" not in page.get("/portal/").content.decode()


# --- people who are not signed in --------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in_until_the_department_opens_the_door(client, entry):
    for address in ("/portal/", "/portal/offers?q=x"):
        assert client.get(address)["Location"].startswith("/account/login/")
    assert client.get("/portal/guest/new").status_code == 403
    DeskSettings.objects.create(pk=1, guests=True)
    assert "办公设备" in client.get("/portal/").content.decode()
    assert "/portal/guest/new/device" in client.get("/portal/offers?q=显示器").content.decode()


def test_a_guest_asks_confirms_and_follows_by_the_links_of_the_mail(client, entry):
    DeskSettings.objects.create(pk=1, guests=True)
    wrong = client.post("/portal/guest/new/device", {"email": "no", "f_what": "显示器"})
    assert wrong.status_code == 422
    sent = client.post("/portal/guest/new/device", {"email": "zhao@outside.example", "name": "赵工", "f_what": "显示器"})
    item = WorkItem.objects.get()
    assert sent.status_code == 201
    assert item.number in sent.content.decode()
    status = f"/portal/status/{guests.status_token(item)}"
    assert "尚未确认" in client.get(status).content.decode()
    confirm = f"/portal/confirm/{guests.confirm_token(item)}"
    client.get(confirm)
    assert "尚未确认" in client.get(status).content.decode()
    assert client.post(confirm)["Location"].startswith("/portal/status/")
    assert "尚未确认" not in client.get(status).content.decode()
    client.post(status, {"text": "急用"})
    assert "急用" in client.get(status).content.decode()


def test_a_machine_that_fills_every_field_is_not_heard(client, entry):
    DeskSettings.objects.create(pk=1, guests=True)
    client.post("/portal/guest/new", {"email": "a@b.example", "title": "x", "website": "http://spam.example"})
    assert WorkItem.objects.count() == 0
