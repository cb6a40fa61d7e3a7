"""The kinds of work as their people use them: a major incident, parting and joining items, a problem, a change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from .people import Person, with_mail

pytestmark = [pytest.mark.browser]
#: Who may be asked to approve, by what the page calls them.
LEADS = {"陈杰": "chenjie", "周超": "zhouchao", "何娟": "hejuan", "杨静": "yangjing"}
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def choose(page, *numbers: str) -> None:
    """Tick rows of the list."""
    for number in numbers:
        page.locator(f"tr[data-number={number}] input[name=items]").check()


@LANGUAGES
def test_one_update_of_a_major_incident_answers_all_its_reports(browser, product, language):
    with_mail(browser, product)
    lead = Person(browser, product, "chenjie", language)
    major = lead.logs(f"机房断电 {language}", who="liqian")
    reports = [lead.logs(f"系统打不开 {language} {who}", who=who) for who in ("liqian", "emma")]
    page = lead.go(f"/items/{major}")
    page.click("[data-dialog=declare-major]")
    page.fill("#mj-words", f"机房断电，正在恢复 {language}")
    lead.accessible()
    lead.press(page.locator("dialog#declare-major button.btn-primary"))
    expect(page.locator(".card.major")).to_be_visible()
    # Everybody reads it in the portal before he reports the same once more.
    requester = Person(browser, product, "liqian", language, width=390)
    expect(requester.go("/portal/").locator("main")).to_contain_text(f"机房断电，正在恢复 {language}")
    requester.accessible()
    requester.close()
    # The reports are made part of it from the list, at once.
    page = lead.go("/items?view=open&sort=newest")
    choose(page, *reports)
    page.click(".bulk [data-bulk=parent]")
    page.fill("#bulk-parent [name=into]", major)
    lead.press(page.locator("#bulk-parent button.btn-primary"))
    page = lead.go(f"/desk/major/{major}")
    lead.accessible()
    for number in reports:
        expect(page.locator("main")).to_contain_text(number)
    words = f"备用电源已接通，预计十分钟恢复 {language}"
    page.fill("#text", words)
    lead.press(page.locator("form:has(#text) button.btn-primary"))
    expect(page.locator(".toasts")).to_contain_text("3")
    expect(page.locator(".timeline")).to_contain_text(words)
    for who, number in (("liqian", major), ("liqian", reports[0]), ("emma", reports[1])):
        assert product.mail(f"{who}@", words, about=number)
    # Solving it takes the reports along.
    page = lead.go(f"/items/{major}")
    page.click("[data-dialog=step-resolve]")
    page.fill("#solution", "已恢复供电")
    page.fill("#cause", "UPS故障")
    page.select_option("#res-category", index=1)
    expect(page.locator("#step-resolve input[name=reports]")).to_be_checked()
    lead.press(page.locator("#step-resolve button.btn-primary"))
    expect(lead.go(f"/items/{reports[0]}").locator("#side")).to_contain_text("UPS故障")
    lead.close()


@LANGUAGES
def test_a_second_matter_in_one_item_becomes_an_item_of_its_own(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"显示器闪烁 {language}", who="liqian")
    requester = Person(browser, product, "liqian", language, width=390)
    page = requester.go(f"/items/{number}")
    second = f"另外我的工号登录不了OA {language}"
    page.fill("form textarea[name=text]", second)
    requester.press(page.locator("form:has(textarea[name=text]) button.btn-primary").first)
    expect(page.locator(".bubble", has_text=second)).to_be_visible()
    requester.close()
    page = engineer.go(f"/items/{number}")
    page.locator(".bubble", has_text=second).locator("[data-dialog=split]").click()
    expect(page.locator("dialog#split")).to_be_visible()
    engineer.accessible()
    # Nothing is split off without saying what it is about.
    page.locator("dialog#split button.btn-primary").click()
    expect(page.locator("#split-title:invalid")).to_be_visible()
    page.fill("#split-title", f"OA登录失败 {language}")
    page.locator("dialog#split button.btn-primary").click()
    new = page.locator("#side a", has_text=f"OA登录失败 {language}")
    expect(new).to_be_visible()
    new.click()
    expect(page.locator("h1")).to_have_text(f"OA登录失败 {language}")
    expect(page.locator("#timeline")).to_contain_text(second)
    expect(page.locator("#side")).to_contain_text(number)
    expect(page.locator(".clocks a").first).to_be_visible()
    engineer.close()


@LANGUAGES
def test_many_are_merged_at_once_and_across_customers_only_with_the_right(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    target = engineer.logs(f"邮件收不到 {language}", who="liqian")
    same = [engineer.logs(f"邮箱没有新邮件 {language} {n}", who="emma") for n in range(2)]
    other = engineer.logs(f"发给贵司的邮件被退回 {language}", who="u042")
    page = engineer.go("/items?view=open&sort=newest")
    choose(page, *same, other)
    page.click(".bulk [data-bulk=merge]")
    page.fill("#bulk-merge [name=into]", target)
    preview = page.locator("#bulk-merge .preview")
    # Who joins, who will read what; and that one of them is another customer's.
    expect(preview).to_contain_text("Emma Clarke")
    expect(preview).to_contain_text("李倩")
    expect(preview.locator(".text-danger", has_text=other)).to_be_visible()
    engineer.accessible()
    engineer.press(page.locator("#bulk-merge button.btn-primary"))
    expect(page.locator(".toasts")).to_contain_text(other)
    expect(engineer.go(f"/items/{other}").locator("#head .alert")).to_have_count(0)
    for number in same:
        expect(engineer.go(f"/items/{number}").locator("#head .alert")).to_contain_text(target)
    engineer.close()
    # The lead may, and is told that another customer will read along.
    lead = Person(browser, product, "chenjie", language)
    page = lead.go(f"/items/{other}")
    lead.menu("link")
    page.fill("#link-other", target)
    page.select_option("#link-how", "merge")
    expect(page.locator("dialog#link .preview .text-danger")).to_have_count(2)
    lead.accessible()
    lead.press(page.locator("dialog#link button.btn-primary"))
    expect(page.locator("#head .alert")).to_contain_text(target)
    page = lead.go(f"/items/{target}")
    expect(page.locator("#timeline .bubble")).to_have_count(4)
    lead.close()


@LANGUAGES
def test_a_known_error_shows_its_workaround_on_its_incident(browser, product, language):
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"VPN每小时断线 {language}", who="emma")
    page = engineer.go(f"/items/{number}")
    page.click("[data-dialog=root-problem]")
    engineer.press(page.locator("dialog#root-problem button.btn-primary"))
    problem = page.locator("#side a", has_text="PRB-")
    expect(problem).to_be_visible()
    problem.click()
    page.wait_for_url("**/items/PRB-*")
    engineer.press(page.locator("form:has(input[value=start]) button"))
    way = f"改用备用网关 {language}"
    page.fill("#pb-cause", "网关证书缓存")
    page.fill("#pb-way", way)
    engineer.press(page.locator("form:has(#pb-way) button"))
    page.click("[data-dialog=step-know]")
    engineer.accessible()
    expect(page.locator("#step-know [name=cause]")).to_have_value("网关证书缓存")
    engineer.press(page.locator("#step-know button.btn-primary"))
    expect(page.locator(".strip .now")).to_have_text("已知错误" if language == "zh-hans" else "known error")
    engineer.accessible()
    page = engineer.go(f"/items/{number}")
    expect(page.locator("#side .workaround")).to_contain_text(way)
    engineer.close()


@LANGUAGES
def test_a_change_is_planned_approved_and_its_collision_stands_in_the_calendar(browser, product, language):
    engineer = Person(browser, product, "huangming", language)
    day = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011
    system, numbers = "", []
    for risk in ("high", "low"):
        page = engineer.go("/desk/new?kind=change")
        if risk == "high":
            engineer.accessible()
        number = engineer.logs(f"升级服务器 {risk}", who="liqian", kind="change")
        numbers.append(number)
        system = system or f"SRV-{number}"
        page = engineer.go(f"/items/{number}")
        page.select_option("#ch-risk", risk)
        page.fill("#ch-systems", system)
        page.fill("#ch-start", f"{day}T20:00")
        page.fill("#ch-end", f"{day}T22:00")
        page.fill("#ch-plan", "备份，升级，验证")
        engineer.press(page.locator("form:has(#ch-plan) button"))
    engineer.press(page.locator("form:has(input[value=plan]) button"))
    expect(page.locator(".strip .now")).to_have_text("规划中" if language == "zh-hans" else "being planned")
    # Without a way back it is not put to its approvers.
    engineer.press(page.locator("form:has(input[value=submit]) button"))
    expect(page.locator(".form-errors, .alert-danger, .invalid-feedback").first).to_be_visible()
    page.fill("#ch-back", "恢复快照")
    engineer.press(page.locator("form:has(#ch-plan) button"))
    expect(page.locator("#side .workaround", has_text=numbers[0])).to_contain_text(system)
    engineer.press(page.locator("form:has(input[value=submit]) button"))
    expect(page.locator(".strip .now")).to_have_text("待审批" if language == "zh-hans" else "awaiting approval")
    approver = page.locator(".approval-steps li.open ul").inner_text()
    page = engineer.go(f"/desk/changes?day={day}")
    engineer.accessible()
    expect(page.locator(".portal-notice.warning", has_text=numbers[0]).first).to_contain_text(system)
    expect(page.locator(f"a.ev.hit[title*='{system}']")).to_have_count(2)
    engineer.close()
    # Step by step, each by who is asked.
    while approver:
        lead = Person(browser, product, next(user for name, user in LEADS.items() if name in approver), language)
        page = lead.go("/approvals")
        page.locator("a[href^='/approvals/']", has_text=numbers[1]).first.click()
        lead.accessible()
        lead.press(page.locator("button[name=decision][value=approve]"))
        page = lead.go(f"/items/{numbers[1]}")
        asked = page.locator(".approval-steps li.open ul")
        approver = asked.inner_text() if asked.count() else ""
        if not approver:
            expect(page.locator(".strip .now")).to_have_text("已批准" if language == "zh-hans" else "approved")
        lead.close()


def test_what_is_typed_beside_an_item_stays_when_others_change_it(browser, product):
    engineer = Person(browser, product, "huangming", "zh-hans")
    number = engineer.logs("更换防火墙策略", who="黄明", kind="change")
    page = engineer.go(f"/items/{number}")
    page.fill("#ch-systems", "FW-1")
    page.select_option("#ch-risk", "high")
    colleague = Person(browser, product, "zhouchao", "zh-hans")
    colleague.go(f"/items/{number}")
    colleague.posts(f"/items/{number}/change", subject="防火墙")
    colleague.close()
    # The page is renewed by what the colleague did; nothing that was typed is gone.
    expect(page.locator("#side input[name=subject]")).to_have_value("防火墙")
    assert (page.input_value("#ch-systems"), page.input_value("#ch-risk")) == ("FW-1", "high")
    engineer.press(page.locator("form:has(#ch-plan) button"))
    expect(page.locator("#ch-systems")).to_have_value("FW-1")
    engineer.close()


def test_a_field_that_saves_itself_and_an_unfolded_card_outlive_what_others_do(browser, product):
    engineer = Person(browser, product, "huangming", "zh-hans")
    number = engineer.logs("三楼打印机卡纸", who="emma", take=True)
    page = engineer.go(f"/items/{number}")
    card = page.locator("#side details", has=page.locator("form[action$='/spend']"))
    card.locator("summary").click()
    page.locator("#side input[name=labels]").press_sequentially("急件")
    colleague = Person(browser, product, "zhouchao", "zh-hans")
    colleague.go(f"/items/{number}")
    colleague.posts(f"/items/{number}/change", subject="三楼打印机")
    colleague.close()
    expect(page.locator("#side input[name=subject]")).to_have_value("三楼打印机")
    expect(page.locator("#side input[name=labels]")).to_have_value("急件")
    expect(card.locator("[name=minutes]")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/change")):
        page.keyboard.press("Tab")
    page.reload()
    expect(page.locator("#side input[name=labels]")).to_have_value("急件")
    engineer.close()
