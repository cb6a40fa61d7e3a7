"""One of very many is found while one types: by keyboard, on a phone, in a dialog, in a filter, in a condition."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Person, fresh
from .test_dialogs_kept import _with_an_answer_held_back

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def _offered(page):
    return page.locator(".found [role=option]:visible")


@LANGUAGES
def test_a_person_is_found_and_chosen_by_keyboard_alone(browser, product, language):
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/org/people/new")
    field = page.locator("#id_manager")
    expect(field).to_have_attribute("role", "combobox")
    field.press("ArrowDown")
    expect(_offered(page).nth(3)).to_be_visible()
    field.fill("陈")
    expect(_offered(page).first).to_contain_text("陈")
    expect(field).to_have_attribute("aria-expanded", "true")
    first = _offered(page).first.get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", first)
    manager.accessible()
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    expect(_offered(page)).to_have_count(0)
    expect(field).to_have_value(page.locator("select[name=manager] option:checked").inner_text())
    assert page.url.endswith("/org/people/new"), "Enter chose, it did not send"
    # Esc gives up what was typed; words that choose nothing leave the choice as it was.
    chosen = field.input_value()
    field.fill("nobody of this name")
    expect(page.locator(".found p:visible")).to_be_visible()
    field.press("Escape")
    expect(field).to_have_value(chosen)
    field.fill("nobody of this name")
    page.locator("#id_name").focus()
    expect(field).to_have_value(chosen)
    # Emptied, nobody is chosen.
    field.fill("")
    page.locator("#id_name").focus()
    assert page.evaluate("document.querySelector('select[name=manager]').value") == ""
    manager.close()


def test_a_search_that_does_not_come_through_is_said_and_works_again(browser, product):
    manager = Person(browser, product, "yangjing", "en")
    page = manager.go("/org/people/new")
    page.route("**/pick/**", lambda route: route.abort())
    field = page.locator("#id_manager")
    field.fill("陈")
    expect(page.locator(".found p:visible")).to_have_text("The search did not work. Please try again.")
    page.unroute("**/pick/**")
    field.fill("")
    field.fill("陈")
    expect(_offered(page).first).to_contain_text("陈")
    manager.close()


def test_in_a_dialog_esc_closes_the_list_first_and_what_is_chosen_is_done(browser, product):
    engineer = Person(browser, product, "wangmin", "zh-hans")
    number = engineer.logs(fresh("转给同事"), take=True)
    page = engineer.go(f"/items/{number}")
    engineer.menu("assign")
    page.fill("#as-owner", "周")
    expect(_offered(page).first).to_be_visible()
    page.press("#as-owner", "Escape")
    expect(_offered(page)).to_have_count(0)
    expect(page.locator("dialog#assign")).to_be_visible()
    engineer.picks("#as-owner", "周超")
    engineer.accessible()
    engineer.press(page.locator("dialog#assign button.btn-primary"))
    expect(page.locator("#side")).to_contain_text("周超")
    # The number of another item is found by its words.
    other = engineer.logs(fresh("交换机指示灯不亮"))
    engineer.menu("link")
    page.locator("#link-other").fill(other[-6:])
    page.locator("#link-other").press("ArrowDown")
    expect(_offered(page).first).to_contain_text(other)
    page.locator("#link-other").press("Enter")
    expect(page.locator("#link-other")).to_have_value(other)
    engineer.close()


def test_a_filter_of_the_queue_is_found_and_can_be_taken_away(browser, product):
    lead = Person(browser, product, "zhaolei", "zh-hans")
    page = lead.go("/items?view=open")
    page.locator("details.filters > summary").click()
    with page.expect_navigation():
        lead.picks("details.filters select[name=customer] + .finder", "财务")
    expect(page.locator(".chip.on")).to_contain_text("财务部")
    page.locator("details.filters > summary").click()
    expect(page.locator("details.filters select[name=customer] + .finder")).to_have_value(re.compile("财务部"))
    lead.accessible()
    lead.close()


@LANGUAGES
def test_on_a_phone_the_list_stays_in_the_window(browser, product, language):
    manager = Person(browser, product, "yangjing", language, width=390)
    page = manager.go("/org/people/new")
    page.locator("#id_customer").click()
    expect(_offered(page).nth(2)).to_be_visible()
    box = page.locator(".found:visible").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    _offered(page).nth(1).click()
    assert page.evaluate("document.querySelector('select[name=customer]').value") != ""
    manager.accessible()
    manager.close()


def test_a_condition_asks_about_a_customer_that_is_found(browser, product):
    manager = Person(browser, product, "yangjing", "zh-hans")
    page = manager.go("/automation/rules/new")
    row = page.locator("[data-inline=conditions] [data-row]:visible").last
    row.locator("[name$='-fact']").select_option("customer")
    manager.picks(row.locator("[data-values] .finder"), "明珠")
    assert row.locator("[name$='-value']").input_value().isdecimal()
    page.fill("#id_name", fresh("明珠的工单"))
    page.locator("[data-inline=deeds] [name$='-do']").last.select_option("resume")
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator("main")).to_contain_text("明珠电器有限公司")
    page.locator(".page-head a[href$='/edit']").click()
    expect(page.locator("[data-inline=conditions] [data-values] .finder").first).to_have_value(re.compile("明珠"))
    manager.close()


def test_members_of_a_team_are_chips_and_more_are_found(browser, product):
    manager = Person(browser, product, "yangjing", "zh-hans")
    page = manager.go("/org/teams/new")
    page.fill("#id_name", fresh("临时组"))
    page.fill("#id_key", fresh("t").replace(" ", "-"))
    manager.picks("#id_members", "王敏")
    manager.picks("#id_members", "周超")
    expect(page.locator("[data-field=members] .chip")).to_have_count(2)
    page.locator("[data-field=members] .chip button").first.click()
    expect(page.locator("[data-field=members] .chip")).to_have_count(1)
    # One more is a person: no dash is offered, which would add nobody.
    page.locator("#id_members").click()
    expect(_offered(page).first).not_to_have_text("—")
    page.keyboard.press("Escape")
    manager.accessible()
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator("main")).to_contain_text("周超")
    manager.close()


class Held:
    """What the field asks is answered when the walk says so."""

    def __init__(self, page):
        self.page, self.asked = page, []
        page.route("**/pick/**", lambda route: self.asked.append(route))

    def answers(self) -> None:
        self.page.wait_for_timeout(200)
        for one in self.asked:
            one.continue_()
        self.page.unroute("**/pick/**")


def test_who_types_faster_than_the_answer_comes_sends_no_half_form_and_gets_whom_he_typed(browser, product):
    manager = Person(browser, product, "yangjing", "zh-hans")
    page = manager.go("/org/people/new")
    page.fill("#id_name", "某人")
    field = page.locator("#id_manager")
    field.click()
    expect(_offered(page).nth(3)).to_be_visible()
    held = Held(page)
    field.fill("陈杰")
    field.press("Enter")
    held.answers()
    expect(_offered(page)).to_have_count(0)
    expect(field).to_have_value(re.compile("陈杰"))
    assert page.url.endswith("/org/people/new"), "Enter chose, it did not send"
    # Nor does Tab take the first of a list that is no longer the answer.
    field.fill("王")
    expect(_offered(page).first).to_contain_text("王")
    held = Held(page)
    field.fill("陈杰")
    field.press("Tab")
    held.answers()
    expect(field).to_have_value(re.compile("陈杰"))
    manager.close()


def test_a_click_shows_the_list_also_when_the_window_changes_meanwhile(browser, product):
    manager = Person(browser, product, "yangjing", "zh-hans")
    page = manager.go("/org/people/new")
    held = Held(page)
    page.locator("#id_manager").click()
    # As the keyboard of a phone does.
    page.set_viewport_size({"width": 1280, "height": 500})
    held.answers()
    expect(_offered(page).first).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 520})
    expect(_offered(page).first).to_be_visible()
    manager.close()


def test_a_click_shows_the_list_also_when_the_page_around_it_is_renewed_meanwhile(browser, product):
    engineer = Person(browser, product, "wangmin", "zh-hans")
    page, answer = _with_an_answer_held_back(engineer)
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=assign]").click()
    # Pressed: from now on what others do leaves it where it is.
    box = page.locator("#as-owner").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    held = Held(page)
    page.mouse.down()
    expect(page.locator("#as-owner")).to_have_attribute("aria-busy", "true")
    page.mouse.up()
    # The answer to his own deed is put in its place all the same.
    answer()
    held.answers()
    expect(_offered(page).first).to_be_visible()
    expect(page.locator("#as-owner")).to_be_focused()
    engineer.close()
