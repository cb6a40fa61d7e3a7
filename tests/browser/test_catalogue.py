"""The service catalogue: designed and published by the manager, ordered on a phone, approved by several, a new version beside the old."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Product
from .people import NUMBER, Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def row(page: Page, inline: str) -> Locator:
    """One more row of a list inside the form."""
    page.locator(f"[data-inline={inline}] [data-add]").click()
    return page.locator(f"[data-inline={inline}] [data-rows] [data-row]:visible").last


def put(one: Locator, **values: str | bool) -> None:
    """Fill in fields of a row by their names."""
    for name, value in values.items():
        field = one.locator(f"[name$='-{name}']")
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def ask(manager: Person, one: Locator, *names: str) -> None:
    """Choose who is asked in a step."""
    for name in names:
        adder = one.locator("[data-field=approvers] select:visible")
        option = adder.locator("option", has_text=name)
        if option.count():
            adder.select_option(option.first.get_attribute("value"))
        else:
            manager.picks(one.locator("[data-field=approvers] .finder"), name)


@LANGUAGES
def test_an_entry_is_designed_published_ordered_on_a_phone_and_published_anew(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    page = manager.go("/desk/catalogue/new")
    name = {"zh-hans": "会议室设备搭建", "en": "Meeting room set-up"}[language]
    page.fill("#id_name", name)
    page.fill("#id_name_en", name)
    page.fill("#id_description", "培训、直播用的设备")
    # For whom: lists appear only where they are meant.
    expect(page.locator("[data-field=teams]")).to_be_hidden()
    page.select_option("#id_audience", "teams")
    expect(page.locator("[data-field=teams]")).to_be_visible()
    page.select_option("#id_audience", "everyone")
    page.locator("input[name=icon][value=video]").check()
    manager.accessible()
    manager.press(page.locator("main .form-foot .btn-primary"))
    page.locator(".page-head a[href$='/design']").click()
    page.wait_for_url("**/design")
    page.select_option("#id_kind", "request")
    page.select_option("#id_team", "it-support")
    put(row(page, "fields"), type="text", label="房间", label_en="Room", required=True, pattern=r"[A-Z]-\d{3}", help="例如A-301")
    put(row(page, "fields"), type="choice", label="用途", label_en="Purpose", required=True, choices="培训\n直播")
    put(row(page, "fields"), type="number", label="观众人数", label_en="Viewers", required=True, min="1", max="200", when_field="用途", when_op="is", when_value="直播")
    put(row(page, "fields"), type="date", label="日期", label_en="Day")
    step = row(page, "approvals")
    put(step, name="组长", mode="quorum")
    # How many must agree is asked where it matters.
    manager.press(page.locator("main .form-foot .btn-primary"))
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    manager.accessible()
    step = page.locator("[data-inline=approvals] [data-row]:visible").last
    put(step, quorum="2")
    ask(manager, step, "陈杰", "周超", "何娟")
    put(row(page, "checklist"), text="布线并测试声音")
    put(row(page, "tasks"), title="借出摄像机", kind="request", team="operations")
    manager.press(page.locator("main .form-foot .btn-primary"))
    # The preview lives: the field of the condition comes and goes.
    preview = page.locator("form.preview")
    expect(preview.locator("[data-key=field_3]")).to_be_hidden()
    preview.locator("select").select_option("直播")
    expect(preview.locator("[data-key=field_3]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("借出摄像机")
    manager.accessible()
    publish(manager, "首版")

    requester = Person(browser, product, "liqian", language, width=390)
    phone = requester.go("/portal/")
    phone.locator("a.offer, .offers a, main a", has_text=name).first.click()
    phone.wait_for_url("**/portal/new/**")
    phone.fill("#title", f"季度培训 {language}")
    phone.fill("#f_field_1", "三楼大会议室")
    phone.select_option("#f_field_2", "直播")
    phone.fill("#f_field_3", "50")
    phone.set_input_files("form.card .attach input[type=file] >> nth=0", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"plan"})
    expect(phone.locator("form.card .attach .files")).to_contain_text("plan.txt")
    requester.press(phone.locator("form.card button.btn-primary"))
    # What is wrong stands beside its field; all that was typed and attached is still there.
    expect(phone.locator("[data-key=field_1] .invalid-feedback")).to_be_visible()
    assert [phone.input_value(field) for field in ("#title", "#f_field_1", "#f_field_2", "#f_field_3")] == [f"季度培训 {language}", "三楼大会议室", "直播", "50"]
    expect(phone.locator("form.card .attach .files")).to_contain_text("plan.txt")
    requester.accessible()
    phone.fill("#f_field_1", "A-301")
    requester.press(phone.locator("form.card button.btn-primary"))
    phone.wait_for_url("**/sent")
    number = NUMBER.search(phone.url)[0]
    requester.close()

    # Another form from tomorrow on; what was asked for keeps the one it was made with.
    entry = page.url
    page.locator(".page-head a[href$='/design']").click()
    page.wait_for_url("**/design")
    page.locator("[data-inline=fields] [data-row] [data-remove]").nth(3).click()
    manager.press(page.locator("main .form-foot .btn-primary"))
    publish(manager, "不再问日期")
    versions = page.locator("section, .card").filter(has=page.locator("td", has_text="不再问日期")).last
    assert [cells.split("\t")[-1].strip() for cells in versions.locator("tbody tr").all_inner_texts()] == ["0", "1"], entry
    page = manager.go(f"/items/{number}")
    expect(page.locator("#side")).to_contain_text("A-301")
    expect(page.locator("#side")).to_contain_text("v1")
    manager.close()


def publish(manager: Person, note: str) -> None:
    """Publish the draft that the page shows, and say what changed."""
    page = manager.page
    page.locator(".page-head [data-dialog-url$='/publish'], .page-head a[href$='/publish']").first.click()
    page.locator("dialog[open] [name=note]").fill(note)
    manager.press(page.locator("dialog[open] button.btn-primary"))
    expect(page.locator("td", has_text=note)).to_be_visible()


def entry(manager: Person, name: str, approvals: list[dict]) -> str:
    """An entry with these steps of approval; its key."""
    made = manager.calls("/desk/catalogue", name=name, name_en=name, icon="video", audience="everyone", customers=[], teams=[], key="", description="", description_en="")
    key = str(made["values"]["key"])
    manager.calls(f"/desk/designs/{key}", method="PUT", team="it-support", approvals=approvals, checklist=[{"text": "布线并测试声音"}], tasks=[{"title": f"借出摄像机 {name}", "kind": "request", "team": "operations"}])
    manager.calls(f"/desk/designs/{key}/publish", note="")
    return key


def ordered(person: Person, key: str, title: str) -> str:
    """What somebody orders in the portal; its number."""
    page = person.go(f"/portal/new/{key}")
    page.fill("#title", title)
    person.press(page.locator("form.card button.btn-primary"))
    page.wait_for_url("**/sent")
    return str(NUMBER.search(page.url)[0])


def question(person: Person, number: str) -> Page:
    """The question about an item among those that wait for this person."""
    page = person.go("/approvals")
    page.locator("a[href^='/approvals/']", has_text=number).first.click()
    page.wait_for_url("**/approvals/*")
    return page


@LANGUAGES
def test_approvers_agree_hand_on_and_never_approve_their_own(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    people = {user: int(manager.pk_of(user)) for user in ("chenjie", "zhouchao", "hejuan", "liutao")}
    key = entry(manager, f"布展设备 {language}", [
        {"name": "组长", "mode": "quorum", "quorum": 2, "approvers": [{"by": "person", "id": people[user]} for user in ("chenjie", "zhouchao", "hejuan")]},
        {"name": "经理", "mode": "any", "approvers": [{"by": "role", "key": "manager"}]},
    ])
    requester = Person(browser, product, "liqian", language, width=390)
    number = ordered(requester, key, f"布展 {language}")
    requester.close()
    lead = Person(browser, product, "chenjie", language)
    own = ordered(lead, key, f"自己的布展 {language}")
    page = question(lead, number)
    lead.accessible()
    lead.press(page.locator("button[name=decision][value=approve]"))
    # His own is not among what waits for him, and the item says who is missed; nobody else may be he.
    page = lead.go("/approvals")
    lead.accessible()
    expect(page.locator("main a[href^='/approvals/']", has_text=own)).to_have_count(0)
    lead.close()
    other = Person(browser, product, "hejuan", language)
    page = question(other, number)
    # A refusal without a reason is refused; what was chosen stays.
    other.press(page.locator("button[name=decision][value=refuse]"))
    expect(page.locator(".form-errors")).to_be_visible()
    page.locator("form details summary").click()
    other.picks(page.locator("select[name=to] + .finder"), "刘涛")
    page.fill("#comment", "请你看设备是否够用")
    other.accessible()
    other.press(page.locator("button[name=decision][value=hand_on]"))
    other.close()
    deputy = Person(browser, product, "liutao", language)
    page = deputy.go(f"/items/{number}")
    expect(page.locator(".approval-steps")).to_contain_text("请你看设备是否够用")
    deputy.press(page.locator("#side button[name=decision][value=approve]"))
    expect(page.locator("#side")).not_to_contain_text("借出摄像机")
    deputy.close()
    # The manager in turn; then the checklist hangs there and the task opens below it.
    page = question(manager, number)
    manager.press(page.locator("button[name=decision][value=approve]"))
    page = manager.go(f"/items/{number}")
    expect(page.locator("#side")).to_contain_text(f"借出摄像机 布展设备 {language}")
    expect(page.locator("#side")).to_contain_text("布线并测试声音")
    manager.accessible()
    page = manager.go(f"/items/{own}")
    expect(page.locator(".approval-steps .text-danger")).to_contain_text("陈杰")
    manager.close()


@LANGUAGES
def test_an_approver_who_cannot_be_found_is_an_error_that_somebody_mends(browser, product: Product, language: str):
    manager = Person(browser, product, "yangjing", language)
    key = entry(manager, f"外借笔记本 {language}", [{"name": "上级", "mode": "all", "approvers": [{"by": "superior"}]}])
    requester = Person(browser, product, "liqian", language, width=390)
    number = ordered(requester, key, f"出差用 {language}")
    requester.close()
    page = manager.go(f"/items/{number}")
    expect(page.locator(".approval-steps .text-danger")).to_be_visible()
    expect(page.locator("#side")).not_to_contain_text("借出摄像机")
    manager.picks("form[action$='/add-approver'] .finder", "陈杰")
    manager.press(page.locator("form[action$='/add-approver'] button"))
    expect(page.locator(".approval-steps .text-danger")).to_have_count(0)
    manager.accessible()
    manager.close()
    lead = Person(browser, product, "chenjie", language)
    page = lead.go(f"/items/{number}")
    lead.press(page.locator("#side button[name=decision][value=approve]"))
    expect(page.locator("#side")).to_contain_text(f"借出摄像机 外借笔记本 {language}")
    lead.close()
