"""A dialog that is filled in while the page behind it is renewed stays open as it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .people import Person, fresh

pytestmark = [pytest.mark.browser]


def _with_an_answer_held_back(person: Person):
    """The page of an item of somebody else where "take over" was pressed and has not been answered, and how to let the answer come."""
    page = person.go("/items?view=open&kind=incident")
    number = page.locator("tr[data-item]", has_not_text="王敏").first.locator(".c-number").inner_text().split()[0]
    page = person.go(f"/items/{number}")
    page.wait_for_function("() => document.querySelector('.editor').dataset.started")
    held = []
    page.route("**/take", lambda route: held.append(route))
    page.keyboard.press("t")
    page.wait_for_function("() => document.querySelector('form.htmx-request')")

    def answer() -> None:
        # The live renewal of the head comes before: what is said in the corner comes with the whole answer.
        held[0].continue_()
        expect(page.locator(".toasts div").first).to_be_attached()

    return page, answer


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_dialog_opened_by_its_key_keeps_words_choices_and_caret(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    page, answer = _with_an_answer_held_back(engineer)
    page.keyboard.press("e")
    page.fill("#solution", "换了定影器 and cleaned the roller")
    page.select_option("#remotely", "0")
    page.locator("#solution").evaluate("one => one.setSelectionRange(5, 5)")
    answer()
    expect(page.locator("dialog#step-resolve")).to_be_visible()
    assert page.evaluate("document.querySelector('#step-resolve').matches(':modal')")
    page.keyboard.type("!")
    assert page.input_value("#solution") == "换了定影器! and cleaned the roller"
    assert page.input_value("#remotely") == "0"
    engineer.accessible()
    engineer.close()


def test_a_dialog_of_the_menu_keeps_its_words_and_takes_what_is_new_where_nothing_was_typed(browser, product):
    engineer = Person(browser, product, "wangmin", "en")
    page, answer = _with_an_answer_held_back(engineer)
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=assign]").click()
    page.fill("#as-reason", "knows the printer")
    assert "王敏" not in page.input_value("#as-owner")
    answer()
    expect(page.locator("dialog#assign")).to_be_visible()
    assert page.input_value("#as-reason") == "knows the printer"
    # Taken over meanwhile: the person that the dialog names is the one the item has now.
    assert page.input_value("#as-owner").startswith("王敏")
    page.locator("dialog#assign button.btn-primary").click()
    expect(page.locator("dialog#assign")).to_be_hidden()
    # Closed, it stays closed, whatever renews the page.
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.click("[data-mode-is=note]")
    page.fill(".editor textarea", "closed it stays")
    page.locator(".editor button.btn-primary[data-only=note]").click()
    page.wait_for_selector(".bubble.note >> text=closed it stays")
    expect(page.locator("dialog[open]")).to_have_count(0)
    engineer.close()


def test_a_dialog_of_the_menu_is_there_once_however_often_the_head_is_renewed(browser, product):
    engineer = Person(browser, product, "wangmin", "zh-hans")
    number = engineer.logs(fresh("只有一个对话框"), take=True)
    page = engineer.go(f"/items/{number}")
    page.wait_for_function("() => document.querySelector('.editor').dataset.started")

    def renewed(label: str) -> None:
        """Somebody else changes the item, and the page shows it."""
        engineer.calls(f"/items/{number}", method="PATCH", labels=[label])
        expect(page.locator("#item-body")).to_contain_text(label)

    engineer.menu("assign")
    page.fill("#as-reason", "懂打印机")
    renewed("甲标签")
    expect(page.locator("dialog#assign")).to_have_count(1)
    expect(page.locator("dialog#assign")).to_be_visible()
    assert page.input_value("#as-reason") == "懂打印机"
    page.keyboard.press("Escape")
    expect(page.locator("dialog#assign")).to_have_count(1)
    renewed("乙标签")
    expect(page.locator("dialog#assign")).to_have_count(1)
    engineer.menu("assign")
    engineer.picks("#as-owner", "周超")
    engineer.press(page.locator("dialog#assign button.btn-primary"))
    expect(page.locator("#side")).to_contain_text("周超")
    expect(page.locator("dialog#assign")).to_have_count(1)
    ids = page.evaluate("[...document.querySelectorAll('dialog[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids)), ids
    engineer.close()


def test_what_is_sent_before_the_answer_to_the_deed_before_is_sent_once_and_shown(browser, product):
    engineer = Person(browser, product, "wangmin", "en")
    page, answer = _with_an_answer_held_back(engineer)
    later = []
    page.route("**/assign", lambda route: later.append(route))
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=assign]").click()
    engineer.picks("#as-owner", "王敏")
    page.locator("dialog#assign button.btn-primary").click()
    page.wait_for_function("() => document.querySelector('#assign form.htmx-request')")
    answer()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.fill(".editor textarea", "a word between")
    later[0].continue_()
    expect(page.locator(".toasts div", has_text="Assigned to 王敏")).to_be_visible()
    expect(page.locator(".editor textarea")).to_have_value("a word between")
    page.fill(".editor textarea", "")
    page.wait_for_timeout(1000)
    engineer.close()


def test_an_open_menu_stays_open_while_news_renew_the_head(browser, product):
    engineer, colleague = Person(browser, product, "wangmin", "zh-hans"), Person(browser, product, "chenjie", "zh-hans")
    number = engineer.logs("Menu", take=True)
    page = engineer.go(f"/items/{number}")
    page.locator("#head details.menu > summary").click()
    colleague.posts(f"/items/{number}/change", title="Menu renewed")
    colleague.close()
    expect(page.locator("#head h1")).to_have_text("Menu renewed")
    expect(page.locator("#head [data-dialog=link]")).to_be_visible()
    engineer.close()
