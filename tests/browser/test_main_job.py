"""The main job, walked as each of its people, in both languages: reported, answered by mail, solved, rated."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from .people import Person

pytestmark = [pytest.mark.browser]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082")

WORDS = {
    "zh-hans": {"queue": "工单队列", "title": "三楼打印机卡纸", "question": "请问面板上显示什么代码？", "answer": "显示E05，重启也没用", "solution": "更换了搓纸轮", "received": "已收到", "solved": "已解决", "sending_works": "发信正常", "thanks": "感谢"},
    "en": {"queue": "Queue", "title": "Printer on floor 3 jams", "question": "Which code does the panel show?", "answer": "It shows E05, a restart did not help", "solution": "The roller was replaced", "received": "Received", "solved": "Solved", "sending_works": "Sending works", "thanks": "Thank you"},
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_report_to_the_verdict(browser, product, language):
    words = WORDS[language]
    who = {"zh-hans": "liqian", "en": "emma"}[language]
    # The manager sets the mailbox up and tries it. Everybody is asked for each verdict: other walks solve items of the same requesters.
    manager = Person(browser, product, "yangjing", language)
    manager.calls("/desk/settings", method="PATCH", ask_again_after_days=0)
    page = manager.go("/mail/")
    manager.accessible()
    page.get_by_role("link", name="help@hengwei.example").click()
    page.fill("#id_smtp_host", "127.0.0.1")
    page.fill("#id_smtp_port", str(product.smtp_out))
    page.select_option("#id_smtp_security", "none")
    page.click("main button.btn-primary")
    page.click("[hx-post$='/test']")
    page.wait_for_selector(f"#tested >> text={words['sending_works']}")
    manager.accessible()
    manager.close()

    # The requester, at a phone: a few words, the entry offered, its own fields, a screenshot; the number at once.
    requester = Person(browser, product, who, language, width=390)
    page = requester.go("/portal/")
    requester.accessible()
    page.fill("#ask", words["title"][:3] if language == "zh-hans" else "printer")
    page.locator("#offers a[href*='/portal/new/printer']").click()
    page.fill("#title", words["title"])
    for required in page.locator("form.card [name^='f_']").all():
        kind = required.evaluate("e => e.tagName + ':' + e.type")
        if kind.startswith("SELECT"):
            required.select_option(index=1)
        elif kind == "INPUT:text":
            required.fill("A-301")
    page.set_input_files("form.card input[type=file]", {"name": "panel.png", "mimeType": "image/png", "buffer": PNG})
    page.wait_for_selector("form.card .files *")
    requester.accessible()
    page.click("form.card button.btn-primary")
    page.wait_for_url(re.compile(r"/portal/[A-Z]+-\d+-\d+/sent"))
    number = re.search(r"[A-Z]+-\d{4}-\d{6}", page.url)[0]
    assert number in page.inner_text("main")
    requester.accessible()
    confirmation = product.mail(f"{who}@", number)
    assert words["received"] in confirmation["Subject"]

    # The agent takes it over and asks back; the answer leaves by mail after the seconds of grace.
    agent = Person(browser, product, "wangmin", language)
    page = agent.go("/items?view=unassigned")
    assert words["queue"] in page.inner_text("h1")
    agent.accessible()
    page.locator("tr", has_text=number).locator("a.title").click()
    page.wait_for_selector(f"#head >> text={number}")
    page = agent.go(f"/items/{number}")
    page.click("[data-key=t]")
    page.wait_for_selector("[data-key=t]", state="detached")
    page.fill(".editor textarea", words["question"])
    page.locator(".editor button.btn-primary[data-only=reply]").click()
    page.wait_for_selector(".bubble.staff .delivery")
    agent.accessible()
    question = product.mail(f"{who}@", words["question"])
    assert question["In-Reply-To"] == confirmation["Message-ID"]

    # The requester answers by mail; it appears in the agent's open page by itself.
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = question["To"], "help@hengwei.example", f"Re: {question['Subject']}"
    reply["In-Reply-To"] = question["Message-ID"]
    reply["Message-ID"] = f"<answer-{language}@home.example>"
    reply.set_content(words["answer"] + "\n\n" + "\n".join(f"> {line}" for line in question.get_body(("plain",)).get_content().splitlines()))
    with smtplib.SMTP("127.0.0.1", product.smtp_in) as server:
        server.send_message(reply)
    page.wait_for_selector(f".bubble >> text={words['answer']}", timeout=40_000)

    # Solved with cause and solution; the requester gets it by mail, and rates by a click on the stars, without signing in.
    page.click("[data-dialog=step-resolve]")
    page.fill("#solution", words["solution"])
    page.fill("#cause", "E05")
    if page.locator("#res-category").count():
        page.select_option("#res-category", index=1)
    page.locator("#step-resolve button.btn-primary").click()
    page.wait_for_selector(".strip li.now:nth-child(n+3)")
    solved = product.mail(f"{who}@", words["solution"])
    assert words["solved"] in solved["Subject"]
    link = re.search(r"http\S+/portal/rate/\S+score=5", solved.get_body(("plain",)).get_content())[0]
    anybody = browser.new_context().new_page()
    anybody.goto(re.sub(r"^http://[^/]+", product.url, link))
    expect(anybody.locator("#score-5")).to_be_checked()
    anybody.click("button.btn-primary")
    anybody.wait_for_selector(".empty-state")
    anybody.context.close()

    # The requester confirms; it is closed.
    page = requester.go(f"/items/{number}")
    page.locator("form:has(input[value=close]) button").click()
    page.wait_for_selector(".strip li.now:last-of-type, .strip li.now")
    assert page.locator(".strip li.now").inner_text().strip() in ("已关闭", "closed")
    requester.close()
    page = agent.go("/notices")
    agent.accessible()
    agent.close()

    # The lead sees the board, and hands several over at once.
    lead = Person(browser, product, "chenjie", language)
    page = lead.go("/board")
    lead.accessible()
    page = lead.go("/items?view=open")
    boxes = page.locator("tbody input[name=items]")
    chosen = min(2, boxes.count())
    for index in range(chosen):
        boxes.nth(index).check()
    page.click(".bulk [data-bulk=assign]")
    lead.picks("#b-owner", "王敏")
    page.click("#bulk-assign button.btn-primary")
    page.wait_for_selector(".toasts [data-message], .toasts div")
    lead.accessible()
    lead.close()
