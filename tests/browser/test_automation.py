"""Automation as a manager keeps it: a rule tried on past items, firing, stopped in a loop; handing out that says why; what was learnt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from .conftest import Product
from .people import Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def rule(manager: Person, name: str, *, order: int, trigger: str, deed: dict[str, str], condition: tuple[str, str, str] | None = None, changed: str = "", active: bool = True, look: bool = False) -> str:
    """A rule, written by clicking; its address."""
    page = manager.go("/automation/rules/new")
    page.fill("#id_name", name)
    page.fill("#id_order", str(order))
    page.select_option("#id_trigger", trigger)
    if trigger == "unanswered":
        page.fill("#id_amount", "1")
    if changed:
        page.select_option("#id_changed", changed)
    if condition:
        fact, op, value = condition
        row = page.locator("[data-inline=conditions] [data-row]:visible").last
        row.locator("[name$='-fact']").select_option(fact)
        row.locator("[name$='-op']").select_option(op)
        row.locator("[name$='-value']").fill(value)
    row = page.locator("[data-inline=deeds] [data-row]:visible").last
    row.locator("[name$='-do']").select_option(deed["do"])
    for field, value in deed.items():
        if field == "do":
            continue
        one = row.locator(f"[name$='-{field}']")
        # Only what the deed needs is asked.
        expect(one).to_be_visible()
        one.select_option(value) if one.evaluate("e => e.tagName") == "SELECT" else one.fill(value)
    page.set_checked("#id_active", active)
    if look:
        manager.accessible()
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator("h1")).to_have_text(name)
    return page.url.removeprefix(manager.product.url)


def switched_off(manager: Person, *addresses: str) -> None:
    """The product is shared: rules of a walk do not outlive it."""
    for address in addresses:
        manager.posts(f"{address}/do/off")


@LANGUAGES
def test_a_rule_is_tried_on_past_items_fires_and_stands_in_the_timeline(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    word = {"zh-hans": "叉车", "en": "forklift"}[language]
    # On time, and tried on what was: nothing is done.
    slow = rule(manager, f"{word} 未响应提醒", order=800, trigger="unanswered", deed={"do": "note", "text": "请尽快回复"}, active=False)
    page = manager.go(f"{slow}/dry-run")
    manager.press(page.locator("main form button.btn-primary"))
    expect(page.locator("#dry-run b")).to_have_text(re.compile(r"\d+"), timeout=20_000)
    manager.accessible()
    own = rule(manager, f"{word} 打标签", order=700, trigger="opened", condition=("text", "contains", word), deed={"do": "label", "text": word}, look=True)
    page = manager.go("/automation/rules")
    manager.accessible()
    names = page.locator("main .table.kit .main-cell a").all_inner_texts()
    assert names.index(f"{word} 打标签") < names.index(f"{word} 未响应提醒")
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"{word} 充不上电", who="emma")
    page = engineer.go(f"/items/{number}")
    # It stands in the open page by itself.
    expect(page.locator("#timeline")).to_contain_text(f"{word} 打标签", timeout=20_000)
    expect(page.locator("#side input[name=labels]")).to_have_value(word)
    engineer.close()
    page = manager.go(own)
    expect(page.locator("main")).to_contain_text(number)
    switched_off(manager, own)
    manager.close()


@LANGUAGES
def test_rules_that_set_each_other_off_are_stopped_and_shown(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    tag = f"loop-{language}"
    one = rule(manager, f"甲 {language}", order=900, trigger="changed", changed="labels", condition=("labels", "contains", tag), deed={"do": "priority", "level": "2"})
    other = rule(manager, f"乙 {language}", order=910, trigger="changed", changed="priority", condition=("labels", "contains", tag), deed={"do": "label", "text": f"{tag}-b"})
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"标签互相触发 {language}", who="emma")
    page = engineer.go(f"/items/{number}")
    page.fill("#side input[name=labels]", tag)
    page.keyboard.press("Tab")
    expect(page.locator("#timeline")).to_contain_text(re.compile("又被其他规则触发|led back to it"), timeout=20_000)
    engineer.accessible()
    engineer.close()
    page = manager.go("/automation/rules")
    page.locator(".alert-warning a").click()
    page.wait_for_url("**outcome=stopped")
    expect(page.locator("main")).to_contain_text(number)
    manager.accessible()
    switched_off(manager, one, other)
    manager.close()


@contextmanager
def handing_out(manager: Person, language: str, strategy: str) -> Iterator[None]:
    """The desk's team hands out in this way, and afterwards as before: whatever becomes of this walk, the next ones find what they log in nobody's hands."""

    def choose(value: str) -> str:
        page = manager.go("/settings/strategies")
        manager.accessible()
        chooser = page.get_by_label("IT支持组" if language == "zh-hans" else "IT Support")
        before = chooser.input_value()
        chooser.select_option(value)
        manager.press(page.locator("main form button.btn-primary").first)
        return before

    before = choose(strategy)
    try:
        yield
    finally:
        choose(before)


@LANGUAGES
def test_handing_out_says_why_it_chose_and_suggestions_say_how_good_they_are(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    engineer = Person(browser, product, "wangmin", language)
    with handing_out(manager, language, "least_load"):
        number = engineer.logs("ERP采购订单无法过账，提示期间未打开", who="emma", words="ERP月结后采购订单无法过账，提示期间未打开，财务急用。")
    page = engineer.go(f"/items/{number}")
    # By the rota, which goes first, from half past eight to half past five.
    expect(page.locator("#timeline")).to_contain_text(re.compile("手上最少|has least|当前值班|on duty now"))
    # What the department's history suggests; one press takes it over.
    card = page.locator("#side .card", has=page.locator("form[action$='/suggestion']"))
    expect(card).to_contain_text("%", timeout=20_000)
    engineer.press(card.locator("button").first)
    expect(page.locator(".toasts")).to_be_visible()
    engineer.close()
    page = manager.go("/automation/learning")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ ?%"))
    manager.accessible()
    manager.close()
