"""Every page that the rail and the settings lead to: accessible, without faults, whole on a phone, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .conftest import Product
from .people import Person, fresh

pytestmark = [pytest.mark.browser]

#: Links of the frame, of the cards of settings and reports, and of a list's first record.
PLACES = ".rail > a.entry, .settings .cards a, .report-cards a, main .cards a"
RECORD = "main .table.kit .main-cell a, main .queue a.title, main table td a[href^='/'], main .articles a"
PORTAL = ("/portal/", "/portal/new", "/portal/new/vpn", "/portal/requests", "/portal/standards", "/account/me", "/account/sessions/", "/account/password/change/")
#: Where the words are the product's own; what stands in `.choices` or a chart's table is data.
OWN = "button, label, legend, th, dt, summary, .btn, .entry, .form-hint, .card-title, .settings small"
DATA = ".choices, [role=group], .figures, tbody th, .words-md, .document, .k-article, .bubble, .cardlet, .sample-mail, .matrix thead, [data-asked]"
#: Names that are the same in every language.
NAMES = {
    "API", "CSV", "Ctrl", "ERP", "Enter", "English", "Excel", "HTTP", "Hash", "IMAP", "INBOX", "JSON", "LDAP", "LDAPS", "MES", "Markdown", "Outlook", "PDF", "REST", "SMTP", "STARTTLS", "TLS",
    "URL", "VPN", "EN", "OA", "Webhook", "Webhooks", "Word", "XLSX", "ics", "xlsx", "OIDC", "ID", "PEM", "CA", "DN", "GLPI", "Zammad",
}
HANZI = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")


def walked(person: Person, *, most: int = 90) -> Iterator[str]:
    """The addresses, each once: what the rail leads to, what the settings and reports do, and the first record of each list."""
    start = [str(a.get_attribute("href")) for a in person.go("/settings").locator(PLACES).all()]
    start += [str(a.get_attribute("href")) for a in person.go("/reports").locator(PLACES).all()]
    seen: set[str] = set()
    for address in dict.fromkeys([*start, "/notices", "/account/me", "/tasks", "/imports", "/desk/new"]):
        if address in seen or not address.startswith("/") or len(seen) >= most:
            continue
        seen.add(address)
        yield address
        first = person.page.locator(RECORD).first
        record = first.get_attribute("href") if first.count() else None
        if record and record.startswith("/") and record.split("?")[0] not in {*seen, *start}:
            seen.add(record.split("?")[0])
            yield record


#: The words of many pages as the server sends them, without showing each.
READ = """async ([addresses, own, data]) => {
  const found = [];
  for (const address of addresses) {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    for (const one of page.querySelectorAll(own)) {
      if (one.closest(data)) continue;
      const words = [...one.childNodes].filter((part) => part.nodeType === 3).map((part) => part.textContent.trim()).filter(Boolean).join(" ");
      if (words) found.push([address, words]);
    }
  }
  return found;
}"""


def foreign(words: str, language: str) -> bool:
    """Whether the product's own words are of the other language."""
    if language == "en":
        return bool(HANZI.search(words)) and words not in ("中文", "简体中文")
    return not HANZI.search(words) and not re.search(r"[\d@_{./]", words) and bool(set(LATIN.findall(words)) - NAMES)


def faults(person: Person, address: str) -> list[str]:
    """What is wrong with a page: by axe, by its console, by its width on a phone."""
    person.page.set_viewport_size({"width": 1280, "height": 844})
    person.go(address)
    person.accessible()
    person.page.set_viewport_size({"width": 390, "height": 844})
    # Charts are drawn anew a moment after the window changed.
    over = person.page.evaluate("""async () => {
      const over = () => document.scrollingElement.scrollWidth - window.innerWidth;
      for (let n = 0; n < 20 && over() > 1; n++) await new Promise((later) => setTimeout(later, 50));
      return over();
    }""")
    return [f"{address}: {over} px wider than a phone"] if over > 1 else []


def in_both(person: Person, product: Product, addresses: list[str]) -> list[str]:
    """Which words of which pages are not of the page's language."""
    wrong = []
    token = person.page.evaluate("document.body.dataset.csrf")
    for language in ("en", "zh-hans"):
        person.page.request.post(f"{product.url}/language", form={"language": language, "csrfmiddlewaretoken": token}, headers={"Referer": product.url})
        found = person.page.evaluate(READ, [addresses, OWN, DATA])
        wrong += [f"{address} ({language}): {words!r}" for address, words in found if foreign(words, language)]
    return wrong


@pytest.mark.parametrize(("who", "portal"), [("yangjing", False), ("liqian", True)])
def test_pages_are_fit_to_be_shown(browser, product: Product, who: str, portal: bool):
    person = Person(browser, product, who, "en")
    person.page.on("console", lambda said: person.errors.append(f"{person.page.url}: {said.text}") if said.type == "error" else None)
    seen, found = [], []
    for address in PORTAL if portal else walked(person):
        seen.append(address)
        found += faults(person, address)
    assert len(seen) >= (8 if portal else 60), seen
    found += in_both(person, product, seen)
    person.errors += found
    person.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_item_is_answered_and_resolved_by_keys_alone(browser, product: Product, language: str):
    person = Person(browser, product, "wangmin", language)
    page, keys = person.page, person.page.keyboard
    number = person.logs(fresh("Rollers"), take=True)
    person.go("/items?view=mine&sort=newest")
    page.wait_for_function("() => document.querySelector('[data-list]')?.dataset.started")
    keys.press("?")
    expect(page.locator("#keys")).to_be_visible()
    for _ in range(3):
        # The dialog holds the focus: nothing behind it is reached.
        keys.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#keys')")
    keys.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    keys.press("j")
    expect(page.locator("tr.here")).to_have_attribute("data-number", number)
    keys.press("Enter")
    page.wait_for_selector(".split.open .pane textarea[name=text]")
    keys.press("r")
    expect(page.locator(".pane textarea[name=text]")).to_be_focused()
    # Escape leaves the words, and once more the pane.
    keys.press("Escape")
    expect(page.locator(".pane textarea[name=text]")).not_to_be_focused()
    keys.press("Escape")
    expect(page.locator(".split.open")).to_have_count(0)
    keys.press("o")
    page.wait_for_url(f"**/items/{number}*")
    keys.press("r")
    keys.type("Please try again now.")
    keys.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Please try again now.")
    # The live timeline may come before the answer, which renews the page: the editor is empty once that is there.
    expect(page.locator("form.editor textarea")).to_have_value("")
    keys.press("Escape")
    keys.press("e")
    expect(page.locator("#solution")).to_be_focused()
    keys.type("The rollers were cleaned.")
    keys.press("Tab")
    keys.type("worn rollers")
    # Its category is asked where none is set yet.
    while page.evaluate("document.activeElement.id") != "res-category":
        keys.press("Tab")
    keys.press("ArrowDown")
    while page.evaluate("!document.activeElement.matches('button.btn-primary')"):
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".strip .now")).to_have_text({"zh-hans": "已解决", "en": "resolved"}[language])
    expect(page.locator("main")).to_contain_text("The rollers were cleaned.")
    person.close()
