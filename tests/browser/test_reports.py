"""From figures to decisions, in both languages: counted by cause, alike ones found, a report drafted, written, decided on, published, taken along."""

from __future__ import annotations

import io
import random
import re

import docx
import pypdf
import pytest
from playwright.sync_api import expect

from .people import Person, fresh

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_support_report_goes_from_its_figures_to_a_decision_carried_out(browser, product, language):
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/reports/analysis?by=cause")
    page.wait_for_selector("[data-chart] canvas, [data-chart] svg")
    manager.accessible()
    # From a bar to its items.
    assert page.locator("main table a[href*='/items?view=all']").count() or page.locator("main table tbody tr").count()
    for n in range(3):
        manager.logs(fresh(f"Scanner on floor {n} sends nothing to the mailbox"), description="Scans do not arrive in the mailbox since the certificate was changed.")
    page = manager.go("/reports/recurring?least=2")
    found = page.locator(".recurring").filter(has_text=re.compile("Scanner on floor")).first
    expect(found).to_be_visible()
    found.locator("summary").click()
    assert found.locator("table tr").count() >= 2
    manager.accessible()
    # A report of a month and team, drafted from the figures.
    page = manager.go("/reports/support/new")
    page.fill("#id_day", f"2026-{random.choice((1, 3, 5, 7, 9) if language == 'en' else (2, 4, 6, 8, 10)):02d}-15")
    page.select_option("#id_team", index=random.randint(1, 3))
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/reports/support/\d+$"))
    report = page.url
    assert page.locator(".words-md li, .words-md p").count() >= 2
    page.locator(".page-head a[href$='/write']").click()
    words = fresh("Exchange the rollers every 100000 pages.")
    field = page.locator("main textarea").last
    assert page.locator("main textarea").first.input_value().strip()
    field.fill(field.input_value() + f"\n- {words}")
    manager.accessible()
    page.locator("main button.btn-primary").click()
    page.wait_for_url(report)
    expect(page.locator(".words-md", has_text=words)).to_be_visible()
    # Decided, with who and until when.
    page.locator(".page-head a, .page-head button", has_text={"zh-hans": "记录决议", "en": "Record a decision"}[language]).first.click()
    decided = fresh("Order rollers")
    page.locator("[name=text]").last.fill(decided)
    manager.picks(page.locator("[name=owner] + .finder").last, "陈杰")
    page.locator("[name=due_on]").last.fill("2031-02-03")
    page.locator("[name=open_work]").last.check()
    manager.accessible()
    page.locator("dialog[open] button.btn-primary, main form button.btn-primary").last.click()
    expect(page.locator("main table", has_text=decided)).to_contain_text("2031-02-03")
    page.on("dialog", lambda asked: asked.accept())
    page.locator(".page-head button", has_text={"zh-hans": "发布", "en": "Publish"}[language]).first.click()
    expect(page.locator(".page-head a[href$='/write']")).to_have_count(0)
    # Taken along: what stands in them is what stood on the page.
    page.locator(".page-head details.menu > summary").first.click()
    with page.expect_download() as got:
        page.locator("a[href$='document.docx']").click()
    document = docx.Document(got.value.path())
    text = "\n".join([*(p.text for p in document.paragraphs), *(cell.text for table in document.tables for row in table.rows for cell in row.cells)])
    assert words in text
    assert decided in text
    answer = page.request.get(f"{report}/document.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pdf = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
    assert words.split()[-1] in pdf
    assert decided.split()[-1] in pdf
    # Carried out, with what came of it.
    page.goto(report)
    page.locator("tr", has_text=decided).locator("a.btn").click()
    page.fill("[name=result]", "delivered on Monday")
    manager.accessible()
    page.locator("main button.btn-primary").first.click()
    expect(page.locator("main")).to_contain_text("delivered on Monday")
    manager.accessible()
    manager.close()
