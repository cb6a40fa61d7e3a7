"""A day at the desk in both languages: two at one item, macros and lists and time, a call with a call back, remote help, views kept and shared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def opened(person: Person, number: str):
    """An item's page, ready to be written on."""
    page = person.go(f"/items/{number}")
    page.wait_for_function("() => document.querySelector('.editor')?.dataset.started")
    return page


@LANGUAGES
def test_two_at_one_item_see_each_other_and_a_mention_reaches_a_colleague(browser, product, language):
    engineer, lead = Person(browser, product, "wangmin", language), Person(browser, product, "chenjie", language)
    number = engineer.logs(f"Scanner {language}", take=True)
    mine, his = opened(engineer, number), lead.go(f"/items/{number}")
    # Each is told of the other at once, and of his writing.
    expect(his.locator("#presence")).to_contain_text("王敏")
    expect(mine.locator("#presence")).to_contain_text("陈杰")
    mine.click("[data-mode-is=note]")
    mine.locator(".editor textarea").press_sequentially("@陈")
    expect(his.locator("#presence")).to_contain_text({"zh-hans": "正在输入", "en": "is typing"}[language])
    # A colleague is chosen from those offered, without the mouse.
    expect(mine.locator(".offered [role=option]").first).to_contain_text("陈杰")
    mine.keyboard.press("Enter")
    # Until all of it is kept, not what was begun before.
    with mine.expect_response(lambda answer: answer.url.endswith("/draft") and f"please look {language}" in (answer.request.post_data or "")):
        mine.keyboard.type(f"please look {language}")
    expect(mine.locator(".editor .saved")).to_have_text(re.compile(r"\S"))
    lead.accessible()
    # What was begun is there after the page was lost.
    mine.reload()
    expect(mine.locator(".editor textarea")).to_have_value(f"@陈杰 please look {language}")
    expect(mine.locator(".editor input[name=mode]")).to_have_value("note")
    mine.locator(".editor button.btn-primary[data-only=note]").click()
    # The colleague sees it in his open page, and is told by the bell, which leads here.
    expect(his.locator(".bubble.note", has_text=f"please look {language}")).to_be_visible()
    his = lead.go("/notices")
    lead.accessible()
    his.locator("main a", has_text=number).first.click()
    his.wait_for_url(re.compile(f"/items/{number}"))
    engineer.close()
    lead.close()


@LANGUAGES
def test_a_macro_a_checklist_time_spent_and_remote_help_leave_their_traces(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"Printer jams {language}", take=True)
    page = opened(engineer, number)
    page.locator("#side [name=category]").select_option(label={"zh-hans": "打印机", "en": "Printer"}[language])
    side = page.locator("#side")
    # A list from a template, ticked with name and time.
    side.locator("form[action$='/checklist'] button").click()
    point = side.locator("form.tick").filter(has=page.locator("input:not(:checked)")).first
    text = point.locator("label").inner_text().split("\n")[0].strip()
    point.locator("input[type=checkbox]").check()
    expect(side.locator("form.tick", has_text=text).first.locator("small", has_text="王敏")).to_be_visible()
    # Time spent is counted together.
    card = side.locator("details", has=page.locator("form[action$='/spend']"))
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    card.locator("[name=minutes]").fill("35")
    card.locator("button").click()
    expect(side.locator("details", has=page.locator("form[action$='/spend']")).locator("summary")).to_contain_text(re.compile(r"\d+"))
    expect(side.locator("table tr", has_text="王敏").first).to_be_visible()
    # Remote help: the consent stands in the timeline, the tool opens with the item's number in its address.
    page.locator("#head details.menu > summary").click()
    page.locator("#head [data-dialog=remote]").click()
    expect(page.locator("#remote[open]")).to_be_visible()
    engineer.accessible()
    page.fill("#remote[open] [name=consent_by]", "")
    page.locator("#remote[open] button.btn-primary").click()
    expect(page.locator("#remote[open]")).to_be_visible()
    page.fill("#remote[open] [name=consent_by]", "李四")
    engineer.context.route("https://remote.hengxin.example/**", lambda route: route.fulfill(body="remote"))
    with engineer.context.expect_page() as popup:
        page.locator("#remote[open] button.btn-primary").click()
    assert number in popup.value.url
    popup.value.close()
    expect(page.locator("#timeline .fact.remote").last).to_contain_text("李四")
    # A macro by the menu does its steps.
    page.locator("#head details.menu > summary").click()
    macro = page.locator("#head form[action$='/macro'] button").first
    name = macro.inner_text().split("\n")[0].strip()
    engineer.accessible()
    macro.click()
    expect(page.locator(".toasts div", has_text=name[:6])).to_be_visible()
    engineer.close()


