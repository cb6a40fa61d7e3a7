"""Every page that the rail and the settings lead to: accessible, without faults, whole on a phone, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from lxml import html

from .conftest import Product
from .people import Person

pytestmark = [pytest.mark.browser]

#: Links of the frame, of the cards of settings and reports, and of a list's first record.
PLACES = ".rail > a.entry, .settings .cards a, .report-cards a, main .cards a"
RECORD = "main .table.kit .main-cell a, main .queue a.title, main table td a[href^='/'], main .articles a"
PORTAL = ("/portal/", "/portal/new", "/portal/new/vpn", "/portal/requests", "/portal/standards", "/account/me", "/account/sessions/", "/account/password/change/")
#: Where the words are the product's own; what stands in `.choices` or a chart's table is data.
OWN = "button, label, legend, th, dt, summary, .btn, .entry, .form-hint, .card-title, .settings small"
DATA = ".choices, .figures, tbody th, .words-md, .document, .k-article, .bubble, .cardlet, .sample-mail, .matrix thead, [data-data]"
#: Names that are the same in every language.
NAMES = {
    "API", "CSV", "Ctrl", "ERP", "Enter", "English", "Excel", "HTTP", "Hash", "IMAP", "INBOX", "JSON", "LDAP", "LDAPS", "MES", "Markdown", "Outlook", "PDF", "REST", "SMTP", "STARTTLS", "TLS",
    "URL", "VPN", "Webhook", "Webhooks", "Word", "XLSX", "ics", "xlsx", "OIDC", "ID", "PEM", "CA", "DN", "GLPI", "Zammad",
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


def spoken(text: str, language: str) -> list[str]:
    """The product's own words on a page that are not of its language."""
    page = html.fromstring(text)
    wrong = []
    for one in page.cssselect(OWN):
        if any(one in data.iter() for data in page.cssselect(DATA)):
            continue
        words = " ".join(part.strip() for part in [one.text or "", *(child.tail or "" for child in one)] if part.strip())
        if language == "en" and HANZI.search(words) and words not in ("中文", "简体中文"):
            wrong.append(words)
        if language == "zh-hans" and not HANZI.search(words) and not re.search(r"[\d@_{./]", words) and set(LATIN.findall(words)) - NAMES:
            wrong.append(words)
    return wrong


def faults(person: Person, address: str) -> list[str]:
    """What is wrong with a page: by axe, by its console, by its width on a phone."""
    person.page.set_viewport_size({"width": 1280, "height": 844})
    person.go(address)
    person.accessible()
    person.page.set_viewport_size({"width": 390, "height": 844})
    over = person.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    return [f"{address}: {over} px wider than a phone"] if over > 1 else []


def in_both(person: Person, product: Product, addresses: list[str]) -> list[str]:
    """Which words of which pages are not of the page's language."""
    wrong = []
    token = person.page.evaluate("document.body.dataset.csrf")
    for language in ("en", "zh-hans"):
        person.page.request.post(f"{product.url}/language", form={"language": language, "csrfmiddlewaretoken": token}, headers={"Referer": product.url})
        for address in addresses:
            answer = person.page.request.get(product.url + address)
            wrong += [f"{address} ({language}): {words!r}" for words in spoken(answer.text(), language)]
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
