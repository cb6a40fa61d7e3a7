"""What colleagues say among themselves stays among them: in the portal, in search, in mail, in files, in exports, over REST."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import expect

from .people import Person, with_mail

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_note_with_its_file_and_mention_leaves_no_trace_outside(browser, product, language):
    with_mail(browser, product)
    secret = f"zq{secrets.token_hex(4)}"
    who = {"zh-hans": "liqian", "en": "emma"}[language]
    engineer = Person(browser, product, "wangmin", language)
    number = engineer.logs(f"Projector {secrets.token_hex(2)}", who=who, take=True)
    page = engineer.go(f"/items/{number}")
    page.click("[data-mode-is=note]")
    page.fill(".editor textarea", f"@陈杰 {secret}: the customer is wrong")
    page.set_input_files(".editor input[type=file]", {"name": f"{secret}.txt", "mimeType": "text/plain", "buffer": secret.encode()})
    page.wait_for_selector(".editor .files .chip")
    page.locator(".editor button.btn-primary[data-only=note]").click()
    note = page.locator(".bubble.note", has_text=secret)
    file = str(note.locator(".files a").get_attribute("href"))
    # Hidden from readers by its category: neither its words nor its title appear outside.
    page = engineer.go("/knowledge/new")
    page.fill("#id_title", f"Inside {secret}")
    page.fill("#id_body", secret)
    page.select_option("#id_audience", "staff")
    page.click("button[value='']")
    page.wait_for_url(re.compile(r"/knowledge/KB-[\d-]+$"))
    # Then a public answer, by mail.
    page = engineer.go(f"/items/{number}")
    page.fill(".editor textarea", f"Please try again {number}")
    page.locator(".editor button.btn-primary[data-only=reply]").click()
    mail = product.mail(f"{who}@", f"Please try again {number}")
    assert secret not in mail.as_string()

    requester = Person(browser, product, who, language)
    page = requester.go(f"/items/{number}")
    expect(page.locator("#timeline")).to_contain_text(f"Please try again {number}")
    assert secret not in page.content()
    assert "陈杰" not in page.inner_text("#timeline")
    requester.accessible()
    get = requester.page.request.get
    assert get(product.url + file).status in (403, 404)
    for address in (f"/search?q={secret}", f"/portal/requests?q={secret}", f"/knowledge/search?q={secret}", f"/portal/offers?q={secret}", f"/knowledge/suggestions?q={secret}"):
        answer = get(product.url + address)
        # The question itself may stand in its field again; no hit stands below it.
        assert number not in answer.text(), address
        assert "Inside" not in answer.text(), address
    for address in (f"/items/{number}?part=timeline", f"/items/{number}?show=notes", f"/api/v1/items/{number}", f"/api/v1/items/{number}/timeline", f"/api/v1/items/{number}/entries", "/items/export.csv", "/notices"):
        assert secret not in get(product.url + address).text(), address
    requester.close()
    # Colleagues find all of it.
    lead = Person(browser, product, "chenjie", language)
    page = lead.go(f"/items?view=all&q={secret}")
    lead.until(page.locator("tr[data-item]", has_text=number))
    assert lead.page.request.get(product.url + file).text() == secret
    lead.close()
    engineer.close()
    assert not any(secret in message.as_string() and "hengxin.example" in str(message["To"]) and who in str(message["To"]) for message in product.sent)
