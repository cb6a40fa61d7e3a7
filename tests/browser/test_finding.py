"""By keyboard alone: ask the queue from the palette, narrow a timeline without reload, put rules in order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Person

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_palette_asks_the_queue_and_teaches_how(browser, product, language):
    lead = Person(browser, product, "chenjie", language)
    page = lead.go("/")
    page.keyboard.press("Control+k")
    example = page.locator("#palette [data-typed='is:overdue']")
    example.wait_for()
    lead.accessible()
    example.click()
    expect(page.locator("#palette input")).to_have_value("is:overdue")
    page.wait_for_selector("#palette a[href*='q=is%3Aoverdue']")
    page.fill("#palette input", "is:open priority:1")
    page.wait_for_selector("#palette a[href*='priority%3A1']")
    # The first hit is chosen already.
    expect(page.locator("#palette .sheet [aria-current]")).to_have_attribute("href", re.compile("^/items/"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/items/[A-Z]+-\d{4}-\d{6}$"))
    lead.close()


def test_a_timeline_is_narrowed_without_reload_and_the_address_keeps_it(browser, product):
    agent = Person(browser, product, "wangmin", "en")
    page = agent.go("/items?view=open")
    number = page.locator("tr[data-item] .c-number").first.inner_text().split()[0]
    page = agent.go(f"/items/{number}")
    page.evaluate("window.kept = true")
    page.locator(".narrowing a", has_text="Activity").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/items/{number}?show=facts")
    expect(page.locator("#timeline .bubble")).to_have_count(0)
    assert page.evaluate("window.kept")
    agent.accessible()
    page.reload()
    expect(page.locator(".narrowing [aria-current]")).to_have_text("Activity")
    # A note is written: the page's answer is narrowed too.
    page.locator("[data-mode-is=note]").click()
    page.fill(".editor textarea", "Seen while narrowed")
    page.locator(".editor button.btn-primary[data-only=note]").click()
    page.wait_for_function("() => document.querySelector('.editor textarea').value === ''")
    expect(page.locator("#timeline .bubble")).to_have_count(0)
    page.locator(".narrowing a", has_text="Internal notes").click()
    page.wait_for_selector(".bubble.note >> text=Seen while narrowed")
    agent.close()


def test_rules_are_put_in_order_by_the_keyboard_and_the_place_is_said(browser, product):
    manager = Person(browser, product, "yangjing", "en")
    page = manager.go("/settings/routing/order")
    lines = page.locator(".ordering li")
    last = lines.last.get_attribute("data-name")
    button = page.locator(f".ordering li[data-name='{last}'] [data-move='-1']")
    button.focus()
    while lines.first.get_attribute("data-name") != last:
        page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text(f"{last}: place 1 of {lines.count()}")
    expect(button).to_be_focused()
    manager.accessible()
    page.locator("main button.btn-primary").click()
    page.wait_for_url("**/settings/routing")
    assert last in page.locator("tbody tr").first.inner_text()
    manager.close()
