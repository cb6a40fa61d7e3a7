"""How people come in: by user name or e-mail; nobody makes an account for himself; guesses wait; letters go by our own mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengwei.core import audit
from hengwei.core.acting import Actor

from . import letters, lockout
from .models import User


def wait_words(seconds: int) -> str:
    """How long, in words."""
    minutes = -(-seconds // 60)
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts are made by the department, not by visitors."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; raises ValidationError while the name or the address must wait."""
        login, address = self._login(credentials), self.get_client_ip(request)
        wait = lockout.begin(login, address, timezone.now())
        if wait:
            audit.record("sign_in.refused", by=Actor(via="web", address=address), name=login, details={"seconds": wait})
            raise ValidationError(_("Too many wrong passwords. Please try again in %(time)s.") % {"time": wait_words(wait)}, code="locked")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user is not None:
            lockout.succeeded(self._login(credentials), self.get_client_ip(request))
        return user

    @staticmethod
    def _login(credentials: dict[str, Any]) -> str:
        return str(credentials.get("username") or credentials.get("email") or "")

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now())
        return super().post_login(request, user, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters of the sign-in library, by the department's mailbox; to people we know, in their language."""
        person = User.objects.of_address(email).filter(is_active=True).first()
        if person is None:
            return
        with translation.override(person.language):
            message = self.render_mail(template_prefix, email, {**context, "person": person, "site_url": settings.SITE_URL})
            letters.send(person, message.subject, str(message.body))

    def format_email_subject(self, subject: str) -> str:
        return subject
