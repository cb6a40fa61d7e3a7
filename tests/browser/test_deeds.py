"""What an engineer and a lead do with items beside answering them: merge and undo, put off, ask for approval; both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def taken(engineer: Person) -> str:
    """The number of an item that the engineer has just taken over; its page is open."""
    [number] = open_numbers(engineer.go("/items?view=unassigned"), 1)
    page = engineer.go(f"/items/{number}")
    page.click("[data-key=t]")
    expect(page.locator("[data-key=t]")).to_have_count(0)
    return number


def open_numbers(page, count: int) -> list[str]:
    """Numbers of open items in the list as it stands."""
    rows = page.locator("tr[data-item]")
    expect(rows.nth(count - 1)).to_be_visible()
    return [rows.nth(index).locator(".c-number").inner_text().split()[0] for index in range(count)]


@LANGUAGES
def test_two_reports_of_one_fault_are_merged_with_a_look_ahead_and_taken_apart_again(browser, product, language):
    lead = Person(browser, product, "chenjie", language)
    page = lead.go("/items?view=open&kind=incident")
    one, other = open_numbers(page, 2)
    page.locator("tr[data-item]").nth(0).locator("input[name=items]").check()
    page.click(".bulk [data-bulk=merge]")
    page.fill("#bulk-merge [name=into]", other)
    # Who will see it from then on is told before anything is done.
    page.wait_for_selector(f"#bulk-merge .preview >> text={other}")
    lead.accessible()
    page.click("#bulk-merge button.btn-primary")
    page.wait_for_selector(".toasts div")
    # The old number leads to the new item, whose timeline tells of both.
    page = lead.go(f"/items/{one}")
    assert page.locator(f".alert a[href$='{other}']").count() == 1
    page.locator("#head details.menu > summary").click()
    page.locator("#head form[action$='/unmerge'] button").click()
    expect(page.locator(f"#head .alert a[href$='{other}']")).to_have_count(0)
    # From the item itself the same is told before.
    page = lead.go(f"/items/{one}")
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=link]").click()
    page.fill("#link-other", other)
    page.select_option("#link-how", "merge")
    page.wait_for_selector(f"dialog#link .preview >> text={other}")
    lead.close()


@LANGUAGES
def test_what_is_put_off_leaves_the_own_queue_and_comes_back(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    number = taken(engineer)
    page = engineer.go(f"/items/{number}")
    # By the menu, and by its key.
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=snooze]").click()
    expect(page.locator("dialog#snooze")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator("dialog#snooze")).to_be_visible()
    page.locator("dialog#snooze button[name=until]").first.click()
    expect(page.locator(".toasts div").first).to_be_visible()
    page = engineer.go("/items?view=mine")
    assert number not in page.inner_text("table.queue, main")
    page = engineer.go(f"/items/{number}")
    page.locator("#head details.menu > summary").click()
    page.locator("#head form[action$='/wake'] button").click()
    expect(page.locator(".toasts div").first).to_be_visible()
    page = engineer.go("/items?view=mine")
    assert number in page.inner_text("main")
    engineer.close()


@LANGUAGES
def test_what_is_shown_to_a_guest_says_nothing_of_notes(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    number = taken(engineer)
    page = engineer.go(f"/items/{number}")
    secret = f"internal-{language}-4711"
    page.click("[data-mode-is=note]")
    page.fill(".editor textarea", secret)
    page.locator(".editor button.btn-primary[data-only=note]").click()
    page.wait_for_selector(f".bubble.note >> text={secret}")
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=share]").click()
    page.fill("#share-user", "liqian@hengxin.example")
    page.locator("dialog#share button.btn-primary").click()
    expect(page.locator(".toasts div, dialog#share .invalid-feedback, .form-errors").first).to_be_visible()
    engineer.close()
    guest = Person(browser, product, "liqian", language, width=390)
    page = guest.go(f"/items/{number}")
    assert re.search(number, page.inner_text("main"))
    assert secret not in page.content()
    guest.accessible()
    guest.close()
