"""Single sign-on by OpenID Connect: providers kept in our own table, their secrets sealed; whom they may let in."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from hengwei.core import audit
from hengwei.core.acting import Actor

from . import mapping
from .models import AUDIT_ADMIN, IdentityProvider, User

OIDC = "openid_connect"


def claims_of(login: SocialLogin) -> dict[str, Any]:
    """What the provider says of the person: the ID token, and over it the answer of its userinfo."""
    said = login.account.extra_data
    found = {**(said.get("id_token") or {}), **(said.get("userinfo") or {})}
    return found or said


class Adapter(DefaultSocialAccountAdapter):
    """allauth's hooks."""

    def list_apps(self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        rows = IdentityProvider.objects.filter(active=True)
        if provider and provider != OIDC:
            rows = rows.filter(key=provider)
        if client_id:
            rows = rows.filter(client_id=client_id)
        return [
            SocialApp(
                provider=OIDC, provider_id=row.key, name=row.label, client_id=row.client_id, secret=row.client_secret,
                settings={"server_url": row.issuer, "oauth_pkce_enabled": True, "scope": ["openid", "profile", "email", *row.scopes]},
            )
            for row in rows
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Who it is here: an account joined before, one with the same proven address, a new one where that is allowed, or nobody."""
        provider = IdentityProvider.objects.select_related("default_role", "default_customer").filter(key=sociallogin.account.provider, active=True).first()
        if provider is None:
            self._refuse(request, sociallogin, _("This way of signing in is not in use."))
        assert provider is not None
        claims = claims_of(sociallogin)
        if sociallogin.is_existing:
            person = User.objects.get(pk=sociallogin.user.pk)
        else:
            found = self._same_address(request, sociallogin, provider, claims)
            person = found or self._new(request, sociallogin, provider, claims)
            sociallogin.connect(request, person)
            audit.record("sign_in.joined", by=Actor(user=person, via="web", address=request.META.get("REMOTE_ADDR", "")), subject=person, details={"provider": provider.key})
        if not person.is_active:
            self._refuse(request, sociallogin, _("Your account is not active."))
        groups = claims.get(provider.groups_claim) if provider.groups_claim else []
        mapping.apply(person, provider, [groups] if isinstance(groups, str) else [str(one) for one in groups or []])
        sociallogin.user = User.objects.get(pk=person.pk)

    def _same_address(self, request: HttpRequest, sociallogin: SocialLogin, provider: IdentityProvider, claims: dict[str, Any]) -> User | None:
        email = str(claims.get("email") or "")
        person = User.objects.present().of_address(email).first() if email else None
        if person is None:
            return None
        if claims.get("email_verified") is not True and not provider.trusts_email:
            self._refuse(request, sociallogin, _("There is an account with your address, but %(provider)s does not say that the address is yours.") % {"provider": provider})
        if person.roles.filter(key=AUDIT_ADMIN).exists():
            self._refuse(request, sociallogin, _("An audit administrator signs in with his own password."))
        return person

    def _new(self, request: HttpRequest, sociallogin: SocialLogin, provider: IdentityProvider, claims: dict[str, Any]) -> User:
        if not provider.create_people:
            self._refuse(request, sociallogin, _("There is no account for you here yet. Please ask your service desk for one."))
        return mapping.make_person(
            provider, source=f"oidc:{provider.key}", source_id=str(sociallogin.account.uid), username=str(claims.get("preferred_username") or claims.get("email") or ""),
            name=str(claims.get("name") or ""), email=str(claims.get("email") or ""), phone=str(claims.get("phone_number") or ""),
            customer_code=str(claims.get(provider.customer_claim) or "") if provider.customer_claim else "",
        )

    def _refuse(self, request: HttpRequest, sociallogin: SocialLogin, said: str) -> None:
        claims = claims_of(sociallogin)
        audit.record(
            "sign_in.refused", by=Actor(via="web", address=request.META.get("REMOTE_ADDR", "")), name=str(claims.get("email") or claims.get("sub") or ""),
            details={"provider": sociallogin.account.provider},
        )
        raise ImmediateHttpResponse(render(request, "org/refused_sign_in.html", {"said": said}, status=403))

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None) -> None:
        """The provider could not be asked, or said no."""
        audit.record(
            "sign_in.refused", by=Actor(via="web", address=request.META.get("REMOTE_ADDR", "")), details={"provider": str(getattr(getattr(provider, "app", None), "provider_id", "")), "error": str(error or "")[:100]},
        )
        raise ImmediateHttpResponse(render(request, "org/refused_sign_in.html", {"said": _("Signing in there did not work. Please try again, or sign in with your password.")}, status=403))