@LANGUAGES
def test_a_call_is_logged_with_a_promise_to_call_back_that_is_kept(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    # Who rings is found by his number, while he talks.
    page = engineer.go("/desk/new")
    page.fill("#who", "8120")
    expect(page.locator(".found [role=option]:visible", has_text="李倩")).to_be_visible()
    page.press("#who", "Enter")
    expect(page.locator("#who")).to_have_value(re.compile("李倩"))
    expect(page.locator("#caller")).to_contain_text("8120")
    page.fill("#title", f"Telephone is dead {language}")
    engineer.accessible()
    page.check("[name=take]")
    page.locator("form.card button.btn-primary").click()
    page.wait_for_url(re.compile("/items/"))
    number = page.url.rsplit("/", 1)[1]
    page.wait_for_function("() => document.querySelector('.editor')?.dataset.started")
    words = f"Asked how far we are, {language}"
    page.click("[data-mode-is=call]")
    page.fill(".editor textarea", words)
    page.check(".editor [name=inbound][value='0']")
    page.check(".editor [name=reached]")
    page.fill(".editor [name=callback_at]", "2031-03-05T10:30")
    page.set_input_files(".editor input[type=file]", {"name": "panel.txt", "mimeType": "text/plain", "buffer": b"E05"})
    page.wait_for_selector(".editor .files .chip")
    engineer.accessible()
    page.locator(".editor button.btn-primary[data-only=call]").click()
    bubble = page.locator(".bubble", has_text=words)
    expect(bubble).to_contain_text({"zh-hans": "我方去电 · 未接通 · 约定回电", "en": "we called · not reached · call back promised"}[language])
    expect(bubble.locator(".files a")).to_have_count(1)
    page = engineer.go("/callbacks")
    engineer.accessible()
    row = page.locator("tbody tr", has_text=words)
    expect(row).to_contain_text(number)
    row.locator("button").click()
    expect(page.locator("tbody tr", has_text=words)).to_have_count(0)
    engineer.close()


@LANGUAGES
def test_a_question_is_kept_as_a_view_for_the_team_and_what_was_seen_is_found_again(browser, product, language):
    lead = Person(browser, product, "chenjie", language)
    numbers = [lead.logs(f"Drive P: is missing {language} {n}") for n in (1, 2)]
    lead.go(f"/items/{numbers[0]}")
    page = lead.go("/items?view=open")
    # What the quick search understands narrows, and what it does not is said.
    everything = page.locator("tr[data-item]").count()
    page.fill("[name=q]", "kind:incident -is:overdue 2026-10 lbael:x")
    page.keyboard.press("Enter")
    expect(page.locator(".chip.wrong")).to_contain_text("lbael:x")
    lead.accessible()
    page.fill("[name=q]", "team:me from:李倩 Drive")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q=team"))
    lead.until(page.locator("tr[data-item]", has_text=numbers[1]))
    found = page.locator("tr[data-item]").count()
    assert 0 < found <= everything
    name = f"本组故障{language}"
    page.locator("#views details.menu > summary").click()
    page.fill("#view-name", name)
    page.select_option("#view-team", index=1)
    lead.accessible()
    page.locator("#views .sheet button.btn-primary").click()
    expect(page.locator("#views a", has_text=name).locator("b")).to_have_text(str(found))
    # What he looked at last.
    page.locator(".page-head details.menu > summary").first.click()
    page.locator(".page-head .sheet a", has_text=numbers[0]).click()
    page.wait_for_url(re.compile(f"/items/{numbers[0]}"))
    # A colleague of the team finds the view with its number; in two panes the list stays beside the item.
    engineer = Person(browser, product, "wangmin", language)
    page = engineer.go("/items?view=mine")
    page.locator("#views a", has_text=name).click()
    expect(page.locator("tr[data-item]")).to_have_count(found)
    page.locator("tr[data-item] .c-clock").first.click()
    page.wait_for_selector(".split.open .pane .editor")
    engineer.accessible()
    shown = str(page.locator(".pane #head a").first.inner_text())
    # What a colleague writes comes into the pane by itself.
    there = lead.go(f"/items/{shown}")
    there.click("[data-mode-is=note]")
    there.fill(".editor textarea", f"seen in a pane {language}")
    there.locator(".editor button.btn-primary[data-only=note]").click()
    expect(page.locator(".pane .bubble.note", has_text=f"seen in a pane {language}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".split.open")).to_have_count(0)
    engineer.close()
    page = lead.go("/items?view=open")
    page.locator("#views details.menu > summary").click()
    page.locator("#views .sheet form button", has_text=name).click()
    expect(page.locator("#views a", has_text=name)).to_have_count(0)
    lead.close()
