"""A passkey is set up and opens the door by itself: Chromium with an authenticator of its own (WebAuthn over CDP)."""

from __future__ import annotations

import pytest

from .conftest import PASSWORD, Product

pytestmark = [pytest.mark.browser]


def test_a_passkey_is_made_and_signs_in_without_a_password(browser, product: Product):
    # A passkey belongs to a name, never to a bare address.
    url = product.url.replace("127.0.0.1", "localhost")
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    page.goto(f"{url}/account/login/")
    page.fill("#id_login", "zhaolei")
    page.fill("#id_password", PASSWORD)
    page.click("form.stack button.btn-primary")
    page.wait_for_url(lambda at: "/login" not in at)
    page.goto(f"{url}/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit], main button.btn-primary")
        page.wait_for_url(lambda at: "reauthenticate" not in at)
    page.fill("input[name=name]", "Laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda at: "/webauthn/add" not in at)
    kept = cdp.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})["credentials"]
    assert len(kept) == 1 and kept[0]["isResidentCredential"]
    context.clear_cookies()
    page.goto(f"{url}/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda at: "/login" not in at)
    assert page.goto(f"{url}/items").status == 200
    assert "赵磊" in page.inner_text(".topbar")
    assert not errors, errors
    context.close()
