"""Agreements: negotiated, signed on the screen, in force, renewed; an item's clocks explain themselves; what a change would have meant."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from .conftest import Product
from .people import Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def draw(page: Page) -> None:
    """A name, written with the mouse into the field to sign in."""
    field = page.locator("canvas.signature-field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 40 + step * 20, box["y"] + 60 + (step % 3) * 25, steps=2)
    page.mouse.up()


def deed(person: Person, name: str) -> None:
    """One of the deeds of a record."""
    person.press(person.page.locator(f".page-head form[action$='/{name}'] button"))


@LANGUAGES
def test_an_agreement_is_negotiated_signed_by_both_sides_and_renewed_and_its_clocks_explain_themselves(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/agreements/new")
    name = {"zh-hans": "明珠电器现场保障协议", "en": "On-site support agreement"}[language]
    page.fill("#id_name", name)
    page.select_option("#id_kind", "sla")
    manager.picks("#id_customer", "明珠")
    page.fill("#id_order", {"zh-hans": "2", "en": "1"}[language])
    page.fill("#id_content", "设备停机四小时内到场。")
    page.fill("#id_effective_to", (date.today() + timedelta(days=20)).isoformat())  # noqa: DTZ011
    for place, (measure, within, counted) in enumerate((("first_response", "1", "hours"), ("next_update", "4", "hours"), ("resolution", "2", "working_days"))):
        page.locator("[data-inline] [data-add]").first.click()
        row = page.locator("[data-rows] [data-row]:visible").nth(place)
        row.locator("[name$='-measure']").select_option(measure)
        row.locator("[name$='-within']").fill(within)
        row.locator("[name$='-counted']").select_option(counted)
    manager.accessible()
    manager.press(page.locator("main .form-foot .btn-primary"))
    address = page.url.split("?")[0]
    # Nothing is signed before the other side has read it.
    expect(page.locator(".page-head a[href$='/sign']")).to_have_count(0)
    deed(manager, "negotiate")
    page.locator(".page-head a[href$='/sign']").click()
    page.wait_for_url("**/sign")
    # Without a signature it is not signed; the name that was typed stays.
    page.fill("#id_name", "杨静")
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator(".invalid-feedback, .form-errors").first).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("杨静")
    manager.accessible()
    draw(page)
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator(".signed figure")).to_have_count(1)
    page.locator(".page-head a[href$='/sign']").click()
    page.wait_for_url("**/sign")
    page.fill("#id_name", "高磊")
    page.fill("#id_post", "设备部部长")
    draw(page)
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator(".signed figure img")).to_have_count(2)
    expect(page.locator("main .state.good").first).to_have_text(re.compile("生效中|in force"))
    manager.accessible()
    assert page.request.get(page.locator("a[href$='.pdf']").first.evaluate("e => e.href")).headers["content-type"] == "application/pdf"

    # An item of this customer runs on it: three clocks, each of which draws how it came to its figure.
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"伺服驱动器报警 {language}", who="u042")
    page = engineer.go(f"/items/{number}")
    expect(page.locator(".clocks a")).to_have_count(3)
    page.locator(".editor textarea").fill("工程师两小时内到场。")
    engineer.press(page.locator(".editor button.btn-primary[data-only=reply]"))
    # What comes next is promised too, from the first answer on.
    expect(page.locator(".clocks a")).to_have_count(4)
    page.locator(".clocks a", has=page.get_by_text({"zh-hans": "解决", "en": "resolution"}[language], exact=True)).click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("svg.clock-axis rect.ran, svg.clock-axis rect.stood").first).to_be_visible()
    expect(dialog).to_contain_text(name)
    engineer.accessible()
    engineer.close()

    # It ends soon: the list says so; the next version begins where this one ends.
    page = manager.go("/agreements?standing=expiring")
    expect(page.locator("main .table.kit a", has_text=name).first).to_be_visible()
    manager.go(address.removeprefix(product.url))
    deed(manager, "new_version")
    page = manager.go(f"{address.removeprefix(product.url)}/edit")
    page.locator("[name$='-within']").first.fill("2")
    manager.press(page.locator("main .form-foot .btn-primary"))
    page = manager.go(f"{address.removeprefix(product.url)}/compare")
    expect(page.locator("ins, .new, .added").first).to_be_visible()
    manager.accessible()
    manager.close()


@LANGUAGES
def test_what_a_changed_agreement_would_have_meant_for_the_items_of_last_month(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/agreements")
    manager.accessible()
    page.locator("main .table.kit .main-cell a").last.click()
    page.locator(".page-head a[href$='/what-if']").click()
    page.wait_for_url("**/what-if")
    manager.press(page.locator("main form button.btn-primary"))
    # Counted in the background; the page shows it by itself.
    table = page.locator("#whatif table:has(th:nth-child(9))").last
    expect(table.locator("tbody td.num").first).to_be_visible(timeout=30_000)
    assert sum(int(one) for one in table.locator("tbody tr td:nth-child(3)").all_inner_texts()) > 0
    expect(page.locator("#whatif canvas, #whatif svg").first).to_be_visible()
    manager.accessible()
    manager.close()
