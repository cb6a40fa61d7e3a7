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


def _of_mine(person: Person):
    """The page of an item that is open and that one may answer."""
    page = person.go("/items?view=open")
    number = page.locator("tr[data-item] .c-number").first.inner_text().split()[0]
    page = person.go(f"/items/{number}")
    page.wait_for_function("() => document.querySelector('.editor').dataset.started")
    return page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_reply_kept_ready_comes_by_a_slash_and_the_keyboard_alone(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    page = _of_mine(engineer)
    number = page.url.rsplit("/", 1)[1]
    text = page.locator(".editor textarea")
    page.keyboard.press("r")
    text.focus()
    page.keyboard.type("/")
    page.wait_for_selector(".offered [role=option] >> nth=2")
    engineer.accessible()
    # An input method in the middle of a word: its Enter is its own, and nothing is taken.
    text.evaluate("one => { one.dispatchEvent(new CompositionEvent('compositionstart')); one.value += 'ji'; one.dispatchEvent(new InputEvent('input', { isComposing: true })); }")
    expect(page.locator(".offered").last).to_be_hidden()
    text.evaluate("one => { one.value = one.value.replace('ji', '已解决'); one.setSelectionRange(one.value.length, one.value.length); one.dispatchEvent(new CompositionEvent('compositionend')); }")
    page.wait_for_selector(".offered [role=option]")
    assert page.locator(".offered [role=option]").count() == 1
    page.keyboard.press("Enter")
    assert number in text.input_value()
    assert "/" not in text.input_value().replace("\n", "")
    # The same by the mouse, from its menu.
    text.fill("")
    page.click(".editor .foot details.menu > summary")
    offered = page.locator(".editor .foot .sheet button")
    expect(offered.first).to_be_visible()
    engineer.accessible()
    offered.first.click()
    assert len(text.input_value()) > 5
    text.fill("")
    # The second by an arrow; a slash within a word is a slash.
    text.fill("")
    page.keyboard.type("\n/")
    page.wait_for_selector(".offered [role=option] >> nth=1")
    second = page.locator(".offered [role=option]").nth(1).get_attribute("data-text")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert text.input_value() == "\n" + second
    text.fill("")
    page.keyboard.type("and/or")
    page.wait_for_timeout(300)
    expect(page.locator(".offered").last).to_be_hidden()
    page.keyboard.type(" /")
    page.wait_for_selector(".offered [role=option]")
    page.keyboard.press("Escape")
    expect(page.locator(".offered").last).to_be_hidden()
    text.fill("")
    page.wait_for_timeout(1000)
    engineer.close()


def test_a_reply_is_taken_back_by_a_key_with_words_and_files(browser, product):
    engineer = Person(browser, product, "wangmin", "en")
    page = _of_mine(engineer)
    page.fill(".editor textarea", "Please restart the wrong machine")
    page.set_input_files(".editor input[type=file]", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"A"})
    page.wait_for_selector(".editor .files .chip")
    page.locator(".editor button.btn-primary[data-only=reply]").click()
    undo = page.locator(".toasts button", has_text="Undo")
    undo.wait_for()
    assert "Sent" in page.inner_text(".toasts")
    expect(page.locator(".editor textarea")).to_have_value("")
    engineer.accessible()
    page.keyboard.press("z")
    expect(page.locator(".editor textarea")).to_have_value("Please restart the wrong machine")
    assert page.locator(".editor .files .chip", has_text="plan.txt").count() == 1
    page.wait_for_selector(".bubble.note >> text=wrong machine")
    # It is a draft again, and what is sent then is sent once.
    page.fill(".editor textarea", "Please restart the right machine")
    page.locator(".editor button.btn-primary[data-only=reply]").click()
    page.wait_for_selector(".bubble.held >> text=right machine")
    held = page.locator(".bubble.held", has_text="right machine")
    assert held.locator(".files a").count() == 1
    engineer.accessible()
    # The button under the words does what the key does.
    held.locator("[data-take-back] button").click()
    expect(page.locator(".editor textarea")).to_have_value("Please restart the right machine")
    page.locator(".editor button.btn-primary[data-only=reply]").click()
    page.wait_for_selector(".bubble.held >> text=right machine")
    # Its time is over: it is out, without a reload here.
    page.wait_for_selector(".bubble.staff:not(.held) >> text=right machine", timeout=40_000)
    assert not any("wrong machine" in str(message.get_body(("plain",))) for message in product.sent)
    engineer.close()
