"""Coming in: password, a second step, passkeys offered, sessions seen and ended, guesses slowed down."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "Gut-genug-9!"


@pytest.fixture
def person(department):
    cache.clear()
    user = UserFactory(username="zhang", role="agent")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD):
    return client.post("/account/login/", {"login": "zhang", "password": password})


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("path", ["/account/password/change/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/sessions/", "/account/2fa/webauthn/", "/account/2fa/webauthn/add/"])
def test_each_page_of_the_account_is_in_our_frame(client, person, path):
    sign_in(client)
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    assert 'class="topbar"' in answer.content.decode() or 'class="bare"' in answer.content.decode()


def test_the_second_step_is_set_up_and_then_asked_for(client, person):
    assert sign_in(client).status_code == 302
    # So grave a change asks for the password once more.
    asked = client.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    page = client.post(asked["Location"], {"password": PASSWORD, "next": "/account/2fa/totp/activate/"}, follow=True)
    secret = page.context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/totp/activate/", {"code": code(secret)}).status_code == 302
    other = Client()
    answer = sign_in(other)
    assert "/account/2fa/authenticate" in answer["Location"]
    assert other.get("/items").status_code == 302
    cache.clear()
    assert other.post("/account/2fa/authenticate/", {"code": code(secret)}).status_code == 302
    assert other.get("/items").status_code == 200


def test_a_passkey_is_offered(client, person):
    assert 'id="passkey_login"' in client.get("/account/login/").content.decode()


def test_sessions_are_seen_and_ended_from_elsewhere(client, person):
    sign_in(client)
    client.get("/items")
    other = Client(headers={"User-Agent": "Telephone"})
    sign_in(other)
    other.get("/items")
    page = client.get("/account/sessions/").content.decode()
    assert "Telephone" in page
    client.post("/account/sessions/")
    assert other.get("/items").status_code == 302
    assert client.get("/items").status_code == 200


def test_guessing_is_slowed_down(client, person):
    for number in range(12):
        answer = sign_in(client, f"wrong {number}")
    assert answer.status_code in (200, 429)
    assert sign_in(client).status_code != 302


def test_nobody_makes_an_account_for_himself(client, department):
    answer = client.post("/account/signup/", {"username": "x", "password1": PASSWORD})
    assert answer.status_code in (200, 403, 404)
    from hengwei.org.models import User

    assert not User.objects.filter(username="x").exists()
