"""Tables in and out, in both languages: a file with bad rows mapped, tried, brought in, its refused rows mended; a list taken out."""

from __future__ import annotations

import io
import re
import secrets
from urllib.parse import urlencode

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.exchange import test_remote

from .people import Person

pytestmark = [pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(heads: list[str], rows: list[list[str]]) -> bytes:
    """A spreadsheet as a person would send it."""
    book = openpyxl.Workbook()
    for row in [heads, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def taken_down(page, button) -> list[list[str]]:
    """The rows of a spreadsheet that a click brings."""
    with page.expect_download() as got:
        button.click()
    book = openpyxl.load_workbook(io.BytesIO(got.value.path().read_bytes()))
    return [[str(value) if value is not None else "" for value in row] for row in book.active.iter_rows(values_only=True)]


def brought(person: Person, name: str, mime: str, data: bytes, columns: dict[str, str]) -> None:
    """A file of people given in, its columns named, tried; the page tells the outcome of the trial."""
    page = person.go("/imports/new")
    page.select_option("#id_target", "people")
    page.set_input_files("#id_file", {"name": name, "mimeType": mime, "buffer": data})
    page.locator("main button.btn-primary").click()
    page.wait_for_url(re.compile(r"/imports/\d+/columns"))
    for field, column in columns.items():
        page.select_option(f"[name=column-{field}]", column)


@LANGUAGES
def test_a_file_with_bad_rows_is_tried_mended_and_gone_on_with(browser, product, language):
    manager = Person(browser, product, "yangjing", language)
    mark = secrets.token_hex(3)
    heads = ["姓名", "Post", "部门", "Rufnummer"]
    rows = [[f"新人{n}", f"{mark}.{n}@hengxin.example", "财务部" if n != 4 else "不存在的部门", f"86{n:02d}"] for n in range(1, 8)]
    rows[1][1] = "no address"
    brought(manager, "people.xlsx", XLSX, sheet(heads, rows), {"email": "Post", "phone": "Rufnummer"})
    page = manager.page
    # What the heads say was found by itself; the rest was chosen.
    assert page.locator("[name=column-name]").input_value() == "姓名"
    assert page.locator("[name=column-customer]").input_value() == "部门"
    page.locator("button[value=look]").click()
    expect(page.locator("main")).to_contain_text("no address")
    manager.accessible()
    page.locator("button[value=trial]").click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    refused = page.locator("#progress .tile").nth(3).locator("b")
    expect(refused).to_have_text("2", timeout=60_000)
    expect(page.locator("#progress .tile").nth(0).locator("b")).to_have_text("5")
    manager.accessible()
    # Nobody was made by the trial.
    assert page.locator("form[action$='/run'] button").is_visible()
    people = page.request.get(f"{product.url}/org/people?q={mark}").text()
    assert f"{mark}.1@" not in people
    page.locator("form[action$='/run'] button").click()
    expect(page.locator("#progress form[action$='/run']")).to_have_count(0, timeout=60_000)
    expect(page.locator("#progress .tile").nth(0).locator("b")).to_have_text("5", timeout=60_000)
    # The refused rows come as they were, with the reason; mended they are brought in, and the others are not doubled.
    found = taken_down(page, page.locator("a[href*='/refused.xlsx']"))
    assert [row[1] for row in found[1:]] == ["2", "4"] or [row[0] for row in found[1:]] == ["3", "5"], found
    first = found[0].index("姓名")
    mended = [row[first : first + 4] for row in found[1:]]
    assert all(row[-1] for row in found[1:]), "each with its reason"
    mended[0][1], mended[1][2] = f"{mark}.2@hengxin.example", "采购部"
    text = "\n".join(",".join(row) for row in [heads, *mended, rows[0]])
    brought(manager, "mended.csv", "text/csv", text.encode("utf-8-sig"), {"email": "Post", "phone": "Rufnummer"})
    page.locator("button[value=trial]").click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    expect(page.locator("#progress .tile").nth(0).locator("b")).to_have_text("2", timeout=60_000)
    page.locator("form[action$='/run'] button").click()
    expect(page.locator("#progress .tile").nth(3).locator("b")).to_have_text("0", timeout=60_000)
    page = manager.go(f"/org/people?q={mark}")
    expect(page.locator("tbody tr")).to_have_count(7)
    # The list is taken out as it stands, to a spreadsheet.
    page.locator(".page-head details.menu > summary", has_text={"zh-hans": "导出", "en": "Export"}[language]).click()
    out = taken_down(page, page.locator(".page-head .sheet a", has_text="xlsx").first)
    assert len(out) == 8
    assert f"{mark}.2@hengxin.example" in {value for row in out for value in row}
    manager.close()


@LANGUAGES
def test_the_queue_is_taken_out_as_it_is_narrowed(browser, product, language):
    lead = Person(browser, product, "chenjie", language)
    word = f"export{secrets.token_hex(3)}"
    numbers = {lead.logs(f"{word} {n}") for n in (1, 2)}
    page = lead.go(f"/items?view=open&q={word}")
    lead.until(page.locator("tr[data-item] >> nth=1"))
    page.locator(".page-head details.menu").nth(1).locator("summary").click()
    out = taken_down(page, page.locator(".page-head .sheet a[href*='export.xlsx']"))
    assert {value for row in out[1:] for value in row} >= numbers
    assert len(out) == 3
    lead.close()


@LANGUAGES
@pytest.mark.parametrize("origin", ["zammad", "glpi"])
def test_another_system_is_tried_and_brought_in_by_its_page(browser, product, language, origin, monkeypatch):
    # A few that are closed there, so that no list of the walks after has them.
    monkeypatch.setattr(test_remote, "TICKETS", [one for one in test_remote.TICKETS if one["state"] == "closed"][:6])
    monkeypatch.setattr(test_remote, "GLPI", [one for one in test_remote.GLPI if one["closedate"]][:6])
    manager = Person(browser, product, "yangjing", language)
    with test_remote.serving() as address:
        def given(token: str) -> None:
            page = manager.go("/imports/new?from=system")
            page.select_option("#id_origin", origin)
            page.fill("#id_url", address)
            page.fill("#id_token", token)
            manager.accessible()
            page.locator("main button.btn-primary").click()
            page.wait_for_url(re.compile(r"/imports/\d+$"))

        # A token that the other side does not know is said in words.
        given("wrong")
        page = manager.page
        page.locator("form[action$='/trial'] button").click()
        expect(page.locator("[role=alert]")).to_be_visible()
        expect(page.locator("[role=alert]")).to_contain_text({"zh-hans": "令牌", "en": "token"}[language])
        given("secret")
        page.locator("form[action$='/trial'] button").click()
        tiles = page.locator(".tiles")
        expect(page.locator("#progress .state.good")).to_be_visible()
        expect(tiles).to_contain_text({"zh-hans": "将新增", "en": "would be new"}[language])
        page.locator("form[action$='/run'] button").click()
        expect(page.locator("#progress form")).to_have_count(0)
        expect(page.locator("#progress .state.good")).to_be_visible()
        # At an address of its own each time, it is another system each time.
        expect(tiles.locator("b")).to_have_text(["6", "0", "0", "0"])
        manager.accessible()
        # With their words, where people look for them.
        page = manager.go("/items?" + urlencode({"view": "all", "q": test_remote.TICKETS[0]["title"] if origin == "zammad" else test_remote.GLPI[0]["name"]}))
        manager.until(page.locator("tbody tr a"))
    manager.close()
