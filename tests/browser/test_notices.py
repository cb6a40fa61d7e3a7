"""Who is told what, when and where, in both languages: one's own choice, a chat robot, a signed webhook and its log; who is away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.channels.receiver import receiving

from .people import Person, fresh

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def came(page, receiver, words: str) -> tuple[dict[str, str], bytes]:
    """The call with these words, waited for."""
    for _ in range(150):
        for headers, body in receiver.calls:
            if words in body.decode():
                return headers, body
        page.wait_for_timeout(100)
    raise AssertionError(f"nothing with {words!r} came: {[body[:200] for _h, body in receiver.calls]}")


def told(page, words: str, *, of: str = "main") -> None:
    """The page tells it, once what runs behind it is through; it is asked for anew till then."""
    for _ in range(40):
        if words in page.locator(of).first.inner_text():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator(of).first).to_contain_text(words)


@LANGUAGES
def test_each_chooses_what_reaches_him_and_a_chat_robot_tells_it(browser, product, language):
    engineer, colleague = Person(browser, product, "sunyan", language), Person(browser, product, "wangmin", language)
    with receiving() as receiver:
        page = engineer.go("/channels/notices/new")
        robot = fresh("robot")
        page.fill("#id_name", robot)
        page.fill("#id_url", f"json://127.0.0.1:{receiver.port}/take")
        engineer.accessible()
        page.locator("main button.btn-primary").first.click()
        page.wait_for_url(re.compile(r"/channels/notices/\d+$"))
        # Its address holds a key and is not shown again.
        assert f":{receiver.port}" not in page.content()
        page.locator(".page-head button, .page-head a", has_text={"zh-hans": "试", "en": "Try it"}[language]).first.click()
        expect(page.locator(".toasts")).to_contain_text({"zh-hans": "已发", "en": "Sent"}[language])
        assert receiver.calls
        page = engineer.go("/notices/choose")
        page.select_option("[name='mentioned:chat']", "now")
        page.select_option("[name='mentioned:mail']", "never")
        page.select_option("[name='assigned:mail']", "digest")
        page.check("[name='mentioned:bell']")
        page.fill("#quiet_from", "00:00")
        page.fill("#quiet_until", "00:00")
        page.uncheck("[name=working_only]")
        page.select_option("#digest", "daily")
        page.fill("#digest_at", "08:15")
        engineer.accessible()
        page.locator("main form button.btn-primary").click()
        page.wait_for_selector(".toasts div")
        page = engineer.go("/notices/choose")
        assert page.input_value("[name='assigned:mail']") == "digest"
        assert page.input_value("#digest_at") == "08:15"
        # A robot that does not answer is tried again; the log says so, and a click sends it.
        receiver.status = 500
        number = colleague.logs(fresh("Beamer"), take=True)
        written = colleague.go(f"/items/{number}")
        written.click("[data-mode-is=note]")
        written.fill(".editor textarea", "@孙艳 please look")
        written.locator(".editor button.btn-primary[data-only=note]").click()
        came(written, receiver, number)
        page = engineer.go("/channels/sent")
        row = page.locator("tbody tr", has_text=number).filter(has_text=robot)
        expect(row).to_be_visible()
        row.locator("a").first.click()
        receiver.status = 200
        receiver.calls.clear()
        told(page, "500")
        page.locator(".page-head button, .page-head a", has_text={"zh-hans": "立即重试", "en": "Try now"}[language]).first.click()
        came(page, receiver, number)
        engineer.accessible()
    engineer.close()
    colleague.close()


@LANGUAGES
def test_a_webhook_is_signed_tried_again_and_sent_again_from_its_log(browser, product, language):
    manager = Person(browser, product, "yangjing", language)
    with receiving() as receiver:
        page = manager.go("/channels/webhooks/new")
        page.fill("#id_name", fresh("MES"))
        page.fill("#id_url", f"http://127.0.0.1:{receiver.port}/take")
        page.check("[name=events][value='item.opened'], [name=events][value*=opened]")
        manager.accessible()
        page.locator("main button.btn-primary").first.click()
        page.wait_for_url(re.compile(r"/channels/webhooks/\d+$"))
        webhook = page.url
        secret = page.locator("code.long").inner_text()
        page.locator(".page-head button, .page-head a", has_text={"zh-hans": "试", "en": "Try it"}[language]).first.click()
        expect(page.locator(".toasts")).to_contain_text("200")
        headers, body = receiver.calls[0]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = hmac.new(key, f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body, hashlib.sha256).digest()
        assert f"v1,{base64.b64encode(signed).decode()}" in headers["webhook-signature"].split()
        # The other side fails; the log says with what, and a click sends it once more, under the same id.
        receiver.status = 503
        number = manager.logs(fresh("Line 2 stands"))
        first, body = came(page, receiver, number)
        assert number in json.dumps(json.loads(body))
        page.goto(webhook)
        told(page, "503")
        row = page.locator("tbody tr", has_text=number)
        manager.accessible()
        row.locator("a").first.click()
        receiver.status = 200
        receiver.calls.clear()
        page.locator(".page-head button, .page-head a", has_text={"zh-hans": "立即重试", "en": "Try now"}[language]).first.click()
        second, _body = came(page, receiver, number)
        assert second["webhook-id"] == first["webhook-id"]
        told(page, "200", of="dl.facts")
        # What arrived can be sent once more, too: the receiver knows it by its id.
        receiver.calls.clear()
        page.locator(".page-head button, .page-head a", has_text={"zh-hans": "重发", "en": "Send again"}[language]).first.click()
        assert came(page, receiver, number)[0]["webhook-id"] == first["webhook-id"]
        manager.accessible()
        # Taken out of use: it is not called any more.
        page.goto(webhook + "/edit")
        page.uncheck("#id_active")
        page.locator("main button.btn-primary").first.click()
        page.wait_for_url(webhook)
    manager.close()


@LANGUAGES
def test_who_goes_away_hands_his_open_items_over_in_one_step(browser, product, language):
    who, leaves, stays, deputy_name = {"zh-hans": ("huangming", "黄明", "liutao", "刘涛"), "en": ("linxia", "林霞", "hejuan", "何娟")}[language]
    leaver = Person(browser, product, who, language)
    numbers = [leaver.logs(fresh("Left behind"), take=True) for _ in range(2)]
    page = leaver.go("/org/absences/new")
    start = datetime.now(ZoneInfo("Asia/Shanghai"))
    page.fill("#id_starts_at", (start - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("#id_ends_at", (start + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    leaver.picks("#id_deputy", deputy_name)
    page.fill("#id_note", "training")
    leaver.accessible()
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/org/absences/\d+$"))
    # What is open is named before; one click gives it to who stands in.
    for number in numbers:
        expect(page.locator("main table", has_text=number)).to_be_visible()
    leaver.accessible()
    page.on("dialog", lambda asked: asked.accept())
    page.locator(".page-head button", has_text={"zh-hans": "移交", "en": "Hand over now"}[language]).first.click()
    page.wait_for_selector(".toasts div")
    expect(page.locator("main table", has_text=numbers[0])).to_have_count(0)
    for number in numbers:
        page = leaver.go(f"/items/{number}")
        expect(page.locator("#side")).to_contain_text(deputy_name)
    deputy = Person(browser, product, stays, language)
    page = deputy.go("/items?view=mine")
    for number in numbers:
        expect(page.locator("tr[data-item]", has_text=number)).to_be_visible()
    deputy.close()
    page = leaver.go("/org/absences?q=training")
    page.locator("tbody tr", has_text=leaves).first.locator("a").first.click()
    page.on("dialog", lambda asked: asked.accept())
    page.locator(".page-head button", has_text={"zh-hans": "销假", "en": "Back again"}[language]).first.click()
    expect(page.locator(".page-head button", has_text={"zh-hans": "销假", "en": "Back again"}[language])).to_have_count(0)
    leaver.close()
