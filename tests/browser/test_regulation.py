"""A regulation of forty clauses, pasted as one run-on paragraph, becomes bound, published and running by clicking."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Product
from .people import Person

pytestmark = [pytest.mark.browser]
SAYS = (
    "服务台统一受理电话和邮件请求并登记渠道。", "受理后30分钟内应当确认。", "工程师应当及时作出首次响应。", "工单应当按时解决。", "超时应当逐级上报。", "关单时应当记录原因和解决方案。",
    "投诉应当及时答复。", "工程师对待客户应当礼貌耐心。", "本制度所称客户包括内部部门。", "按照第二条的规定执行的，由组长负责派单。",
)
NUMBERS = [f"{tens}{ones}" for tens in ("", "十", "二十", "三十") for ones in ("一二三四五六七八九" if tens == "" else ["", *"一二三四五六七八九"])] + ["四十"]
LANGUAGES = {"zh-hans": ("技术支持服务规范", "逐条采纳最佳建议"), "en": ("Technical support rules", "Accept the best suggestion")}


def drag(page: Page, grip: Locator, onto: Locator) -> None:
    """By the mouse, in small steps, to the lower edge of another clause that is in sight with it."""
    onto.scroll_into_view_if_needed()
    begin, target = grip.bounding_box(), onto.bounding_box()
    assert begin
    assert target
    page.mouse.move(begin["x"] + 5, begin["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + target["height"] - 4, steps=20)
    page.mouse.up()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_forty_clauses_pasted_become_a_running_regulation(browser, product: Product, language: str):
    title, accept = LANGUAGES[language]
    text = title + "第一章总则" + "".join(f"第{number}条{SAYS[place % len(SAYS)]}" for place, number in enumerate(NUMBERS))
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/regulations/import")
    page.fill("#id_text", text)
    page.click("main button.btn-primary")
    page.wait_for_url("**/draft")
    page.wait_for_selector("[data-clauses][data-started]", state="attached")
    assert page.locator("li.k-article").count() == 40
    # The last one is split at the cursor and joined again.
    last = page.locator("li.k-article").last
    last.locator("summary").click()
    area = last.locator("textarea[data-cut]")
    area.evaluate("one => { one.focus(); one.setSelectionRange(4, 4); one.dispatchEvent(new Event('select')); }")
    last.locator("[data-split]").click()
    expect(page.locator("li.k-article")).to_have_count(41)
    page.locator("li.k-article").last.locator("summary").click()
    page.locator("li.k-article").last.locator("[hx-post$='/merge']").click()
    expect(page.locator("li.k-article")).to_have_count(40)
    # The third is dragged behind the first.
    drag(page, page.locator("li.k-article").nth(2).locator(".grip"), page.locator("li.k-article").first.locator("summary"))
    expect(page.locator("li.k-article > details > summary > b").nth(1)).to_have_text("第三条")
    number = page.url.split("/")[-2]
    page.click(".page-head .btn-primary")
    page.get_by_role("button", name=accept).click()
    page.wait_for_selector(".taken")
    assert page.locator(".taken").count() >= 40
    page.click(".page-head .btn-primary")
    # Found by his name; who wrote it himself is not offered.
    finder = page.locator("form[action$='/submit'] .finder")
    finder.click()
    expect(page.locator(".found [role=option]:visible", has_text="陈杰")).to_be_visible()
    expect(page.locator(".found [role=option]:visible", has_text="杨静")).to_have_count(0)
    manager.picks(finder, "陈杰")
    expect(page.locator("form[action$='/submit'] .picked .chip")).to_have_count(1)
    page.locator("form[action$='/submit'] .btn-primary").click()
    page.wait_for_selector("form[action$='/take-back']")
    approver = page.locator("ul.plain li").first.inner_text()
    username = next(user for name, user in {"陈杰": "chenjie", "周超": "zhouchao", "何娟": "hejuan"}.items() if name in approver)
    lead = Person(browser, product, username, language)
    other = lead.go("/approvals")
    other.locator("a[href^='/approvals/']", has_text=title).first.click()
    other.locator("button[name=decision][value=approve]").click()
    other.wait_for_load_state()
    page.reload()
    page.locator("form[action$='/publish'] .btn-primary").click()
    page.wait_for_url(f"**/regulations/{number}")
    page.locator("form[action$='/run'] button").click()
    page.wait_for_selector(".proof .figure")
    assert page.locator(".document .clause").count() == 40
    manager.context.close()
    lead.context.close()
