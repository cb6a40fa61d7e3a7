"""Single sign-on by OpenID Connect, against a real provider over HTTP."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.test import Client

from hengwei.core.errors import Forbidden, Refused
from hengwei.org.actions.sign_in import save_provider
from hengwei.org.models import IdentityProvider, User
from tests.factories import CustomerFactory, TeamFactory, UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def issuer():
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def guard(department):
    return acting(UserFactory(role="security_admin"))


@pytest.fixture
def provider(guard, issuer):
    TeamFactory(key="it", name="IT支持组")
    CustomerFactory(code="D07", name="财务部")
    return save_provider(
        by=guard, key="corp", name="公司账号", issuer=issuer, client_id="hengwei", client_secret="s3cret", create_people=True, customer_claim="department", groups_claim="groups",
        groups=[{"group": "IT", "role": "agent", "team": "it"}, {"group": "Leads", "role": "lead", "team": ""}],
    )


def come_in(issuer: str, sub: str, client: Client | None = None, **claims):
    """What a browser does: to the provider, say who one is there, and back."""
    client = client or Client()
    httpx.put(f"{issuer}/users/{sub}", json=claims).raise_for_status()
    begin = client.get("/account/oidc/corp/login/")
    asked = begin["Location"]
    answer = httpx.post(asked, data={"sub": sub})
    assert answer.status_code in (302, 303), unescape(re.sub("<[^>]+>", " ", answer.text))[:300]
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}"), client


def test_a_new_person_comes_in_with_roles_team_and_customer(provider, issuer):
    answer, client = come_in(issuer, "u1", name="周敏", email="zhoumin@hengxin.example", email_verified=True, preferred_username="zhoumin", groups=["IT", "Everyone"], department="D07")
    assert answer.status_code == 302 and client.get("/items").status_code == 200
    person = User.objects.get(username="zhoumin")
    assert person.is_agent and [r.key for r in person.roles.all()] == ["agent"] and [t.key for t in person.teams.all()] == ["it"]
    assert person.customer.code == "D07" and person.source == "oidc:corp" and not person.has_usable_password()


def test_roles_follow_the_groups_at_the_next_sign_in(provider, issuer):
    come_in(issuer, "u2", name="吴强", email="wu@hengxin.example", email_verified=True, groups=["IT"])
    come_in(issuer, "u2", name="吴强", email="wu@hengxin.example", email_verified=True, groups=["Leads"])
    person = User.objects.get(email="wu@hengxin.example")
    assert {r.key for r in person.roles.all()} == {"lead"} and not person.teams.exists()


def test_a_known_person_is_joined_by_a_proven_address_only(provider, issuer):
    person = UserFactory(username="liqian", email="liqian@hengxin.example", role="requester")
    refused, _client = come_in(issuer, "u3", email="liqian@hengxin.example", email_verified=False)
    assert refused.status_code == 403
    answer, client = come_in(issuer, "u3", email="liqian@hengxin.example", email_verified=True)
    assert answer.status_code == 302 and int(client.session["_auth_user_id"]) == person.pk


def test_nobody_comes_in_uninvited_where_accounts_are_not_made(provider, issuer, guard):
    save_provider(provider, by=guard, create_people=False)
    answer, _client = come_in(issuer, "u4", email="stranger@else.example", email_verified=True)
    assert answer.status_code == 403 and not User.objects.filter(email="stranger@else.example").exists()


def test_who_is_deactivated_stays_out(provider, issuer):
    _answer, _client = come_in(issuer, "u5", email="gone@hengxin.example", email_verified=True, groups=["IT"])
    User.objects.filter(email="gone@hengxin.example").update(is_active=False)
    answer, client = come_in(issuer, "u5", email="gone@hengxin.example", email_verified=True, groups=["IT"])
    assert answer.status_code == 403 and "_auth_user_id" not in client.session


def test_an_audit_administrator_is_not_taken_over_by_a_provider(provider, issuer):
    UserFactory(email="audit@hengxin.example", role="audit_admin")
    answer, _client = come_in(issuer, "u6", email="audit@hengxin.example", email_verified=True)
    assert answer.status_code == 403


def test_the_secret_is_sealed_and_kept_when_left_empty(provider, guard):
    from django.db import connection

    save_provider(provider, by=guard, client_secret="", name="公司统一账号")
    assert IdentityProvider.objects.get().client_secret == "s3cret"
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM org_identityprovider")
        assert "s3cret" not in cursor.fetchone()[0]


@pytest.mark.parametrize("facts, field", [
    ({"issuer": "http://login.hengxin.example"}, "issuer"), ({"groups": [{"group": "x", "role": "security_admin"}]}, "groups"), ({"groups": [{"group": "x", "role": "none"}]}, "groups"), ({"groups": [{"group": "", "role": "agent"}]}, "groups"),
])
def test_what_would_open_the_door_is_refused(provider, guard, facts, field):
    with pytest.raises(Refused) as refused:
        save_provider(provider, by=guard, **facts)
    assert refused.value.field == field


def test_only_a_security_administrator_sets_it_up(department):
    with pytest.raises(Forbidden):
        save_provider(by=acting(UserFactory(role="system_admin")), key="x", name="x", issuer="https://x.example", client_id="x")


def test_the_sign_in_page_offers_it(provider, client):
    page = client.get("/account/login/").content.decode()
    assert "公司账号" in page and "/account/oidc/corp/login/" in page


def test_the_page_of_the_provider_never_shows_the_secret(provider, client):
    client.force_login(User.objects.filter(roles__key="security_admin").first())
    for page in (f"/org/providers/{provider.pk}", f"/org/providers/{provider.pk}/edit"):
        text = client.get(page).content.decode()
        assert "s3cret" not in text and "hengwei" in text
