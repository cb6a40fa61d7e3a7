"""The knowledge base as its people use it, in both languages: written, reviewed, read, corrected; from an item; the manual; words that mean the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Person, fresh
from .test_main_job import PNG

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])
#: Puts a picture into the clipboard of a paste.
PASTE = """(field, bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "panel.png", { type: "image/png" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def written(person: Person, title: str, body: str, audience: str = "everyone") -> str:
    """An article given to review; its number."""
    page = person.go("/knowledge/new")
    page.fill("#id_title", title)
    page.fill("#id_body", body)
    page.select_option("#id_category", index=1)
    page.select_option("#id_audience", audience)
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/knowledge/KB-[\d-]+$"))
    return page.url.rsplit("/", 1)[1]


def published(person: Person, number: str) -> None:
    """Another reads it and lets it go out."""
    page = person.go(f"/knowledge/{number}")
    page.locator(".kb-review form[action$='/publish'] button.btn-primary").click()
    expect(page.locator(".kb-review")).to_have_count(0)


@LANGUAGES
def test_an_article_is_written_reviewed_by_another_read_and_written_anew(browser, product, language):
    writer, reviewer = Person(browser, product, "wangmin", language), Person(browser, product, "chenjie", language)
    title = fresh({"zh-hans": "绘图仪走纸偏斜怎么办", "en": "The plotter pulls its paper askew"}[language])
    page = writer.go("/knowledge/new")
    page.fill("#id_title", title)
    page.fill("#id_summary", f"{title}。")
    text = page.locator("#id_body")
    text.focus()
    page.keyboard.type("Clean the roller.")
    page.keyboard.press("Shift+Home")
    page.locator("[data-words=zh] [data-md=bold]").click()
    page.keyboard.press("Control+End")
    page.locator("[data-words=zh] [data-md=table]").click()
    page.keyboard.type("Model")
    page.keyboard.press("Control+End")
    page.locator("[data-words=zh] [data-md=code]").click()
    page.keyboard.type("plotctl --align")
    page.keyboard.press("Control+End")
    text.evaluate(PASTE, list(PNG))
    expect(text).to_have_value(re.compile(r"!\[panel\.png\]\("))
    # It looks as readers will see it, while it is written.
    preview = page.locator("#preview-zh")
    expect(preview.locator("strong")).to_have_text("Clean the roller.")
    expect(preview.locator("table th").first).to_have_text("Model")
    expect(preview.locator("pre")).to_contain_text("plotctl --align")
    expect(preview.locator("img")).to_be_visible()
    # The other language beside it.
    page.locator("[data-language=both]").click()
    page.fill("#id_title_en", f"Plotter askew {language}")
    page.fill("#id_body_en", "Clean the roller, then run `plotctl --align`.")
    expect(text).to_be_visible()
    writer.accessible()
    page.select_option("#id_category", index=1)
    page.select_option("#id_audience", "everyone")
    page.fill("#id_tags", "绘图仪，plotter")
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/knowledge/KB-[\d-]+$"))
    number = page.url.rsplit("/", 1)[1]
    # Who wrote it does not approve it.
    expect(page.locator(".kb-review")).to_be_visible()
    expect(page.locator("form[action$='/publish']")).to_have_count(0)
    writer.accessible()
    other = reviewer.go("/knowledge/articles?which=review")
    other.locator("main a", has_text=title if language == "zh-hans" else f"Plotter askew {language}").first.click()
    other.wait_for_url(re.compile(number))
    published(reviewer, number)

    # A requester finds it while he writes what he needs; his leaving is counted.
    reader = Person(browser, product, {"zh-hans": "liqian", "en": "emma"}[language], language, width=390)
    asked = reader.go("/portal/")
    asked.fill("#ask", "绘图仪" if language == "zh-hans" else "plotter")
    asked.locator(f"#offers a.read[href*='{number}']").click()
    asked.wait_for_url(re.compile(number))
    picture = asked.locator(".kb-article img")
    if language == "zh-hans":
        expect(picture).to_be_visible()
        asked.wait_for_function("() => document.querySelector('.kb-article img').naturalWidth > 0")
    reader.accessible()
    asked.locator("form[action$='/say/helped'] button").click()
    expect(asked.locator(".toasts div, .alert, main").first).to_be_visible()
    page = writer.go(f"/knowledge/{number}")
    deflected = page.locator("dl.facts dt", has_text={"zh-hans": "减少请求", "en": "Requests saved"}[language]).locator("+ dd")
    expect(deflected).to_have_text("1")

    # Another reader misses something; the text is written anew, and the reviewer sees what changed.
    asked = reader.go(f"/knowledge/{number}")
    asked.locator("summary", has_text={"zh-hans": "提出更正", "en": "Suggest a correction"}[language]).click()
    asked.fill("form[action$='/say/correct'] textarea", f"Which roller? {language}")
    asked.locator("form[action$='/say/correct'] button").click()
    reader.close()
    page = writer.go(f"/knowledge/{number}")
    expect(page.locator("main")).to_contain_text(f"Which roller? {language}")
    page.locator(".page-head a.btn-primary").click()
    page.locator("[data-language=both]").click()
    page.fill("#id_body", "Clean the **upper** roller.")
    page.fill("#id_body_en", "Clean the **upper** roller.")
    page.fill("#id_note", "which roller")
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/knowledge/KB-[\d-]+$"))
    # Until it is approved readers see the words before.
    expect(page.locator(".kb-article code").first).to_have_text(re.compile("plotctl --align"))
    other = reviewer.go(f"/knowledge/{number}")
    other.locator(".kb-review a[href*='/versions']").click()
    expect(other.locator(".diff .line.new").first).to_contain_text("upper")
    reviewer.accessible()
    published(reviewer, number)
    expect(other.locator(".kb-article")).to_contain_text("upper")
    writer.close()
    reviewer.close()


@LANGUAGES
def test_an_item_makes_a_draft_without_private_data_and_articles_help_while_one_answers(browser, product, language):
    engineer, reviewer = Person(browser, product, "wangmin", language), Person(browser, product, "chenjie", language)
    helpful = written(engineer, f"Label printer calibration {language}", "Hold the feed key for five seconds until the label printer calibrates.")
    published(reviewer, helpful)
    reviewer.close()
    number = engineer.logs(f"Label printer calibration lost {language}", take=True, description="Please ring 13912345678, the label printer stops between labels.")
    page = engineer.go(f"/items/{number}")
    # What fits is there while one reads.
    card = page.locator("#kb-suggested")
    expect(card.locator(f"a[href*='{helpful}']")).to_be_visible(timeout=15_000)
    # And what fits the words while one writes.
    page.locator(".editor textarea").press_sequentially("VPN client does not connect ", delay=1)
    expect(card.locator("a", has_text="VPN").first).to_be_visible()
    page.fill(".editor textarea", "Calibrate the label printer: ")
    row = card.locator(".kb-suggested > div", has=page.locator(f"a[href*='{helpful}']"))
    row.locator("[data-into-reply]").first.click()
    expect(page.locator(".editor textarea")).to_have_value(re.compile(f"/knowledge/{helpful}"))
    engineer.accessible()
    page.locator(".editor button.btn-primary[data-only=reply]").click()
    expect(page.locator(".bubble.staff", has_text=helpful)).to_be_visible()
    expect(card.locator(".kb-suggested > div", has_text=f"Label printer calibration {language}").first).to_be_visible()
    # Solved by it; then a draft of one's own from what was learnt.
    page.locator("#kb-suggested form[action$='/solved'] button").first.click()
    expect(page.locator("#kb-suggested form[action$='/not-solved']")).to_be_visible()
    page.keyboard.press("e")
    page.fill("#solution", "Recalibrated with 李倩 (liqian@hengxin.example)")
    page.fill("#cause", "calibration lost after a power cut")
    if page.locator("#res-category").count():
        page.select_option("#res-category", index=1)
    page.locator("#step-resolve button.btn-primary").click()
    expect(page.locator(".strip .now")).to_have_text({"zh-hans": "已解决", "en": "resolved"}[language])
    page.locator("#kb-suggested form[action$='/draft'] button").click()
    page.wait_for_url(re.compile(r"/knowledge/KB-[\d-]+/edit"))
    words = page.locator("#id_body, #id_body_en")
    assert any("calibration lost after a power cut" in one.input_value() for one in words.all())
    flagged = page.locator(".kb-private")
    expect(flagged.locator("mark", has_text="13912345678")).to_be_visible()
    expect(flagged.locator("mark", has_text="liqian@hengxin.example").first).to_be_visible()
    # Whom the department serves is known by name.
    expect(flagged.locator("mark", has_text="李倩").first).to_be_visible()
    engineer.accessible()
    page.click("button[value=mask]")
    page.wait_for_url(re.compile(r"/knowledge/KB-[\d-]+$"))
    assert "13912345678" not in page.inner_text("main")
    assert "liqian@" not in page.inner_text("main")
    assert "李倩" not in page.inner_text("main")
    # The article says which items it solved.
    page = engineer.go(f"/knowledge/{helpful}")
    expect(page.locator("aside")).to_contain_text(number)
    engineer.close()


@LANGUAGES
def test_the_manual_is_opened_from_an_item_and_its_steps_are_ticked_into_the_log(browser, product, language):
    manager, engineer = Person(browser, product, "yangjing", language), Person(browser, product, "wangmin", language)
    system = fresh("Plotter")
    page = manager.go("/knowledge/systems/new")
    page.fill("#id_name", system)
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/knowledge/systems/\d+"))
    page.locator("a[href*='/knowledge/faults/new']").click()
    page.fill("#id_title", "Ink does not flow")
    page.fill("#id_symptoms", "white lines")
    page.fill("#id_steps-0-text", "Look at the ink level")
    page.fill("#id_steps-0-expected", "above a tenth")
    page.locator("[data-inline=steps] [data-add]").click()
    # A row that is added looks as those that were there.
    expect(page.locator("#id_steps-1-text")).to_have_class(re.compile("form-control"))
    page.fill("#id_steps-1-text", "Clean the nozzles")
    page.fill("#id_steps-1-expected", "no white lines")
    manager.accessible()
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/knowledge/systems/\d+"))
    expect(page.locator(".kb-steps li")).to_have_count(2)
    manager.close()
    number = engineer.logs(f"White lines {language}", take=True, subject=system)
    page = engineer.go(f"/items/{number}")
    manual = page.locator("#kb-manual")
    manual.locator("summary", has_text="Ink does not flow").click()
    manual.locator(".kb-tick").nth(0).locator("button[value=done]").click()
    expect(manual.locator(".kb-tick").nth(0).locator(".text-success")).to_contain_text("王敏")
    manual.locator(".kb-tick").nth(1).locator("[name=note]").fill("still lines")
    manual.locator(".kb-tick").nth(1).locator("button[value=other]").click()
    expect(manual.locator(".kb-tick").nth(1).locator(".text-danger")).to_contain_text("still lines")
    engineer.accessible()
    # It stands in the log of the item.
    page.reload()
    expect(page.locator("#timeline")).to_contain_text("Clean the nozzles")
    expect(page.locator("#timeline")).to_contain_text("still lines")
    engineer.close()


@LANGUAGES
def test_words_that_mean_the_same_find_each_other_and_links_and_dates_are_watched(browser, product, language):
    manager, writer = Person(browser, product, "yangjing", language), Person(browser, product, "wangmin", language)
    word, other = fresh("zeichner").replace(" ", ""), fresh("绘板").replace(" ", "")
    number = written(writer, f"{other} 校准", "See [the old page](/knowledge/KB-2001-000001).")
    published(manager, number)
    page = manager.go("/knowledge/synonyms/new")
    page.fill("#id_words", f"{word}，{other}")
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/knowledge/synonyms/\d+"))
    page = writer.go(f"/knowledge/search?q={word}")
    writer.until(page.locator(".kb-lines a", has_text=other))
    page = writer.go("/knowledge/search?q=qqxyzzy")
    expect(page.locator(".empty-state")).to_contain_text("qqxyzzy")
    writer.accessible()
    # A link that leads nowhere was found when it was published.
    page = manager.go("/knowledge/articles?which=broken")
    page.locator("main a", has_text=f"{other} 校准").first.click()
    expect(page.locator("main")).to_contain_text("KB-2001-000001")
    # Looked at again by its owner or a reviewer: the next day is kept, and what is valid no longer is not read by others.
    page.locator("summary", has_text={"zh-hans": "复审", "en": "Review it"}[language]).first.click()
    page.fill("form[action$='/confirm'] [name=reason]", "still right")
    page.fill("form[action$='/confirm'] [name=next_on]", "2031-05-06")
    page.locator("form[action$='/confirm'] button").click()
    expect(page.locator("dl.facts dd", has_text="2031-05-06")).to_be_visible()
    page.locator(".page-head a.btn-primary").click()
    page.fill("#id_valid_until", "2026-01-01")
    page.click("button[value=stay]")
    page.wait_for_load_state()
    page = manager.go(f"/knowledge/{number}")
    expect(page.locator(".alert-warning").first).to_be_visible()
    writer.close()
    manager.close()
    reader = Person(browser, product, {"zh-hans": "liqian", "en": "emma"}[language], language)
    answer = reader.page.request.get(f"{product.url}/knowledge/{number}")
    assert answer.status == 404
    reader.close()
