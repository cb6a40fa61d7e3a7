"""After the work, in both languages: verdicts by mail, calls that plans ask for, the customer's page, surveys that keep their promise."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import expect

from .people import Person, fresh, link_in, with_mail

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def solved(engineer: Person, number: str, solution: str) -> None:
    """An item solved by its page."""
    page = engineer.go(f"/items/{number}")
    page.click("[data-dialog=step-resolve]")
    page.fill("#solution", solution)
    page.fill("#cause", "worn")
    if page.locator("#res-category").count():
        page.select_option("#res-category", index=1)
    page.locator("#step-resolve button.btn-primary").click()
    expect(page.locator("[data-dialog=step-resolve]")).to_have_count(0)


@LANGUAGES
def test_a_low_verdict_by_mail_owes_a_call_and_the_call_stands_on_the_customers_page(browser, product, language):
    with_mail(browser, product)
    engineer = Person(browser, product, "wangmin", language)
    # Nobody is asked twice within days: somebody else each time.
    who = f"u{random.randint(100, 289)}"
    number = engineer.logs(fresh("Headset"), who=who, take=True)
    solved(engineer, number, "exchanged")
    anybody = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    anybody.goto(link_in(product.mail(f"{who}@", number), "/portal/rate/", product))
    stars = anybody.get_by_role("radio")
    assert [stars.nth(index).is_checked() for index in range(5)].count(True) <= 1
    # By keyboard: arrows choose, and say what is chosen.
    stars.nth(0).focus()
    stars.nth(0).press("Space")
    stars.nth(0).press("ArrowRight")
    expect(anybody.locator(".star-choice output [data-score='2']")).to_be_visible()
    stars.nth(1).press("ArrowLeft")
    expect(stars.nth(0)).to_be_checked()
    from axe_playwright_python.sync_playwright import Axe

    assert [one["id"] for one in Axe().run(anybody).response["violations"] if one["impact"] in ("serious", "critical")] == []
    anybody.fill("#comment", f"Nobody rang me {language}")
    anybody.click("button.btn-primary")
    anybody.wait_for_selector(".empty-state")
    anybody.context.close()
    engineer.close()
    # The lead is owed a call, tries once in vain, then reaches him.
    lead = Person(browser, product, "yangjing", language)
    page = lead.go("/desk/follow-ups?whose=all")
    call = page.locator(".card", has_text=number)
    expect(call).to_be_visible()
    lead.accessible()
    call.locator("[name=result]").fill("no answer")
    call.locator("button[name=reached][value='0']").click()
    call = page.locator(".card", has_text=number)
    expect(call.locator(".phase-waiting")).to_contain_text("1")
    call.locator("[name=result]").fill(f"explained and excused {language}")
    call.locator("button[name=reached][value='1']").click()
    expect(page.locator(".card", has_text=number)).to_have_count(0)
    page = lead.go("/desk/follow-ups?whose=done")
    expect(page.locator(".card", has_text=number)).to_contain_text(f"explained and excused {language}")
    # The item shows the verdict; its customer when he was heard of, how content, and who they are.
    page = lead.go(f"/items/{number}")
    expect(page.locator("#side")).to_contain_text(f"Nobody rang me {language}")
    customer = page.locator("#side a[href*='/org/customers/']").first
    customer.click()
    page.wait_for_url(re.compile("/org/customers/"))
    expect(page.locator("aside, main").first).to_contain_text({"zh-hans": "最近联系", "en": "Last contact"}[language])
    expect(page.locator("main")).to_contain_text(f"explained and excused {language}")
    expect(page.locator("main table a", has_text=number)).to_be_visible()
    expect(page.locator("main a[href^='mailto:']").first).to_be_visible()
    page.wait_for_selector("[data-chart] canvas, [data-chart] svg")
    # What he wished is noted.
    page.locator(".page-head a[href*='/do/note'], .page-head [data-deed*=note], .page-head a, .page-head button", has_text={"zh-hans": "备注", "en": "Note"}[language]).first.click()
    field = page.locator("dialog[open] textarea, main form textarea").first
    field.fill(f"wants a call in the morning {language}")
    page.locator("dialog[open] button.btn-primary, main form button.btn-primary").first.click()
    expect(page.locator("main")).to_contain_text(f"wants a call in the morning {language}")
    lead.accessible()
    lead.close()


@LANGUAGES
def test_a_plan_owes_a_call_after_a_severe_incident_with_what_to_ask(browser, product, language):
    manager, engineer = Person(browser, product, "yangjing", language), Person(browser, product, "wangmin", language)
    name = fresh("Severe")
    page = manager.go("/desk/follow-up-plans/new")
    page.fill("#id_name", name)
    page.fill("#id_questions", f"Does it run? {language}")
    page.select_option("#id_occasion", "closed")
    page.fill("#id_within_days", "2")
    page.select_option("#id_owner_rule", "handler")
    if not page.locator("#id_conditions-0-fact").count():
        page.locator("[data-inline=conditions] [data-add]").click()
    page.select_option("#id_conditions-0-fact", "priority")
    page.select_option("#id_conditions-0-op", "is")
    page.locator("[data-inline=conditions] [data-offered]").first.select_option("1")
    manager.accessible()
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/desk/follow-up-plans/\d+"))
    manager.close()
    who = {"zh-hans": "liqian", "en": "emma"}[language]
    number = engineer.logs(fresh("ERP stands still"), who=who, take=True, impact="1", urgency="1")
    solved(engineer, number, "started again")
    requester = Person(browser, product, who, language, width=390)
    page = requester.go(f"/items/{number}")
    page.locator("form:has(input[value=close]) button").click()
    expect(page.locator("form:has(input[value=close])")).to_have_count(0)
    requester.close()
    page = engineer.go("/desk/follow-ups")
    call = page.locator(".card", has_text=number).filter(has_text=f"Does it run? {language}")
    expect(call.first).to_be_visible()
    call.first.locator("a[href*='/desk/follow-ups/all/']").click()
    page.locator(".page-head a, .page-head button", has_text={"zh-hans": "登记结果", "en": "Record the result"}[language]).first.click()
    page.locator("[name=result]").last.fill("runs well")
    engineer.accessible()
    page.locator("dialog[open] button.btn-primary, main form button.btn-primary").last.click()
    expect(page.locator("main")).to_contain_text("runs well")
    engineer.close()


@LANGUAGES
def test_a_survey_asks_by_mail_and_keeps_the_promise_of_anonymity(browser, product, language):
    with_mail(browser, product)
    manager = Person(browser, product, "yangjing", language)
    name = fresh("Quarter")
    page = manager.go("/desk/surveys/new")
    page.fill("#id_name", name)
    page.fill("#id_name_en", name)
    page.check("#id_anonymous")
    manager.picks("#id_customers", {"zh-hans": "财务部", "en": "Finance"}[language])
    manager.accessible()
    page.locator("main button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/desk/surveys/\d+$"))
    survey = page.url
    page.on("dialog", lambda asked: asked.accept())
    page.locator(".page-head form button, .page-head button", has_text={"zh-hans": "发出", "en": "Send it"}[language]).first.click()
    expect(page.locator(".tiles .tile").first).to_be_visible()
    asked = int(page.locator(".tiles .tile b").first.inner_text())
    assert asked >= 6
    # One answers by the link of the mail, at a phone; the others without the clicks.
    known = {"zh-hans": "liqian@", "en": "emma@"}[language]
    first = product.mail(known, name)
    anybody = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN" if language == "zh-hans" else "en-GB").new_page()
    anybody.goto(link_in(first, "/portal/survey/", product))
    expect(anybody.locator(".promise")).to_be_visible()
    words = f"Answer the telephone faster {language}"
    anybody.locator("[name=q_overall][value='2']").check(force=True)
    anybody.locator("[name=q_recommend][value='3']").check(force=True)
    anybody.fill("[name=q_words]", words)
    anybody.click("button.btn-primary")
    anybody.wait_for_selector(".empty-state")
    anybody.reload()
    expect(anybody.locator("fieldset")).to_have_count(0)
    page.goto(survey)
    # From one answer nobody would be hidden: nothing is shown yet.
    assert words not in page.content()
    expect(page.locator(".empty-state").first).to_be_visible()
    manager.accessible()
    others = [message for message in product.sent if name in str(message["Subject"]) + str(message.get_body(("plain",)).get_content()) and known not in str(message["To"])]
    for message in others[:4]:
        address = link_in(message, "/portal/survey/", product)
        html = anybody.request.get(address).text()
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', html)[1]
        anybody.request.post(address, form={"csrfmiddlewaretoken": token, "q_overall": "5", "q_recommend": "9"}, headers={"Referer": address})
    anybody.context.close()
    page.goto(survey)
    expect(page.locator("blockquote.answer")).to_have_text(words)
    # Four promoters of five, one detractor: 60. No name stands beside the words.
    expect(page.locator("main")).to_contain_text("NPS +60")
    assert known not in page.content()
    assert not {"李倩", "Emma Clarke"} & set(page.locator("main").inner_text().split())
    manager.accessible()
    page.locator(".page-head a, .page-head button", has_text={"zh-hans": "改进", "en": "improvement"}[language]).first.click()
    page.locator("[name=title]").last.fill(fresh("Answer faster"))
    page.locator("dialog[open] button.btn-primary, main form button.btn-primary").last.click()
    expect(page.locator(".toasts")).to_contain_text(re.compile("SUG-"))
    manager.close()
