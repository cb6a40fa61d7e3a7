"""What an engineer is writing survives what happens around it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .people import Person

pytestmark = [pytest.mark.browser]


def test_words_stay_when_an_action_answers_while_they_are_typed(browser, product):
    engineer = Person(browser, product, "wangmin", "en")
    page = engineer.go("/items?view=unassigned")
    number = page.locator("tr[data-item] .c-number").first.inner_text().split()[0]
    page = engineer.go(f"/items/{number}")
    # The answer to "take over" is held back until something has been written, as on a slow line.
    held = []
    page.route("**/take", lambda route: held.append(route))
    page.click("[data-key=t]")
    page.wait_for_function("() => document.querySelector('form.htmx-request')")
    page.click("[data-mode-is=note]")
    page.fill(".editor textarea", "Already called, the roller is worn")
    page.set_input_files(".editor input[type=file]", {"name": "log.txt", "mimeType": "text/plain", "buffer": b"E05"})
    page.wait_for_selector(".editor .files .chip")
    held[0].continue_()
    page.wait_for_selector("[data-key=t]", state="detached")
    page.wait_for_function("() => document.querySelector('.editor').dataset.started")
    assert page.input_value(".editor textarea") == "Already called, the roller is worn"
    assert page.input_value(".editor input[name=mode]") == "note"
    page.locator(".editor button.btn-primary[data-only=note]").click()
    page.wait_for_selector(".bubble.note >> text=the roller is worn")
    assert page.locator(".bubble.note", has_text="the roller is worn").locator(".files a").count() == 1
    expect(page.locator(".editor textarea")).to_have_value("")
    # Kept as a draft while it was written; sent, it is none, after a reload either.
    page.wait_for_timeout(1000)
    page.reload()
    assert page.input_value(".editor textarea") == ""
    engineer.close()
