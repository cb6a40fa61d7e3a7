"""What others do appears by itself, and takes nothing away from who is at the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .people import Person, fresh

pytestmark = [pytest.mark.browser]


def test_an_answer_that_was_overtaken_takes_nothing_back(browser, product):
    engineer, other = Person(browser, product, "wangmin", "en"), Person(browser, product, "yangjing", "en")
    number = engineer.logs(fresh("Overtaken"))
    page = engineer.go(f"/items/{number}")
    # The server answers at once, but the line is slow: the news of what a colleague does next are here before the answer.
    answers = []
    page.route("**/items/*/change", lambda route: answers.append((route, route.fetch())))
    page.fill("#side input[name=labels]", "slow-line")
    page.keyboard.press("Tab")
    expect(page.locator("#timeline")).to_contain_text("slow-line")
    other.calls(f"/items/{number}", method="PATCH", labels=["slow-line", "quick-line"])
    expect(page.locator("#timeline")).to_contain_text("quick-line")
    with page.expect_response(lambda answer: answer.url.endswith("/change")):
        route, answer = answers[0]
        route.fulfill(response=answer)
    page.wait_for_selector(".htmx-request, .htmx-settling, .htmx-swapping", state="detached")
    expect(page.locator("#timeline")).to_contain_text("quick-line")
    expect(page.locator("#side input[name=labels]")).to_have_value("slow-line, quick-line")
    engineer.close()
    other.close()


def test_a_button_that_is_being_pressed_stays_under_the_finger(browser, product):
    engineer, other = Person(browser, product, "wangmin", "en"), Person(browser, product, "yangjing", "en")
    number = engineer.logs(fresh("Pressed"))
    page = engineer.go(f"/items/{number}")
    page.wait_for_function("() => document.querySelector('.editor').dataset.started")
    page.locator("#head [data-key=t]").hover()
    page.mouse.down()
    page.evaluate("window.pressed = document.querySelector('#head [data-key=t]:active')")
    other.calls(f"/items/{number}", method="PATCH", labels=["meanwhile"])
    expect(page.locator("#timeline")).to_contain_text("meanwhile")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.pressed.isConnected")
    page.mouse.up()
    expect(page.locator("#head [data-key=t]")).to_have_count(0)
    expect(page.locator("#side")).to_contain_text("王敏")
    engineer.close()
    other.close()


def test_a_list_of_what_was_found_stays_open_till_somebody_chose(browser, product):
    engineer, other = Person(browser, product, "wangmin", "en"), Person(browser, product, "yangjing", "en")
    number = engineer.logs(fresh("Chosen"))
    page = engineer.go(f"/items/{number}")
    people = page.locator("#side details", has=page.locator("[role=combobox]")).first
    people.locator("summary").first.click()
    field = people.locator("[role=combobox]").first
    field.fill("陈杰")
    offered = page.locator(".found [role=option]:visible")
    expect(offered.first).to_be_visible()
    field.evaluate("e => window.opened = e")
    other.calls(f"/items/{number}", method="PATCH", labels=["meanwhile"])
    expect(page.locator("#timeline")).to_contain_text("meanwhile")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.opened.isConnected")
    expect(offered.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#side input[name=labels]")).to_have_value("meanwhile")
    engineer.close()
    other.close()
