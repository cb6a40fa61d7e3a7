"""What leaves the team: reported upwards, asked of another department with a time of its own; and complaints to their end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Product
from .people import NUMBER, Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


@LANGUAGES
def test_what_cannot_be_solved_goes_upwards_and_to_the_department_concerned(browser, product: Product, language: str):
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"报表金额与总账不符 {language}", who="emma", take=True)
    page = engineer.go(f"/items/{number}")
    why = f"需要厂家补丁，组内无法解决 {language}"
    engineer.menu("report-up")
    engineer.accessible()
    # Without a reason nobody is told.
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("dialog[open] [name=reason]:invalid")).to_be_visible()
    page.fill("dialog[open] [name=reason]", why)
    engineer.press(page.locator("dialog[open] button.btn-primary"))
    expect(page.locator("#timeline")).to_contain_text(why)
    # The department concerned is asked and has a time of its own; what the requester was promised goes on.
    engineer.menu("ask-colleagues")
    engineer.picks("#ask-user", "李倩")
    page.fill("dialog[open] [name=hours]", "16")
    question = f"本月有手工凭证吗？ {language}"
    page.fill("dialog[open] [name=question]", question)
    engineer.accessible()
    engineer.press(page.locator("dialog[open] button.btn-primary"))
    expect(page.locator("#side")).to_contain_text(question)
    expect(page.locator(".clocks .clock").first).to_be_visible()
    secret = f"内部讨论 {language}"
    page.click("[data-mode-is=note]")
    page.fill(".editor textarea", secret)
    engineer.press(page.locator(".editor button.btn-primary[data-only=note]"))
    page = engineer.go("/hand-overs")
    expect(page.locator("article", has_text=question)).to_contain_text("李倩")
    engineer.accessible()
    lead = Person(browser, product, "chenjie", language)
    notices = lead.go("/notices")
    expect(notices.locator("main")).to_contain_text(why)
    lead.accessible()
    lead.close()
    # Who is asked is a colleague: he reads the whole item, as the question said, and answers.
    colleague = Person(browser, product, "liqian", language, width=390)
    phone = colleague.go("/hand-overs")
    card = phone.locator("article", has_text=question)
    card.locator("textarea").fill(f"有三张，已列清单 {language}")
    colleague.accessible()
    colleague.press(card.locator("button.btn-primary"))
    colleague.close()
    # The requester reads none of it.
    requester = Person(browser, product, "emma", language, width=390)
    shown = requester.go(f"/items/{number}").content()
    assert not any(words in shown for words in (secret, why, question))
    requester.close()
    expect(engineer.go(f"/items/{number}").locator("#timeline")).to_contain_text(f"有三张，已列清单 {language}")
    engineer.close()


@LANGUAGES
def test_a_complaint_is_the_deputy_leads_and_ends_only_with_the_customers_consent(browser, product: Product, language: str):
    requester = Person(browser, product, {"zh-hans": "liqian", "en": "emma"}[language], language, width=390)
    phone = requester.go("/portal/new/complaint")
    phone.fill("#title", f"约好上门没有来 {language}")
    phone.fill("#description", "等了一下午，也没有电话。")
    requester.accessible()
    requester.press(phone.locator("form.card button.btn-primary"))
    phone.wait_for_url("**/sent")
    number = NUMBER.search(phone.url)[0]
    requester.close()
    deputy = Person(browser, product, "sunyan", language)
    page = deputy.go(f"/items/{number}")
    expect(page.locator("#side")).to_contain_text("孙艳")
    page.select_option("#cp-cause", index=1)
    cause = page.locator("#cp-cause option:checked").inner_text()
    page.select_option("#cp-just", "1")
    page.fill("#cp-measures", "致歉并当日上门，调整派单提醒")
    deputy.accessible()
    deputy.press(page.locator("form:has(#cp-measures) button"))
    page.click("[data-dialog=step-resolve]")
    page.fill("#solution", "已上门处理并致歉")
    page.fill("#cause", "派单遗漏")
    if page.locator("#res-category").count():
        page.select_option("#res-category", index=1)
    deputy.press(page.locator("#step-resolve button.btn-primary"))
    # It is not closed by anybody's mere click.
    page.click("[data-dialog=step-close]")
    page.locator("#step-close button.btn-primary").click()
    expect(page.locator("#close-comment:invalid")).to_be_visible()
    deputy.accessible()
    page.fill("#close-comment", "电话中客户表示满意，同意结案")
    deputy.press(page.locator("#step-close button.btn-primary"))
    expect(page.locator(".strip .now")).to_have_text(re.compile("已关闭|closed"))
    expect(page.locator("#side")).to_contain_text("同意结案")
    deputy.close()
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/desk/figures")
    expect(page.locator("main")).to_contain_text({"zh-hans": "投诉", "en": "omplaint"}[language])
    assert cause in page.content()
    manager.accessible()
    manager.close()
